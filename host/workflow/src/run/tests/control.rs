//! Ways, loops, joins, workflows inside, waiting, and the end of a run.

use baton_journal::{Event, Outcome, Payload, RunOutcome};
use serde_json::{Value, json};

use super::world::{self, World};
use crate::run::{Action, Status, StepStatus};

/// Completes whatever is at work, with the name of its place, until nothing is; the places in their order.
pub(super) fn run_through(world: &mut World) -> Vec<String> {
    let mut places = Vec::new();
    loop {
        let next = world.run.outstanding().into_iter().find_map(|action| match action {
            Action::Invoke(invoke) => Some(invoke.site.to_string()),
            _ => None,
        });
        let Some(place) = next else { return places };
        world.complete(&place, json!(place));
        places.push(place);
    }
}

#[test]
fn a_switch_takes_the_first_way_that_fits_and_its_dependents() {
    let text = "  kind: { agent: any }
  route: { switch: [{ if: \"steps.kind.output == 'nothing'\", then: a }, { if: \"input.n == 1\", then: b }, { else: c }] }
  a: { agent: any }
  after_a: { agent: any, needs: [a] }
  b: { agent: any }
  after_b: { agent: any, needs: [b] }
  c: { agent: any }
  join: { agent: any, input: [\"${{ steps.a.output }}\", \"${{ steps.b.output }}\", \"${{ steps.route.output }}\"] }";
    let mut world = World::new(text);
    world.begin();
    assert_eq!(run_through(&mut world), ["kind", "b", "after_b", "join"]);
    let statuses: Vec<StepStatus> = ["a", "after_a", "c"].map(|step| world.status(step)).into();
    assert_eq!(statuses, [StepStatus::Skipped; 3]);
    assert_eq!(world.input_of("join"), json!([null, "b", "b"]));
}

#[test]
fn a_step_that_is_not_needed_hands_over_to_its_else() {
    let text = "  a: { agent: any, if: \"${{ input.n > 5 }}\", else: b }
  after_a: { agent: any, needs: [a] }
  b: { agent: any }
  after_b: { agent: any, needs: [b] }
  join: { agent: any, needs: [a, b] }";
    let mut world = World::new(text);
    world.begin();
    assert_eq!(run_through(&mut world), ["b", "after_b", "join"]);
    let mut world = World::new(text).with_input(json!({"n": 7}));
    world.begin();
    assert_eq!(run_through(&mut world), ["a", "after_a", "join"]);
}

#[test]
fn a_loop_goes_on_until_its_output_is_good() {
    let text = "  a: { agent: any, loop: { until: \"output.n >= 3\", max: 5 },
       input: { last: \"${{ previous }}\", round: \"${{ index }}\" } }
output: \"${{ steps.a.output }}\"";
    let mut world = World::new(text);
    world.begin();
    for n in 1..=3 {
        let place = format!("a[{}]", n - 1);
        let last = if n == 1 { Value::Null } else { json!({"n": n - 1}) };
        assert_eq!(world.input_of(&place), json!({"last": last, "round": n - 1}));
        world.complete(&place, json!({"n": n}));
    }
    assert_eq!(world::output(&world.run.outstanding()), json!({"n": 3}));
}

#[test]
fn a_loop_that_never_is_good_fails() {
    let mut world = World::new("  a: { agent: any, loop: { until: \"output\", max: 2 } }");
    world.begin();
    world.complete("a[0]", json!(false));
    let actions = world.complete("a[1]", json!(false));
    assert_eq!(world::message(&actions), "transient: `until` does not hold after 2 rounds, which is `max`");
}

#[test]
fn all_settled_tells_what_became_of_each() {
    let text = "  a: { agent: any, for_each: \"${{ [1, 2] }}\", join: all_settled }\noutput: \"${{ steps.a.output }}\"";
    let mut world = World::new(text);
    world.begin();
    world.fail("a[0]", 1, world::permanent());
    let actions = world.complete("a[1]", json!(2));
    let failure = json!({"kind": "permanent", "case": "permanent", "text": "never"});
    let expected = json!([
        {"outcome": "failed", "output": null, "failure": failure},
        {"outcome": "completed", "output": 2, "failure": null}
    ]);
    assert_eq!(world::output(&actions), expected);
}

#[test]
fn the_first_items_are_enough_and_the_others_are_stopped() {
    let text = "  a: { agent: any, for_each: \"${{ [1, 2, 3, 4] }}\", max_parallel: 3, join: { first: 2 } }
  b: { agent: any, input: \"${{ steps.a.output }}\" }";
    let mut world = World::new(text);
    assert_eq!(world::sites(&world.begin()), ["a[0]", "a[1]", "a[2]"]);
    world.fail("a[0]", 1, world::permanent());
    world.apply(&world.started("a[2]", 1));
    world.complete("a[1]", json!("one"));
    let actions = world.complete("a[3]", json!("three"));
    assert_eq!(world::sites(&actions), ["stop a[2]", "b"]);
    assert_eq!(world.input_of("b"), json!(["one", "three"]));
    assert!(world.run.wants(&actions[0]));
    world.apply(&world.ended("a[2]", 1, Outcome::Cancelled));
    assert!(!world.run.wants(&actions[0]), "it ended before a host could stop it");
    let actions = world.complete("b", json!(1));
    assert_eq!(world::sites(&actions), ["end"]);
}

#[test]
fn too_few_items_for_the_first_ones_fail() {
    let text = "  a: { agent: any, for_each: \"${{ [1, 2] }}\", join: { first: 2 } }";
    let mut world = World::new(text);
    world.begin();
    world.apply(&world.started("a[1]", 1));
    let actions = world.fail("a[0]", 1, world::permanent());
    assert_eq!(world::sites(&actions), ["stop a[1]"]);
    let actions = world.apply(&world.ended("a[1]", 1, Outcome::Cancelled));
    assert_eq!(world::message(&actions), "permanent: `first: 2` of 2 items: 1 failed; item 0: never");
}

#[test]
fn what_completed_is_undone_in_reverse_order_and_then_the_last_word_is_had() {
    let text = "  a: { agent: any, compensate: { agent: any, input: { undo: \"${{ output }}\" } } }
  b: { agent: any, needs: [a], for_each: \"${{ ['x', 'y'] }}\",
       compensate: { agent: any, input: \"${{ item + output }}\" } }
  c: { agent: any, needs: [b], compensate: { agent: any } }
finally:
  tell: { agent: any, input: { how: \"${{ run.outcome }}\", why: \"${{ run.message }}\", of: \"${{ steps.a.output }}\" } }";
    let mut world = World::new(text);
    world.begin();
    world.complete("a", json!("A"));
    world.complete("b[1]", json!("Y"));
    world.complete("b[0]", json!("X"));
    let actions = world.fail("c", 1, world::permanent());
    assert_eq!(world::sites(&actions), ["b.undo[0]"]);
    assert_eq!(world.input_of("b.undo[0]"), json!("xX"));
    assert_eq!(run_through(&mut world)[..3], ["b.undo[0]", "b.undo[1]", "a.undo"]);
    let tell = json!({"how": "failed", "why": "permanent: never", "of": "A"});
    assert_eq!(world.inputs.get("tell"), Some(&tell));
    let outcome = RunOutcome::Failed { step: Some("c".to_owned()), message: "permanent: never".to_owned() };
    assert_eq!(world.run.outcome(), Some(&outcome));
}

#[test]
fn a_run_that_completes_undoes_nothing() {
    let mut world = World::new("  a: { agent: any, compensate: { agent: any } }\nfinally: { last: { agent: any } }");
    world.begin();
    assert_eq!(run_through(&mut world), ["a", "last"]);
    world.end();
    assert_eq!(world.run.status(), Status::Ended);
}

#[test]
fn what_cannot_be_undone_is_told() {
    let text = "  a: { agent: any, compensate: { agent: any, retry: { max: 0 } } }\n  b: { agent: any, needs: [a] }";
    let mut world = World::new(text);
    world.begin();
    world.complete("a", json!(1));
    world.fail("b", 1, world::permanent());
    let actions = world.fail("a.undo", 1, world::permanent());
    assert_eq!(world::message(&actions), "permanent: never; not undone: a.undo: permanent: never");
}

#[test]
fn a_cancelled_run_stops_what_is_at_work_and_undoes_what_is_done() {
    let text = "  a: { agent: any, compensate: { agent: any } }
  b: { agent: any, needs: [a] }
  pay: { tool: crm/contacts.create, needs: [a], input: { client: {} } }
  ask: { approve: { question: ok? }, needs: [a] }";
    let mut world = World::new(text);
    world.begin();
    world.complete("a", json!(1));
    let ask = world.question("ask");
    for event in [world.started("b", 1), world.started("pay", 1), World::requested(&ask)] {
        world.apply(&event);
    }
    let cancel = Event::CancelRequested { by: "Ada".to_owned(), reason: None };
    let actions = world.apply(&cancel);
    assert_eq!(world::sites(&actions), ["stop b"], "what pays is let finish");
    world.apply(&world.ended("b", 1, Outcome::Cancelled));
    let actions = world.apply(&world.ended("pay", 1, world::completed(&json!({"id": "1"}))));
    assert_eq!(world::sites(&actions), ["a.undo"]);
    world.complete("a.undo", json!(1));
    assert_eq!(world.run.outcome(), Some(&RunOutcome::Cancelled { by: "Ada".to_owned(), reason: None }));
    world.end();
}

#[test]
fn a_run_that_rests_begins_nothing_and_goes_on_where_it_was() {
    let mut world = World::new("  a: { agent: any }\n  b: { agent: any, needs: [a] }\n  c: { agent: any }");
    world.begin();
    world.apply(&world.started("a", 1));
    world.apply(&Event::Paused { by: "Ada".to_owned(), reason: None });
    assert_eq!(world::sites(&world.run.outstanding()), ["a"]);
    let actions = world.apply(&world.ended("a", 1, world::completed(&json!(1))));
    assert_eq!((world::sites(&actions), world.run.status()), (Vec::new(), Status::Paused));
    let actions = world.apply(&Event::Continued { by: "Ada".to_owned() });
    assert_eq!(world::sites(&actions), ["b"], "the host was told of `c` before");
}

#[test]
fn a_step_waits_for_a_time() {
    let mut world = World::new("  a: { wait: { timer: 2h } }\n  b: { agent: any, needs: [a] }");
    let actions = world.begin();
    let Action::Await(wait) = &actions[0] else { panic!("{actions:?}") };
    assert_eq!(wait.until.0, world.now.0 + 7_200_000);
    world.refused(&Event::TimerFired { site: wait.site.clone(), attempt: 0 }, "does not wait for this");
    world.apply(&Event::Waiting { site: wait.site.clone(), name: None, until: wait.until });
    assert_eq!(world.run.status(), Status::Parked);
    world.now = wait.until;
    let actions = world.apply(&Event::TimerFired { site: wait.site.clone(), attempt: 0 });
    assert_eq!(world::sites(&actions), ["b"]);
    world.complete("b", json!(1));
    assert!(
        matches!(world.run.outcome(), Some(RunOutcome::Completed { .. })),
        "waiting is no work: its budget is an hour"
    );
}

#[test]
fn a_step_waits_for_the_event_that_it_wants() {
    let text =
        "  a: { wait: { event: paid, if: event.data.id == input.n, timeout: 1d }, on_timeout: { continue: never } }
output: \"${{ steps.a.output }}\"";
    let heard = |world: &mut World, name: &str, data: Value| {
        let site = world::site("a");
        let wanted = world.run.hears(&site, name, &data);
        let event = Event::EventReceived { site, name: name.to_owned(), data: Payload::json(&data), number: 1 };
        if wanted {
            Some(world.apply(&event))
        } else {
            world.refused(&event, "waits for another event");
            None
        }
    };
    let begun = || {
        let mut world = World::new(text);
        let actions = world.begin();
        let Action::Await(wait) = &actions[0] else { panic!("{actions:?}") };
        world.apply(&Event::Waiting { site: wait.site.clone(), name: wait.name.clone(), until: wait.until });
        world
    };
    let mut world = begun();
    assert_eq!(heard(&mut world, "paid", json!({"id": 2})), None);
    assert_eq!(heard(&mut world, "sent", json!({"id": 1})), None);
    assert_eq!(heard(&mut world, "paid", json!("odd")), None);
    let actions = heard(&mut world, "paid", json!({"id": 1})).expect("it is the one");
    assert_eq!(world::output(&actions), json!({"id": 1}));
    let mut world = begun();
    let actions = world.apply(&Event::TimerFired { site: world::site("a"), attempt: 0 });
    assert_eq!(world::output(&actions), json!("never"));
}

#[test]
fn a_step_emits_an_event() {
    let mut world =
        World::new("  a: { emit: { event: done, data: { n: \"${{ input.n }}\" } } }\n  b: { agent: any, needs: [a] }");
    let actions = world.begin();
    let Action::Emit(emit) = &actions[0] else { panic!("{actions:?}") };
    assert_eq!((emit.name.as_str(), emit.data.as_str()), ("done", Some(r#"{"n":1}"#)));
    let (site, name, data) = (emit.site.clone(), emit.name.clone(), emit.data.clone());
    assert_eq!(world::sites(&world.apply(&Event::EventEmitted { site, name, data })), ["b"]);
}

#[test]
fn what_steps_write_together_does_not_depend_on_who_was_first() {
    let text =
        "  a: { agent: any, for_each: \"${{ [1, 2] }}\", set: { all: \"${{ [output] }}\", most: \"${{ output }}\" } }
  b: { agent: any, set: { all: \"${{ [output] }}\", most: \"${{ output }}\", last: \"${{ output }}\" } }
  read: { agent: any, input: [\"${{ context.all }}\", \"${{ context.most }}\", \"${{ context.last }}\"] }";
    let whole = format!(
        "workflow: t\ncontext: {{ all: {{ merge: append }}, most: {{ merge: max }}, last: {{ merge: last }} }}\nsteps:\n{text}"
    );
    for order in [["a[0]", "a[1]", "b"], ["b", "a[1]", "a[0]"]] {
        let mut world = World::whole(&whole);
        world.begin();
        for place in order {
            let value = match place {
                "a[0]" => 5,
                "a[1]" => 3,
                _ => 4,
            };
            world.complete(place, json!(value));
        }
        assert_eq!(world.input_of("read"), json!([[5, 3, 4], 5, 4]), "{order:?}");
    }
}
