//! Workflows that steps run: their steps, their end, and how both are told.

use baton_journal::{Event, Failure, Outcome, RunOutcome};
use serde_json::json;

use super::control::run_through;
use super::world::{self, World};
use crate::run::Action;

#[test]
fn a_workflow_inside_runs_for_each_item_with_names_of_its_own() {
    let text = "  each: { workflow: inner.yaml, for_each: \"${{ [1, 2] }}\", input: { n: \"${{ item }}\" } }
output: \"${{ steps.each.output }}\"";
    let mut world = World::new(text);
    assert_eq!(world::sites(&world.begin()), ["each[0]/one", "each[1]/one"]);
    assert_eq!(world.input_of("each[1]/one"), json!({"n": 2}));
    let actions = world.complete("each[1]/one", json!("b"));
    assert_eq!(world::sites(&actions), ["each[1]/two"]);
    let keys: Vec<String> =
        world.run.outstanding().iter().map(|action| world::invoke(action).idempotency_key.clone()).collect();
    assert_ne!(keys[0], keys[1]);
    world.complete("each[1]/two", json!("bb"));
    world.complete("each[0]/one", json!("a"));
    let actions = world.complete("each[0]/two", json!("aa"));
    assert_eq!(world::output(&actions), json!(["aa", "bb"]));
    assert_eq!(world.run.usage().fuel, 4 * world::USAGE.fuel);
}

#[test]
fn what_a_workflow_inside_makes_can_be_written_to_the_context() {
    let text = "workflow: t\ncontext: { all: { merge: append } }\nsteps:
  each: { workflow: inner.yaml, for_each: \"${{ [1, 2] }}\", input: { n: \"${{ item }}\" }, set: { all: \"${{ [output] }}\" } }
output: \"${{ context.all }}\"";
    let mut world = World::whole(text);
    world.begin();
    let places = run_through(&mut world);
    assert_eq!(world::output(&world.run.outstanding()), json!(["each[0]/two", "each[1]/two"]), "{places:?}");
}

#[test]
fn a_workflow_inside_that_fails_undoes_its_own_and_fails_its_step() {
    let text = "  each: { workflow: inner.yaml, input: { n: 1 } }";
    let mut world = World::new(text);
    world.begin();
    world.complete("each/one", json!("a"));
    let actions = world.fail("each/two", 1, world::permanent());
    assert_eq!(world::sites(&actions), ["each/one.undo"]);
    let actions = world.complete("each/one.undo", json!(null));
    assert_eq!(world::message(&actions), "permanent: step `two`: permanent: never");
}

#[test]
fn cancelling_reaches_the_workflows_inside() {
    let mut world = World::new("  each: { workflow: inner.yaml, input: { n: 1 } }");
    world.begin();
    world.complete("each/one", json!("a"));
    world.apply(&world.started("each/two", 1));
    let actions = world.apply(&Event::CancelRequested { by: "Ada".to_owned(), reason: None });
    assert_eq!(world::sites(&actions), ["stop each/two"]);
    let actions = world.apply(&world.ended("each/two", 1, Outcome::Cancelled));
    assert_eq!(world::sites(&actions), ["each/one.undo"]);
    let failure = Failure::Permanent("never".to_owned());
    let actions = world.fail("each/one.undo", 1, Outcome::Failed { failure });
    assert_eq!(world::sites(&actions), ["end"]);
    assert!(matches!(world.run.outcome(), Some(RunOutcome::Cancelled { .. })));
    assert_eq!(told(&world), ["each failed", "each/one completed", "each/one.undo failed", "each/two cancelled"]);
}

#[test]
fn a_workflow_inside_that_was_cancelled_has_not_failed() {
    let mut world = World::new("  each: { workflow: inner.yaml, input: { n: 1 } }");
    world.begin();
    world.complete("each/one", json!("a"));
    world.apply(&Event::CancelRequested { by: "Ada".to_owned(), reason: None });
    world.complete("each/one.undo", json!(null));
    assert_eq!(told(&world), ["each cancelled", "each/one completed", "each/one.undo completed", "each/two cancelled"]);
}

/// Every step with what became of it.
fn told(world: &World) -> Vec<String> {
    world.run.all_steps().map(|step| format!("{} {}", step.name, step.status.as_str())).collect()
}

#[test]
fn how_the_steps_of_a_workflow_inside_went_is_told_when_it_has_ended() {
    let text = "  each: { workflow: inner.yaml, for_each: \"${{ [1, 2] }}\", input: { n: \"${{ item }}\" } }
  after: { agent: any, input: \"${{ steps.each.output }}\" }";
    let mut world = World::new(text);
    world.begin();
    world.complete("each[0]/one", json!("a"));
    world.complete("each[0]/two", json!("aa"));
    let own = ["each running", "each[0]/one completed", "each[0]/two completed"];
    let ahead = ["each[1]/one running", "each[1]/two waiting", "after waiting"];
    assert_eq!(told(&world), [own, ahead].concat());
    let at_work: Vec<String> = world.run.steps().map(|step| step.name).collect();
    assert_eq!(at_work, ["each", "each[1]/one", "each[1]/two", "after"]);
    let used: u64 = world.run.all_steps().filter(|step| step.name.contains('/')).map(|step| step.usage.fuel).sum();
    assert_eq!(used, world.run.usage().fuel);
}

#[test]
fn of_the_rounds_of_a_workflow_inside_the_last_one_is_told() {
    let text = "  each: { workflow: inner.yaml, loop: { max: 2, until: \"output == 'good'\" }, input: { n: 1 } }";
    let mut world = World::new(text);
    world.begin();
    for output in ["bad", "good"] {
        let round = world::sites(&world.run.outstanding()).remove(0);
        let round = round.trim_end_matches("/one").to_owned();
        world.complete(&format!("{round}/one"), json!("a"));
        world.complete(&format!("{round}/two"), json!(output));
    }
    let completed = told(&world);
    assert!(completed.iter().all(|step| step.ends_with(" completed")), "{completed:?}");
}

#[test]
fn what_was_at_work_when_its_run_ended_was_cancelled() {
    let mut world = World::new("  a: { agent: any }\n  b: { emit: { event: done } }\n  c: { wait: { timer: 1d } }");
    world.begin();
    assert_eq!(told(&world), ["a running", "b running", "c sleeping"]);
    world.apply(&world.started("a", 1));
    world.apply(&Event::CancelRequested { by: "Ada".to_owned(), reason: None });
    world.apply(&world.ended("a", 1, Outcome::Cancelled));
    let Action::Emit(emit) = &world.run.outstanding()[0] else { panic!("it emits") };
    let (site, name, data) = (emit.site.clone(), emit.name.clone(), emit.data.clone());
    world.apply(&Event::EventEmitted { site, name, data });
    assert_eq!(told(&world), ["a cancelled", "b completed", "c cancelled"]);
}
