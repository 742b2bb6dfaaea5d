//! Stores of every format that was ever written are read as they were. A file in `golden` is never changed: whoever
//! changes the tables gives the format a new number in `schema`, and adds a file.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use baton_journal::{Chain, Digest, NewVersion, Scope, StateOp, StateReply, Store, Weight};
use baton_store::check::check;
use baton_store::{FORMAT, ReadOnlyStore, SqliteStore};
use rusqlite::Connection;

use crate::sample::*;

fn golden(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/store/golden/format-{format}.db"))
}

/// Not a test of its own: writes the file of the newest format where there is none.
#[tokio::test]
async fn the_newest_format_has_a_file() {
    if golden(FORMAT).exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(&open(folder.path())).await;
    let path = folder.path().join("baton.db");
    Connection::open(&path).unwrap().execute_batch("VACUUM").unwrap();
    fs::copy(path, golden(FORMAT)).unwrap();
    panic!(
        "{} was missing and is written: look at what the next run reads in it, and keep it",
        golden(FORMAT).display()
    );
}

/// A run that ended, and one that waits; payloads, a component, values, remembered replies, versions.
async fn write(store: &SqliteStore) {
    store.put_blob(b"\0asm component".to_vec()).await.unwrap();
    for content in [b"version 1", b"version 2"] {
        let digest = store.put_blob(content.to_vec()).await.unwrap();
        let weight = if content == b"version 1" { Weight::ALL } else { Weight::percent(10).unwrap() };
        let (workflow, uses) = ("onboarding".to_owned(), [digest, Digest::of(b"\0asm component")].into());
        let version = NewVersion { workflow, digest, content: digest, uses };
        store.deploy(version, weight, at(0), "ada".to_owned()).await.unwrap();
    }
    for number in [1, 2] {
        let header = started_with(&[b"\0asm component"]);
        let (claim, _) = store.create(run_id(number), at(0), header).await.unwrap();
        let events = [invocation_started(), intent(0, "{}"), host_call(0, "{}", &large('x')), line("a \"line\"")];
        for (ms, event) in (1..).zip(events) {
            store.append(&claim, at(ms), event).await.unwrap();
        }
        let scopes = [Scope::Run(run_id(number)), Scope::Agent("crm".to_owned()), shared("clients")];
        for (sequence, scope) in (1..).zip(scopes) {
            store.state(&claim, request(sequence, scope, set_for("ada", r#"{"risk":"low"}"#, 60_000))).await.unwrap();
        }
        store.state(&claim, request(9, shared("clients"), set("bob", "1"))).await.unwrap();
        store.append(&claim, at(5), invocation_ended("1")).await.unwrap();
        let last = if number == 1 { run_ended() } else { asked() };
        store.append(&claim, at(6), last).await.unwrap();
        store.release(claim).await.unwrap();
    }
}

#[tokio::test]
async fn stores_of_every_format_are_read_as_they_were() {
    for format in 1..=FORMAT {
        let path = golden(format);
        let store = ReadOnlyStore::open(&path).unwrap_or_else(|error| {
            panic!("the tables of format {format} were changed: give them a new FORMAT and a golden file: {error}")
        });
        insta::assert_snapshot!(format!("format_{format}"), read(&store).await);
        let summary = check(&path, &mut |news| drop(news)).unwrap();
        assert_eq!((summary.damage, summary.leftovers), (0, 0));
    }
}

/// Everything that a store tells.
async fn read(store: &dyn Store) -> String {
    let mut text = String::new();
    for run in store.runs(9).await.unwrap() {
        writeln!(text, "{run:?}").unwrap();
        let mut chain = Chain::of(&run.run);
        for entry in store.entries(run.run).await.unwrap() {
            chain.check(&entry).unwrap();
            writeln!(text, "  {} {} {} {}", entry.sequence, entry.at.0, entry.digest.short(), entry.body()).unwrap();
        }
    }
    for version in store.versions().await.unwrap() {
        writeln!(text, "{version:?}").unwrap();
    }
    for line in store.history("onboarding".to_owned()).await.unwrap() {
        writeln!(text, "{line:?}").unwrap();
    }
    let scopes = [Scope::Run(run_id(1)), Scope::Run(run_id(2)), Scope::Agent("crm".to_owned()), shared("clients")];
    let nobody = baton_journal::Claim { run: run_id(0), epoch: 0 };
    for scope in scopes {
        let op = StateOp::Keys { prefix: String::new(), after: None, limit: 9 };
        let reply = store.state(&nobody, request(0, scope.clone(), op)).await.unwrap();
        let StateReply::Keys(keys) = reply else { panic!("keys were asked for: {reply:?}") };
        for key in keys {
            writeln!(text, "{scope:?} {key} = {:?}", value(store, &scope, &key).await.unwrap()).unwrap();
        }
    }
    text
}

#[tokio::test]
async fn a_run_of_an_earlier_format_goes_on() {
    for format in 1..=FORMAT {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("baton.db");
        fs::copy(golden(format), &path).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let claim = store.claim(run_id(2)).await.unwrap();
        let again = request(9, shared("clients"), set("bob", "1"));
        assert_eq!(store.state(&claim, again).await.unwrap(), StateReply::Done, "the reply is remembered");
        store.append(&claim, at(9), run_ended()).await.unwrap();
        store.release(claim).await.unwrap();
        store.remove(run_id(1)).await.unwrap();
        drop(store);
        assert_eq!(check(&path, &mut |news| drop(news)).unwrap().damage, 0);
    }
}
