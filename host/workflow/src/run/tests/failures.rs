//! Failures: which are tried again, and what happens when a step failed for good.

use baton_journal::{Failure, Limit, Outcome, Payload};
use serde_json::json;

use super::world::{self, World, sites};
use crate::run::{Action, StepStatus};

#[test]
fn only_transient_failures_are_tried_again() {
    let check = |outcome: Outcome, again: bool| {
        let mut world =
            World::new("  a: { agent: any, retry: { max: 1 }, output: risk.json, check: [\"output.risk == 'low'\"] }");
        world.begin();
        let actions = world.fail("a", 1, outcome.clone());
        assert_eq!(matches!(actions[0], Action::Wait(_)), again, "{outcome:?}");
    };
    let failed = |failure| Outcome::Failed { failure };
    check(world::transient(), true);
    check(Outcome::Trapped { message: "unreachable".to_owned() }, true);
    check(Outcome::TimedOut { after_ms: 5 }, true);
    check(Outcome::Completed { output: Payload::text("no JSON") }, true);
    check(world::completed(&json!({"risk": "unknown"})), true);
    check(world::completed(&json!({"risk": "high"})), true);
    check(world::permanent(), false);
    check(failed(Failure::Invalid("bad".to_owned())), false);
    check(failed(Failure::Declined("no".to_owned())), false);
    check(Outcome::Exhausted { limit: Limit::Fuel, message: "fuel".to_owned() }, false);
    check(Outcome::Denied { message: "http".to_owned() }, false);
}

#[test]
fn a_write_that_may_have_happened_is_not_repeated_unless_it_is_idempotent() {
    let check = |tool: &str, outcome: Outcome, again: bool| {
        let step = format!("  a: {{ tool: crm/{tool}, input: {{ client: {{}} }}, retry: {{ max: 1 }} }}");
        let mut world = World::new(&step);
        world.begin();
        let actions = world.fail("a", 1, outcome);
        assert_eq!(matches!(actions[0], Action::Wait(_)), again, "{tool}");
    };
    check("contacts.upsert", Outcome::TimedOut { after_ms: 5 }, true);
    check("contacts.create", Outcome::TimedOut { after_ms: 5 }, false);
    check("contacts.create", world::transient(), true);
}

#[test]
fn attempts_are_counted_and_delayed() {
    let mut world =
        World::new("  a: { agent: any, retry: { max: 3, backoff: 1s, factor: 2, jitter: false, max_backoff: 3s } }");
    world.begin();
    let mut delays = Vec::new();
    for attempt in 1..=3 {
        let actions = world.fail("a", attempt, world::transient());
        let [Action::Wait(wait)] = &actions[..] else { panic!("{actions:?}") };
        delays.push(wait.until.0 - world.now.0);
        world.fire("a", attempt + 1);
    }
    assert_eq!(delays, [1_000, 2_000, 3_000]);
    let actions = world.fail("a", 4, world::transient());
    assert_eq!(world::message(&actions), "transient: later");
    assert_eq!(world.run.steps().next().map(|step| step.attempts), Some(4));
}

#[test]
fn jitter_is_the_same_whenever_the_run_is_replayed() {
    let mut world = World::new("  a: { agent: any, retry: { max: 1, backoff: 10s } }");
    world.begin();
    world.fail("a", 1, world::transient());
    let Some(Action::Wait(wait)) = world.run.outstanding().pop() else { panic!("it waits") };
    let delay = wait.until.0 - world.now.0;
    assert!((5_000..=10_000).contains(&delay) && !delay.is_multiple_of(1_000), "{delay}");
    assert_eq!(world.replayed(world.journal.len()).outstanding(), [Action::Wait(wait)]);
}

#[test]
fn continue_replaces_the_output() {
    let mut world = World::new(
        "  a: { agent: any, on_failure: { continue: { n: \"${{ input.n }}\" } } }
  b: { agent: any, input: \"${{ [steps.a.output.n, steps.a.outcome] }}\" }",
    );
    world.begin();
    let actions = world.fail("a", 1, world::permanent());
    assert_eq!(world::invoke(&actions[0]).input.as_str(), Some(r#"[1,"failed"]"#));
    let view = world.run.steps().next().map(|step| (step.status, step.failure.cloned()));
    assert_eq!(view, Some((StepStatus::Failed, Some(Failure::Permanent("never".to_owned())))));
}

const PATHS: &str = "  a: { agent: any, on_failure: { then: t } }
  t: { agent: any, if: \"${{ false }}\", input: \"${{ steps.a.outcome }}\" }
  needs_a: { agent: any, needs: [a] }
  needs_that: { agent: any, needs: [needs_a] }
  needs_both: { agent: any, needs: [a, t] }
  free: { agent: any }
";

#[test]
fn then_sends_to_another_path_and_cuts_off_the_rest() {
    let mut world = World::new(PATHS);
    assert_eq!(sites(&world.begin()), ["a", "free"]);
    assert_eq!(sites(&world.fail("a", 1, world::permanent())), ["t"]);
    assert_eq!((world.status("needs_a"), world.status("needs_that")), (StepStatus::Skipped, StepStatus::Skipped));
    assert_eq!(sites(&world.complete("t", json!(1))), ["needs_both"]);
    world.complete("free", json!(1));
    assert_eq!(world::output(&world.complete("needs_both", json!(1))), json!(null));
}

#[test]
fn a_step_that_others_hand_over_to_runs_only_then() {
    let mut world = World::new(PATHS);
    world.begin();
    assert_eq!(sites(&world.complete("a", json!(1))), ["needs_a", "needs_both"]);
    assert_eq!(world.status("t"), StepStatus::Skipped);
    let mut world = World::new("  a: { agent: any, on_failure: { then: t } }\n  t: { agent: any }");
    world.begin();
    assert_eq!(sites(&world.complete("a", json!(1))), ["end"]);
    assert_eq!(world.status("t"), StepStatus::Skipped);
}

#[test]
fn when_the_run_fails_what_is_at_work_is_let_finish() {
    let mut world = World::new(
        "  a: { agent: any }
  b: { agent: any, retry: { max: 3 } }
  c: { agent: any, needs: [b] }
  d: { approve: { question: ok? } }",
    );
    assert_eq!(sites(&world.begin()), ["a", "b", "ask d"]);
    assert_eq!(world.fail("a", 1, world::permanent()), []);
    assert_eq!(sites(&world.run.outstanding()), ["b"], "the question is dropped");
    let actions = world.fail("b", 1, world::transient());
    assert_eq!(world::message(&actions), "permanent: never");
    assert_eq!(sites(&actions), ["end"]);
}
