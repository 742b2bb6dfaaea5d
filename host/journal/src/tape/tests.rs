//! What is played, what is live, and what diverges.

use proptest::prelude::*;

use super::*;
use crate::entry::Chain;
use crate::event::Lease;
use crate::id::Site;
use crate::sample::{header, host_call, intent, invocation, logged, run};

fn started(invocation: InvocationId) -> Event {
    Event::InvocationStarted {
        invocation,
        site: Site { step: "summarise".to_owned(), item: None },
        attempt: 1,
        caller: None,
        plugin: "p".to_owned(),
        function: None,
        input: Payload::text("{}"),
        deadline: Timestamp(99),
        authority: None,
        lease: Lease::default(),
    }
}

/// Entries whose times are 0, 10, 20 and so on.
fn entries(events: impl IntoIterator<Item = Event>) -> Vec<Entry> {
    let mut chain = Chain::of(&run());
    let events = [header(), started(invocation())].into_iter().chain(events);
    events.enumerate().map(|(number, event)| chain.seal(Timestamp(10 * number as u64), event)).collect()
}

fn tape(events: impl IntoIterator<Item = Event>) -> Tape {
    Tape::of(&invocation(), &entries(events))
}

fn replied(reply: &str, at: u64) -> Playback {
    Playback::Recorded { reply: Payload::text(reply), at: Timestamp(at) }
}

#[test]
fn recorded_calls_are_played_and_then_it_is_live() {
    let mut tape = tape([host_call(0, "state.get", "1", "a"), host_call(1, "state.get", "2", "b")]);
    assert_eq!((tape.now(), tape.remaining()), (Timestamp(10), 2));
    assert_eq!(tape.next("state.get", "1"), Ok(replied("a", 20)));
    assert_eq!((tape.now(), tape.remaining()), (Timestamp(20), 1));
    assert_eq!(tape.next("state.get", "2"), Ok(replied("b", 30)));
    assert_eq!(tape.finish(), Ok(()));
    assert_eq!(tape.next("state.set", "3"), Ok(Playback::Live { sequence: 2 }));
    tape.record(Timestamp(70));
    tape.record(Timestamp(60));
    assert_eq!((tape.now(), tape.remaining()), (Timestamp(70), 0));
    assert_eq!(tape.next("state.set", "3"), Ok(Playback::Live { sequence: 3 }));
}

#[test]
fn an_empty_tape_is_live() {
    assert_eq!(Tape::empty().next("x", "1"), Ok(Playback::Live { sequence: 0 }));
    assert_eq!(Tape::starting(Timestamp(5)).now(), Timestamp(5));
    assert_eq!(tape([]).now(), Timestamp(10));
    assert_eq!(tape([]).finish(), Ok(()));
}

