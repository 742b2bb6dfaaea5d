//! Questions that agents ask from their own code.

use baton_journal::{Decision, Event, InvocationId, Outcome, Payload};
use serde_json::{Value, json};

use super::world::{self, World, site, sites};
use crate::run::{Status, StepStatus};

/// The intent of a call that asks.
fn intent(invocation: &str, sequence: u32, request: &Value) -> Event {
    let (invocation, operation) = (id(invocation), "people.ask".to_owned());
    Event::HostCallStarted { invocation, sequence, operation, request: Payload::json(request) }
}

fn reply(invocation: &str, sequence: u32) -> Event {
    let (operation, text) = ("people.ask".to_owned(), Payload::text("{}"));
    Event::HostCall { invocation: id(invocation), sequence, operation, request: text.clone(), reply: text }
}

fn id(text: &str) -> InvocationId {
    serde_json::from_value(json!(text)).expect("any text is one")
}

fn request(text: &str) -> Value {
    json!({ "text": text, "show": "[1]", "schema": "{\"type\":\"integer\"}", "roles": ["partner"], "within_ms": 5_000 })
}

fn yes(answer: Option<&str>) -> Decision {
    let (by, role) = ("Ada".to_owned(), Some("partner".to_owned()));
    Decision::Approved { by, role, comment: None, answer: answer.map(Payload::text) }
}

/// An attempt that has asked these and is suspended.
fn asking(calls: &[(&str, u32)]) -> World {
    let mut world = World::new("  a: { agent: any }\n  b: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    for (invocation, sequence) in calls {
        world.apply(&intent(invocation, *sequence, &request("Ship it?")));
    }
    world.apply(&world.ended("a", 1, Outcome::Suspended));
    world
}

#[test]
fn a_suspended_attempt_has_people_asked_what_it_wants_to_know() {
    let mut world = asking(&[("a#1", 4)]);
    let ask = world.question("a#1/4");
    assert_eq!(
        (ask.question.as_str(), ask.show.as_str(), &ask.roles[..]),
        ("Ship it?", Some("[1]"), &["partner".to_owned()][..])
    );
    assert_eq!(sites(&world.run.outstanding()), ["b", "ask a#1/4"], "the attempt waits, others go on");
    world.apply(&World::requested(&ask));
    world.refused(&world.started("a", 1), "waits for an answer");
    world.apply(&world.started("b", 1));
    world.complete("b", json!(1));
    assert_eq!((world.run.status(), world.status("a")), (Status::Parked, StepStatus::Asking));
    assert_eq!(world.run.follows(world.now, &World::requested(&ask)), Ok(()));
}

#[test]
fn an_answer_must_be_one_that_was_asked_for() {
    let mut world = asking(&[("a#1", 0)]);
    let ask = world.question("a#1/0");
    world.apply(&World::requested(&ask));
    world.refused(&World::decided(&ask, yes(None)), "needs an answer");
    world.refused(&World::decided(&ask, yes(Some("\"x\""))), "does not fit");
    let nobody = Decision::Rejected { by: "Bob".to_owned(), role: None, comment: None };
    world.refused(&World::decided(&ask, nobody), "is for partner");
    let actions = world.apply(&World::decided(&ask, yes(Some("7"))));
    assert_eq!(sites(&actions), ["a"]);
    assert!(world::invoke(&actions[0]).has_begun());
    world.refused(&World::decided(&ask, yes(Some("7"))), "does not wait for an answer");
}

#[test]
fn an_attempt_goes_on_when_all_its_questions_are_decided_and_asks_none_twice() {
    let mut world = asking(&[("a#1/2", 0), ("a#1/3", 1)]);
    let (first, second) = (world.question("a#1/2/0"), world.question("a#1/3/1"));
    assert_ne!(first.token, second.token);
    world.apply(&World::requested(&first));
    world.apply(&World::requested(&second));
    assert_eq!(world.apply(&World::decided(&second, Decision::Expired)), []);
    assert_eq!(sites(&world.apply(&World::decided(&first, yes(Some("1"))))), ["a"]);
    world.apply(&world.started("a", 1));
    world.apply(&reply("a#1/2", 0));
    world.apply(&intent("a#1", 9, &request("And now?")));
    assert_eq!(sites(&world.apply(&world.ended("a", 1, Outcome::Suspended))), ["ask a#1/9"], "not what is decided");
}

#[test]
fn what_was_answered_otherwise_is_not_asked() {
    let mut world = World::new("  a: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&intent("a#1", 0, &request("Ship it?")));
    world.apply(&reply("a#1", 0)); // it was refused
    world.apply(&intent("a#1", 1, &json!({ "text": 7 })));
    assert_eq!(world.apply(&world.ended("a", 1, Outcome::Suspended)), []);
    assert_eq!(world.run.question("a#1/0"), None);
}

#[test]
fn a_run_that_fails_waits_for_no_answer_to_an_agent() {
    let mut world = asking(&[("a#1", 0)]);
    let ask = world.question("a#1/0");
    world.apply(&World::requested(&ask));
    world.apply(&world.started("b", 1));
    assert_eq!(sites(&world.fail("b", 1, world::permanent())), ["end"]);
    world.apply(&World::decided(&ask, yes(Some("7"))));
    assert_eq!(sites(&world.run.outstanding()), ["end"], "it comes too late");
    assert!(world.run.doubt(&site("a"), &[], world.now).is_none());
}
