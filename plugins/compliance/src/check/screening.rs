//! Screens the applicant and every party in the documents against the list.
//! A date of birth that is known on both sides settles a doubt: the same one confirms, another one tells a namesake.

mod subject;

use self::subject::{Subject, subjects};
use super::{Case, MOST_PLACES};
use crate::input::Listed;
use crate::name::Name;
use crate::output::{Evidence, Finding, Severity};

/// A finding for each entry of the list that a name is like; one more if other names lead to another verdict.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let subjects = subjects(case);
    let entries = case.input.screening.iter().map(Entry::new);
    entries.flat_map(|entry| findings(case, &subjects, &entry)).collect()
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
#[derive(Clone, Copy, Eq, PartialEq)]
enum Verdict {
    Match,
    Near,
    Namesake,
}

/// A name that is like one of an entry.
struct Hit<'a> {
    subject: &'a Subject,
    matched: &'a str,
    score: f64,
    verdict: Verdict,
}

fn findings(case: &Case<'_>, subjects: &[Subject], entry: &Entry<'_>) -> Vec<Finding> {
    let mut hits: Vec<Hit<'_>> = subjects.iter().filter_map(|subject| hit(case, subject, entry)).collect();
    hits.sort_by(|one, other| other.score.total_cmp(&one.score));
    let of = |verdict| -> Vec<&Hit<'_>> { hits.iter().filter(|hit| hit.verdict == verdict).collect() };
    let verdicts = [Verdict::Match, Verdict::Near, Verdict::Namesake];
    verdicts.into_iter().filter_map(|verdict| finding(entry.listed, &of(verdict))).collect()
}

fn hit<'a>(case: &Case<'_>, subject: &'a Subject, entry: &Entry<'a>) -> Option<Hit<'a>> {
    let (matched, score) = entry.closest(&subject.compared)?;
    let verdict = verdict(case, subject, entry.listed, score)?;
    Some(Hit { subject, matched, score, verdict })
}

/// The finding for hits of the same verdict, the best first.
fn finding(entry: &Listed, hits: &[&Hit<'_>]) -> Option<Finding> {
    let best = hits.first()?;
    let (code, severity, says) = match best.verdict {
        Verdict::Match => ("match", Severity::Blocking, "is on the screening list as"),
        Verdict::Near => ("near", Severity::Medium, "is like a name on the screening list:"),
        Verdict::Namesake => {
            ("namesake", Severity::Info, "was born on another day than this name on the screening list:")
        }
    };
    let mut evidence = vec![listed(entry, best)];
    evidence.extend(hits.iter().flat_map(|hit| &hit.subject.evidence).take(MOST_PLACES).cloned());
    let message = format!("{} {says} {} ({})", best.subject.name, best.matched, entry.program);
    Some(Finding { code: format!("screening.{code}"), severity, message, evidence })
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

fn listed(entry: &Listed, hit: &Hit<'_>) -> Evidence {
    Evidence::List {
        list: entry.name.clone(),
        matched: hit.matched.to_owned(),
        program: entry.program.clone(),
        score: (hit.score * 1000.0).round() / 1000.0,
        country: entry.country.clone(),
        born: entry.born.clone(),
    }
}
