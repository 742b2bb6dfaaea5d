//! Tests of the machine.

mod approvals;
mod ballots;
mod budgets;
mod calls;
mod control;
mod doubts;
mod escalations;
mod evidence;
mod failures;
mod inner;
mod items;
mod listening;
mod never;
mod people;
mod properties;
mod quarantine;
mod questions;
mod reservations;
mod shortages;
mod validation;
mod world;

use serde_json::json;

use super::{Status, StepStatus};
use world::World;

#[test]
fn steps_run_when_what_they_refer_to_is_settled() {
    let world = World::new(
        "  a: { agent: any, input: { n: \"${{ input.n }}\" } }
  b: { agent: any, input: { of: \"${{ steps.a.output.n + 1 }}\" }, needs: [c] }
  c: { agent: any }
output: { b: \"${{ steps.b.output }}\", c: \"${{ steps.c.outcome }}\" }",
    );
    let mut world = world.with_input(json!({"n": 3}));
    let actions = world.begin();
    assert_eq!(world::sites(&actions), ["a", "c"]);
    assert_eq!(world.run.status(), Status::Running);
    let actions = world.complete("a", json!({"n": 7}));
    assert_eq!(actions, []);
    let actions = world.complete("c", json!(null));
    assert_eq!(world::sites(&actions), ["b"]);
    assert_eq!(world::invoke(&actions[0]).input.as_str(), Some(r#"{"of":8}"#));
    let actions = world.complete("b", json!("done"));
    assert_eq!(world::output(&actions), json!({"b": "done", "c": "completed"}));
    assert_eq!(world.run.status(), Status::Running);
    world.end();
    assert_eq!(world.run.status(), Status::Ended);
    assert_eq!(world.run.outstanding(), []);
}

#[test]
fn a_step_whose_condition_is_false_is_skipped_and_its_dependents_run() {
    let mut world = World::new(
        "  a: { agent: any, if: \"${{ input.n > 5 }}\" }
  b: { agent: any, input: { a: \"${{ steps.a.output }}\", how: \"${{ steps.a.outcome }}\" } }",
    )
    .with_input(json!({"n": 1}));
    let actions = world.begin();
    assert_eq!(world::sites(&actions), ["b"]);
    assert_eq!(world::invoke(&actions[0]).input.as_str(), Some(r#"{"a":null,"how":"skipped"}"#));
    assert_eq!(world.status("a"), StepStatus::Skipped);
}

#[test]
fn an_input_that_breaks_the_schema_ends_the_run() {
    let mut world = World::whole("workflow: t\ninput: { schema: application.json }\nsteps: { a: { agent: any } }");
    let actions = world.begin();
    assert!(world::message(&actions).contains("the input does not fit its schema: "), "{actions:?}");
}

#[test]
fn an_expression_without_a_value_fails_the_step_and_says_where() {
    let mut world = World::new("  a: { agent: any, input: { x: \"${{ input.none }}\" } }");
    let actions = world.begin();
    assert_eq!(
        world::message(&actions),
        "invalid: `input.none` (test.workflow.yaml:3:37): there is no key `none`, there are n"
    );
    assert_eq!(world.status("a"), StepStatus::Failed);
}

#[test]
fn the_workflow_output_can_fail_too() {
    let mut world = World::new("  a: { agent: any }\noutput: \"${{ steps.a.output.x }}\"");
    world.begin();
    let actions = world.complete("a", json!({}));
    assert!(world::message(&actions).starts_with("`output`: `steps.a.output.x`"), "{actions:?}");
}

#[test]
fn events_out_of_order_change_nothing() {
    let mut world = World::new("  a: { agent: any }\n  b: { agent: any, needs: [a] }");
    world.refused(&world.started("a", 1), "the run has not begun");
    world.begin();
    world.refused(&world.header(), "the run has begun already");
    world.refused(&world.started("b", 1), "attempt 1 of `b` was not asked for");
    world.refused(&world.started("a", 2), "attempt 2 of `a` was not asked for");
    world.refused(&world.ended("a", 1, world::completed(&json!(1))), "attempt 1 of `a` is not at work");
    world.apply(&world.started("a", 1));
    world.refused(&world.started("a", 1), "attempt 1 of `a` has begun already");
    world.apply(&world.ended("a", 1, world::completed(&json!(1))));
    world.refused(&world.ended("a", 1, world::completed(&json!(1))), "not at work");
    world.complete("b", json!(1));
    world.end();
    world.refused(&world.started("b", 2), "the run has ended");
}

#[test]
fn an_invocation_has_the_same_key_for_all_attempts_and_no_other_site() {
    let mut world = World::new("  a: { agent: any, retry: { max: 1 } }\n  b: { agent: any }");
    let actions = world.begin();
    let keys: Vec<String> = actions.iter().map(|action| world::invoke(action).idempotency_key.clone()).collect();
    assert_ne!(keys[0], keys[1]);
    world.fail("a", 1, world::transient());
    let actions = world.fire("a", 2);
    assert_eq!((world::invoke(&actions[0]).attempt, &world::invoke(&actions[0]).idempotency_key), (2, &keys[0]));
}

#[test]
fn what_invocations_invoke_is_counted_and_otherwise_passed_over() {
    let mut world = World::new("  a: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    let before = world.run.outstanding();
    world.apply(&world.nested("a"));
    assert_eq!(world.run.outstanding(), before);
    assert_eq!(world.run.usage().fuel, 5);
    world.apply(&world.ended("a", 1, world::completed(&json!(1))));
    let views: Vec<_> = world.run.steps().map(|step| (step.name, step.usage.fuel, step.attempts)).collect();
    assert_eq!(views, [("a".to_owned(), 15, 1)]);
}
