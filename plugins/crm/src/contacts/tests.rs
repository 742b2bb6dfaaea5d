use std::cell::RefCell;
use std::time::Duration;

use baton_sdk::Error;
use baton_sdk::state::Memory;

use super::*;
use crate::example;

#[test]
fn the_same_client_again_changes_nothing() {
    let store = Memory::default();
    let first = upsert(&store, example::company(), Some("EL-1".into())).unwrap();
    assert_eq!((first.created, first.revision), (true, 1));
    let again = upsert(&store, example::company(), Some("EL-1".into())).unwrap();
    assert_eq!(again, Upserted { created: false, ..first });
}

#[test]
fn a_change_counts_as_a_revision_of_the_same_contact() {
    let store = Memory::default();
    let first = upsert(&store, example::company(), None).unwrap();
    let moved = Client { address: Some("Elsewhere 1".into()), ..example::company() };
    assert_eq!(upsert(&store, moved.clone(), None), Ok(Upserted { id: first.id.clone(), created: false, revision: 2 }));
    let expected = Contact { id: first.id.clone(), client: moved, letter: None, revision: 2 };
    assert_eq!(get(&store, &first.id), Ok(Some(expected)));
}

#[test]
fn a_call_without_a_letter_keeps_the_letter() {
    let store = Memory::default();
    upsert(&store, example::person(), Some("EL-1".into())).unwrap();
    let again = upsert(&store, example::person(), None).unwrap();
    assert_eq!(again.revision, 1);
    assert_eq!(get(&store, &again.id).unwrap().and_then(|contact| contact.letter), Some("EL-1".into()));
}

#[test]
fn removing_is_idempotent_and_a_removed_client_starts_anew() {
    let store = Memory::default();
    let id = upsert(&store, example::person(), None).unwrap().id;
    assert_eq!(remove(&store, &id), Ok(true));
    assert_eq!(remove(&store, &id), Ok(false));
    assert_eq!(get(&store, &id), Ok(None));
    assert_eq!(upsert(&store, example::person(), None), Ok(Upserted { id, created: true, revision: 1 }));
}

#[test]
fn what_never_was_an_id_is_simply_not_there() {
    let store = Memory::default();
    let too_long_for_a_key = "C-".repeat(1_000);
    for id in ["", "../other", "C-\n", &too_long_for_a_key] {
        assert_eq!(get(&store, id), Ok(None));
        assert_eq!(remove(&store, id), Ok(false));
    }
}

#[test]
fn a_bad_client_is_refused_and_not_kept() {
    let store = Memory::default();
    let nobody = Client { name: String::new(), ..example::person() };
    assert!(matches!(upsert(&store, nobody, None), Err(Failure::Invalid(_))));
    assert_eq!(state::keys(&store, ""), Ok(vec![]));
}

/// A store at which somebody else upserts the same company just before the first swap.
#[derive(Default)]
struct Race {
    memory: Memory,
    rival: RefCell<Option<Client>>,
}

impl Store for Race {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        self.memory.get(key)
    }
    fn set(&self, key: &str, value: &str, time_to_live: Option<Duration>) -> Result<(), Error> {
        self.memory.set(key, value, time_to_live)
    }
    fn delete(&self, key: &str) -> Result<bool, Error> {
        self.memory.delete(key)
    }
    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        self.memory.keys(prefix, after)
    }
    fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        time_to_live: Option<Duration>,
    ) -> Result<bool, Error> {
        if let Some(rival) = self.rival.take() {
            upsert(&self.memory, rival, Some("EL-rival".into())).expect("memory does not fail");
        }
        self.memory.compare_and_swap(key, expected, value, time_to_live)
    }
    fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        self.memory.increment(key, by)
    }
}

#[test]
fn concurrent_upserts_lose_nothing() {
    let store = Race { rival: RefCell::new(Some(example::company())), ..Race::default() };
    let moved = Client { address: Some("Elsewhere 1".into()), ..example::company() };
    let ours = upsert(&store, moved.clone(), None).unwrap();
    assert_eq!((ours.created, ours.revision), (false, 2));
    let contact = get(&store, &ours.id).unwrap().unwrap();
    assert_eq!((contact.client, contact.letter), (moved, Some("EL-rival".into())));
}
