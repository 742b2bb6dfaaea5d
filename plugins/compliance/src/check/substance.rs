//! Whether a document that is required says what it is required for: a page that names nobody confirms nothing, whatever
//! sort of document it is said to be.

use super::{Case, MOST_PLACES};
use crate::input::{ApplicantKind, Mention, Party, Summary};
use crate::name::Name;
use crate::output::{Evidence, Finding, Severity};

/// A finding for each required document that was handed in and confirms nothing.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let required = case.input.rules.required_documents.of(case.input.applicant.kind);
    required.iter().filter_map(|kind| judge(case, kind)).collect()
}

/// The finding for one sort of document, unless one document of that sort is enough or there is none at all.
fn judge(case: &Case<'_>, kind: &str) -> Option<Finding> {
    let of_kind: Vec<&Summary> =
        case.summaries.iter().copied().filter(|summary| summary.kind.as_deref() == Some(kind)).collect();
    let first = of_kind.first()?;
    if of_kind.iter().any(|summary| confirms(case, summary)) {
        return None;
    }
    let applicant = &case.input.applicant;
    let (rule, stranger) = match applicant.kind {
        ApplicantKind::Person => ("required_documents.person", "does not name the applicant"),
        ApplicantKind::Company => {
            ("required_documents.company", "names neither the applicant nor anybody whom another document names")
        }
    };
    let lack = if names(case, first) { "has no date and no number" } else { stranger };
    let mut evidence = vec![Evidence::rule(rule, kind), Evidence::applicant("name", &applicant.name)];
    evidence.extend(first.parties.iter().take(MOST_PLACES).map(|party| Evidence::place(first, party)));
    Some(Finding {
        code: "document.unconfirmed".to_owned(),
        severity: Severity::Medium,
        message: format!("{} was handed in as {kind}, and {lack}", first.document),
        evidence,
    })
}

/// Whether a document is about somebody of this case, and states a fact.
fn confirms(case: &Case<'_>, summary: &Summary) -> bool {
    names(case, summary) && !(summary.dates.is_empty() && summary.registrations.is_empty())
}

/// Whether a document names the applicant. Documents of a company may be about its people instead: those whom another
/// document names too. A near name is enough: a passport has middle names that other documents leave out.
fn names(case: &Case<'_>, summary: &Summary) -> bool {
    let least = case.input.rules.near_match;
    let own = Name::new(&case.input.applicant.name);
    let about = |party: &Mention<Party>| {
        let name = Name::new(&party.what.value);
        let same = |other: &Mention<Party>| name.likeness(&Name::new(&other.what.value)) >= least;
        own.likeness(&name) >= least
            || (case.input.applicant.kind == ApplicantKind::Company
                && case.summaries.iter().any(|other| !std::ptr::eq(*other, summary) && other.parties.iter().any(same)))
    };
    summary.parties.iter().any(about)
}
