//! Whether the documents are about the applicant: the name, the registration number and the date of birth appear in them.

use super::{Case, MOST_PLACES};
use crate::input::DateRole;
use crate::name::Name;
use crate::output::{Evidence, Finding, Severity};

/// A registration number may be written with the letters of its register before it, or without.
const SHORTEST_TAIL: usize = 5;

/// A finding for each fact of the application that the documents confirm or fail to.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    if case.summaries.is_empty() {
        return Vec::new();
    }
    let applicant = &case.input.applicant;
    let mut findings = vec![judge("name", &applicant.name, name(case))];
    if let Some(number) = &applicant.registration_number {
        findings.push(judge("registration_number", number, registration(case, number)));
    }
    if let Some(born) = &applicant.date_of_birth {
        findings.push(judge("date_of_birth", born, birth(case, born)));
    }
    findings
}

fn judge(field: &str, value: &str, places: Vec<Evidence>) -> Finding {
    let what = field.replace('_', " ");
    let (code, severity, message) = if places.is_empty() {
        ("unconfirmed", Severity::Medium, format!("no document has the applicant's {what} {value}"))
    } else {
        ("confirmed", Severity::Info, format!("the documents confirm the applicant's {what} {value}"))
    };
    let mut evidence = vec![Evidence::applicant(field, value)];
    evidence.extend(places.into_iter().take(MOST_PLACES));
    Finding { code: format!("{field}.{code}"), severity, message, evidence }
}

fn name(case: &Case<'_>) -> Vec<Evidence> {
    let own = Name::new(&case.input.applicant.name);
    places(case, |summary| {
        let same = summary
            .parties
            .iter()
            .filter(|party| own.likeness(&Name::new(&party.what.value)) >= case.input.rules.name_match);
        same.map(|party| Evidence::place(summary, party)).collect()
    })
}

fn registration(case: &Case<'_>, number: &str) -> Vec<Evidence> {
    let own = normal(number);
    let same = |other: &str| {
        let (short, long) = if other.len() < own.len() { (other, own.as_str()) } else { (own.as_str(), other) };
        short == long
            || (short.len() >= SHORTEST_TAIL && long.ends_with(short) && is_letters(&long[..long.len() - short.len()]))
    };
    places(case, |summary| {
        let found = summary.registrations.iter().filter(|found| same(&normal(&found.what.value)));
        found.map(|found| Evidence::place(summary, found)).collect()
    })
}

fn is_letters(text: &str) -> bool {
    text.chars().all(char::is_alphabetic)
}

fn birth(case: &Case<'_>, born: &str) -> Vec<Evidence> {
    places(case, |summary| {
        let same =
            summary.dates.iter().filter(|date| date.what.role == Some(DateRole::Born) && date.what.value == born);
        same.map(|date| Evidence::place(summary, date)).collect()
    })
}

fn places(case: &Case<'_>, of: impl Fn(&crate::input::Summary) -> Vec<Evidence>) -> Vec<Evidence> {
    case.summaries.iter().flat_map(|summary| of(summary)).collect()
}

/// A number in capitals, without spaces and marks.
fn normal(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
