//! Work that failed for good and is put before a person.

use baton_journal::{Decision, Payload};
use serde_json::{Value, json};

use super::world::{self, World, sites};
use crate::run::{Ask, Status, StepStatus};

fn yes(comment: Option<&str>, answer: Option<Value>) -> Decision {
    let answer = answer.as_ref().map(Payload::json);
    Decision::Approved {
        by: "Ada".to_owned(),
        role: Some("editor".to_owned()),
        comment: comment.map(str::to_owned),
        answer,
    }
}

fn no() -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: Some("editor".to_owned()), comment: Some("leave it".to_owned()) }
}

/// The question, asked.
fn asked(world: &mut World, name: &str) -> Ask {
    let ask = world.question(name);
    world.apply(&World::requested(&ask));
    ask
}

fn shown(ask: &Ask) -> Value {
    serde_json::from_str(ask.show.as_str().expect("it is at hand")).expect("it is JSON")
}

const ONE: &str = "  a:
    agent: any
    input: { n: 7 }
    output: risk.json
    repair: { max: 1 }
    on_failure: { escalate: { to: [editor], show: \"${{ input.n }}\", timeout: 2h } }
  b: { agent: any, input: \"${{ steps.a.output }}\" }";

/// A run whose step has given a bad output twice.
fn failed() -> World {
    let mut world = World::new(ONE);
    world.begin();
    world.complete("a", json!({"risk": "odd"}));
    assert_eq!(sites(&world.complete("a", json!({"risk": "odder"}))), ["ask a"]);
    world
}

#[test]
fn a_person_is_asked_with_the_evidence() {
    let mut world = failed();
    let ask = asked(&mut world, "a");
    let finding = "/risk: \"odder\" is not one of \"low\" or \"high\"";
    let text = format!("the output does not fit risk.json: {finding}");
    let failure = json!({"kind": "output", "case": "transient", "text": text});
    assert_eq!(
        shown(&ask),
        json!({"failure": failure, "attempts": 2, "findings": [finding], "output": {"risk": "odder"}, "show": 1})
    );
    assert_eq!(ask.question, format!("`a` failed: {text}. Try it once more?"));
    assert_eq!((ask.roles.as_slice(), ask.deadline.0 - world.now.0), (&["editor".to_owned()][..], 7_200_000 - 1));
    assert_eq!((world.run.status(), world.status("a")), (Status::Parked, StepStatus::Asking));
}

#[test]
fn a_yes_is_another_attempt_which_is_told_what_was_wrong() {
    let mut world = failed();
    let ask = asked(&mut world, "a");
    let actions = world.apply(&World::decided(&ask, yes(Some("mind the enum"), None)));
    assert_eq!((sites(&actions), world::invoke(&actions[0]).attempt), (vec!["a".to_owned()], 3));
    let feedback = &world.input_of("a")["feedback"];
    assert_eq!((&feedback["output"], &feedback["findings"][1]), (&json!({"risk": "odder"}), &json!("mind the enum")));
    assert_eq!(sites(&world.complete("a", json!({"risk": "low"}))), ["b"]);
    assert_eq!(world.input_of("b"), json!({"risk": "low"}));
}

#[test]
fn an_answer_is_the_output_if_it_passes() {
    let mut world = failed();
    let ask = asked(&mut world, "a");
    world.refused(&World::decided(&ask, yes(None, Some(json!({"risk": "none"})))), "the output does not fit risk.json");
    let validated = world.run.answer("a", yes(None, Some(json!(3))));
    assert!(validated.is_err_and(|error| error.to_string().contains("does not fit")));
    let clerk =
        Decision::Approved { by: "Bob".to_owned(), role: Some("clerk".to_owned()), comment: None, answer: None };
    assert!(world.run.answer("a", clerk).is_err());
    assert_eq!(sites(&world.apply(&World::decided(&ask, yes(None, Some(json!({"risk": "high"})))))), ["b"]);
    assert_eq!(world.input_of("b"), json!({"risk": "high"}));
}

#[test]
fn a_no_and_silence_are_the_end_of_it() {
    let check = |decision, expect: &str| {
        let mut world = failed();
        let ask = asked(&mut world, "a");
        let actions = world.apply(&World::decided(&ask, decision));
        assert!(world::message(&actions).ends_with(expect), "{actions:?}");
    };
    check(no(), "; rejected by Ada: leave it");
    check(Decision::Expired, "; nobody said in time what becomes of it");
    let mut world = World::new(
        "  a: { agent: any, on_failure: { escalate: {}, continue: none } }\n  b: { agent: any, input: \"${{ steps.a.output }}\" }",
    );
    world.begin();
    world.fail("a", 1, world::permanent());
    let ask = asked(&mut world, "a");
    assert_eq!(sites(&world.apply(&World::decided(&ask, Decision::Expired))), ["b"]);
    assert_eq!(world.input_of("b"), json!("none"));
}

#[test]
fn a_person_is_asked_three_times_about_one_item_and_each_question_is_another() {
    let mut world = World::new("  a: { agent: any, for_each: \"${{ [1, 2] }}\", on_failure: { escalate: {} } }");
    world.begin();
    world.complete("a[0]", json!("x"));
    let mut tokens = Vec::new();
    for attempt in 1..=3 {
        assert_eq!(sites(&world.fail("a[1]", attempt, world::permanent())), ["ask a[1]"]);
        let ask = asked(&mut world, "a[1]");
        tokens.push(ask.token);
        let late = World::decided(&Ask { token: tokens[0], ..ask.clone() }, yes(None, None));
        if attempt > 1 {
            world.refused(&late, "this answers another question");
        }
        world.apply(&World::decided(&ask, yes(None, None)));
    }
    let actions = world.fail("a[1]", 4, world::permanent());
    assert_eq!(world::message(&actions), "permanent: item 1: never");
}

#[test]
fn a_loop_that_is_not_good_in_time_is_escalated() {
    let mut world = World::new(
        "  a: { agent: any, loop: { until: output > 5, max: 2 }, on_failure: { escalate: {} } }
output: \"${{ steps.a.output }}\"",
    );
    world.begin();
    world.complete("a[0]", json!(1));
    assert_eq!(sites(&world.complete("a[1]", json!(2))), ["ask a[1]"]);
    let ask = asked(&mut world, "a[1]");
    assert_eq!(shown(&ask)["output"], json!(2));
    assert_eq!(world::output(&world.apply(&World::decided(&ask, yes(None, Some(json!(3)))))), json!(3));
}

#[test]
fn a_workflow_is_not_begun_again() {
    let mut world = World::new(
        "  a: { workflow: inner.yaml, input: { n: 1 }, on_failure: { escalate: {} } }\noutput: \"${{ steps.a.output }}\"",
    );
    world.begin();
    assert_eq!(sites(&world.fail("a/one", 1, world::permanent())), ["ask a"]);
    let ask = asked(&mut world, "a");
    world.refused(&World::decided(&ask, yes(None, None)), "a workflow is not begun again");
    assert_eq!(world::output(&world.apply(&World::decided(&ask, yes(None, Some(json!(4)))))), json!(4));
}

#[test]
fn a_run_that_fails_meanwhile_drops_the_question() {
    let mut world = World::new("  a: { agent: any, on_failure: { escalate: {} } }\n  b: { agent: any }");
    world.begin();
    world.fail("a", 1, world::permanent());
    let ask = asked(&mut world, "a");
    assert_eq!(sites(&world.fail("b", 1, world::permanent())), ["end"]);
    assert_eq!(world.apply(&World::decided(&ask, yes(None, None))), []);
}
