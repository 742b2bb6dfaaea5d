//! Events that agents wait for from their own code.

use baton_journal::{Event, InvocationId, Outcome, Payload, Site, Timestamp};
use serde_json::{Value, json};

use super::world::{self, World, sites};
use crate::run::{Status, StepStatus};

fn id(text: &str) -> InvocationId {
    serde_json::from_value(json!(text)).expect("any text is one")
}

/// The intent of a call that waits.
fn intent(invocation: &str, sequence: u32, request: &Value) -> Event {
    let (invocation, operation) = (id(invocation), "events.wait".to_owned());
    Event::HostCallStarted { invocation, sequence, operation, request: Payload::json(request) }
}

fn paid(order: u32) -> Value {
    let having = json!([{ "pointer": "/order/id", "equals": order.to_string() }]);
    json!({ "name": "order.paid", "having": having, "within_ms": 5_000 })
}

fn call(text: &str) -> Site {
    Site { step: text.to_owned(), item: None }
}

fn waiting(world: &World, at: &str) -> Event {
    let until = Timestamp(world.now.0 + 5_000);
    Event::Waiting { site: call(at), name: Some("order.paid".to_owned()), until }
}

fn received(at: &str, order: u32) -> Event {
    let data = Payload::json(&json!({ "order": { "id": order } }));
    Event::EventReceived { site: call(at), name: "order.paid".to_owned(), data, number: 3 }
}

/// An attempt that waits for the payments of these orders and is suspended.
fn listening(calls: &[(&str, u32)]) -> World {
    let mut world = World::new("  a: { agent: any }\n  b: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    for (invocation, order) in calls {
        world.apply(&intent(invocation, *order, &paid(*order)));
    }
    world.apply(&world.ended("a", 1, Outcome::Suspended));
    world
}

#[test]
fn a_suspended_attempt_waits_for_the_event_and_begins_again_with_it() {
    let mut world = listening(&[("a#1", 7)]);
    assert_eq!(sites(&world.run.outstanding()), ["b", "await a#1/7"], "the attempt waits, others go on");
    let noted = waiting(&world, "a#1/7");
    assert_eq!(world.run.follows(world.now, &noted), Ok(()));
    world.apply(&noted);
    world.refused(&world.started("a", 1), "waits for an answer or an event");
    world.apply(&world.started("b", 1));
    world.complete("b", json!(1));
    assert_eq!((world.run.status(), world.status("a")), (Status::Parked, StepStatus::Sleeping));
    world.refused(&received("a#1/7", 8), "waits for another event");
    let actions = world.apply(&received("a#1/7", 7));
    assert_eq!(sites(&actions), ["a"]);
    assert!(world::invoke(&actions[0]).has_begun());
}

#[test]
fn an_attempt_goes_on_when_all_that_it_waits_for_is_there() {
    let mut world = listening(&[("a#1/2", 1), ("a#1/3", 2)]);
    for at in ["a#1/2/1", "a#1/3/2"] {
        let noted = waiting(&world, at);
        world.apply(&noted);
    }
    assert_eq!(world.apply(&received("a#1/3/2", 2)), []);
    world.now = Timestamp(world.now.0 + 5_000);
    let over = Event::TimerFired { site: call("a#1/2/1"), attempt: 0 };
    assert_eq!(world.run.follows(world.now, &over), Ok(()));
    assert_eq!(sites(&world.apply(&over)), ["a"]);
    world.apply(&world.started("a", 1));
    world.apply(&intent("a#1", 9, &paid(9)));
    assert_eq!(sites(&world.apply(&world.ended("a", 1, Outcome::Suspended))), ["await a#1/9"], "not what is over");
}

#[test]
fn what_cannot_be_read_is_not_waited_for() {
    let mut world = World::new("  a: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&intent("a#1", 0, &json!({ "name": 7 })));
    let having = json!([{ "pointer": "", "equals": "{" }]);
    world.apply(&intent("a#1", 1, &json!({ "name": "x", "having": having, "within_ms": 1 })));
    assert_eq!(world.apply(&world.ended("a", 1, Outcome::Suspended)), []);
}

#[test]
fn a_run_that_fails_waits_for_no_event_of_an_agent() {
    let mut world = listening(&[("a#1", 7)]);
    let noted = waiting(&world, "a#1/7");
    world.apply(&noted);
    world.apply(&world.started("b", 1));
    assert_eq!(sites(&world.fail("b", 1, world::permanent())), ["end"]);
    world.apply(&received("a#1/7", 7));
    assert_eq!(sites(&world.run.outstanding()), ["end"], "it comes too late");
}

#[test]
fn an_item_that_is_not_needed_waits_for_nothing() {
    let mut world =
        World::new("  each: { for_each: \"${{ [1, 2] }}\", join: { first: 1 }, agent: any }\n  other: { agent: any }");
    world.begin();
    world.apply(&world.started("each[0]", 1));
    world.apply(&intent("each[0]#1", 7, &paid(7)));
    world.apply(&world.ended("each[0]", 1, Outcome::Suspended));
    world.apply(&world.started("each[1]", 1));
    world.complete("each[1]", json!(1));
    assert_eq!(sites(&world.run.outstanding()), ["other"]);
}
