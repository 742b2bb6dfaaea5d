//! What follows from a plan and its events, and what is another run's.

use baton_journal::{
    Decision, Digest, Event, Fork, Migration, Payload, Quorum, RunHeader, RunId, RunOutcome, Timestamp, Turn,
    VersionPin,
};
use serde_json::json;

use super::world::{self, World, site};
use crate::run::{Action, Status};

const STEPS: &str = "  a: { agent: any, input: { n: \"${{ input.n }}\" } }
  ask: { needs: [a], approve: { question: Go on?, show: \"${{ input.n }}\", timeout: 1h } }
  b: { needs: [ask], agent: any }
output: ${{ steps.b.output }}";

fn follows(world: &World, event: &Event) -> Result<(), String> {
    world.run.follows(world.now, event).map_err(|error| error.to_string())
}

#[test]
fn an_event_that_the_plan_does_not_lead_to_is_told() {
    let mut world = World::new(STEPS);
    let actions = world.begin();
    let Event::InvocationStarted { invocation, attempt, caller, function, deadline, authority, lease, .. } =
        world.started("a", 1)
    else {
        panic!("it begins")
    };
    let begun = |plugin: &str, input: &Payload| Event::InvocationStarted {
        invocation: invocation.clone(),
        site: site("a"),
        attempt,
        caller: caller.clone(),
        plugin: plugin.to_owned(),
        function: function.clone(),
        input: input.clone(),
        deadline,
        authority,
        lease,
    };
    let input = &world::invoke(&actions[0]).input;
    assert_eq!(follows(&world, &begun("any", input)), Ok(()));
    let error = follows(&world, &begun("any", &Payload::text("{}"))).unwrap_err();
    assert!(error.starts_with("the input of `a` is ") && error.contains("and the plan leads to"), "{error}");
    let error = follows(&world, &begun("other", input)).unwrap_err();
    assert_eq!(error, "what `a` invokes is agent other, and the plan leads to agent any");
    world.complete("a", json!(null));

    let ask = world.question("ask");
    assert_eq!(follows(&world, &World::requested(&ask)), Ok(()));
    for other in [
        crate::run::Ask { question: "Stop?".to_owned(), ..ask.clone() },
        crate::run::Ask { roles: vec!["intern".to_owned()], ..ask.clone() },
        crate::run::Ask { deadline: Timestamp(7), ..ask.clone() },
        crate::run::Ask { show: Payload::text("2"), ..ask.clone() },
    ] {
        assert!(follows(&world, &World::requested(&other)).is_err(), "{other:?}");
    }
    let end = Event::RunEnded(RunOutcome::Completed { output: Payload::text("1") });
    assert!(follows(&world, &end).unwrap_err().contains("more work"));
    world.apply(&World::requested(&ask));
    world.apply(&World::decided(&ask, yes()));
    world.complete("b", json!(2));
    assert!(follows(&world, &end).unwrap_err().contains("completed with the output"));
    assert_eq!(follows(&world, &Event::RunEnded(RunOutcome::Completed { output: Payload::text("2") })), Ok(()));
}

#[test]
fn a_delay_that_was_too_short_is_told() {
    let mut world = World::new("  a: { agent: any, retry: { max: 1, backoff: 5s, jitter: false } }");
    world.begin();
    world.fail("a", 1, world::transient());
    let fired = Event::TimerFired { site: site("a"), attempt: 2 };
    assert!(follows(&world, &fired).unwrap_err().contains("at the earliest"));
    world.now = Timestamp(world.now.0 + 5_000);
    assert_eq!(follows(&world, &fired), Ok(()));
}

#[test]
fn a_reminder_an_escalation_or_an_end_that_came_too_early_is_told() {
    let mut world = World::new(
        "  a: { approve: { question: ok?, roles: [partner], timeout: 2h, remind: [1h],
             on_timeout: { escalate: [director], timeout: 3h } } }",
    );
    world.begin();
    let hour = 3_600_000;
    let ask = world.question("a");
    for other in [
        crate::run::Ask {
            ballot: crate::run::Ballot { assignees: vec!["eve".to_owned()], ..ask.ballot.clone() },
            ..ask.clone()
        },
        crate::run::Ask {
            ballot: crate::run::Ballot { quorum: Quorum { votes: 0, ..Quorum::default() }, ..ask.ballot.clone() },
            ..ask.clone()
        },
    ] {
        assert!(follows(&world, &World::requested(&other)).is_err(), "{other:?}");
    }
    world.apply(&World::requested(&ask));
    for hours in [1, 2, 3] {
        let early = world.now;
        let then = Timestamp(early.0 + hours * hour);
        let event = world.question("a").overdue(then).expect("something is due");
        assert!(follows(&world, &event).unwrap_err().contains("at the earliest"), "{event:?}");
        world.now = then;
        assert_eq!(follows(&world, &event), Ok(()));
        if let Event::ApprovalTurn { turn: Turn::Escalated { level, assignees, deadline, .. }, .. } = &event {
            let to = |roles: Vec<String>, deadline: u64| Event::ApprovalTurn {
                step: "a".to_owned(),
                token: ask.token,
                turn: Turn::Escalated {
                    level: *level,
                    roles,
                    assignees: assignees.clone(),
                    deadline: Timestamp(deadline),
                },
            };
            let error = follows(&world, &to(vec!["intern".to_owned()], deadline.0)).unwrap_err();
            assert_eq!(error, "to whom `a` is escalated is intern, and the plan leads to director");
            assert!(follows(&world, &to(vec!["director".to_owned()], deadline.0 + hour)).is_err(), "a longer time");
        }
        world.apply(&event);
    }
    assert_eq!(world.run.outstanding().len(), 1, "the run ends");
}

