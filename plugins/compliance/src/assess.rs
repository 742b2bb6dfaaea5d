//! All checks, and what follows from their findings: a risk and a decision.
//! It knows how findings weigh, not how they are made.

use std::cmp::Reverse;
use std::fmt;

use jiff::civil::Date;

use crate::check::{self, Case};
use crate::day;
use crate::input::{Input, Summary};
use crate::output::{Assessment, Decision, Finding, Risk, Severity};

/// Findings that weigh this much together make a high risk even if none of them forbids it.
const HIGH_SCORE: u32 = 70;
/// The highest score.
const MAX_SCORE: u32 = 100;

/// Why an application cannot be assessed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Invalid {
    /// A text that should be a date and is none, with the field it stands in.
    Date(String, String),
    /// A field that must not be empty.
    Empty(String),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(field, text) => write!(f, "{field} is {text:?}; a date is written as 2026-03-31"),
            Self::Empty(field) => write!(f, "{field} is empty"),
        }
    }
}

impl std::error::Error for Invalid {}

/// Assesses an applicant, as of the day in the input or else of the day given.
///
/// # Errors
///
/// Fails for an applicant without a name and for a date that is none.
pub fn assess(input: &Input, today: impl FnOnce() -> Date) -> Result<Assessment, Invalid> {
    if input.applicant.name.trim().is_empty() {
        return Err(Invalid::Empty("applicant.name".to_owned()));
    }
    let as_of = input.as_of.as_deref().map(|text| date("as_of", text)).transpose()?.unwrap_or_else(today);
    if let Some(born) = &input.applicant.date_of_birth {
        date("applicant.date_of_birth", born)?;
    }
    let summaries: Vec<&Summary> = input.summaries.iter().flatten().collect();
    let case = Case { input, summaries, as_of };
    Ok(conclude(check::documents::missing(&case), check::all(&case), as_of))
}

fn date(field: &str, text: &str) -> Result<Date, Invalid> {
    day::parse(text).ok_or_else(|| Invalid::Date(field.to_owned(), text.to_owned()))
}

fn conclude(missing: Vec<String>, mut findings: Vec<Finding>, as_of: Date) -> Assessment {
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let gravest = findings.first().map_or(Severity::Info, |finding| finding.severity);
    let score = findings.iter().map(|finding| weight(finding.severity)).sum::<u32>().min(MAX_SCORE);
    Assessment {
        risk: risk(gravest, score),
        decision: decision(gravest),
        score,
        missing,
        findings,
        as_of: as_of.to_string(),
    }
}

fn decision(gravest: Severity) -> Decision {
    match gravest {
        Severity::Info | Severity::Low => Decision::Accept,
        Severity::Medium | Severity::High => Decision::Review,
        Severity::Blocking => Decision::Refuse,
    }
}

fn risk(gravest: Severity, score: u32) -> Risk {
    match gravest {
        Severity::Info | Severity::Low => Risk::Low,
        Severity::Medium | Severity::High if score < HIGH_SCORE => Risk::Medium,
        _ => Risk::High,
    }
}

fn weight(severity: Severity) -> u32 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 5,
        Severity::Medium => 20,
        Severity::High => 35,
        Severity::Blocking => MAX_SCORE,
    }
}

#[cfg(test)]
pub(crate) mod tests;
