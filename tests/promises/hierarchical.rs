//! The example of a manager: it delegates, reads the results, delegates again, and stays within its budget.

use std::collections::BTreeMap;

use baton_journal::{Event, Outcome};
use baton_tests::{Copy, Desk, example};
use serde_json::{Value, json};

fn desk() -> Desk {
    Desk::new(&example("hierarchical")).unwrap()
}

/// What each text answers to each topic.
fn answers(report: &Value) -> BTreeMap<(String, String), Value> {
    let texts = report["texts"].as_array().unwrap().iter();
    let answers = texts.flat_map(|text| {
        let name = text["name"].as_str().unwrap().to_owned();
        let answers = text["answers"].as_array().unwrap().clone();
        answers.into_iter().map(move |answer| ((name.clone(), answer["topic"].as_str().unwrap().to_owned()), answer))
    });
    answers.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_has_texts_read_and_read_again_where_the_answers_are_thin() {
    let desk = desk();
    let ending = desk.run_file("requests/product.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let report = ending.output.unwrap();
    let work = &report["work"];
    let (first, again) = (work["first"].as_u64().unwrap(), work["again"].as_u64().unwrap());
    assert!(first > again && again > 0 && work["failed"] == 0, "{work}");
    let story = desk.story(&ending.run).await;
    let readers = story.entries().iter().filter(|entry| {
        matches!(&entry.event, Event::InvocationStarted { plugin, caller: Some(caller), .. }
            if plugin == "clause-reader" && caller.as_str() == "review#1")
    });
    assert_eq!(readers.count() as u64, first + again);
    let answers = answers(&report);
    let answer = |text: &str, topic: &str| answers[&(text.to_owned(), topic.to_owned())].clone();
    assert_eq!(answer("MIT", "notices")["modality"], "binds");
    assert_eq!(answer("BSD-3-Clause", "names")["modality"], "forbids");
    assert_eq!(answer("MPL-2.0", "source")["modality"], "binds");
    assert_eq!((&answer("MIT", "patents")["modality"], &answer("MIT", "patents")["round"]), (&Value::Null, &json!(2)));
    for ((text, topic), answer) in &answers {
        let Some(quote) = answer["quote"].as_str() else { continue };
        let whole = std::fs::read_to_string(desk.project.folder().join(format!("texts/{text}.txt"))).unwrap();
        let start = usize::try_from(answer["start"].as_u64().unwrap()).unwrap();
        let there = whole[start..].split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(there.starts_with(quote.trim_end_matches('…')), "{text}, {topic}: {quote}");
    }
}

/// So little that the readers of the longer text run out of their shares.
const LITTLE: u64 = 22_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn readers_that_run_out_of_their_shares_leave_the_manager_enough_to_report() {
    let copy = Copy::of("hierarchical");
    let file = copy.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("fuel = \"20G\"", &format!("fuel = {LITTLE}"))).unwrap();
    let desk = Desk::new(copy.path()).unwrap();
    let ending = desk.run_file("requests/two.json").await;
    let used: u64 = ending.steps.iter().map(|step| step.usage.fuel).sum();
    assert!(used <= LITTLE, "the readers' fuel is the manager's: {used}");
    let outcomes = desk.outcomes(&ending.run).await;
    let exhausted = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Exhausted { .. })).count();
    let Some((_, Outcome::Completed { output })) = outcomes.iter().find(|(id, _)| id == "review#1") else {
        panic!("the manager goes on: {outcomes:?}")
    };
    let report: Value = serde_json::from_str(output.as_str().unwrap()).unwrap();
    assert!(exhausted > 0 && report["work"]["failed"] == json!(exhausted), "{}", report["work"]);
}
