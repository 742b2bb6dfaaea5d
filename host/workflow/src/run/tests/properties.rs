//! What holds of every run, whatever the plan, the world and the order of events.

use std::collections::BTreeMap;

use baton_journal::{Decision, Digest, Event, Outcome, RunOutcome};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{self, World};
use crate::run::{Action, Status, StepStatus};

/// More events than any run of these plans has.
const MANY: usize = 2_000;

/// A step as numbers: what it does, whom it refers to, how it handles failures.
type Numbers = (u8, u8, u8, u8, u8);

/// The YAML of a step. It refers to earlier steps only, and hands over to later ones only: there is no circle.
fn step(index: usize, count: usize, (work, reference, condition, failure, parallel): Numbers) -> String {
    let earlier = |number: u8| (index > 0).then(|| usize::from(number) % index);
    let mut text = match work % 4 {
        0 => format!("  s{index}:\n    approve: {{ question: ok? }}\n"),
        1 => {
            let list = ["input.list", "[]", "input.list.filter(x, x > 1)"][usize::from(reference) % 3];
            let most = parallel % 3 + 1;
            format!("  s{index}:\n    agent: any\n    for_each: ${{{{ {list} }}}}\n    max_parallel: {most}\n")
        }
        _ => format!("  s{index}:\n    agent: any\n"),
    };
    if work % 4 != 0 {
        if let Some(earlier) = earlier(reference) {
            text += &format!("    input: [\"${{{{ steps.s{earlier}.output }}}}\"]\n");
        }
        text += &format!("    retry: {{ max: {}, backoff: 5ms }}\n", parallel % 3);
    }
    match (condition % 4, earlier(condition / 4)) {
        (0, Some(earlier)) => text += &format!("    if: ${{{{ steps.s{earlier}.outcome == 'completed' }}}}\n"),
        (1, Some(earlier)) => text += &format!("    needs: [s{earlier}]\n"),
        _ => {}
    }
    let later = index + 1 + usize::from(failure / 4) % (count - index).max(1);
    match failure % 4 {
        0 => text += "    on_failure: { continue: replaced }\n",
        1 if later < count => text += &format!("    on_failure: {{ then: s{later} }}\n"),
        _ => {}
    }
    text
}

fn workflow(steps: &[Numbers]) -> String {
    let texts: String = steps.iter().enumerate().map(|(index, numbers)| step(index, steps.len(), *numbers)).collect();
    let outputs: Vec<String> =
        (0..steps.len()).map(|index| format!("[steps.s{index}.outcome, steps.s{index}.output]")).collect();
    format!("{texts}output: \"${{{{ [{}] }}}}\"", outputs.join(", "))
}

/// A number that follows from a place: what the world does there is always the same.
fn dice(place: &str, salt: u8) -> u8 {
    Digest::of(format!("{place}/{salt}").as_bytes()).as_bytes()[0]
}

fn outcome_at(place: &str, attempt: u32, salt: u8) -> Outcome {
    match dice(&format!("{place}#{attempt}"), salt) {
        0..60 => world::transient(),
        60..80 => world::permanent(),
        _ => world::completed(&json!({ "of": place })),
    }
}

fn decision_at(step: &str, salt: u8) -> Decision {
    let by = "Ada".to_owned();
    match dice(step, salt) {
        0..60 => Decision::Rejected { by, role: None, comment: None },
        60..80 => Decision::Expired,
        _ => Decision::Approved { by, role: None, comment: None, answer: None },
    }
}

/// What a host does next about an action.
fn next_event(world: &World, action: &Action, salt: u8) -> Event {
    match action {
        Action::Invoke(invoke) => {
            let place = invoke.site.to_string();
            match invoke.started {
                None if invoke.suspended.as_ref().is_some_and(|suspended| suspended.questions == 0) => {
                    let ask = world.run.doubt(&invoke.site, &[World::in_doubt(&place)], world.now);
                    World::requested(&ask.expect("it is suspended"))
                }
                None => world.started(&place, invoke.attempt),
                Some(_) if invoke.suspended.is_none() && dice(&place, salt) < 60 => {
                    world.ended(&place, invoke.attempt, Outcome::Suspended)
                }
                Some(_) => world.ended(&place, invoke.attempt, outcome_at(&place, invoke.attempt, salt)),
            }
        }
        Action::Ask(ask) if !ask.requested => World::requested(ask),
        Action::Ask(ask) => World::decided(ask, decision_at(&ask.step, salt)),
        Action::Stop(invoke) => world.ended(&invoke.site.to_string(), invoke.attempt, Outcome::Cancelled),
        Action::Await(wait) if !wait.noted => {
            Event::Waiting { site: wait.site.clone(), name: wait.name.clone(), until: wait.until }
        }
        Action::Await(wait) => Event::TimerFired { site: wait.site.clone(), attempt: 0 },
        Action::Emit(emit) => {
            Event::EventEmitted { site: emit.site.clone(), name: emit.name.clone(), data: emit.data.clone() }
        }
        Action::Wait(wait) => Event::TimerFired { site: wait.site.clone(), attempt: wait.attempt },
        Action::End(outcome) => Event::RunEnded(outcome.clone()),
    }
}

