use serde_json::{Value, json};

use super::*;
use crate::output::Evidence;

fn assess_json(input: &Value) -> Assessment {
    let input = serde_json::from_value(input.clone()).expect("the input fits");
    assess(&input, || day::parse("2026-03-31").expect("a day")).expect("the input can be assessed")
}

/// A company with its one required document; each test changes what it is about.
fn sound() -> Value {
    json!({
        "applicant": { "name": "Nordhavn Shipping AS", "kind": "company", "country": "NO", "registration_number": "923 609 016" },
        "summaries": [null, {
            "document": "extract.txt",
            "kind": "register-extract",
            "parties": [party("Nordhavn Shipping AS", "organisation", 10), party("Ida Holm", "person", 100)],
            "dates": [{ "value": "1985-08-12", "role": "born", "text": "12.8.1985", "start": 120, "end": 129, "line": 3 }],
            "registrations": [{ "value": "923609016", "scheme": "company", "text": "923609016", "start": 50, "end": 59, "line": 2 }],
            "countries": [country("NO", "Norway")]
        }],
        "rules": {
            "required_documents": { "company": ["register-extract"], "person": ["passport"] },
            "expiring_documents": ["register-extract"],
            "jurisdictions": { "high": ["XH"], "prohibited": ["XP"], "default": "low" }
        },
        "screening": []
    })
}

fn party(name: &str, kind: &str, start: usize) -> Value {
    json!({ "value": name, "kind": kind, "text": name, "start": start, "end": start + name.len(), "line": 1, "mentions": 1 })
}

fn country(code: &str, name: &str) -> Value {
    json!({ "value": code, "name": name, "text": name, "start": 200, "end": 206, "line": 4 })
}

fn listed(name: &str, born: Option<&str>) -> Value {
    json!([{ "name": name, "program": "TEST-1", "born": born }])
}

fn check(input: &Value, decision: Decision, risk: Risk, code: &str) {
    let assessment = assess_json(input);
    assert_eq!((assessment.decision, assessment.risk), (decision, risk), "{assessment:#?}");
    assert!(assessment.findings.iter().any(|finding| finding.code == code), "no {code} in {assessment:#?}");
    assert!(assessment.findings.iter().all(|finding| !finding.evidence.is_empty()));
    assert!(assessment.findings.is_sorted_by_key(|finding| Reverse(finding.severity)));
}

#[test]
fn a_sound_application_is_accepted() {
    check(&sound(), Decision::Accept, Risk::Low, "registration_number.confirmed");
    assert_eq!(assess_json(&sound()).as_of, "2026-03-31");
}

#[test]
fn a_missing_document_is_reviewed() {
    let mut input = sound();
    input["rules"]["required_documents"]["company"] = json!(["register-extract", "accounts"]);
    check(&input, Decision::Review, Risk::Medium, "document.missing");
    assert_eq!(assess_json(&input).missing, ["accounts"]);
}

#[test]
fn a_required_document_that_confirms_nothing_is_reviewed() {
    let blank = json!({ "document": "passport.txt", "kind": "passport" });
    let with = |change: &dyn Fn(&mut Value)| {
        let mut input = sound();
        input["rules"]["required_documents"]["company"] = json!(["register-extract", "passport"]);
        input["summaries"][0] = blank.clone();
        change(&mut input["summaries"][0]);
        input
    };
    check(&with(&|_| ()), Decision::Review, Risk::Medium, "document.unconfirmed");
    assert_eq!(assess_json(&with(&|_| ())).missing, Vec::<String>::new(), "it is there");
    let stranger = json!([party("Somebody Else", "person", 0)]);
    let dates = sound()["summaries"][1]["dates"].clone();
    check(
        &with(&|passport| {
            passport["parties"] = stranger.clone();
            passport["dates"] = dates.clone();
        }),
        Decision::Review,
        Risk::Medium,
        "document.unconfirmed",
    );
    let owner = json!([party("Ida Holm", "person", 0)]);
    let name_alone = with(&|passport| passport["parties"] = owner.clone());
    check(&name_alone, Decision::Review, Risk::Medium, "document.unconfirmed");
    let sound = with(&|passport| {
        passport["parties"] = owner.clone();
        passport["dates"] = dates.clone();
    });
    check(&sound, Decision::Accept, Risk::Low, "name.confirmed");
}

