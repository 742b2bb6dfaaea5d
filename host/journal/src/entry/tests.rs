//! The format, and that no change of a chain goes unseen.

use proptest::prelude::*;

use super::*;
use crate::id::Site;
use crate::outcome::Outcome;
use crate::payload::Payload;
use crate::sample::{every_event, header, large, logged, run};

/// The format of entries, as journals on disk have it: it must be readable for ever. A new format gets a new file.
const GOLDEN: &str = include_str!("golden-1.txt");

fn sealed(events: impl IntoIterator<Item = Event>) -> Vec<Entry> {
    let mut chain = Chain::of(&run());
    let entries = events.into_iter().enumerate();
    entries.map(|(number, event)| chain.seal(Timestamp(1_700_000_000_000 + number as u64), event)).collect()
}

fn check(entries: &[Entry]) -> Result<Chain, ChainError> {
    let mut chain = Chain::of(&run());
    entries.iter().try_for_each(|entry| chain.check(entry))?;
    Ok(chain)
}

fn sample() -> Vec<Entry> {
    sealed([header(), logged("one"), logged("two"), logged("three"), logged("three")])
}

/// An entry as the golden file has it.
fn line(entry: &Entry) -> String {
    format!("{} {} {} {}\n", entry.sequence, entry.at.0, entry.digest, entry.body())
}

#[test]
fn the_format_is_the_golden_one() {
    let written: String = sealed(every_event()).iter().map(line).collect();
    assert_eq!(written, GOLDEN);
}

#[test]
fn the_golden_file_is_read() {
    let mut chain = Chain::of(&run());
    for (line, event) in GOLDEN.lines().zip(every_event()) {
        let [sequence, at, digest, body] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
        let (sequence, at) = (sequence.parse().unwrap(), Timestamp(at.parse().unwrap()));
        let entry = Entry::from_body(&mut chain, sequence, at, body, digest.parse().unwrap()).unwrap();
        assert_eq!(entry.event, event.by_reference().0);
    }
    assert!(chain.has_ended());
}

