//! The four clients of the example, read by the summariser and judged here, come out as the example says.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::assess::assess;
use crate::output::{Assessment, Decision, Risk};

/// A day after all documents were issued and before any of them expires.
const AS_OF: &str = "2025-04-01";

fn read(file: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/client-onboarding").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn summaries(documents: &Value) -> Vec<Value> {
    let documents = documents.as_array().expect("documents are a list");
    let summarise = |document: &Value| {
        let document = serde_json::from_value(document.clone()).expect("the document fits");
        let report = summariser::report::report(&document).expect("the document can be read");
        serde_json::to_value(report).expect("a report is JSON")
    };
    documents.iter().map(summarise).collect()
}

fn client(name: &str) -> Value {
    read(&format!("clients/{name}.json"))
}

fn judge(applicant: &Value, summaries: &[Value]) -> Assessment {
    let input = json!({
        "applicant": applicant,
        "summaries": summaries,
        "rules": read("data/rules.json"),
        "screening": read("data/screening.json"),
        "as_of": AS_OF
    });
    let input = serde_json::from_value(input).expect("the input fits");
    assess(&input, || unreachable!("the input says the day")).expect("the input can be assessed")
}

fn judged(name: &str) -> Assessment {
    let client = client(name);
    judge(&client["applicant"], &summaries(&client["documents"]))
}

fn codes(assessment: &Assessment) -> Vec<&str> {
    assessment.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn low_risk_is_accepted() {
    let assessment = judged("low-risk");
    assert_eq!((assessment.decision, assessment.risk), (Decision::Accept, Risk::Low), "{assessment:#?}");
    assert_eq!(codes(&assessment), ["name.confirmed", "registration_number.confirmed"]);
}

#[test]
fn sign_off_is_reviewed_for_a_near_name_and_a_country_in_the_chain() {
    let assessment = judged("sign-off");
    assert_eq!((assessment.decision, assessment.risk), (Decision::Review, Risk::Medium), "{assessment:#?}");
    assert_eq!(codes(&assessment)[..2], ["jurisdiction.high", "screening.near"]);
}

#[test]
fn refused_is_refused_for_a_listed_name_with_the_same_date_of_birth() {
    let assessment = judged("refused");
    assert_eq!((assessment.decision, assessment.risk), (Decision::Refuse, Risk::High), "{assessment:#?}");
    assert_eq!(codes(&assessment)[0], "screening.match");
}

#[test]
fn missing_document_misses_just_that_and_is_accepted_after_the_answer() {
    let client = client("missing-document");
    let mut summaries_so_far = summaries(&client["documents"]);
    let assessment = judge(&client["applicant"], &summaries_so_far);
    assert_eq!(
        (assessment.decision, assessment.missing.as_slice()),
        (Decision::Review, &["bank-reference".to_owned()][..])
    );
    let answer = read("answers/missing-document.json");
    summaries_so_far.extend(summaries(&answer["documents"]));
    let assessment = judge(&client["applicant"], &summaries_so_far);
    assert_eq!((assessment.decision, assessment.risk), (Decision::Accept, Risk::Low), "{assessment:#?}");
}

#[test]
fn a_page_that_says_nothing_does_not_stand_for_the_missing_document() {
    let client = client("missing-document");
    let so_far = summaries(&client["documents"]);
    for text in [
        "-",
        "This is the reference you asked for.",
        "We are glad to confirm that Johan Berg is our customer since 4 August 2006.",
    ] {
        let added = json!([{ "name": "reference.txt", "kind": "bank-reference", "text": text }]);
        let all: Vec<Value> = so_far.iter().cloned().chain(summaries(&added)).collect();
        let assessment = judge(&client["applicant"], &all);
        assert_eq!((assessment.decision, assessment.missing.len()), (Decision::Review, 0), "{text}: {assessment:#?}");
        assert_eq!(codes(&assessment)[0], "document.unconfirmed", "{text}");
    }
}
