//! The rules, applied to every sentence. It does not know the law: how grave something is, the rules say.

use std::ops::Range;

use crate::input::{Input, Risk, Rule};
use crate::output::{Clause, Evidence, Missing, Review};
use crate::phrase::{has_any, plain};
use crate::sentence::sentences;

/// The longest contract that is read, in bytes: a thousand pages.
const LONGEST: usize = 4 << 20;

/// The most sentences that are quoted for a clause: who wants more reads the contract.
const MOST_QUOTES: usize = 8;

/// A sentence, as it stands and as it is compared.
struct Sentence<'t> {
    part: Range<usize>,
    text: &'t str,
    plain: String,
}

/// Reviews a contract.
///
/// # Errors
/// The contract has no text, is too long, or there are no rules.
pub fn review(input: &Input) -> Result<Review, String> {
    let (name, text) = (&input.contract.name, &input.contract.text);
    if text.len() > LONGEST {
        return Err(format!("`{name}` has {} bytes; at most {LONGEST} are read", text.len()));
    }
    if input.rules.is_empty() {
        return Err("there are no rules to review by".to_owned());
    }
    let read: Vec<Sentence<'_>> = sentences(text).into_iter().map(|part| Sentence::of(text, part)).collect();
    if read.is_empty() {
        return Err(format!("`{name}` has no text"));
    }
    let mut clauses: Vec<Clause> = input.rules.iter().filter_map(|rule| clause(rule, text, &read)).collect();
    let is_there = |rule: &Rule| clauses.iter().any(|clause| clause.clause == rule.clause);
    let mut missing: Vec<Missing> = input.rules.iter().filter(|rule| !is_there(rule)).filter_map(absent).collect();
    clauses.sort_by_key(|clause| std::cmp::Reverse(clause.risk));
    missing.sort_by_key(|missing| std::cmp::Reverse(missing.risk));
    let risks = clauses.iter().map(|clause| clause.risk).chain(missing.iter().map(|missing| missing.risk));
    Ok(Review {
        contract: name.clone(),
        risk: risks.max().unwrap_or(Risk::Low),
        sentences: number(read.len()),
        clauses,
        missing,
    })
}

impl<'t> Sentence<'t> {
    fn of(text: &'t str, part: Range<usize>) -> Self {
        let sentence = text.get(part.clone()).unwrap_or_default();
        Sentence { part, text: sentence, plain: plain(sentence) }
    }

    fn evidence(&self, text: &str) -> Evidence {
        let before = text.get(..self.part.start).unwrap_or_default();
        let start = before.chars().count();
        Evidence {
            quote: self.text.split_whitespace().collect::<Vec<_>>().join(" "),
            line: number(before.matches('\n').count() + 1),
            start: number(start),
            end: number(start + self.text.chars().count()),
        }
    }
}

/// The clause of a rule, if the contract has it.
fn clause(rule: &Rule, text: &str, read: &[Sentence<'_>]) -> Option<Clause> {
    let is_of =
        |sentence: &&Sentence<'_>| has_any(&sentence.plain, &rule.any) && !has_any(&sentence.plain, &rule.unless);
    let found: Vec<&Sentence<'_>> = read.iter().filter(is_of).collect();
    if found.is_empty() {
        return None;
    }
    let is_graver = |any: &[String]| found.iter().any(|sentence| has_any(&sentence.plain, any));
    let mut reasons = vec![(rule.risk, rule.because.clone())];
    let graver = rule.graver.iter().filter(|graver| is_graver(&graver.any));
    reasons.extend(graver.map(|graver| (graver.risk, graver.because.clone())));
    reasons.sort_by_key(|(risk, _)| std::cmp::Reverse(*risk));
    Some(Clause {
        clause: rule.clause.clone(),
        risk: reasons.first().map_or(rule.risk, |(risk, _)| *risk),
        reasons: reasons.into_iter().map(|(_, because)| because).collect(),
        evidence: found.iter().take(MOST_QUOTES).map(|sentence| sentence.evidence(text)).collect(),
    })
}

fn absent(rule: &Rule) -> Option<Missing> {
    let required = rule.required.as_ref()?;
    Some(Missing { clause: rule.clause.clone(), risk: required.risk, because: required.because.clone() })
}

/// Texts are bounded, so this never saturates.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
