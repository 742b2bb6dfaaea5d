//! Quarantine: an output that did not pass is never in the input of anything but what is to judge or to mend it.

use std::collections::BTreeMap;

use baton_journal::{Decision, Digest, Event, Outcome};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{self, World};
use crate::run::{Action, Invoke};

/// Steps of every kind that reads what others gave, each with an output that may not pass.
const WORKFLOW: &str = "workflow: test
context: { seen: { merge: append } }
steps:
  one: { agent: any, output: shape.json, retry: { max: 1 }, on_failure: { continue: none },
         set: { seen: [\"${{ output }}\"] }, compensate: { agent: any, input: { of: \"${{ output }}\" } } }
  each: { agent: any, for_each: \"${{ [1, 2, 3] }}\", join: all_settled, input: { of: \"${{ steps.one.output }}\" },
          check: [{ that: \"output.good\", message: \"bad: ${{ output.text }}\" }], repair: { max: 1 },
          verify: { agent: any } }
  loop: { agent: any, loop: { until: \"output.done\", max: 4 }, input: { last: \"${{ previous }}\", each: \"${{ steps.each.output }}\" },
          output: shape.json, verify: { agent: any, input: { of: \"${{ output }}\" } }, repair: { max: 2 },
          on_failure: { escalate: {}, then: rescue } }
  rescue: { agent: any, input: { of: \"${{ steps.loop.output }}\" } }
  inner: { workflow: inner.yaml, input: { n: \"${{ steps.each.output }}\" }, output: shape.json, verify: { agent: any },
           on_failure: { continue: null } }
  last: { agent: any, output: shape.json,
          input: { loop: \"${{ steps.loop.output }}\", seen: \"${{ context.seen }}\", inner: \"${{ steps.inner.output }}\" } }
finally:
  told: { agent: any, input: { message: \"${{ run.message }}\", seen: \"${{ context.seen }}\", all: \"${{ steps.each.output }}\" } }";

fn dice(place: &str, salt: u8) -> u8 {
    Digest::of(format!("{place}/{salt}").as_bytes()).as_bytes()[0]
}

/// What an attempt gives: something of its own, in which it may be seen whether it passes.
fn output(invoke: &Invoke, salt: u8) -> Value {
    let place = format!("{}#{}", invoke.site, invoke.attempt);
    let number = dice(&place, salt);
    if invoke.site.step.ends_with(".verify") {
        let word = if number < 100 { "fail" } else { "pass" };
        return json!({ "verdict": word, "reasons": ["because"], "confidence": 0.9 });
    }
    let text = format!("<{place}>");
    match number {
        0..60 => json!({ "text": text, "good": false }),
        60..90 => json!(text),
        _ => json!({ "text": text, "good": true, "done": number > 170 }),
    }
}

/// What a host does next; an answer may be one that a person gives.
fn next_event(world: &World, action: &Action, salt: u8) -> Event {
    match action {
        Action::Invoke(invoke) if invoke.started.is_none() => world.started(&invoke.site.to_string(), invoke.attempt),
        Action::Invoke(invoke) => {
            world.ended(&invoke.site.to_string(), invoke.attempt, world::completed(&output(invoke, salt)))
        }
        Action::Stop(invoke) => world.ended(&invoke.site.to_string(), invoke.attempt, Outcome::Cancelled),
        Action::Ask(ask) if !ask.requested => World::requested(ask),
        Action::Ask(ask) => World::decided(
            ask,
            match dice(&ask.step, salt) {
                0..100 => Decision::Expired,
                _ => Decision::Approved { by: "Ada".to_owned(), role: None, comment: None, answer: None },
            },
        ),
        Action::Wait(wait) => Event::TimerFired { site: wait.site.clone(), attempt: wait.attempt },
        Action::End(outcome) => Event::RunEnded(outcome.clone()),
        Action::Await(_) | Action::Emit(_) => unreachable!("no step waits or emits"),
    }
}

/// Runs to the end, and looks at every input.
fn live(picks: &[u8], salt: u8) -> usize {
    let mut world = World::whole(WORKFLOW);
    let mut inputs: BTreeMap<String, (String, String)> = BTreeMap::new();
    world.begin();
    for turn in 0.. {
        let outstanding = world.run.outstanding();
        if outstanding.is_empty() {
            break;
        }
        let action = &outstanding[usize::from(picks[turn % picks.len()]) % outstanding.len()];
        if let Action::Wait(wait) = action {
            world.now = world.now.max(wait.until);
        }
        if let Action::Invoke(invoke) = action {
            let input = invoke.input.as_str().expect("it is at hand").to_owned();
            inputs.insert(format!("{}#{}", invoke.site, invoke.attempt), (invoke.site.step.clone(), input));
        }
        let event = next_event(&world, action, salt);
        world.apply(&event);
    }
    check(&world, &inputs);
    world.run.quarantined().len()
}

fn check(world: &World, inputs: &BTreeMap<String, (String, String)>) {
    for bad in world.run.quarantined() {
        let marker = format!("<{}#{}>", bad.site, bad.attempt);
        let may_read = |step: &str| step == bad.site.step || step.strip_suffix(".verify") == Some(&bad.site.step);
        for (place, (step, input)) in inputs.iter().filter(|(_, (step, _))| !may_read(step)) {
            assert!(!input.contains(&marker), "{place} ({step}) reads {marker}: {input}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_did_not_pass_is_read_by_nobody_else(picks in proptest::collection::vec(any::<u8>(), 1..40), salt: u8) {
        live(&picks, salt);
    }
}

#[test]
fn the_property_is_about_something() {
    let quarantined: usize = (0..20).map(|salt| live(&[0], salt)).sum();
    assert!(quarantined > 50, "{quarantined}");
}
