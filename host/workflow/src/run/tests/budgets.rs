//! What runs and steps may use.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_journal::{Decision, Digest, PluginPin, Timestamp};
use serde_json::json;

use super::world::{self, World};
use baton_policy::Amounts;

fn priced(price_micro_usd: u64) -> PluginPin {
    PluginPin {
        name: "any".to_owned(),
        component: Digest::of(b"any"),
        environment: BTreeMap::new(),
        limits: None,
        invokes: false,
        price_micro_usd,
    }
}

fn world(budget: &str, steps: &str) -> World {
    World::whole(&format!("workflow: t\nbudget: {budget}\nsteps:\n{steps}"))
}

#[test]
fn a_run_that_used_more_than_it_may_fails_and_says_what_to_change() {
    let check = |budget: &str, expect: &str| {
        let mut world = world(budget, "  a: { agent: any }\n  b: { agent: any, needs: [a] }");
        world.begin();
        assert_eq!(world::message(&world.complete("a", json!(1))), expect);
    };
    check("{ fuel: 9 }", "the run used 10 of its fuel budget of 9 (`budget.fuel`, test.workflow.yaml:2:17)");
    check("{ calls: 1 }", "the run used 2 of its calls budget of 1 (`budget.calls`, test.workflow.yaml:2:18)");
    check("{ bytes: 19 }", "the run used 20B of its bytes budget of 19B (`budget.bytes`, test.workflow.yaml:2:18)");
    check("{ wall: 1ms }", "the run used 2ms of its wall budget of 1ms (`budget.wall`, test.workflow.yaml:2:17)");
}

#[test]
fn nothing_begins_when_nothing_is_left() {
    let mut world = world("{ fuel: 10 }", "  a: { agent: any }\n  b: { agent: any, needs: [a] }");
    world.begin();
    let actions = world.complete("a", json!(1));
    assert!(world::message(&actions).starts_with("the run used up its fuel budget of 10"), "{actions:?}");
}

#[test]
fn an_invocation_gets_what_is_left() {
    let mut world = world(
        "{ fuel: 100, calls: 50, bytes: 1000, wall: 1m }",
        "  a: { agent: any }\n  b: { agent: any, needs: [a], budget: { fuel: 15, calls: 80 }, retry: { max: 9 }, timeout: 5m }",
    );
    world.begin();
    let actions = world.complete("a", json!(1));
    let first = world::invoke(&actions[0]);
    assert_eq!(first.budget, budget(15, 48, 980));
    assert_eq!(first.timeout, Duration::from_millis(60_000 - 2));
    world.fail("b", 1, world::transient());
    let actions = world.fire("b", 2);
    assert_eq!(world::invoke(&actions[0]).budget, budget(5, 46, 960));
    world.fail("b", 2, world::transient());
    let actions = world.fire("b", 3);
    assert_eq!(world::message(&actions), "permanent: the step used 20 of its fuel budget of 15");
}

/// Of these three, without money.
fn budget(fuel: u64, calls: u64, bytes: u64) -> Amounts {
    Amounts { fuel, calls, bytes, ..Amounts::default() }
}

#[test]
fn what_has_a_price_begins_only_if_it_is_left() {
    let mut world = world(
        "{ usd: 0.005 }",
        "  a: { agent: any }\n  b: { agent: any, needs: [a] }\n  c: { agent: any, needs: [b] }",
    );
    world.plugins = vec![priced(2_000)];
    assert_eq!(world::invoke(&world.begin()[0]).budget.micro_usd, 2_000);
    world.pay("a", 2_000);
    let actions = world.pay("b", 2_000);
    assert_eq!(
        world::message(&actions),
        "it costs 0.002 usd, and the run used 0.004 usd of its usd budget of 0.005 usd (`budget.usd`, test.workflow.yaml:2:16)"
    );
}

#[test]
fn a_step_has_a_purse_of_its_own() {
    let mut world = world("{ usd: 1 }", "  a: { agent: any, budget: { usd: 0.003 }, retry: { max: 5 } }");
    world.plugins = vec![priced(2_000)];
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&world.failed_at_cost("a", 2_000));
    let actions = world.fire("a", 2);
    assert!(
        world::message(&actions)
            .contains("it costs 0.002 usd, and the step used 0.002 usd of its usd budget of 0.003 usd"),
        "{actions:?}"
    );
}

#[test]
fn a_list_that_is_too_long_is_refused_with_its_length() {
    let check = |budget: &str, step: &str, expect: &str| {
        let text = format!("  a: {{ agent: any, for_each: \"${{{{ input.list }}}}\"{step} }}");
        let mut world = world(budget, &text).with_input(json!({"list": vec![0; 10_001]}));
        assert_eq!(world::message(&world.begin()), expect);
    };
    check(
        "{}",
        "",
        "invalid: `for_each` has 10001 items, more than its fan_out budget of 10k (the default: set `budget.fan_out` in \
         test.workflow.yaml)",
    );
    check(
        "{ fan_out: 5 }",
        "",
        "invalid: `for_each` has 10001 items, more than its fan_out budget of 5 (`budget.fan_out`, test.workflow.yaml:2:20)",
    );
    check("{}", ", budget: { fan_out: 7 }", "invalid: `for_each` has 10001 items, more than its fan_out budget of 7");
}

#[test]
fn waiting_for_people_costs_no_wall_time() {
    let mut world = world("{ wall: 1m }", "  a: { approve: { question: ok? } }\n  b: { agent: any, needs: [a] }");
    world.begin();
    let ask = world.question("a");
    world.apply(&World::requested(&ask));
    world.now = Timestamp(world.now.0 + 86_400_000);
    let approved = Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None };
    let actions = world.apply(&World::decided(&ask, approved));
    assert_eq!(world::invoke(&actions[0]).timeout, Duration::from_millis(60_000 - 1));
    world.now = Timestamp(world.now.0 + 60_000);
    let actions = world.complete("b", json!(1));
    assert!(world::message(&actions).contains("wall budget of 1m"), "{actions:?}");
}
