//! Questions to people.

use baton_journal::{Decision, Digest, Event, Payload};
use serde_json::json;

use super::world::{self, World, sites};
use crate::run::{Action, RunError, Status, StepStatus};

fn asking() -> World {
    World::new(
        "  a: { approve: { question: \"Take ${{ input.n }} on?\", show: { n: \"${{ input.n }}\" }, roles: [partner], timeout: 2d, answer: answer.yaml } }
output: \"${{ steps.a.output }}\"",
    )
}

fn yes(answer: Option<serde_json::Value>) -> Decision {
    let answer = answer.map(|answer| Payload::json(&answer));
    Decision::Approved { by: "Ada".to_owned(), role: Some("partner".to_owned()), comment: None, answer }
}

fn no() -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: Some("partner".to_owned()), comment: Some("too risky".to_owned()) }
}

#[test]
fn a_question_is_asked_and_answered() {
    let mut world = asking();
    let actions = world.begin();
    let [Action::Ask(ask)] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!((ask.question.as_str(), ask.show.as_str()), ("Take 1 on?", Some(r#"{"n":1}"#)));
    assert_eq!(ask.deadline.0 - world.now.0, 2 * 86_400_000);
    assert!(!ask.requested && ask.answer_schema.is_some());
    assert_eq!(world.run.status(), Status::Running);
    world.apply(&World::requested(ask));
    assert_eq!((world.run.status(), world.status("a")), (Status::Parked, StepStatus::Asking));
    assert!(world.question("a").requested);
    let actions = world.apply(&World::decided(ask, yes(Some(json!({"text": "fine"})))));
    let said =
        json!({"decision": "approved", "by": "Ada", "role": "partner", "comment": null, "answer": {"text": "fine"}});
    let mut expect = said.clone();
    let mut vote = said;
    vote["instead_of"] = json!(null);
    expect["votes"] = json!([vote]);
    assert_eq!(world::output(&actions), expect);
}

#[test]
fn a_rejection_and_a_deadline_are_declined() {
    for (decision, expect) in
        [(no(), "declined: rejected by Ada: too risky"), (Decision::Expired, "declined: nobody answered within 2d")]
    {
        let mut world = asking();
        world.begin();
        let ask = world.question("a");
        world.apply(&World::requested(&ask));
        let actions = world.apply(&World::decided(&ask, decision));
        assert_eq!(world::message(&actions), expect);
    }
}

#[test]
fn answers_are_checked_before_they_count() {
    let mut world = asking();
    world.begin();
    let ask = world.question("a");
    world.refused(&World::decided(&ask, no()), "does not wait for an answer");
    world.apply(&World::requested(&ask));
    let spoofed = crate::Ask { token: Digest::of(b"other"), ..ask.clone() };
    world.refused(&World::decided(&spoofed, no()), "answers another question");
    world.refused(&World::requested(&ask), "has asked already");
    world.refused(&World::decided(&ask, yes(None)), "needs an answer");
    world.refused(&World::decided(&ask, yes(Some(json!({"text": 1})))), "does not fit answer.yaml");
    let other = Decision::Rejected { by: "Eve".to_owned(), role: Some("intern".to_owned()), comment: None };
    world.refused(&World::decided(&ask, other), "step `a` is for partner, not for `intern` to answer");
    let run = &world.run;
    assert_eq!(run.answer("a", no()), Ok(World::decided(&ask, no())));
    assert!(matches!(run.answer("a", yes(None)), Err(RunError::BadAnswer(_))));
    assert!(matches!(run.answer("b", no()), Err(RunError::OutOfOrder(_))));
    world.apply(&World::decided(&ask, no()));
    world.refused(&World::decided(&ask, no()), "does not wait for an answer");
}

#[test]
fn the_token_is_of_exactly_this_question() {
    let token = |input: serde_json::Value| {
        let mut world = asking().with_input(input);
        world.begin();
        world.question("a").token
    };
    assert_eq!(token(json!({"n": 1})), token(json!({"n": 1, "other": 2})));
    assert_ne!(token(json!({"n": 1})), token(json!({"n": 2})));
}

#[test]
fn a_question_that_was_dropped_may_still_arrive() {
    let mut world = World::new("  a: { agent: any }\n  b: { approve: { question: ok? } }");
    world.begin();
    let ask = world.question("b");
    let actions = world.fail("a", 1, world::permanent());
    assert_eq!(sites(&actions), ["end"]);
    assert_eq!(world.apply(&World::requested(&ask)), []);
    assert_eq!(world.apply(&World::decided(&ask, yes(None))), []);
    let spoofed = crate::Ask { token: Digest::of(b"other"), ..ask };
    world.refused(&World::decided(&spoofed, yes(None)), "does not wait");
    assert!(world.run.answer("b", yes(None)).is_err());
    let Some(Action::End(outcome)) = world.run.outstanding().pop() else { panic!("it ends") };
    world.apply(&Event::RunEnded(outcome));
}
