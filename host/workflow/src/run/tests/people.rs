//! Whatever people do in whatever order: a question is decided exactly once, nobody has two votes, and it ends.

use std::collections::BTreeSet;

use baton_journal::{Decision, Event, Timestamp, Turn};
use proptest::collection::vec;
use proptest::prelude::*;

use super::world::World;
use crate::run::{Action, Ask};

const PEOPLE: [&str; 6] = ["ada", "bob", "cyd", "Ada", "eve", "fay"];
const ROLES: [Option<&str>; 4] = [None, Some("legal"), Some("finance"), Some("director")];

/// The ways in which a step may ask.
const KEYS: [&str; 6] = [
    "assignees: [ada, bob, cyd], votes: 2, delegate: true",
    "assignees: [ada, bob, cyd], votes: 3, delegate: true, timeout: 2h, remind: [30m, 1h], on_timeout: { escalate: [director] }",
    "votes: { legal: 1, finance: 2 }, rejections: 2, delegate: true, timeout: 3h, on_timeout: approve",
    "roles: [legal], assignees: [ada], votes: 2, timeout: 1h, on_timeout: [{ escalate: [finance] }, { assignees: [eve], then: fail }]",
    "roles: [legal, finance], votes: 4, rejections: 3, remind: [1h, 2h, 3h], timeout: 4h, on_timeout: approve",
    "votes: 3",
];

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Vote { by: u8, role: u8, yes: bool },
    Hand { by: u8, role: u8, to: u8 },
    Wait { minutes: u8 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(by, role, yes)| Act::Vote { by, role, yes }),
        2 => (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(by, role, to)| Act::Hand { by, role, to }),
        2 => any::<u8>().prop_map(|minutes| Act::Wait { minutes }),
    ]
}

fn one_of<T: Copy>(all: &[T], number: u8) -> T {
    all[usize::from(number) % all.len()]
}

/// What a host would record of it; nothing if it is refused, or not time for anything.
fn event_of(world: &mut World, act: Act) -> Option<Event> {
    match act {
        Act::Vote { by, role, yes } => {
            let (by, role) = (one_of(&PEOPLE, by).to_owned(), one_of(&ROLES, role).map(str::to_owned));
            let decision = if yes {
                Decision::Approved { by, role, comment: None, answer: None }
            } else {
                Decision::Rejected { by, role, comment: None }
            };
            world.run.answer("a", decision).ok()
        }
        Act::Hand { by, role, to } => {
            let (by, role, to) = (one_of(&PEOPLE, by), one_of(&ROLES, role), one_of(&PEOPLE, to));
            world.run.delegate("a", (by, role), to, None).ok()
        }
        Act::Wait { minutes } => {
            world.now = Timestamp(world.now.0 + u64::from(minutes) * 60_000);
            world.question("a").overdue(world.now)
        }
    }
}

/// Nobody has two votes, under whatever name, and no vote counts for two.
fn check_votes(ask: &Ask) {
    let lower = |name: &String| name.to_lowercase();
    let voters: Vec<String> = ask.ballot.votes.iter().map(|vote| lower(&vote.by)).collect();
    let owners: Vec<String> =
        ask.ballot.votes.iter().map(|vote| lower(vote.instead_of.as_ref().unwrap_or(&vote.by))).collect();
    for names in [&voters, &owners] {
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{:?}", ask.ballot);
    }
    let handed: BTreeSet<String> = ask.ballot.delegations.iter().map(|handed| lower(&handed.by)).collect();
    assert!(voters.iter().all(|voter| !handed.contains(voter)), "{:?}", ask.ballot);
    assert!(ask.ballot.missing() > 0, "it is decided as soon as nothing is missing");
}

fn asking(keys: &str) -> World {
    let mut world = World::new(&format!("  a: {{ approve: {{ question: ok?, {keys} }} }}"));
    let actions = world.begin();
    let [Action::Ask(ask)] = &actions[..] else { panic!("{actions:?}") };
    world.apply(&World::requested(ask));
    world
}

/// Lets time pass until the question is over.
fn to_the_end(world: &mut World) {
    for _ in 0..64 {
        let Some(ask) = world.run.question("a").cloned() else { return };
        world.now = world.now.max(ask.due());
        let event = ask.overdue(world.now).expect("it is time");
        world.apply(&event);
    }
    panic!("the question has no end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_question_is_decided_once_and_by_different_people(keys in 0..KEYS.len(), acts in vec(act(), 0..40)) {
        let mut world = asking(KEYS[keys]);
        for act in acts {
            if world.run.question("a").is_none() {
                break;
            }
            let Some(event) = event_of(&mut world, act) else { continue };
            world.now = Timestamp(world.now.0 + 1); // an entry is made after it was decided on
            prop_assert_eq!(world.run.follows(world.now, &event), Ok(()));
            world.apply(&event);
            world.run.question("a").into_iter().for_each(check_votes);
        }
        to_the_end(&mut world);
        let is_decision = |event: &&(Timestamp, Event)| matches!(event.1, Event::ApprovalDecided { .. });
        prop_assert_eq!(world.journal.iter().filter(is_decision).count(), 1);
        prop_assert!(world.journal.last().iter().any(is_decision));
        let ends = matches!(world.run.outstanding()[..], [Action::End(_)]);
        prop_assert!(ends, "the run goes on");
        let all = world.journal.len();
        prop_assert_eq!(format!("{:?}", world.replayed(all)), format!("{:?}", world.run));
    }

    #[test]
    fn reminders_come_in_order_and_before_the_end(keys in 0..KEYS.len(), waits in vec(1..90u8, 0..30)) {
        let mut world = asking(KEYS[keys]);
        for minutes in waits {
            if world.run.question("a").is_some()
                && let Some(event) = event_of(&mut world, Act::Wait { minutes })
            {
                world.apply(&event);
            }
        }
        let mut last = 0;
        let mut level = 0;
        for (_, event) in &world.journal {
            match event {
                Event::ApprovalTurn { turn: Turn::Reminded { reminder }, .. } => {
                    prop_assert!(*reminder > last && level == 0);
                    last = *reminder;
                }
                Event::ApprovalTurn { turn: Turn::Escalated { level: next, .. }, .. } => {
                    prop_assert_eq!(*next, level + 1);
                    level = *next;
                }
                _ => {}
            }
        }
    }
}

#[test]
fn every_way_to_ask_is_asked() {
    KEYS.iter().for_each(|keys| to_the_end(&mut asking(keys)));
}
