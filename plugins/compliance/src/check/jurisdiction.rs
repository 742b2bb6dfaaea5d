//! The risk of the countries that the applicant and the documents name.

use std::collections::BTreeMap;

use super::{Case, MOST_PLACES};
use crate::input::{InDocuments, Level};
use crate::output::{Evidence, Finding, Severity};

/// A finding for each country of risk: one for the applicant's, one for each that only the documents name.
#[must_use]
pub fn check(case: &Case<'_>) -> Vec<Finding> {
    let home = case.input.applicant.country.to_ascii_uppercase();
    let mut named: BTreeMap<&str, (&str, Vec<Evidence>)> = BTreeMap::new();
    for summary in &case.summaries {
        for country in &summary.countries {
            let (_, places) = named.entry(&country.what.value).or_insert((&country.what.name, Vec::new()));
            places.push(Evidence::place(summary, country));
        }
    }
    let mut findings: Vec<Finding> = own(case, &home).into_iter().collect();
    findings.extend(named.into_iter().filter(|(code, _)| *code != home).filter_map(|(code, (name, places))| {
        let shown: Vec<Evidence> = places.into_iter().take(MOST_PLACES).collect();
        in_documents(case, code, name, shown)
    }));
    findings
}

fn own(case: &Case<'_>, code: &str) -> Option<Finding> {
    let (kind, severity, says) = match case.input.rules.jurisdictions.level(code) {
        Level::Low => return None,
        Level::High => ("high", Severity::High, "a country of high risk"),
        Level::Prohibited => ("prohibited", Severity::Blocking, "a country that the firm takes no client from"),
    };
    let evidence = vec![Evidence::applicant("country", code), rule(kind, code)];
    let message = format!("the applicant is of {code}, {says}");
    Some(Finding { code: format!("jurisdiction.{kind}"), severity, message, evidence })
}

fn in_documents(case: &Case<'_>, code: &str, name: &str, mut evidence: Vec<Evidence>) -> Option<Finding> {
    let rules = &case.input.rules.jurisdictions;
    let (kind, severity, says) = match (rules.level(code), rules.prohibited_in_documents) {
        (Level::Low, _) => return None,
        (Level::High, _) => ("high", Severity::Medium, "a country of high risk"),
        (Level::Prohibited, InDocuments::Review) => ("prohibited", Severity::High, "a prohibited country"),
        (Level::Prohibited, InDocuments::Refuse) => ("prohibited", Severity::Blocking, "a prohibited country"),
    };
    evidence.push(rule(kind, code));
    let message = format!("the documents name {name}, {says}");
    Some(Finding { code: format!("jurisdiction.{kind}"), severity, message, evidence })
}

fn rule(kind: &str, code: &str) -> Evidence {
    Evidence::rule(&format!("jurisdictions.{kind}"), code)
}