#[test]
fn large_payloads_are_bound_by_digest() {
    let entries = sealed([header()]);
    assert!(entries[0].body().contains(&format!(r#""plan":{{"sha256":"{}","bytes":1026}}"#, large().digest())));
    let mut stored = entries.clone();
    stored[0].event.for_each_payload(|payload| *payload = payload.as_reference());
    check(&stored).unwrap();
    let mut other = entries;
    other[0].event.for_each_payload(|payload| *payload = Payload::text(large().as_str().unwrap().replace('x', "y")));
    assert!(matches!(check(&other).unwrap_err().fault, ChainFault::Digest { .. }));
}

#[test]
fn time_never_goes_back() {
    let mut chain = Chain::of(&run());
    chain.seal(Timestamp(9), header());
    assert_eq!(chain.seal(Timestamp(5), logged("the clock went back")).at, Timestamp(9));
    assert_eq!(chain.seal(Timestamp(10), logged("and on")).at, Timestamp(10));
}

#[test]
fn entries_belong_to_their_run() {
    let mut other = Chain::of(&RunId::new(Timestamp(1_700_000_000_000), 2));
    let error = other.check(&sample()[0]).unwrap_err();
    assert!(matches!(error, ChainError { sequence: 0, fault: ChainFault::Previous { .. } }), "{error}");
}

#[test]
fn a_run_begins_with_its_header_and_ends_once() {
    let faults = |events: Vec<Event>| check(&sealed(events)).map(drop).map_err(|error| (error.sequence, error.fault));
    let end = every_event().pop().unwrap();
    assert_eq!(faults(vec![logged("x")]), Err((0, ChainFault::Start)));
    assert_eq!(faults(vec![header(), header()]), Err((1, ChainFault::Start)));
    assert_eq!(faults(vec![header(), end.clone(), logged("x")]), Err((2, ChainFault::Ended)));
    assert_eq!(faults(vec![header(), end]), Ok(()));
}

#[test]
fn a_chain_goes_on_from_its_head() {
    let entries = sample();
    let mut whole = check(&entries).unwrap();
    let mut resumed = Chain::after(whole.entries(), whole.last_at(), whole.head());
    assert_eq!(whole.seal(Timestamp(0), logged("x")), resumed.seal(Timestamp(0), logged("x")));
}

#[test]
fn every_flipped_bit_of_what_is_stored_is_found() {
    let entries = sample();
    let stored = &entries[2];
    let parts = [&stored.sequence.to_le_bytes()[..], &stored.at.0.to_le_bytes(), stored.digest.as_bytes()].concat();
    let whole = [&parts, stored.body().as_bytes()].concat();
    for bit in 0..8 * whole.len() {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut chain = check(&entries[..2]).unwrap();
        let number = |range: std::ops::Range<usize>| u64::from_le_bytes(bytes[range].try_into().unwrap());
        let digest = Digest::from_bytes(bytes[16..48].try_into().unwrap());
        let Ok(body) = std::str::from_utf8(&bytes[48..]) else { continue }; // a store refuses what is not text
        let read = Entry::from_body(&mut chain, number(0..8), Timestamp(number(8..16)), body, digest);
        assert!(read.is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn a_removed_entry_is_found(place in 0_usize..4) {
        let mut entries = sample();
        entries.remove(place);
        prop_assert_eq!(check(&entries).unwrap_err().sequence, place as u64);
    }

    #[test]
    fn a_repeated_entry_is_found(place in 0_usize..5, to in 0_usize..=5) {
        let mut entries = sample();
        entries.insert(to, entries[place].clone());
        prop_assert!(check(&entries).is_err());
    }

    #[test]
    fn two_entries_in_each_others_place_are_found(left in 0_usize..5, right in 0_usize..5) {
        prop_assume!(left != right);
        let mut entries = sample();
        entries.swap(left, right);
        prop_assert_eq!(check(&entries).unwrap_err().sequence, left.min(right) as u64);
    }

    #[test]
    fn renumbering_does_not_hide_a_gap(place in 0_usize..4) {
        let mut entries = sample();
        entries.remove(place);
        for (number, entry) in entries.iter_mut().enumerate() {
            entry.sequence = number as u64;
        }
        prop_assert!(check(&entries).is_err());
    }

    #[test]
    fn any_text_is_sealed_and_read_back(message in ".*", at in any::<u64>()) {
        let mut chain = Chain::of(&run());
        let mut reading = chain.clone();
        for event in [header(), logged(&message)] {
            let entry = chain.seal(Timestamp(at), event);
            let read = Entry::from_body(&mut reading, entry.sequence, entry.at, &entry.body(), entry.digest);
            prop_assert_eq!(read.unwrap().event, entry.event.by_reference().0);
        }
    }

    #[test]
    fn no_body_breaks_the_reader(body in ".*") {
        let digest = digest_of(Chain::of(&run()).head(), 0, Timestamp(0), &body);
        let read = Entry::from_body(&mut Chain::of(&run()), 0, Timestamp(0), &body, digest);
        prop_assert!(read.is_err(), "even if its digest is right");
    }
}

#[test]
fn a_place_that_an_id_does_not_say_is_written_out() {
    let Event::InvocationEnded { invocation, attempt, outcome, usage, .. } = crate::sample::ended(Outcome::Suspended)
    else {
        panic!("it is an end")
    };
    let elsewhere = Site { step: "summarise[2]#1".to_owned(), item: None };
    let event = Event::InvocationEnded { invocation, site: elsewhere, attempt, caller: None, outcome, usage };
    let entries = sealed([header(), event.clone()]);
    let body = entries[1].body();
    assert!(body.contains(r#""site":{"step":"summarise[2]#1"},"attempt":1"#), "{body}");
    let mut chain = Chain::of(&run());
    chain.check(&entries[0]).unwrap();
    let read = Entry::from_body(&mut chain, 1, entries[1].at, &body, entries[1].digest).unwrap();
    assert_eq!(read.event, event);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\{\"event\":\"(invocation-started|invocation-ended|host-call)\".{0,60}\\}?") {
        let _ = body::read(&text);
    }
}
