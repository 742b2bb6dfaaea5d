//! Questions about calls of which nobody knows whether they took effect.

use baton_journal::{Decision, Digest, Payload};
use baton_policy::Resolution;

use super::world::{self, World, site, sites};
use crate::run::{Action, Ask, RunError, Status, StepStatus};

fn at_work() -> World {
    let mut world = World::new("  a: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    world
}

fn yes() -> Decision {
    Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None }
}

fn no() -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: None, comment: Some("paid by hand".to_owned()) }
}

/// What the attempt begins again with.
fn resolved(actions: &[Action]) -> &Resolution {
    world::invoke(&actions[0]).resolution().expect("somebody answered")
}

#[test]
fn an_attempt_waits_for_the_answer_and_the_run_is_parked() {
    let mut world = at_work();
    let (ask, actions) = world.doubt("a");
    assert_eq!(sites(&actions), ["ask a"]);
    assert_eq!(sites(&world.run.outstanding()), ["ask a"], "what waits is not to be done");
    assert_eq!((world.run.status(), world.status("a")), (Status::Parked, StepStatus::Asking));
    assert_eq!(world.question("a"), Ask { requested: true, ..ask.clone() });
    assert_eq!(
        ask.question,
        "The host died while crm/pay was in flight: nobody knows whether it took effect. Make it again?"
    );
    world.refused(&world.started("a", 1), "attempt 1 of `a` waits for an answer");
    world.refused(&world.ended("a", 1, world::transient()), "is not at work");
}

#[test]
fn the_answer_comes_with_the_attempt_that_begins_again() {
    let check = |decision, expect: Resolution| {
        let mut world = at_work();
        let deadline = world::invoke(&world.run.outstanding()[0]).started;
        let (ask, _) = world.doubt("a");
        let actions = world.apply(&World::decided(&ask, decision));
        assert_eq!((sites(&actions), resolved(&actions)), (vec!["a".to_owned()], &expect));
        assert_eq!(world::invoke(&actions[0]).deadline(), deadline, "a replayed agent sees the same");
        assert_eq!(actions, world.run.outstanding(), "a host that comes later begins it alike");
        let actions = world.complete("a", serde_json::json!(1));
        assert_eq!(sites(&actions), ["end"]);
    };
    check(yes(), Resolution::Repeat);
    check(no(), Resolution::Leave("rejected by Ada: paid by hand".to_owned()));
    check(Decision::Expired, Resolution::Leave("nobody answered within 7d".to_owned()));
}

#[test]
fn a_yes_is_used_once() {
    let mut world = at_work();
    let (first, _) = world.doubt("a");
    world.apply(&World::decided(&first, yes()));
    world.apply(&world.started("a", 1));
    assert_eq!(world::invoke(&world.run.outstanding()[0]).resolution(), None);
    let (second, _) = world.doubt("a");
    assert_eq!((&first.question, &first.show), (&second.question, &second.show));
    assert_ne!(first.token, second.token);
    world.refused(&World::decided(&first, yes()), "answers another question");
    world.apply(&World::decided(&second, no()));
}

#[test]
fn only_what_is_in_doubt_is_asked_about() {
    let mut world = at_work();
    assert_eq!(world.run.doubt(&site("a"), &[World::in_doubt("a")], world.now), None, "it is at work");
    let (ask, _) = world.doubt("a");
    assert_eq!(world.run.doubt(&site("a"), &[World::in_doubt("a")], world.now), None, "it is asked already");
    world.refused(&World::requested(&ask), "has asked already");
    let spoofed = Ask { token: Digest::of(b"other"), ..ask.clone() };
    world.refused(&World::decided(&spoofed, yes()), "answers another question");
    assert_eq!(world.run.answer("a", yes()), Ok(World::decided(&ask, yes())));
    world.apply(&World::decided(&ask, yes()));
    world.refused(&World::decided(&ask, yes()), "does not wait for an answer");
    assert!(matches!(world.run.answer("a", no()), Err(RunError::OutOfOrder(_))));
}

#[test]
fn a_question_about_another_call_is_refused() {
    let mut world = at_work();
    world.apply(&world.ended("a", 1, baton_journal::Outcome::Suspended));
    let ask = world.run.doubt(&site("a"), &[World::in_doubt("a")], world.now).unwrap();
    let other = Ask { show: Payload::text("{\"calls\":[]}"), ..ask.clone() };
    world.refused(&World::requested(&other), "asks something else");
    let softer = Ask { question: "Fine?".to_owned(), ..ask.clone() };
    assert!(world.run.follows(world.now, &World::requested(&softer)).is_err());
    let longer = Ask { deadline: baton_journal::Timestamp(ask.deadline.0 + 1), ..ask.clone() };
    assert!(world.run.follows(world.now, &World::requested(&longer)).is_err());
    assert_eq!(world.run.follows(world.now, &World::requested(&ask)), Ok(()));
}

#[test]
fn a_run_that_fails_lets_the_question_be_answered() {
    let mut world = World::new("  a: { agent: any }\n  b: { agent: any }\n  c: { approve: { question: ok? } }");
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&world.started("b", 1));
    let (ask, _) = world.doubt("a");
    assert_eq!(world.fail("b", 1, world::permanent()), []);
    assert_eq!(sites(&world.run.outstanding()), ["ask a"]);
    assert_eq!(world.run.status(), Status::Parked);
    let actions = world.apply(&World::decided(&ask, yes()));
    assert_eq!(sites(&actions), ["a"]);
    assert_eq!(sites(&world.complete("a", serde_json::json!(1))), ["end"]);
}

#[test]
fn items_are_asked_about_each_for_itself() {
    let mut world =
        World::new("  a: { agent: any, for_each: \"${{ [1, 2] }}\" }").with_input(serde_json::json!({"n": 1}));
    world.begin();
    world.apply(&world.started("a[0]", 1));
    world.apply(&world.started("a[1]", 1));
    let (first, _) = world.doubt("a[0]");
    assert_eq!(world.run.status(), Status::Running, "another item is at work");
    let (second, _) = world.doubt("a[1]");
    assert_eq!((first.step.as_str(), second.step.as_str()), ("a[0]", "a[1]"));
    assert_eq!(world.run.status(), Status::Parked);
    assert_eq!(sites(&world.apply(&World::decided(&second, no()))), ["a[1]"]);
    assert_eq!(sites(&world.run.outstanding()), ["ask a[0]", "a[1]"]);
}
