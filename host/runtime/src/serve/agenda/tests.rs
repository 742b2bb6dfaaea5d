//! No run is lost, none is driven twice, and nobody goes before those who were there first.

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(1_000);

fn until(ms: u64) -> Rest {
    Rest { until: Some(Timestamp(ms)), events: BTreeSet::new() }
}

fn waits_for(event: &str) -> Rest {
    Rest { until: None, events: BTreeSet::from([event.to_owned()]) }
}

#[test]
fn runs_begin_by_priority_and_then_by_age() {
    let mut agenda = Agenda::new(2);
    for (run, priority) in [(1, Priority::Low), (2, Priority::Normal), (3, Priority::High), (4, Priority::Normal)] {
        agenda.add(run, priority);
    }
    assert_eq!(agenda.next(NOW), [3, 2]);
    assert!(agenda.next(NOW).is_empty(), "there is room for two");
    agenda.remove(&3);
    assert_eq!(agenda.next(NOW), [4]);
    agenda.remove(&2);
    assert_eq!(agenda.next(NOW), [1]);
}

#[test]
fn a_run_that_rests_is_woken_by_what_it_waits_for() {
    let mut agenda = Agenda::new(9);
    agenda.add_resting(1, Priority::Normal, until(2_000));
    agenda.add_resting(2, Priority::Normal, waits_for("invoice"));
    agenda.add_resting(3, Priority::Normal, waits_for("letter"));
    assert!(agenda.next(NOW).is_empty());
    assert_eq!(agenda.heard("invoice"), 1);
    assert_eq!(agenda.next(NOW), [2]);
    assert_eq!(agenda.next(Timestamp(2_000)), [1]);
    agenda.wake(&3);
    assert_eq!(agenda.next(NOW), [3]);
}

#[test]
fn what_comes_while_a_run_is_driven_is_not_missed() {
    let mut agenda = Agenda::new(1);
    agenda.add(1, Priority::Normal);
    assert_eq!(agenda.next(NOW), [1]);
    agenda.heard("invoice");
    agenda.rests(&1, waits_for("invoice"));
    assert_eq!(agenda.next(NOW), [1], "the event may have come just before it rested");
    agenda.rests(&1, waits_for("invoice"));
    assert!(agenda.next(NOW).is_empty());
}

#[test]
fn a_run_that_cannot_be_driven_is_tried_again_later() {
    let mut agenda = Agenda::new(1);
    agenda.add(1, Priority::Normal);
    agenda.add(2, Priority::Low);
    assert_eq!(agenda.next(NOW), [1]);
    agenda.waits(&1, NOW);
    assert_eq!(agenda.next(NOW), [2], "it takes nobody's place");
    agenda.remove(&2);
    assert!(agenda.next(NOW).is_empty());
    assert_eq!(agenda.next(Timestamp(NOW.0 + AGAIN_MS)), [1]);
}

#[derive(Clone, Debug)]
enum Act {
    Add(u8, u8),
    Wake(u8),
    Hear(u8),
    Next(u64),
    Rest(u8, Option<u64>, Option<u8>),
    Wait(u8),
    Remove(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..20u8, 0..3u8).prop_map(|(run, priority)| Act::Add(run, priority)),
        (0..20u8).prop_map(Act::Wake),
        (0..3u8).prop_map(Act::Hear),
        (0..2_000u64).prop_map(Act::Next),
        (0..20u8, prop::option::of(0..50_000u64), prop::option::of(0..3u8)).prop_map(|(r, u, e)| Act::Rest(r, u, e)),
        (0..20u8).prop_map(Act::Wait),
        (0..20u8).prop_map(Act::Remove),
    ]
}

fn priority(number: u8) -> Priority {
    [Priority::Low, Priority::Normal, Priority::High][usize::from(number % 3)]
}

proptest! {
    #[test]
    fn whatever_happens_there_are_never_too_many_at_work_and_none_twice(acts in prop::collection::vec(act(), 1..200)) {
        let (mut agenda, mut driven, mut now) = (Agenda::new(3), BTreeSet::new(), 0);
        for act in acts {
            match act {
                Act::Add(run, of) => agenda.add(run, priority(of)),
                Act::Wake(run) => agenda.wake(&run),
                Act::Hear(event) => drop(agenda.heard(&event.to_string())),
                Act::Next(passed) => {
                    now += passed;
                    for run in agenda.next(Timestamp(now)) {
                        prop_assert!(driven.insert(run), "{run} is driven twice");
                    }
                }
                Act::Rest(run, until, event) => if driven.remove(&run) {
                    let events = event.map(|event| event.to_string()).into_iter().collect();
                    agenda.rests(&run, Rest { until: until.map(Timestamp), events });
                },
                Act::Wait(run) => if driven.remove(&run) { agenda.waits(&run, Timestamp(now)) },
                Act::Remove(run) => { driven.remove(&run); agenda.remove(&run); }
            }
            prop_assert!(driven.len() <= 3);
            prop_assert_eq!(driven.len(), agenda.at_work());
        }
    }

    /// If each that is driven comes to its end, all that had something to do have been driven, the older ones of a priority
    /// first.
    #[test]
    fn everybody_has_a_turn(runs in prop::collection::btree_map(0..100u8, 0..3u8, 1..40), most in 1..5usize) {
        let mut agenda = Agenda::new(most);
        runs.iter().for_each(|(run, of)| agenda.add(*run, priority(*of)));
        let mut order = Vec::new();
        loop {
            let begun = agenda.next(NOW);
            if begun.is_empty() { break }
            begun.iter().for_each(|run| agenda.remove(run));
            order.extend(begun);
        }
        let mut expected: Vec<u8> = runs.keys().copied().collect();
        expected.sort_by_key(|run| (std::cmp::Reverse(priority(runs[run])), *run));
        prop_assert_eq!(order, expected);
    }
}
