//! Budgets of which nothing is left: what a step does then, and people who are asked for more.

use std::collections::BTreeMap;

use baton_journal::{Decision, Digest, Event, InvocationId, Lease, Outcome, PluginPin};
use baton_policy::Amounts;
use serde_json::{Value, json};

use super::world::{self, World, sites};
use crate::run::{Ask, Callers, Share, StepStatus};

/// Steps of an agent that costs 0.002 usd, in a run that may use 0.003.
fn poor(steps: &str) -> World {
    let mut world = World::whole(&format!("workflow: t\nbudget: {{ usd: 0.003 }}\nsteps:\n{steps}"));
    world.plugins = vec![priced("any")];
    world
}

fn priced(name: &str) -> PluginPin {
    PluginPin {
        name: name.to_owned(),
        component: Digest::of(name.as_bytes()),
        environment: BTreeMap::new(),
        limits: None,
        invokes: false,
        price_micro_usd: 2_000,
    }
}

fn yes() -> Decision {
    Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None }
}

fn no() -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: None, comment: None }
}

fn asked(world: &mut World, name: &str) -> Ask {
    let ask = world.question(name);
    world.apply(&World::requested(&ask));
    ask
}

fn shown(ask: &Ask) -> Value {
    serde_json::from_str(ask.show.as_str().expect("it is at hand")).expect("it is JSON")
}

/// The journal leads to the same, whoever reads it.
fn is_as_its_journal_tells(world: &World) {
    let again = world.replayed(world.journal.len());
    assert_eq!(format!("{:?}", again.outstanding()), format!("{:?}", world.run.outstanding()));
}

#[test]
fn a_step_says_what_is_done_when_nothing_is_left() {
    let check = |says: &str, expect: &[&str]| {
        let steps =
            format!("  a: {{ agent: any }}\n  b: {{ agent: any, needs: [a], on_failure: {{ continue: 1 }}{says} }}\n");
        let mut world = poor(&steps);
        world.begin();
        let actions = world.pay("a", 2_000);
        assert_eq!(sites(&actions), expect, "{says}");
    };
    check("", &["end"]);
    check(", on_exhausted: fail", &["end"]);
    check(", on_exhausted: ask", &["ask b"]);
    check(", on_exhausted: { ask: { to: [finance] } }", &["ask b"]);
    check(", on_exhausted: { then: c } }\n  c: { emit: { event: cheap }", &["emit c"]);
}

#[test]
fn a_yes_allows_as_much_again_and_a_no_is_the_end() {
    let steps = "  a: { agent: any }\n  b: { agent: any, needs: [a], on_exhausted: { ask: { to: [finance] }, continue: none } }\n";
    let begin = || {
        let mut world = poor(steps);
        world.begin();
        world.pay("a", 2_000);
        let ask = asked(&mut world, "b");
        (world, ask)
    };
    let (mut world, ask) = begin();
    let short = "it costs 0.002 usd, and the run used 0.002 usd of its usd budget of 0.003 usd (`budget.usd`, test.workflow.yaml:2:16)";
    assert_eq!(ask.question, format!("`b` cannot go on: {short}. Allow 0.003 usd more?"));
    assert_eq!(ask.roles, ["finance"]);
    assert_eq!(shown(&ask)["budget"], json!({"of": "run", "what": "usd", "text": short, "more": "0.003 usd"}));
    let finance = |yes: bool| match yes {
        true => {
            Decision::Approved { by: "Ada".to_owned(), role: Some("finance".to_owned()), comment: None, answer: None }
        }
        false => Decision::Rejected { by: "Ada".to_owned(), role: Some("finance".to_owned()), comment: None },
    };
    assert_eq!(sites(&world.apply(&World::decided(&ask, finance(true)))), ["b"]);
    is_as_its_journal_tells(&world);
    assert_eq!(sites(&world.fail("b", 1, world::completed(&json!(1)))), ["end"]);

    let (mut world, ask) = begin();
    assert_eq!(sites(&world.apply(&World::decided(&ask, finance(false)))), ["end"]);
    assert_eq!(world.status("b"), StepStatus::Failed);
    is_as_its_journal_tells(&world);
}

#[test]
fn a_step_has_its_own_budget_again() {
    let mut world = World::whole(
        "workflow: t\nsteps:\n  a: { agent: any, budget: { usd: 0.003 }, retry: { max: 5 }, on_exhausted: ask }\n",
    );
    world.plugins = vec![priced("any")];
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&world.failed_at_cost("a", 2_000));
    assert_eq!(sites(&world.fire("a", 2)), ["ask a"]);
    let ask = asked(&mut world, "a");
    assert_eq!(shown(&ask)["budget"]["of"], "step");
    let actions = world.apply(&World::decided(&ask, yes()));
    assert_eq!(world::invoke(&actions[0]).budget.micro_usd, 2_000);
}

#[test]
fn only_what_a_budget_has_cut_short_is_asked_about_as_a_budget() {
    let check = |budget: &str, calls: u64, is_short: bool| {
        let text = format!("workflow: t\nbudget: {budget}\nsteps:\n  a: {{ agent: any, on_exhausted: ask }}\n");
        let mut world = World::whole(&text);
        world.begin();
        world.run_out_of_calls("a", calls);
        let ask = world.question("a");
        assert_eq!(shown(&ask).get("budget").is_some(), is_short, "{ask:?}");
    };
    check("{ calls: 10 }", 10, true);
    check("{ calls: 10 }", 2, true); // others have made those that were left
    check("{}", 10_000, false); // all that its plugin may make
}

