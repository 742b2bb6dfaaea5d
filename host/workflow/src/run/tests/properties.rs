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

/// Whether the first items that complete are enough for some steps: then it matters who is first.
#[derive(Clone, Copy, PartialEq)]
enum Races {
    No,
    Yes,
}

/// The YAML of a step. It refers to earlier steps only, and hands over to later ones only: there is no circle.
fn step(index: usize, count: usize, (work, reference, condition, failure, parallel): Numbers, races: Races) -> String {
    let earlier = |number: u8| (index > 0).then(|| usize::from(number) % index);
    let list = ["input.list", "input.list.filter(x, false)", "input.list.filter(x, x > 1)"][usize::from(reference) % 3];
    let each = |join: &str| {
        let most = parallel % 3 + 1;
        format!("    agent: any\n    for_each: ${{{{ {list} }}}}\n    max_parallel: {most}\n    join: {join}\n")
    };
    let body = match work % 12 {
        0 => "    approve: { question: ok? }\n".to_owned(),
        1 => each("all"),
        2 => each("all_settled"),
        3 if races == Races::Yes => each("{ first: 2 }"),
        4 => "    agent: any\n    loop: { until: index >= 1, max: 3 }\n".to_owned(),
        5 => "    wait: { timer: 5s }\n".to_owned(),
        6 => "    emit: { event: done }\n".to_owned(),
        7 => "    workflow: inner.yaml\n".to_owned(),
        8 if index + 1 < count => {
            let other = index + 1 + usize::from(parallel) % (count - index - 1);
            format!("    switch: [{{ if: input.list.size() > {}, then: s{other} }}]\n", reference % 6)
        }
        _ => "    agent: any\n".to_owned(),
    };
    let mut text = format!("  s{index}:\n{body}");
    if body.contains("agent: any") {
        if let Some(earlier) = earlier(reference) {
            text += &format!("    input: [\"${{{{ steps.s{earlier}.output }}}}\"]\n");
        }
        text += &format!("    retry: {{ max: {}, backoff: 5ms }}\n", parallel % 3);
        if parallel % 2 == 0 {
            text += "    compensate: { agent: any, retry: { max: 1, backoff: 5ms } }\n";
        }
    }
    if body.contains("workflow") {
        text += "    input: { n: 1 }\n";
    }
    match (condition % 4, earlier(condition / 4)) {
        (0, Some(earlier)) => text += &format!("    if: ${{{{ steps.s{earlier}.outcome == 'completed' }}}}\n"),
        (1, Some(earlier)) => text += &format!("    needs: [s{earlier}]\n"),
        _ => {}
    }
    let later = index + 1 + usize::from(failure / 4) % (count - index).max(1);
    match failure % 4 {
        0 => text += "    on_failure: { continue: replaced }\n",
        1 if later < count && !body.contains("timer") => text += &format!("    on_failure: {{ then: s{later} }}\n"),
        _ => {}
    }
    text
}

fn workflow(steps: &[Numbers], races: Races) -> String {
    let step = |(index, numbers): (usize, &Numbers)| step(index, steps.len(), *numbers, races);
    let texts: String = steps.iter().enumerate().map(step).collect();
    let outputs: Vec<String> =
        (0..steps.len()).map(|index| format!("[steps.s{index}.outcome, steps.s{index}.output]")).collect();
    format!(
        "{texts}finally: {{ last: {{ emit: {{ event: over }} }} }}\noutput: \"${{{{ [{}] }}}}\"",
        outputs.join(", ")
    )
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
pub(super) fn live(text: &str, picks: &[u8], salt: u8, cancelled: Option<usize>) -> World {
    let mut world = World::new(text).with_input(json!({"list": [1, 2, 3], "yes": true, "no": false}));
    let mut actions = world.begin();
    let mut before = BTreeMap::new();
    for turn in 0..MANY {
        let outstanding = world.run.outstanding();
        check_moment(&world, &outstanding, &actions, &mut before);
        if outstanding.is_empty() {
            assert_eq!(world.run.status(), Status::Ended);
            return world;
        }
        if cancelled == Some(turn) {
            actions = world.apply(&Event::CancelRequested { by: "Ada".to_owned(), reason: None });
            continue;
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
    let definition = world.plan.definition();
    for (view, index) in world.run.steps().filter_map(|view| definition.index(&view.name).map(|index| (view, index))) {
        let step = &definition.steps[index];
        let at_work = outstanding
            .iter()
            .filter(|action| matches!(action, Action::Invoke(invoke) if invoke.site.step == view.name));
        let at_work = at_work.count();
        let most = if step.for_each.is_some() { step.max_parallel as usize } else { 1 };
        assert!(at_work <= most, "{at_work} at work, {most} allowed");
        let earlier = before.insert(view.name.to_owned(), view.status);
        if let Some(
            settled @ (StepStatus::Completed | StepStatus::Failed | StepStatus::Cancelled | StepStatus::Skipped),
        ) = earlier
        {
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

/// What completed and says how it is undone, the last one first, and what was undone, the first one first.
fn undone(world: &World) -> (Vec<String>, Vec<String>) {
    let definition = world.plan.definition();
    let is_undone = |step: &str| definition.index(&format!("{step}.undo")).is_some();
    let (mut completed, mut undone) = (Vec::new(), Vec::new());
    for (_, event) in &world.journal {
        match event {
            Event::InvocationEnded { caller: None, site, outcome: Outcome::Completed { .. }, .. } => {
                completed.extend(is_undone(&site.step).then(|| site.to_string()));
            }
            Event::InvocationStarted { caller: None, site, attempt: 1, .. } if !site.step.contains('/') => {
                undone.extend(site.step.contains(".undo").then(|| site.to_string().replace(".undo", "")));
            }
            _ => {}
        }
    }
    completed.reverse();
    undone.dedup(); // one that was suspended begins again
    (completed, undone)
}

fn numbers() -> impl Strategy<Value = Vec<Numbers>> {
    vec(any::<Numbers>(), 1..7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_events_changes_nothing(steps in numbers(), picks in vec(any::<u8>(), 1..40), salt: u8) {
        let text = workflow(&steps, Races::No);
        let (one, other) = (live(&text, &[0], salt, None), live(&text, &picks, salt, None));
        prop_assert_eq!(result(&one), result(&other));
    }

    #[test]
    fn exactly_what_completed_is_undone_in_reverse_order(
        steps in numbers(),
        picks in vec(any::<u8>(), 1..40),
        salt: u8,
        cancelled in proptest::option::of(0..40_usize),
    ) {
        let world = live(&workflow(&steps, Races::Yes), &picks, salt, cancelled);
        let (completed, undone) = undone(&world);
        let is_well = matches!(world.run.outcome(), Some(RunOutcome::Completed { .. }));
        prop_assert_eq!(undone, if is_well { Vec::new() } else { completed });
        prop_assert_eq!(world.status("last"), StepStatus::Completed, "it has the last word, however the run ends");
    }

    #[test]
    fn every_prefix_of_a_journal_leads_to_the_same_actions(steps in numbers(), picks in vec(any::<u8>(), 1..40), salt: u8) {
        let world = live(&workflow(&steps, Races::Yes), &picks, salt, None);
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
        let plan = crate::fixture::plan(&format!("workflow: test\nsteps:\n{}", workflow(&steps, Races::Yes)));
        let again = crate::Plan::from_json(&plan.to_json()).expect("it is a plan");
        prop_assert_eq!(again.digest(), plan.digest());
        prop_assert_eq!(again, plan);
    }
}