fn yes() -> Decision {
    Decision::Approved { by: "ada".to_owned(), role: None, comment: None, answer: None }
}

/// The header of a run that was forked off another one.
fn header(world: &World, from: &RunId) -> Event {
    let Event::RunStarted(header) = world.header() else { panic!("a run has a header") };
    let fork =
        Fork { from: from.clone(), head: Digest::of(b""), step: "b".to_owned(), entries: 3, plugins: Vec::new() };
    Event::RunStarted(RunHeader { forks: vec![fork], ..header })
}

#[test]
fn what_was_another_runs_is_done_under_its_name_and_the_rest_under_the_runs_own() {
    let mut world = World::new(STEPS);
    let other = RunId::new(Timestamp(1), 99);
    let began = header(&world, &other);
    let theirs = world::invoke(&world.apply(&began)[0]).idempotency_key.clone();
    assert!(world.run.is_another());
    let mut own = World::new(STEPS);
    let ours = world::invoke(&own.begin()[0]).idempotency_key.clone();
    assert_ne!(theirs, ours);
    world.complete("a", json!(null));
    let asked = world.question("ask");

    world.now = Timestamp(world.now.0 + 100 * 3_600_000);
    world.apply(&Event::Forked);
    assert!(!world.run.is_another());
    let renewed = world.question("ask");
    assert_ne!(asked.token, renewed.token, "an answer to the other run's question is none to this one's");
    assert_eq!(renewed.deadline.0, world.now.0 + 3_600_000, "there is time to answer");
    own.complete("a", json!(null));
    assert_eq!(renewed.token, own.question("ask").token);
    world.refused(&Event::Forked, "was not forked off");
}

#[test]
fn a_run_goes_on_with_another_plan_that_all_of_it_fits() {
    let mut world = World::new(STEPS);
    world.begin();
    world.complete("a", json!(null));
    let replayed = |steps: &str, is_known: bool| {
        let other = World::new(steps);
        let (plan, began_with) = (other.plan.digest(), world.plan.digest());
        let mut run = if is_known { other.run.having_begun_with(began_with) } else { other.run };
        assert_ne!(plan, began_with);
        for (at, event) in &world.journal {
            run.apply(*at, event).map_err(|error| error.to_string())?;
        }
        let migrated = Event::Migrated(Migration {
            version: VersionPin { number: 2, digest: plan },
            plan_digest: plan,
            plan: Payload::text("{}"),
            plugins: Vec::new(),
            by: "ada".to_owned(),
        });
        let before = run.outstanding();
        assert_eq!(run.apply(world.now, &migrated), Ok(Vec::new()), "it asks for nothing new");
        Ok(before)
    };
    let later = STEPS.replace("output: ${{ steps", "  last: { needs: [ask], agent: any }\noutput: ${{ steps");
    let asked: Result<Vec<Action>, String> = replayed(&later, true);
    assert_eq!(asked.unwrap(), world.run.outstanding());
    assert!(replayed(&later, false).unwrap_err().contains("begun with another plan"));
    let error = replayed(&STEPS.replace("  a:", "  z:").replace("[a]", "[z]"), true).unwrap_err();
    assert!(error.contains("`a` was not asked for"), "{error}");
}

#[test]
fn the_time_between_two_runs_is_nobodys() {
    let text = "workflow: t\nbudget: { wall: 1m }\nsteps:\n  a: { agent: any }\n  b: { needs: [a], agent: any }\n";
    let mut world = World::whole(text);
    let other = RunId::new(Timestamp(1), 99);
    let began = header(&world, &other);
    world.apply(&began);
    world.complete("a", json!(null));
    world.now = Timestamp(world.now.0 + 3_600_000);
    let actions = world.apply(&Event::Forked);
    assert_eq!((actions, world.run.status()), (vec![], Status::Running));
    assert!(world.run.outstanding().iter().any(|action| matches!(action, Action::Invoke(_))));
    assert_eq!(world.complete("b", json!(1)).len(), 1, "the run ends");
    assert_eq!(world::output(&world.run.outstanding()), json!(null));
}

#[test]
fn a_yes_is_for_one_run() {
    let world = World::new(
        "  a: { agent: any }
  ask: { needs: [a], approve: { question: Go on? } }
  b: { needs: [ask], agent: any }
  c: { needs: [ask], agent: any }
  d: { agent: any }",
    );
    let redone = |step: &str| world.plan.redone_with(step).into_iter().collect::<Vec<_>>();
    assert_eq!(redone("b"), ["ask", "b", "c"]);
    assert_eq!(redone("a"), ["a", "ask", "b", "c"]);
    assert_eq!(redone("d"), ["d"]);
    assert_eq!(redone("e"), [""; 0]);
}
