//! What goes between runs, and between people and runs: mailboxes, events, cursors, turns and circuits.

use baton_journal::publication::{KEPT_MS, MAX_EVENT_BYTES, MOST_EVENTS};
use baton_journal::signal::MOST_SIGNALS;
use baton_journal::{
    Admission, Claim, Concurrency, Event, OnConflict, Payload, Priority, Publication, RunId, RunStatus, Signal, Source,
    Store, StoreError,
};

use super::sample::*;
use super::{Case, cases};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        a_signal_waits_until_it_is_taken_and_is_taken_once,
        a_signal_that_cannot_be_appended_stays,
        a_mailbox_is_for_runs_that_have_not_ended,
        a_mailbox_has_an_end,
        an_event_is_published_once_for_its_key,
        events_come_in_the_order_of_their_numbers,
        old_events_go_and_numbers_go_on,
        an_event_has_an_end,
        a_cursor_never_goes_back,
        runs_with_one_key_take_turns_in_their_order,
        who_waits_for_its_turn_is_queued_and_who_has_ended_is_not_open,
        a_higher_priority_goes_first_but_takes_no_turn_away,
        what_is_noted_of_a_circuit_is_changed_by_who_has_seen_it,
        a_run_is_refused_beside_another_one_with_its_key,
        a_run_cancels_those_that_it_replaces,
    ]
}

fn cancel(by: &str) -> Signal {
    Signal::Cancel { by: by.to_owned(), reason: Some("it took too long".to_owned()) }
}

async fn a_signal_waits_until_it_is_taken_and_is_taken_once(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let first = store.signal(run_id(1), at(10), cancel("Ada")).await.unwrap();
    let second = store.signal(run_id(1), at(11), Signal::Continue { by: "Bo".to_owned() }).await.unwrap();
    assert!(first < second);
    let waiting = store.signals(run_id(1)).await.unwrap();
    assert_eq!(waiting.iter().map(|sent| sent.number).collect::<Vec<_>>(), [first, second]);
    assert_eq!((waiting[0].at, &waiting[0].signal), (at(10), &cancel("Ada")));
    assert_eq!(store.signalled().await.unwrap(), [run_id(1)]);
    let entry = store.take(&claim, at(12), first, cancel("Ada").event()).await.unwrap().unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap().last(), Some(&entry));
    let again = store.take(&claim, at(13), first, cancel("Ada").event()).await.unwrap();
    assert_eq!(again, None, "a signal is taken once");
    assert_eq!(store.take(&claim, at(13), second, None).await.unwrap(), None);
    assert_eq!(store.entries(run_id(1)).await.unwrap().last(), Some(&entry));
    assert_eq!((store.signals(run_id(1)).await.unwrap(), store.signalled().await.unwrap()), (vec![], vec![]));
}

async fn a_signal_that_cannot_be_appended_stays(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let number = store.signal(run_id(1), at(10), cancel("Ada")).await.unwrap();
    store.release(claim.clone()).await.unwrap();
    let newer = store.claim(run_id(1)).await.unwrap();
    let fenced = store.take(&claim, at(11), number, cancel("Ada").event()).await;
    assert!(matches!(fenced, Err(StoreError::Fenced(_))), "{fenced:?}");
    let refused = store.take(&newer, at(11), number, Some(started())).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    assert_eq!(store.signals(run_id(1)).await.unwrap().len(), 1);
    assert!(store.take(&newer, at(11), number, cancel("Ada").event()).await.unwrap().is_some());
}

async fn a_mailbox_is_for_runs_that_have_not_ended(store: &dyn Store) {
    let unknown = store.signal(run_id(1), at(9), cancel("Ada")).await;
    assert!(matches!(unknown, Err(StoreError::NoSuchRun(_))), "{unknown:?}");
    let claim = begin(store, &run_id(1)).await;
    store.signal(run_id(1), at(10), cancel("Ada")).await.unwrap();
    store.append(&claim, at(11), run_ended()).await.unwrap();
    assert_eq!((store.signals(run_id(1)).await.unwrap(), store.signalled().await.unwrap()), (vec![], vec![]));
    let late = store.signal(run_id(1), at(12), cancel("Ada")).await;
    assert!(matches!(late, Err(StoreError::Ended(_))), "{late:?}");
}

