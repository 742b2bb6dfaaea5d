use baton_sdk::state::Memory;

use super::*;

#[test]
fn a_client_has_one_account() {
    let store = Memory::default();
    let first = open(&store, "C-1", "Hansewind GmbH", "EUR").unwrap();
    assert!(first.created);
    let again = open(&store, "C-1", "Hansewind GmbH", "EUR").unwrap();
    assert_eq!((again.id, again.created), (first.id.clone(), false));
    assert_ne!(open(&store, "C-2", "Hansewind GmbH", "EUR").unwrap().id, first.id);
}

#[test]
fn an_account_takes_a_new_name_and_keeps_its_currency() {
    let store = Memory::default();
    let id = open(&store, "C-1", "Hansewind GmbH", "EUR").unwrap().id;
    open(&store, "C-1", "Hansewind AG", "EUR").unwrap();
    assert_eq!(get(&store, &id).unwrap().map(|account| account.name), Some("Hansewind AG".into()));
    assert_eq!(
        open(&store, "C-1", "Hansewind AG", "USD"),
        Err(Failure::invalid("currency: the account of C-1 is in EUR, not in USD"))
    );
}

#[test]
fn closing_is_idempotent_and_undone_by_opening() {
    let store = Memory::default();
    let id = open(&store, "C-1", "Hansewind GmbH", "EUR").unwrap().id;
    assert_eq!(close(&store, &id), Ok(true));
    assert_eq!(close(&store, &id), Ok(false));
    assert_eq!(open(&store, "C-1", "Hansewind GmbH", "EUR"), Ok(Opened { id: id.clone(), created: false }));
    assert_eq!(get(&store, &id).unwrap().map(|account| account.open), Some(true));
}

#[test]
fn what_never_was_an_account_is_not_there() {
    let store = Memory::default();
    let too_long_for_a_key = "A".repeat(1_000);
    for id in ["", "A-", "account/A-0000000000000000", "A-000000000000000g", &too_long_for_a_key] {
        assert_eq!(close(&store, id), Ok(false));
        assert_eq!(get(&store, id), Ok(None));
    }
}

#[test]
fn bad_arguments_are_refused_and_nothing_is_kept() {
    let store = Memory::default();
    assert_eq!(open(&store, "", "Name", "EUR"), Err(Failure::invalid("client: it is empty")));
    assert_eq!(open(&store, "C-1", " ", "EUR"), Err(Failure::invalid("name: it is empty")));
    assert!(matches!(open(&store, "C-1", "Name", "euro"), Err(Failure::Invalid(_))));
    assert_eq!(state::keys(&store, ""), Ok(vec![]));
}