#[test]
fn another_call_diverges_and_the_tape_stays() {
    let mut tape = tape([host_call(0, "state.get", r#"{"key":"a"}"#, "a")]);
    for (operation, request) in [("state.set", r#"{"key":"a"}"#), ("state.get", r#"{"key": "a"}"#)] {
        let divergence = tape.next(operation, request).unwrap_err();
        assert_eq!((&divergence.invocation, divergence.sequence), (&invocation(), 0));
        assert_eq!(divergence.recorded.operation, "state.get");
        assert_eq!(divergence.actual.unwrap().request, Payload::text(request));
    }
    assert_eq!(tape.next("state.get", r#"{"key":"a"}"#), Ok(replied("a", 20)));
}

#[test]
fn a_lenient_tape_answers_what_is_the_same_and_then_is_live() {
    let calls =
        [host_call(0, "state.get", "1", "a"), host_call(1, "state.get", "2", "b"), host_call(2, "state.get", "3", "c")];
    let mut tape = tape(calls).lenient();
    assert_eq!(tape.next("state.get", "1"), Ok(replied("a", 20)));
    assert_eq!(tape.finish(), Ok(()), "it may end early");
    assert_eq!(tape.next("state.get", "other"), Ok(Playback::Live { sequence: 1 }));
    assert_eq!(
        tape.next("state.get", "3"),
        Ok(Playback::Live { sequence: 2 }),
        "what follows another call is another's"
    );
}

#[test]
fn an_invocation_that_ends_too_early_diverges() {
    let tape = tape([host_call(0, "state.get", "1", "a")]);
    let divergence = tape.finish().unwrap_err();
    assert_eq!(
        divergence.to_string(),
        "host call 0 of summarise[2]#1 differs from the recorded one: recorded state.get 1, now the end of the invocation"
    );
}

#[test]
fn a_divergence_shows_both_calls_and_not_all_of_a_long_one() {
    let mut tape = tape([host_call(0, "state.get", "1", "a")]);
    let divergence = tape.next("http.fetch", &"é".repeat(100_000)).unwrap_err().to_string();
    let expected = "host call 0 of summarise[2]#1 differs from the recorded one: recorded state.get 1, now http.fetch ";
    assert_eq!(divergence, format!("{expected}{}…", "é".repeat(SHOWN)));
}

#[test]
fn a_request_that_is_not_loaded_is_compared_by_digest() {
    let long = "x".repeat(Payload::INLINE_LIMIT + 1);
    let reference = |mut event: Event| {
        event.for_each_payload(|payload| *payload = payload.as_reference());
        event
    };
    let mut tape = tape([reference(host_call(0, "state.get", &long, "a"))]);
    assert!(tape.clone().next("state.get", &long.replace('x', "y")).is_err());
    assert_eq!(tape.next("state.get", &long), Ok(replied("a", 20)));
}

#[test]
fn a_call_in_flight_is_live_and_in_doubt() {
    let recorded = [intent(0, "tools.call", "1"), host_call(0, "tools.call", "1", "a"), intent(1, "tools.call", "2")];
    let mut tape = tape(recorded);
    assert_eq!(tape.remaining(), 1);
    assert_eq!(tape.next("tools.call", "1"), Ok(replied("a", 30)));
    assert!(!tape.in_doubt(0) && tape.was_intended(0));
    assert!(tape.finish().is_err(), "the intended call must be made");
    assert!(tape.clone().next("tools.call", "other").is_err(), "and be the intended one");
    assert_eq!(tape.next("tools.call", "2"), Ok(Playback::Live { sequence: 1 }));
    assert!(tape.in_doubt(1));
}

#[test]
fn calls_answered_out_of_order_are_found_by_number() {
    let mut tape = tape([host_call(1, "tools.call", "1", "b"), host_call(2, "tools.call", "2", "c")]);
    assert_eq!(tape.next("tools.call", "0"), Ok(Playback::Live { sequence: 0 }));
    assert_eq!(tape.next("tools.call", "1"), Ok(replied("b", 20)));
    assert_eq!(tape.next("tools.call", "2"), Ok(replied("c", 30)));
}

#[test]
fn what_begins_again_sees_the_time_that_it_saw() {
    assert_eq!(tape([started(invocation())]).now(), Timestamp(10));
}

#[test]
fn recorded_lines_are_not_written_again() {
    let mut tape = tape([logged("a"), host_call(0, "state.get", "1", "a"), logged("b")]);
    assert_eq!(
        [tape.line(), tape.line(), tape.line(), tape.line()],
        [Line::Recorded, Line::Recorded, Line::Live, Line::Live]
    );
}

#[test]
fn other_invocations_are_passed_over() {
    let other = InvocationId::nested(&invocation(), 0, None);
    let mut events = entries([host_call(0, "state.get", "1", "a")]);
    let mut chain = Chain::after(3, Timestamp(20), events[2].digest);
    events.push(chain.seal(Timestamp(50), started(other.clone())));
    let tapes = Tape::all(&events);
    assert_eq!(tapes.len(), 2);
    for (name, now, remaining) in [(invocation(), 10, 1), (other, 50, 0)] {
        for tape in [&tapes[&name], &Tape::of(&name, &events)] {
            assert_eq!((tape.now(), tape.remaining()), (Timestamp(now), remaining));
        }
    }
}

proptest! {
    /// Wherever the journal was cut off, the same calls get the same replies and then the numbers that they had.
    #[test]
    fn any_prefix_of_a_recording_replays(calls in proptest::collection::vec(("[a-z]{1,3}", ".{0,8}"), 0..20), cut in 0_usize..=20) {
        let recorded = calls.iter().enumerate().map(|(n, (operation, request))| host_call(n as u32, operation, request, request));
        let mut tape = tape(recorded.take(cut));
        for (number, (operation, request)) in calls.iter().enumerate() {
            let playback = tape.next(operation, request).unwrap();
            match playback {
                Playback::Recorded { reply, .. } => prop_assert!(number < cut && reply == Payload::text(request.as_str())),
                Playback::Live { sequence } => prop_assert!(number >= cut && sequence as usize == number),
            }
        }
        prop_assert!(tape.finish().is_ok());
    }
}