async fn a_mailbox_has_an_end(store: &dyn Store) {
    begin(store, &run_id(1)).await;
    for _ in 0..MOST_SIGNALS {
        store.signal(run_id(1), at(10), cancel("Ada")).await.unwrap();
    }
    let full = store.signal(run_id(1), at(11), cancel("Ada")).await;
    assert!(matches!(full, Err(StoreError::MailboxFull(_))), "{full:?}");
}

fn publication(key: &str, data: &str) -> Publication {
    let (key, name) = (key.to_owned(), "document.received".to_owned());
    Publication { key, name, data: Payload::text(data), source: Source::Person("Ada".to_owned()) }
}

async fn an_event_is_published_once_for_its_key(store: &dyn Store) {
    let first = store.publish(at(1), publication("a", "1")).await.unwrap();
    let again = store.publish(at(9), publication("a", "2")).await.unwrap();
    assert_eq!(again, first, "what was published first stays");
    let other = store.publish(at(9), publication("b", "2")).await.unwrap();
    assert!(other.number > first.number);
    assert_eq!(store.published(0, 9).await.unwrap(), [first, other]);
}

async fn events_come_in_the_order_of_their_numbers(store: &dyn Store) {
    assert_eq!(store.last_published().await.unwrap(), 0);
    let mut events = Vec::new();
    for key in ["a", "b", "c"] {
        events.push(store.publish(at(1), publication(key, "{}")).await.unwrap());
    }
    assert_eq!(store.published(events[0].number, 9).await.unwrap(), events[1..]);
    assert_eq!(store.published(0, 2).await.unwrap(), events[..2]);
    assert_eq!(store.last_published().await.unwrap(), events[2].number);
    assert_eq!(store.published(u64::MAX, 9).await.unwrap(), []);
}

async fn old_events_go_and_numbers_go_on(store: &dyn Store) {
    let old = store.publish(at(0), publication("old", "1")).await.unwrap();
    let young = store.publish(at(KEPT_MS + 1), publication("young", "2")).await.unwrap();
    assert_eq!(store.published(0, 9).await.unwrap(), std::slice::from_ref(&young));
    assert!(young.number > old.number && young.number < MOST_EVENTS);
    assert_eq!(store.last_published().await.unwrap(), young.number);
}

async fn an_event_has_an_end(store: &dyn Store) {
    let large = format!("\"{}\"", "x".repeat(MAX_EVENT_BYTES));
    let refused = store.publish(at(1), publication("a", &large)).await;
    assert!(matches!(&refused, Err(StoreError::Refused(why)) if why.contains("document.received")), "{refused:?}");
    assert_eq!(store.last_published().await.unwrap(), 0);
}

async fn a_cursor_never_goes_back(store: &dyn Store) {
    let cursor = async || store.cursor("digest".to_owned()).await.unwrap();
    assert_eq!(cursor().await, None);
    store.move_cursor("digest".to_owned(), 7).await.unwrap();
    store.move_cursor("digest".to_owned(), 3).await.unwrap();
    store.move_cursor("other".to_owned(), 9).await.unwrap();
    assert_eq!(cursor().await, Some(7));
}

/// Begins a run with the key `client 7`.
async fn with_key(
    store: &dyn Store,
    run: u128,
    on_conflict: OnConflict,
    priority: Priority,
) -> Result<Claim, StoreError> {
    let Event::RunStarted(mut header) = started() else { panic!("a run begins with its header") };
    let concurrency = Some(Concurrency { key: "client 7".to_owned(), on_conflict });
    header.admission = Admission { concurrency, priority, ..Admission::default() };
    let begun = store.create(run_id(run), at(0), Event::RunStarted(header)).await;
    begun.map(|(claim, _)| claim)
}

async fn queued(store: &dyn Store, run: u128, priority: Priority) -> Claim {
    with_key(store, run, OnConflict::Queue, priority).await.unwrap()
}

async fn end(store: &dyn Store, claim: &Claim) {
    store.append(claim, at(9), run_ended()).await.unwrap();
}

fn ids<const N: usize>(numbers: [u128; N]) -> Vec<RunId> {
    numbers.map(run_id).to_vec()
}

