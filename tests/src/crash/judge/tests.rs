//! Each thing that must hold of a run is seen when it does not.

use baton_journal::{Chain, Digest, Entry, Payload, RunOutcome, Site, Timestamp, Usage};
use serde_json::{Value, json};

use super::*;
use crate::crash::child::Told;
use crate::crash::glimpse::Glimpse;
use crate::crash::ledger::Book;

fn site() -> Site {
    Site { step: "step_once".to_owned(), item: None }
}

fn id() -> InvocationId {
    InvocationId::attempt(&site(), 1)
}

fn made() -> Event {
    let (request, reply) = (Payload::text("{}"), Payload::text("{}"));
    Event::HostCall { invocation: id(), sequence: 0, operation: "http.fetch".to_owned(), request, reply }
}

fn declined_by_host() -> Event {
    let outcome = Outcome::Failed { failure: Failure::Declined("in flight".to_owned()) };
    Event::InvocationEnded {
        invocation: id(),
        site: site(),
        attempt: 1,
        caller: None,
        outcome,
        usage: Usage::default(),
    }
}

/// A run with these events before its end, and these requests: each path with its key.
fn history(events: Vec<Event>, requests: &[(&str, Option<&str>)]) -> History {
    let mut chain = Chain::after(1, Timestamp(0), Digest::of(b""));
    let end = Event::RunEnded(RunOutcome::Completed { output: Payload::text("null") });
    let entries: Vec<Entry> = events.into_iter().chain([end]).map(|event| chain.seal(Timestamp(0), event)).collect();
    History {
        deaths: Vec::new(),
        endings: [Value::Null, Value::Null],
        told: Told { passed: Vec::new() },
        entries,
        account: super::super::account::Account::default(),
        book: book(requests),
        unverified: None,
    }
}

fn book(requests: &[(&str, Option<&str>)]) -> Book {
    let mut book = Book::default();
    requests.iter().for_each(|(path, key)| book.enter(path, *key));
    book
}

/// A death at which these requests were over and intended, and this invocation was at work.
fn death(book: Book, finished: &[&str], intended: &[&str], open: Option<InvocationId>) -> (Glimpse, Book) {
    let set = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    let mut glimpse = Glimpse::default();
    (glimpse.finished, glimpse.intended, glimpse.open) = (set(finished), set(intended), open.into_iter().collect());
    (glimpse, book)
}

fn problems(history: &History, undisturbed: &History) -> Vec<String> {
    Verdict::on(history, undisturbed, Leeway { once: &["step_once"], timed: &[] }).problems()
}

const KEYED: (&str, Option<&str>) = ("keyed/a", Some("1"));
const PLAIN: (&str, Option<&str>) = ("plain/a", Some("2"));
const ONCE: (&str, Option<&str>) = ("plain/step_once", Some("3"));

#[test]
fn what_was_in_flight_may_be_repeated_and_what_was_over_may_not() {
    let undisturbed = history(vec![], &[KEYED, PLAIN]);
    let killed = |finished: &[&str], intended: &[&str]| {
        let mut history = history(vec![], &[KEYED, PLAIN, KEYED, PLAIN]);
        history.deaths.push(death(book(&[KEYED, PLAIN]), finished, intended, None));
        problems(&history, &undisturbed)
    };
    assert_eq!(killed(&[], &["keyed/a", "plain/a"]), Vec::<String>::new());
    assert_eq!(killed(&["plain/a"], &["keyed/a", "plain/a"]), ["a finished call was made again: plain/a"]);
    assert_eq!(killed(&[], &["keyed/a"]), ["plain/a was requested without a recorded intent"]);
    let twice = problems(&history(vec![], &[KEYED, PLAIN, PLAIN]), &undisturbed);
    assert_eq!(twice, ["a finished call was made again: plain/a"]);
}

#[test]
fn effects_that_are_missing_or_too_many_are_seen() {
    let undisturbed = history(vec![], &[KEYED, ONCE]);
    let killed = |requests: &[(&str, Option<&str>)], before: &[(&str, Option<&str>)]| {
        let mut history = history(vec![], requests);
        history.deaths.push(death(book(before), &[], &["keyed/a", "plain/step_once"], None));
        problems(&history, &undisturbed)
    };
    assert_eq!(killed(&[KEYED], &[]), ["plain/step_once was entered 0 times, and undisturbed 1 times"]);
    assert_eq!(killed(&[ONCE, KEYED, ONCE], &[ONCE]), ["plain/step_once was entered 2 times, and undisturbed 1 times"]);
    let another_key = ("keyed/a", Some("9"));
    assert_eq!(killed(&[KEYED, another_key, ONCE], &[KEYED]), ["keyed/a was entered 2 times, and undisturbed 1 times"]);
}

#[test]
fn a_call_is_declined_only_if_it_was_in_flight() {
    let undisturbed = history(vec![], &[ONCE]);
    let killed = |open: Option<InvocationId>| {
        let mut history = history(vec![declined_by_host()], &[]);
        history.deaths.push(death(book(&[]), &[], &[], open));
        problems(&history, &undisturbed)
    };
    assert_eq!(killed(Some(id())), Vec::<String>::new());
    assert_eq!(killed(None), ["plain/step_once was entered 0 times, and undisturbed 1 times"]);
}

#[test]
fn what_the_journal_has_twice_or_not_at_all_is_seen() {
    let undisturbed = history(vec![], &[]);
    assert_eq!(
        problems(&history(vec![made(), made()], &[]), &undisturbed),
        ["a finished call was made again: host call 0 of step_once#1 2 times"]
    );
    let mut cut = history(vec![made()], &[]);
    cut.entries.pop();
    assert_eq!(problems(&cut, &undisturbed), ["the journal does not end with the run's end"]);
    let mut lying = history(vec![], &[]);
    lying.endings[0] = json!({ "outcome": "completed" });
    assert_eq!(problems(&lying, &undisturbed).len(), 1);
    let mut unverified = history(vec![], &[]);
    unverified.unverified = Some("fuel".to_owned());
    assert_eq!(problems(&unverified, &undisturbed), ["it does not verify: fuel"]);
}