#[test]
fn expiry_is_judged_by_the_day() {
    let mut input = sound();
    input["summaries"][1]["dates"] =
        json!([{ "value": "2026-04-20", "role": "expires", "text": "20.4.2026", "start": 1, "end": 10, "line": 1 }]);
    check(&input, Decision::Accept, Risk::Low, "document.expiring");
    input["as_of"] = json!("2026-04-21");
    check(&input, Decision::Review, Risk::Medium, "document.expired");
    input["as_of"] = json!("2026-01-01");
    assert!(assess_json(&input).findings.iter().all(|finding| !finding.code.starts_with("document")));
    input["as_of"] = json!("2026-04-21");
    input["rules"]["expiring_documents"] = json!([]);
    assert_eq!(assess_json(&input).decision, Decision::Accept);
}

#[test]
fn a_date_of_signing_in_the_future_is_reviewed() {
    let mut input = sound();
    input["summaries"][1]["dates"] =
        json!([{ "value": "2026-04-01", "role": "signed", "text": "1.4.2026", "start": 1, "end": 9, "line": 1 }]);
    check(&input, Decision::Review, Risk::Medium, "document.postdated");
}

#[test]
fn jurisdictions_decide_by_their_level() {
    let mut input = sound();
    input["summaries"][1]["countries"] = json!([country("XH", "Highland")]);
    check(&input, Decision::Review, Risk::Medium, "jurisdiction.high");
    input["summaries"][1]["countries"] = json!([country("XP", "Nogo")]);
    check(&input, Decision::Refuse, Risk::High, "jurisdiction.prohibited");
    input["rules"]["jurisdictions"]["prohibited_in_documents"] = json!("review");
    check(&input, Decision::Review, Risk::Medium, "jurisdiction.prohibited");
    input["applicant"]["country"] = json!("XP");
    check(&input, Decision::Refuse, Risk::High, "jurisdiction.prohibited");
}

#[test]
fn a_listed_party_is_refused_with_both_sides_as_evidence() {
    let mut input = sound();
    input["screening"] = listed("HOLM, Ída", None);
    check(&input, Decision::Refuse, Risk::High, "screening.match");
    let evidence = &assess_json(&input).findings[0].evidence;
    assert!(matches!(&evidence[0], Evidence::List { score, .. } if *score >= 0.94));
    assert!(
        matches!(&evidence[1], Evidence::Document { document, place } if document == "extract.txt" && place.start == 100)
    );
}

#[test]
fn a_near_name_is_reviewed_and_a_date_of_birth_settles_it() {
    let mut input = sound();
    input["screening"] = listed("Ida Katarina Holm", None);
    check(&input, Decision::Review, Risk::Medium, "screening.near");
    input["screening"] = listed("Ida Katarina Holm", Some("1985-08-12"));
    check(&input, Decision::Refuse, Risk::High, "screening.match");
    input["screening"] = listed("Ida Holm", Some("1951-01-01"));
    check(&input, Decision::Accept, Risk::Low, "screening.namesake");
}

#[test]
fn an_alias_counts_like_the_name() {
    let mut input = sound();
    input["screening"] = json!([{ "name": "Somebody Else", "aliases": ["Ida Holm"], "program": "TEST-1" }]);
    check(&input, Decision::Refuse, Risk::High, "screening.match");
}

#[test]
fn documents_about_somebody_else_are_reviewed() {
    let mut input = sound();
    input["applicant"]["registration_number"] = json!("111 222 333");
    check(&input, Decision::Review, Risk::Medium, "registration_number.unconfirmed");
    input["applicant"]["name"] = json!("Sydhavn Fishing AS");
    check(&input, Decision::Review, Risk::Medium, "name.unconfirmed");
}

#[test]
fn a_registration_number_may_lack_the_letters_of_its_register() {
    let mut input = sound();
    input["applicant"]["registration_number"] = json!("NO 923609016");
    check(&input, Decision::Accept, Risk::Low, "registration_number.confirmed");
}

#[test]
fn what_cannot_be_assessed_says_why() {
    let mut input = sound();
    input["as_of"] = json!("31.3.2026");
    let refused =
        assess(&serde_json::from_value(input).expect("it fits"), || Date::MIN).map_err(|error| error.to_string());
    assert_eq!(refused, Err("as_of is \"31.3.2026\"; a date is written as 2026-03-31".into()));
    let mut input = sound();
    input["applicant"]["name"] = json!(" ");
    let refused =
        assess(&serde_json::from_value(input).expect("it fits"), || Date::MIN).map_err(|error| error.to_string());
    assert_eq!(refused, Err("applicant.name is empty".into()));
}
