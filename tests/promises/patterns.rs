//! The patterns: each example does its work on its real input.

use baton_runtime::Ending;
use baton_tests::{Desk, example};
use serde_json::{Value, json};

async fn run(name: &str, input: &str) -> Ending {
    let ending = Desk::new(&example(name)).unwrap().run_file(input).await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    ending
}

fn outcome<'e>(ending: &'e Ending, step: &str) -> &'e str {
    ending.steps.iter().find(|known| known.name == step).map_or("not there", |step| step.outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_through_a_line_of_steps() {
    let ending = run("sequential", "documents/gettysburg-address.json").await;
    let output = ending.output.as_ref().unwrap();
    assert_eq!(output["language"], "en");
    assert_eq!((&output["reading"]["words"], &output["reading"]["level"]), (&json!(272), &json!("easy")));
    assert_eq!(output["keywords"][0], "here");
    assert_eq!(outcome(&ending, "unrated"), "skipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_another_language_takes_the_other_way() {
    let ending = run("sequential", "documents/grundgesetz-1.json").await;
    let output = ending.output.as_ref().unwrap();
    assert_eq!((&output["language"], &output["reading"]), (&json!("de"), &Value::Null));
    assert_eq!((outcome(&ending, "readability"), outcome(&ending, "unrated")), ("skipped", "completed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_enriched_and_what_cannot_be_is_told() {
    let ending = run("parallel", "documents/bill-of-rights.json").await;
    let output = ending.output.as_ref().unwrap();
    let names: Vec<&str> =
        output["read"].as_array().unwrap().iter().map(|read| read["name"].as_str().unwrap()).collect();
    let amendments: Vec<String> = (1..=10).map(|number| format!("Amendment {number}")).collect();
    assert_eq!(names, amendments, "in the order of the list, whoever was first");
    let not_read = output["not_read"].as_array().unwrap();
    assert_eq!(not_read.len(), 1);
    assert!(not_read[0].as_str().unwrap().contains("the text has no words"), "{not_read:?}");
    assert_eq!((&output["longest"], &output["themes"][0]), (&json!(108), &json!("constitution")));
    assert_eq!(outcome(&ending, "tell"), "completed");
}
