//! Who is screened: the applicant and the parties of the documents, each once.

use super::super::{Case, MOST_PLACES};
use crate::input::{DateRole, Mention, Party, PartyKind, Summary};
use crate::name::Name;
use crate::output::Evidence;

/// A date of birth that stands at most so many bytes behind a name is taken to be that person's.
const BORN_NEARBY: usize = 160;

/// Somebody to screen.
pub(super) struct Subject {
    /// The name as it is written.
    pub(super) name: String,
    /// The name ready to be compared.
    pub(super) compared: Name,
    /// The date of birth, as `YYYY-MM-DD`.
    pub(super) born: Option<String>,
    /// Where the name stands.
    pub(super) evidence: Vec<Evidence>,
}

/// The subjects of a case. The same name in several documents is one subject.
pub(super) fn subjects(case: &Case<'_>) -> Vec<Subject> {
    let applicant = &case.input.applicant;
    let mut subjects = vec![Subject {
        name: applicant.name.clone(),
        compared: Name::new(&applicant.name),
        born: applicant.date_of_birth.clone(),
        evidence: vec![Evidence::applicant("name", &applicant.name)],
    }];
    for summary in &case.summaries {
        for party in &summary.parties {
            add(&mut subjects, summary, party);
        }
    }
    subjects
}

fn add(subjects: &mut Vec<Subject>, summary: &Summary, party: &Mention<Party>) {
    let compared = Name::new(&party.what.value);
    let born = born(summary, party);
    let place = Evidence::place(summary, party);
    let same = |subject: &&mut Subject| {
        subject.compared == compared && (subject.born.is_none() || born.is_none() || subject.born == born)
    };
    match subjects.iter_mut().find(same) {
        Some(subject) => {
            subject.born = subject.born.take().or(born);
            if subject.evidence.len() < MOST_PLACES {
                subject.evidence.push(place);
            }
        }
        None => subjects.push(Subject { name: party.what.value.clone(), compared, born, evidence: vec![place] }),
    }
}

/// The first date of birth behind a person's name, if it is near.
fn born(summary: &Summary, party: &Mention<Party>) -> Option<String> {
    let near = party.place.end..party.place.end + BORN_NEARBY;
    let is_birth = |role| role == Some(DateRole::Born) && party.what.kind == PartyKind::Person;
    let nearby = summary.dates.iter().filter(|date| is_birth(date.what.role) && near.contains(&date.place.start));
    nearby.min_by_key(|date| date.place.start).map(|date| date.what.value.clone())
}
