//! The failure modes of agents that a look at the output catches: each example shows one happening, and nothing that follows reads what
//! came of it.

use baton_journal::{Event, Outcome};
use baton_runtime::Ending;
use baton_tests::{Desk, approval, example, rejection};
use serde_json::{Value, json};

/// The account that the poisoned invoice wants to be paid to.
const THEIRS: &str = "GB29 NWBK";

fn desk(name: &str) -> Desk {
    Desk::new(&example(&format!("failures/{name}"))).unwrap()
}

/// The outputs that were quarantined, by the attempts that gave them, with what is wrong.
fn quarantined(ending: &Ending) -> Vec<(String, String)> {
    let told = ending.quarantined.iter().map(|bad| (format!("{}#{}", bad.site, bad.attempt), bad.findings.join("; ")));
    told.collect()
}

/// The inputs of all attempts at steps of that name.
async fn inputs(desk: &Desk, ending: &Ending, step: &str) -> Vec<String> {
    let story = desk.story(&ending.run).await;
    let started = story.entries().iter().filter_map(|entry| match &entry.event {
        Event::InvocationStarted { site, input, .. } if site.step == step => input.as_str().map(str::to_owned),
        _ => None,
    });
    started.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn drifting_output_is_mended_before_anything_reads_it() {
    let desk = desk("drifting-output");
    let ending = desk.run_file("invoices/march.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let cents: Vec<&Value> =
        ending.output.as_ref().unwrap()["to_pay"].as_array().unwrap().iter().map(|to| &to["cents"]).collect();
    assert_eq!(cents, [165_400, 76_050, 239_000, 23_725]);
    let mut bad = quarantined(&ending);
    bad.sort();
    let places: Vec<&str> = bad.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["read[1]#1", "read[2]#1", "read[3]#1"]);
    assert!(bad[0].1.contains("/items/0/cents: \"EUR 612.00\" is not of type \"integer\""), "{bad:?}");
    assert_eq!(bad[1].1, "the total of 41000 cents is less than one of the items");
    assert!(bad[2].1.contains("is not of type \"object\""), "{bad:?}");
    assert_eq!((ending.steps[0].attempts, ending.steps[0].quarantined), (7, 3));
    let told = inputs(&desk, &ending, "read").await.iter().filter(|input| input.contains("\"feedback\"")).count();
    assert_eq!(told, 3, "each is told what is wrong once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_invoice_is_put_before_a_person_and_read_by_nothing_that_follows() {
    let desk = desk("poisoned-context");
    let parked = desk.run_file("invoices/poisoned.json").await;
    assert_eq!((parked.outcome, parked.waiting.len()), ("parked", 1));
    assert_eq!(
        (parked.waiting[0].step.as_str(), parked.waiting[0].roles.as_slice()),
        ("read[1]", &["accountant".to_owned()][..])
    );
    let bad = quarantined(&parked);
    assert_eq!(bad[0].0, "read[1]#1");
    assert!(bad[0].1.contains("`pay_to` is \"GB29 NWBK 6016 1331 9268 19\", which is not in the source"), "{bad:?}");

    let misfit = desk.answer(&parked.run, "read[1]", approval("accountant", Some(&json!({"pay_to": "?"})))).await;
    assert!(misfit.is_err(), "what a person gives must pass as well");
    let read = std::fs::read(desk.project.folder().join("answers/read-by-hand.json")).unwrap();
    let read: Value = serde_json::from_slice(&read).unwrap();
    let ending = desk.answer(&parked.run, "read[1]", approval("accountant", Some(&read))).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let orders = ending.output.as_ref().unwrap().to_string();
    assert!(orders.contains("DE89 3704 0044 0532 0130 00") && !orders.contains(THEIRS), "{orders}");
    let remitted = inputs(&desk, &ending, "remit").await;
    assert!(remitted.len() == 2 && !remitted.concat().contains(THEIRS), "{remitted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_invoice_that_nobody_mends_is_not_paid() {
    let desk = desk("poisoned-context");
    let parked = desk.run_file("invoices/poisoned.json").await;
    let again = desk.answer(&parked.run, "read[1]", approval("accountant", None)).await.unwrap();
    assert_eq!((again.outcome, quarantined(&again).len()), ("parked", 2), "it obeys the invoice once more");
    let ending = desk.answer(&parked.run, "read[1]", rejection("accountant")).await.unwrap();
    assert_eq!(ending.outcome, "failed");
    assert!(ending.error.as_ref().unwrap().message.ends_with("; rejected by Ada: too risky"), "{:?}", ending.error);
    assert_eq!(inputs(&desk, &ending, "remit").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_invoices_are_paid_without_a_person() {
    let ending = desk("poisoned-context").run_file("invoices/honest.json").await;
    assert_eq!((ending.outcome, ending.quarantined.len()), ("completed", 0), "{:?}", ending.error);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_failure_is_heard_and_another_agent_does_the_work() {
    let desk = desk("silent-failure");
    let ending = desk.run_file("invoices/march.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let output = ending.output.as_ref().unwrap();
    assert_eq!(output["reader"], "summariser");
    assert!(output["found"].to_string().contains("1,980.00"), "{output}");
    let bad = quarantined(&ending);
    assert_eq!(bad[0], ("read#1".to_owned(), "there is no item in it; it does not say who sent it".to_owned()));
    assert_eq!(bad[1].0, "read#2");
    assert!(bad[1].1.contains("`items[0].what` is \"as agreed\", which is not in the source"), "{bad:?}");
    let outcomes = desk.outcomes(&ending.run).await;
    assert!(
        outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::Completed { .. })),
        "nothing said that it failed"
    );
}
