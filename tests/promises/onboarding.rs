//! The main job: the four clients of the example, each to its end.

use baton_runtime::Ending;
use baton_tests::{Desk, approval, example, rejection};
use serde_json::{Value, json};

fn desk() -> Desk {
    Desk::new(&example("client-onboarding")).unwrap()
}

fn outcomes(ending: &Ending) -> Value {
    ending.steps.iter().map(|step| (step.name.clone(), json!(step.outcome))).collect::<serde_json::Map<_, _>>().into()
}

fn asking(ending: &Ending) -> Vec<&str> {
    ending.waiting.iter().map(|question| question.step.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_risk_client_is_taken_on_without_a_person() {
    let ending = desk().run_file("clients/low-risk.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let output = ending.output.as_ref().unwrap();
    assert_eq!((&output["decision"], &output["risk"]), (&json!("accepted"), &json!("low")));
    assert!(output["invoice"]["total"].is_string(), "money is an exact decimal text");
    insta::assert_json_snapshot!(outcomes(&ending));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_client_waits_for_a_partner_and_is_taken_on() {
    let desk = desk();
    let parked = desk.run_file("clients/sign-off.json").await;
    assert_eq!((parked.outcome, asking(&parked)), ("parked", vec!["sign_off"]));
    let ending = desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert_eq!(ending.output.unwrap()["decision"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_who_says_no_leads_to_a_refusal() {
    let desk = desk();
    let parked = desk.run_file("clients/sign-off.json").await;
    let ending = desk.answer(&parked.run, "sign_off", rejection("partner")).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert_eq!(ending.output.as_ref().unwrap()["decision"], "refused");
    insta::assert_json_snapshot!(outcomes(&ending));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_who_must_be_refused_is_refused_without_asking() {
    let ending = desk().run_file("clients/refused.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let output = ending.output.as_ref().unwrap();
    assert_eq!(
        (&output["decision"], &output["risk"], &output["contact"]),
        (&json!("refused"), &json!("high"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_document_is_asked_for_and_the_run_goes_on_with_it() {
    let desk = desk();
    let parked = desk.run_file("clients/missing-document.json").await;
    assert_eq!((parked.outcome, asking(&parked)), ("parked", vec!["request_documents"]));
    let without = desk.answer(&parked.run, "request_documents", approval("associate", None)).await;
    assert!(without.is_err(), "the step wants documents");
    let answer = std::fs::read(desk.project.folder().join("answers/missing-document.json")).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let mut ending = desk.answer(&parked.run, "request_documents", approval("associate", Some(&answer))).await.unwrap();
    if ending.outcome == "parked" {
        ending = desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    }
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    assert_eq!(ending.output.unwrap()["decision"], "accepted");
}

/// An answer to `request_documents` with one document of the kind that is missing.
fn bank_reference(text: &str) -> Value {
    json!({ "documents": [{ "name": "bank-reference.txt", "kind": "bank-reference", "text": text }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_associate_who_has_no_document_leads_to_a_refusal() {
    let desk = desk();
    let parked = desk.run_file("clients/missing-document.json").await;
    let ending = desk.answer(&parked.run, "request_documents", rejection("associate")).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let output = ending.output.as_ref().unwrap();
    assert_eq!((&output["decision"], &output["contact"]), (&json!("refused"), &Value::Null));
    assert!(output["risk"].is_string() && output["letter"]["id"].is_string(), "{output}");
    let outcomes = outcomes(&ending);
    let wanted = [("refusal", "completed"), ("recheck", "skipped"), ("sign_off", "skipped"), ("letter", "skipped")];
    for (step, outcome) in wanted {
        assert_eq!(outcomes[step], outcome, "{step}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_says_nothing_is_not_the_missing_document() {
    let desk = desk();
    let parked = desk.run_file("clients/missing-document.json").await;
    let blank = desk.answer(&parked.run, "request_documents", approval("associate", Some(&bank_reference(" \n"))));
    assert!(blank.await.is_err(), "a blank page is no answer");
    let empty = approval("associate", Some(&bank_reference("This is the reference that you asked for.")));
    let ending = desk.answer(&parked.run, "request_documents", empty).await.unwrap();
    assert_eq!((ending.outcome, asking(&ending)), ("parked", vec!["sign_off"]), "{:?}", ending.error);
    let questions = desk.story(&parked.run).await.questions();
    let shown = questions[0].show.as_str().unwrap();
    assert!(shown.contains("document.unconfirmed"), "the partner sees why: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_role_that_is_asked_may_answer_and_only_once() {
    let desk = desk();
    let parked = desk.run_file("clients/sign-off.json").await;
    assert!(desk.answer(&parked.run, "sign_off", approval("intern", None)).await.is_err());
    assert!(desk.answer(&parked.run, "sign_off", rejection("intern")).await.is_err());
    assert!(desk.answer(&parked.run, "letter", approval("partner", None)).await.is_err());
    desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    assert!(desk.answer(&parked.run, "sign_off", rejection("partner")).await.is_err(), "it was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_client_again_is_one_contact_with_a_second_invoice() {
    let desk = desk();
    let first = desk.run_file("clients/low-risk.json").await.output.unwrap();
    let second = desk.run_file("clients/low-risk.json").await.output.unwrap();
    assert_eq!(first["contact"]["id"], second["contact"]["id"]);
    assert_eq!((&first["contact"]["created"], &second["contact"]["created"]), (&json!(true), &json!(false)));
    assert_ne!(first["invoice"]["number"], second["invoice"]["number"]);
}
