//! Screens the applicant and every party in the documents against the list.
//! A date of birth that is known on both sides settles a doubt: the same one confirms, another one tells a namesake.

mod subject;

use self::subject::{Subject, subjects};
use super::Case;
use crate::input::Listed;
use crate::name::Name;
use crate::output::{Evidence, Finding, Severity};

/// A finding for each name that is like one on the list.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let subjects = subjects(case);
    let entries: Vec<Entry<'_>> = case.input.screening.iter().map(Entry::new).collect();
    let pairs = subjects.iter().flat_map(|subject| entries.iter().map(move |entry| (subject, entry)));
    pairs.filter_map(|(subject, entry)| compare(case, subject, entry)).collect()
}

/// An entry of the list, its names ready to be compared.
struct Entry<'a> {
    listed: &'a Listed,
    names: Vec<(&'a str, Name)>,
}

impl<'a> Entry<'a> {
    fn new(listed: &'a Listed) -> Self {
        let names = std::iter::once(&listed.name).chain(&listed.aliases);
        Self { listed, names: names.map(|name| (name.as_str(), Name::new(name))).collect() }
    }

    /// The name or alias that is most like a name, and how alike.
    fn closest(&self, name: &Name) -> Option<(&'a str, f64)> {
        let scored = self.names.iter().map(|(text, other)| (*text, name.likeness(other)));
        scored.max_by(|(_, one), (_, other)| one.total_cmp(other))
    }
}

/// What a comparison comes to.
enum Verdict {
    Match,
    Near,
    Namesake,
}

fn compare(case: &Case<'_>, subject: &Subject, entry: &Entry<'_>) -> Option<Finding> {
    let (matched, score) = entry.closest(&subject.compared)?;
    let verdict = verdict(case, subject, entry.listed, score)?;
    let (code, severity, says) = match verdict {
        Verdict::Match => ("screening.match", Severity::Blocking, "is on the screening list as"),
        Verdict::Near => ("screening.near", Severity::Medium, "is like a name on the screening list:"),
        Verdict::Namesake => {
            ("screening.namesake", Severity::Info, "was born on another day than the namesake on the screening list:")
        }
    };
    let message = format!("{} {says} {matched} ({})", subject.name, entry.listed.program);
    let mut evidence = vec![listed(entry.listed, matched, score)];
    evidence.extend(subject.evidence.iter().cloned());
    Some(Finding { code: code.to_owned(), severity, message, evidence })
}

fn verdict(case: &Case<'_>, subject: &Subject, listed: &Listed, score: f64) -> Option<Verdict> {
    let rules = &case.input.rules;
    if score < rules.near_match.min(rules.name_match) {
        return None;
    }
    Some(match (&subject.born, &listed.born) {
        (Some(born), Some(other)) if born == other => Verdict::Match,
        (Some(_), Some(_)) => Verdict::Namesake,
        _ if score >= rules.name_match => Verdict::Match,
        _ => Verdict::Near,
    })
}

fn listed(listed: &Listed, matched: &str, score: f64) -> Evidence {
    Evidence::List {
        list: listed.name.clone(),
        matched: matched.to_owned(),
        program: listed.program.clone(),
        score: (score * 1000.0).round() / 1000.0,
        country: listed.country.clone(),
        born: listed.born.clone(),
    }
}
