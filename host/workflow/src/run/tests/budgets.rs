//! What runs and steps may use.

use std::time::Duration;

use baton_journal::{Decision, Timestamp};
use serde_json::json;

use super::world::{self, World};
use baton_policy::Amounts;

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
    assert_eq!(first.budget, Amounts { fuel: 15, calls: 48, bytes: 980 });
    assert_eq!(first.timeout, Duration::from_millis(60_000 - 2));
    world.fail("b", 1, world::transient());
    let actions = world.fire("b", 2);
    assert_eq!(world::invoke(&actions[0]).budget, Amounts { fuel: 5, calls: 46, bytes: 960 });
    world.fail("b", 2, world::transient());
    let actions = world.fire("b", 3);
    assert_eq!(world::message(&actions), "permanent: the step used 20 of its fuel budget of 15");
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