/// A run with an attempt that calls what it cannot pay.
fn calling(on_exhausted: &str) -> World {
    let mut world = poor(&format!("  a: {{ agent: any, {on_exhausted} }}\n"));
    world.plugins = vec![PluginPin { price_micro_usd: 0, invokes: true, ..priced("any") }, priced("paid")];
    world.begin();
    world.apply(&world.started("a", 1));
    call(&mut world, 0);
    world
}

/// A call that begins and ends.
fn call(world: &mut World, number: u32) {
    let (began, mut ended) = (began(world, number), world.nested("a"));
    world.apply(&began);
    if let Event::InvocationEnded { invocation, usage, .. } = &mut ended {
        *invocation = id(number);
        usage.micro_usd = 2_000;
    }
    world.apply(&ended);
}

fn id(number: u32) -> InvocationId {
    InvocationId::nested(&InvocationId::attempt(&world::site("a"), 1), number, None)
}

fn began(world: &World, number: u32) -> Event {
    let mut event = world.started("a", 1);
    if let Event::InvocationStarted { invocation, caller, plugin, function, lease, .. } = &mut event {
        (*invocation, *caller) = (id(number), Some(InvocationId::attempt(&world::site("a"), 1)));
        (*plugin, *function) = ("paid".to_owned(), Some("do".to_owned()));
        *lease = Lease { fuel: 10, host_calls: 2, bytes: 20, ..Lease::default() };
    }
    event
}

fn share(world: &World) -> Share {
    let caller = InvocationId::attempt(&world::site("a"), 1);
    world.run.share_of_call(&world::site("a"), "paid", &Callers::from([caller]))
}

/// The attempt is suspended, and a person asked.
fn suspended(world: &mut World) -> Ask {
    world.apply(&world.ended("a", 1, Outcome::Suspended));
    let ask = world.run.ask_for_more(id(1).as_str(), "paid", world.now).expect("somebody is asked");
    world.apply(&World::requested(&ask));
    ask
}

#[test]
fn a_call_that_cannot_be_paid_is_refused_where_nobody_is_to_be_asked() {
    let world = calling("on_failure: fail");
    let Share::Exhausted { text, may_ask } = share(&world) else { panic!("it can be paid") };
    assert!(!may_ask && text.starts_with("it costs 0.002 usd, and the run used 0.002 usd of"), "{text}");
}

#[test]
fn a_call_that_cannot_be_paid_waits_for_a_person() {
    let mut world = calling("on_exhausted: ask");
    assert!(matches!(share(&world), Share::Exhausted { may_ask: true, .. }));
    let ask = suspended(&mut world);
    assert_eq!((ask.step.as_str(), shown(&ask)["budget"]["plugin"].clone()), ("a#1/1", json!("paid")));
    is_as_its_journal_tells(&world);
    assert_eq!(world.run.outstanding().len(), 1, "the attempt waits with the question");
    let actions = world.apply(&World::decided(&ask, yes()));
    assert_eq!(sites(&actions), ["a"]);
    is_as_its_journal_tells(&world);
    world.apply(&world.started("a", 1));
    let Share::Granted(granted) = share(&world) else { panic!("a person has allowed it") };
    assert_eq!(granted.micro_usd, 2_000);
}

#[test]
fn a_no_holds_for_the_whole_attempt() {
    let mut world = calling("on_exhausted: ask");
    let ask = suspended(&mut world);
    assert_eq!(sites(&world.apply(&World::decided(&ask, no()))), ["a"]);
    world.apply(&world.started("a", 1));
    assert!(matches!(share(&world), Share::Exhausted { may_ask: false, .. }));
}

#[test]
fn a_question_that_asks_something_else_than_what_is_missing_is_refused() {
    let mut world = calling("on_exhausted: ask");
    world.apply(&world.ended("a", 1, Outcome::Suspended));
    let ask = world.run.ask_for_more(id(1).as_str(), "paid", world.now).expect("somebody is asked");
    let forged = Ask { question: "May I?".to_owned(), token: Digest::of(b"forged"), ..ask };
    world.refused(&forged.asked(), "something else than what `a#1/1` needs");
}

#[test]
fn a_question_about_a_budget_is_dropped_when_the_run_is_cancelled() {
    let mut world = calling("on_exhausted: ask");
    suspended(&mut world);
    let actions = world.apply(&Event::CancelRequested { by: "Ada".to_owned(), reason: None });
    assert_eq!(sites(&actions), ["end"]);
}

#[test]
fn what_is_missing_around_a_workflow_is_allowed_there() {
    let mut world = poor("  a: { agent: any }\n  in: { workflow: asking.yaml, needs: [a] }\n");
    world.begin();
    let actions = world.pay("a", 2_000);
    assert_eq!(sites(&actions), ["ask in/only"]);
    let ask = asked(&mut world, "in/only");
    assert!(
        ask.question.contains("the run around its workflow has 0.001 usd left of its usd budget"),
        "{}",
        ask.question
    );
    let actions = world.apply(&World::decided(&ask, yes()));
    assert_eq!(sites(&actions), ["in/only"]);
    assert_eq!(world::invoke(&actions[0]).budget, Amounts { micro_usd: 2_000, ..world::invoke(&actions[0]).budget });
    is_as_its_journal_tells(&world);
}
