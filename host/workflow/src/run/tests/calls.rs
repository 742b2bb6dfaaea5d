//! Budgets of host calls: which ones an invocation has part in, and what is done when one of them is used up.

use std::collections::BTreeMap;

use baton_journal::{Decision, Digest, Event, PluginPin};
use serde_json::json;

use super::world::{self, World};

/// Whose budgets a call at a place counts against, with what is used, the limit, and whether it refuses.
fn budgets(world: &World, place: &str) -> Vec<(String, u64, u64, bool)> {
    let budgets = world.run.call_budgets(&world::site(place));
    budgets.into_iter().map(|budget| (budget.of, budget.used, budget.limit, budget.refuses)).collect()
}

fn budget(of: &str, used: u64, limit: u64, refuses: bool) -> (String, u64, u64, bool) {
    (of.to_owned(), used, limit, refuses)
}

fn three_at_once(budget: &str, step: &str) -> World {
    let steps = format!("  a: {{ agent: any, for_each: \"${{{{ input.list }}}}\", max_parallel: 3{step} }}\n");
    let mut world = World::whole(&format!("workflow: t\nbudget: {budget}\nsteps:\n{steps}"));
    let pin = |name: &str| PluginPin {
        name: name.to_owned(),
        component: Digest::of(name.as_bytes()),
        environment: BTreeMap::new(),
        limits: None,
        invokes: true,
        price_micro_usd: 0,
    };
    world.plugins = vec![pin("any"), pin("crm")];
    world.with_input(json!({"list": [1, 2, 3]}))
}

#[test]
fn host_calls_keep_nobody_from_beginning() {
    let mut world = three_at_once("{ calls: 500 }", "");
    let actions = world.begin();
    assert_eq!(world::sites(&actions), ["a[0]", "a[1]", "a[2]"]);
    assert!(actions.iter().all(|action| world::invoke(action).budget.calls == 500), "a replay is bounded all the same");
}

#[test]
fn a_call_counts_for_its_step_and_its_run() {
    let mut world = three_at_once("{ calls: 500 }", ", budget: { calls: 20 }");
    world.begin();
    world.complete("a[0]", json!(1));
    assert_eq!(budgets(&world, "a[1]"), [budget("a", 2, 20, true), budget("", 2, 500, true)]);
    let says: Vec<String> = world.run.call_budgets(&world::site("a[1]")).into_iter().map(|one| one.says).collect();
    assert_eq!(says[0], "the step used up its calls budget of 20");
    assert_eq!(says[1], "the run used up its calls budget of 500 (`budget.calls`, test.workflow.yaml:2:18)");
}

#[test]
fn a_call_counts_for_the_workflows_around_it_and_what_cleans_up_is_only_counted_there() {
    let mut world = World::new("  each: { workflow: inner.yaml, input: { n: 1 }, on_failure: { continue: 1 } }\n");
    world.begin();
    let million = 1_000_000;
    assert_eq!(budgets(&world, "each/one"), [budget("each/", 0, million, true), budget("", 0, million, true)]);
    world.complete("each/one", json!(1));
    world.fail("each/two", 1, world::permanent());
    assert_eq!(budgets(&world, "each/one.undo"), [budget("each/", 4, million, false), budget("", 4, million, false)]);
}

#[test]
fn the_budget_that_is_used_up_is_asked_about_and_a_yes_raises_it() {
    let check = |run: &str, step: &str, used: u64, of: &str, short: &str, raised: Vec<(String, u64, u64, bool)>| {
        let mut world = three_at_once(run, &format!(", on_exhausted: ask{step}"));
        world.begin();
        world.run_out_of_calls("a[0]", used);
        let ask = world.question("a[0]");
        let shown: serde_json::Value = serde_json::from_str(ask.show.as_str().unwrap()).unwrap();
        assert_eq!((shown["budget"]["of"].as_str(), shown["budget"]["text"].as_str()), (Some(of), Some(short)));
        world.apply(&World::requested(&ask));
        let yes = Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None };
        assert_eq!(world::sites(&world.apply(&World::decided(&ask, yes))), ["a[0]"]);
        assert_eq!(budgets(&world, "a[0]"), raised);
    };
    let of_run = "the run used up its calls budget of 50 (`budget.calls`, test.workflow.yaml:2:18)";
    check("{ calls: 50 }", "", 50, "run", of_run, vec![budget("", 50, 100, true)]);
    check("{ calls: 50 }", "", 7, "run", of_run, vec![budget("", 7, 100, true)]);
    let of_step = "the step used up its calls budget of 20";
    let raised = vec![budget("a", 20, 40, true), budget("", 20, 50, true)];
    check("{ calls: 50 }", ", budget: { calls: 20 }", 20, "step", of_step, raised);
}

#[test]
fn calls_of_an_agent_that_worked_for_another_are_among_those_that_its_plugin_may_make() {
    let mut world = three_at_once("{ calls: 50k }", ", on_exhausted: ask");
    world.begin();
    world.apply(&world.started("a[0]", 1));
    worked(&mut world, "a[0]", 9_998);
    world.run_out_of_calls("a[0]", 2);
    let ask = world.question("a[0]");
    assert!(!ask.show.as_str().unwrap().contains("\"budget\""), "{ask:?}");
}

/// An agent has worked for the attempt at a place, and made so many calls.
fn worked(world: &mut World, place: &str, calls: u64) {
    let (mut began, mut ended) = (world.started(place, 1), world.nested(place));
    if let Event::InvocationEnded { invocation: id, caller: by, usage, .. } = &mut ended
        && let Event::InvocationStarted { invocation, caller, .. } = &mut began
    {
        (*invocation, *caller, usage.host_calls) = (id.clone(), by.clone(), calls);
    }
    world.apply(&began);
    world.apply(&ended);
}