/// Runs to the end, taking the outstanding actions in the order that the picks say, and checks every moment.
fn live(text: &str, picks: &[u8], salt: u8) -> World {
    let mut world = World::new(text).with_input(json!({"list": [1, 2, 3]}));
    let mut actions = world.begin();
    let mut before = BTreeMap::new();
    for turn in 0..MANY {
        let outstanding = world.run.outstanding();
        check_moment(&world, &outstanding, &actions, &mut before);
        if outstanding.is_empty() {
            assert_eq!(world.run.status(), Status::Ended);
            return world;
        }
        let pick = usize::from(picks[turn % picks.len()]) % outstanding.len();
        if let Action::Wait(wait) = &outstanding[pick] {
            world.now = world.now.max(wait.until);
        }
        let event = next_event(&world, &outstanding[pick], salt);
        actions = world.apply(&event);
    }
    panic!("the run does not end");
}

/// What holds at every moment.
fn check_moment(world: &World, outstanding: &[Action], new: &[Action], before: &mut BTreeMap<String, StepStatus>) {
    assert!(world.run.status() == Status::Ended || !outstanding.is_empty(), "neither ended nor outstanding");
    assert!(new.iter().all(|action| outstanding.contains(action)), "asked for, and not outstanding");
    for (view, step) in world.run.steps().zip(world.plan.definition().steps.iter()) {
        let at_work = outstanding
            .iter()
            .filter(|action| matches!(action, Action::Invoke(invoke) if invoke.site.step == view.name));
        let at_work = at_work.count();
        let most = if step.for_each.is_some() { step.max_parallel as usize } else { 1 };
        assert!(at_work <= most, "{at_work} at work, {most} allowed");
        let earlier = before.insert(view.name.to_owned(), view.status);
        if let Some(settled @ (StepStatus::Completed | StepStatus::Failed | StepStatus::Skipped)) = earlier {
            assert_eq!((view.status, at_work), (settled, 0), "a settled step stays settled");
        }
    }
}

/// What can be compared between runs in different orders: everything if the run completed.
fn result(world: &World) -> Option<(Value, Vec<StepStatus>)> {
    match world.run.outcome() {
        Some(RunOutcome::Completed { output }) => {
            let output = serde_json::from_str(output.as_str().unwrap_or_default()).expect("it is JSON");
            Some((output, world.run.steps().map(|step| step.status).collect()))
        }
        _ => None,
    }
}

fn numbers() -> impl Strategy<Value = Vec<Numbers>> {
    vec(any::<Numbers>(), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_events_changes_nothing(steps in numbers(), picks in vec(any::<u8>(), 1..40), salt: u8) {
        let text = workflow(&steps);
        let (one, other) = (live(&text, &[0], salt), live(&text, &picks, salt));
        prop_assert_eq!(result(&one), result(&other));
    }

    #[test]
    fn every_prefix_of_a_journal_leads_to_the_same_actions(steps in numbers(), picks in vec(any::<u8>(), 1..40), salt: u8) {
        let world = live(&workflow(&steps), &picks, salt);
        let mut run = world::new_run(&world.plan);
        for (index, (at, event)) in world.journal.iter().enumerate() {
            run.apply(*at, event).expect("it was applied before");
            let again = world.replayed(index + 1);
            prop_assert_eq!(again.outstanding(), run.outstanding());
            prop_assert_eq!(format!("{again:?}"), format!("{run:?}"));
        }
    }

    #[test]
    fn a_plan_survives_its_stored_form(steps in numbers()) {
        let plan = crate::fixture::plan(&format!("workflow: test\nsteps:\n{}", workflow(&steps)));
        let again = crate::Plan::from_json(&plan.to_json()).expect("it is a plan");
        prop_assert_eq!(again.digest(), plan.digest());
        prop_assert_eq!(again, plan);
    }
}