async fn runs_with_one_key_take_turns_in_their_order(store: &dyn Store) {
    let first = queued(store, 3, Priority::Normal).await;
    let second = queued(store, 2, Priority::Normal).await;
    let third = queued(store, 1, Priority::Normal).await;
    assert_eq!(store.turn(&third).await.unwrap(), ids([3, 2]), "nobody passes by those before");
    assert_eq!(store.turn(&first).await.unwrap(), []);
    assert_eq!(store.turn(&first).await.unwrap(), [], "it keeps its turn");
    assert_eq!(store.turn(&second).await.unwrap(), ids([3]));
    end(store, &first).await;
    assert_eq!(store.turn(&third).await.unwrap(), ids([2]));
    assert_eq!(store.turn(&second).await.unwrap(), []);
    end(store, &second).await;
    assert_eq!(store.turn(&third).await.unwrap(), []);
    let without_key = begin(store, &run_id(9)).await;
    assert_eq!(store.turn(&without_key).await.unwrap(), []);
}

async fn who_waits_for_its_turn_is_queued_and_who_has_ended_is_not_open(store: &dyn Store) {
    let first = queued(store, 1, Priority::Normal).await;
    store.turn(&first).await.unwrap();
    let second = queued(store, 2, Priority::Normal).await;
    let alone = begin(store, &run_id(3)).await;
    let open = async || {
        let runs = store.open_runs().await.unwrap();
        runs.into_iter().map(|run| (run.run, run.status)).collect::<Vec<_>>()
    };
    let (running, queued) = (RunStatus::Running, RunStatus::Queued);
    assert_eq!(open().await, [(run_id(3), running), (run_id(2), queued), (run_id(1), running)]);
    store.release(second).await.unwrap();
    assert_eq!(open().await[1], (run_id(2), queued), "whoever drives it");
    end(store, &first).await;
    end(store, &alone).await;
    assert_eq!(open().await, [(run_id(2), RunStatus::Interrupted)], "nobody goes before it");
    assert_eq!(store.runs(9).await.unwrap().len(), 3);
}

async fn a_higher_priority_goes_first_but_takes_no_turn_away(store: &dyn Store) {
    let low = queued(store, 1, Priority::Low).await;
    assert_eq!(store.turn(&low).await.unwrap(), []);
    let normal = queued(store, 2, Priority::Normal).await;
    let high = queued(store, 3, Priority::High).await;
    assert_eq!(store.turn(&high).await.unwrap(), ids([1]));
    assert_eq!(store.turn(&normal).await.unwrap(), ids([1, 3]));
    end(store, &low).await;
    assert_eq!(store.turn(&normal).await.unwrap(), ids([3]));
    assert_eq!(store.turn(&high).await.unwrap(), []);
}

async fn what_is_noted_of_a_circuit_is_changed_by_who_has_seen_it(store: &dyn Store) {
    let note = async |was: Option<&str>, is: &str| {
        store.note_circuit("tool crm/get".to_owned(), was.map(str::to_owned), is.to_owned()).await.unwrap()
    };
    assert_eq!(store.circuits().await.unwrap(), []);
    assert!(!note(Some("closed"), "open").await, "nothing is noted yet");
    assert!(note(None, "open").await);
    assert!(!note(None, "closed").await);
    assert!(note(Some("open"), "half open").await && !note(Some("open"), "closed").await);
    assert_eq!(store.circuits().await.unwrap(), [("tool crm/get".to_owned(), "half open".to_owned())]);
}

async fn a_run_is_refused_beside_another_one_with_its_key(store: &dyn Store) {
    let first = with_key(store, 1, OnConflict::Reject, Priority::Normal).await.unwrap();
    let refused = with_key(store, 2, OnConflict::Reject, Priority::High).await.unwrap_err();
    let StoreError::Busy { run, key } = refused else { panic!("{refused:?}") };
    assert_eq!((run, key.as_str()), (run_id(1), "client 7"));
    assert_eq!(store.runs(9).await.unwrap().len(), 1);
    begin(store, &run_id(5)).await; // one without the key begins
    end(store, &first).await;
    with_key(store, 3, OnConflict::Reject, Priority::Normal).await.unwrap();
}

async fn a_run_cancels_those_that_it_replaces(store: &dyn Store) {
    let first = queued(store, 1, Priority::Normal).await;
    store.turn(&first).await.unwrap();
    let newer = with_key(store, 2, OnConflict::Replace, Priority::Normal).await.unwrap();
    let signals = store.signals(run_id(1)).await.unwrap();
    assert!(matches!(&signals[..], [sent] if matches!(&sent.signal, Signal::Cancel { .. })), "{signals:?}");
    assert_eq!(store.turn(&newer).await.unwrap(), ids([1]), "it waits until the other one has ended");
    end(store, &first).await;
    assert_eq!(store.turn(&newer).await.unwrap(), []);
}
