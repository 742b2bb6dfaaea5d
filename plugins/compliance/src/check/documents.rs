//! Whether every document is there that the rules require.

use super::Case;
use crate::input::ApplicantKind;
use crate::output::{Evidence, Finding, Severity};

/// A finding for each document that is missing.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let kind = match case.input.applicant.kind {
        ApplicantKind::Person => "person",
        ApplicantKind::Company => "company",
    };
    let finding = |missing: String| Finding {
        code: "document.missing".to_owned(),
        severity: Severity::Medium,
        message: format!("a {kind} must hand in a document of the kind {missing}, and there is none"),
        evidence: vec![Evidence::rule(&format!("required_documents.{kind}"), missing)],
    };
    missing(case).into_iter().map(finding).collect()
}

/// The kinds of documents that are required and not there, in the order of the rules.
#[must_use]
pub fn missing(case: &Case<'_>) -> Vec<String> {
    let required = case.input.rules.required_documents.of(case.input.applicant.kind);
    let is_there = |kind: &String| case.summaries.iter().any(|summary| summary.kind.as_ref() == Some(kind));
    required.iter().filter(|kind| !is_there(kind)).cloned().collect()
}
