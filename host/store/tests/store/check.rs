//! A check finds whatever is damaged, all of it, with its place, and changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use baton_journal::{Digest, Entry, NewVersion, RunStatus, Store, StoreError, Weight};
use baton_store::check::{Finding, News, Severity, Summary, check};
use baton_store::{ReadOnlyStore, SqliteStore};
use rusqlite::Connection;

use crate::sample::*;

/// Checks a store; what is found, and the sums.
fn checked(path: &Path) -> (Vec<Finding>, Summary) {
    let before = fs::read(path).unwrap();
    let mut found = Vec::new();
    let tell = &mut |news| {
        if let News::Found(finding) = news {
            found.push(finding);
        }
    };
    let summary = check(path, tell).unwrap();
    assert!(before == fs::read(path).unwrap(), "a check changed the file");
    (found, summary)
}

/// A closed store: a run that ended, one that is open, both with a component and payloads, values, and a version.
async fn sample(folder: &Path) -> PathBuf {
    let store = open(folder);
    store.put_blob(b"\0asm\xff".to_vec()).await.unwrap();
    for number in [1, 2] {
        let header = started_with(&[b"\0asm\xff"]);
        let (claim, _) = store.create(run_id(number), at(0), header).await.unwrap();
        store.append(&claim, at(1), invocation_started()).await.unwrap();
        store.append(&claim, at(2), host_call(0, &large('x'), "{}")).await.unwrap();
        store.append(&claim, at(3), host_call(1, "{}", &large(if number == 1 { 'y' } else { 'z' }))).await.unwrap();
        store.append(&claim, at(4), line("a line")).await.unwrap();
        store.append(&claim, at(5), host_call(2, &large('x'), "{}")).await.unwrap();
        store.state(&claim, request(9, shared("clients"), set("ada", "1"))).await.unwrap();
        store.state(&claim, request(10, shared("clients"), set_for("bob", "2", 60_000))).await.unwrap();
        if number == 1 {
            store.append(&claim, at(6), run_ended()).await.unwrap();
        }
        store.release(claim).await.unwrap();
    }
    let (digest, workflow) = (store.put_blob(b"version".to_vec()).await.unwrap(), "onboarding".to_owned());
    let version = NewVersion { workflow, digest, content: digest, uses: [digest, Digest::of(b"\0asm\xff")].into() };
    store.deploy(version, Weight::ALL, at(7), "ada".to_owned()).await.unwrap();
    folder.join("baton.db")
}

#[tokio::test]
async fn nothing_is_found_in_a_store_that_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (found, summary) = checked(&sample(folder.path()).await);
    assert_eq!(found, []);
    assert_eq!(summary, Summary { runs: 2, entries: 13, blobs: 5, values: 2, damage: 0, leftovers: 0 });
}

/// What is done to the store, and to which of its runs. A run that nothing was done to is read as before.
const DAMAGES: [(&str, &[u128]); 40] = [
    ("UPDATE entries SET at = at + 1 WHERE run = 1 AND sequence = 1", &[1]),
    ("UPDATE entries SET body = replace(body, 'line', 'lime') WHERE run = 1 AND sequence = 4", &[1]),
    ("UPDATE entries SET body = replace(body, '{}', '[]') WHERE run = 1 AND sequence IN (1, 3, 4, 5)", &[1]),
    ("UPDATE entries SET digest = zeroblob(32) WHERE run = 1 AND sequence IN (0, 4)", &[1]),
    ("UPDATE entries SET digest = x'00' WHERE run = 1 AND sequence = 2", &[1]),
    ("UPDATE entries SET body = CAST(x'7bff7d' AS TEXT) WHERE run = 1 AND sequence = 2", &[1]),
    ("DELETE FROM entries WHERE run = 1 AND sequence IN (2, 3)", &[1]),
    ("DELETE FROM entries WHERE run = 1 AND sequence = 0", &[1]),
    ("DELETE FROM entries WHERE run = 1 AND sequence >= 5", &[1]),
    ("DELETE FROM entries WHERE run = 1", &[1]),
    ("UPDATE entries SET sequence = 900 WHERE run = 1 AND sequence = 1", &[1]),
    ("UPDATE entries SET sequence = -1 WHERE run = 1 AND sequence = 1", &[1]),
    ("UPDATE entries SET run = 1, sequence = 7 WHERE run = 2 AND sequence = 5", &[1, 2]),
    ("UPDATE runs SET head = zeroblob(32) WHERE number = 1", &[1]),
    ("UPDATE runs SET entries = 9 WHERE number = 1", &[1]),
    ("UPDATE runs SET status = 'running', updated = updated + 1, bytes = 7 WHERE number = 1", &[1]),
    ("UPDATE runs SET workflow = 'other', started = 1, waits = 2 WHERE number = 1", &[1]),
    ("UPDATE runs SET status = 'finished' WHERE number = 1", &[1]),
    ("UPDATE runs SET run = 'not-an-id' WHERE number = 1", &[1]),
    ("UPDATE runs SET head = x'00' WHERE number = 1", &[1]),
    ("DELETE FROM runs WHERE number = 1", &[1]),
    ("UPDATE blobs SET bytes = zeroblob(5002) WHERE length(bytes) = 5002 AND rowid = 2", &[1, 2]),
    ("UPDATE blobs SET bytes = zeroblob(7) WHERE rowid = 3", &[1]),
    ("DELETE FROM blobs WHERE rowid = 3", &[1]),
    ("DELETE FROM blobs WHERE rowid = 1", &[]),
    ("UPDATE blobs SET sha256 = x'00' WHERE rowid = 3", &[1]),
    ("DELETE FROM uses WHERE run = 1", &[]),
    ("UPDATE state SET value = '3' WHERE key = 'ada'", &[]),
    ("UPDATE state SET expires = NULL WHERE key = 'bob'", &[]),
    ("UPDATE scopes SET bytes = 3; INSERT INTO scopes VALUES ('agent', 'crm', 1, 2)", &[]),
    ("UPDATE state_applied SET reply = 'done' WHERE sequence = 9", &[]),
    (
        "INSERT INTO blobs VALUES (x'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', x'00'); \
         INSERT INTO uses SELECT sha256, 1 FROM blobs WHERE rowid = 4; \
         INSERT INTO state_applied VALUES (1, 'letter#1', 0, zeroblob(32), '\"done\"', zeroblob(32)); \
         INSERT INTO state_applied VALUES (7, 'letter#1', 0, zeroblob(32), '\"done\"', zeroblob(32))",
        &[],
    ),
    ("UPDATE runs SET status = 'removed' WHERE number = 1", &[1]),
    ("UPDATE state SET kind = 'run', name = 'gone'; DELETE FROM scopes", &[]),
    ("UPDATE runs SET version = 1 WHERE number = 1", &[1]),
    ("UPDATE versions SET by = 'eve'", &[]),
    ("UPDATE deployments SET current = 2", &[]),
    ("UPDATE deployments SET canary = 1, weight = 101, deed = 'undone'", &[]),
    ("DELETE FROM blobs WHERE rowid = 5", &[]),
    ("DELETE FROM versions", &[]),
];

#[tokio::test]
async fn every_damage_is_found_and_other_runs_stay_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample(folder.path()).await;
    let whole = fs::read(&path).unwrap();
    let written = entries_of(&path).await;
    let mut told = Vec::new();
    for (sql, touched) in DAMAGES {
        fs::write(&path, &whole).unwrap();
        damage(&path, sql);
        let (found, _) = checked(&path);
        assert!(!found.is_empty(), "{sql}");
        told.push(format!("{sql}\n{}", lines(&found)));
        for (number, (before, after)) in (1..).zip(written.iter().zip(entries_of(&path).await)) {
            let same = matches!((before, &after), (Ok(before), Ok(after)) if before == after);
            assert!(same || touched.contains(&number), "run {number} after {sql}: {after:?}");
        }
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

fn damage(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn lines(found: &[Finding]) -> String {
    let severity = |finding: &Finding| if finding.severity() == Severity::Damage { "damage " } else { "leftover" };
    let line = |finding: &Finding| format!("  {:<8} {}: {}", severity(finding), finding.place, finding.flaw);
    let text = found.iter().map(line).collect::<Vec<_>>().join("\n");
    text.replace(run_id(1).as_str(), "R1").replace(run_id(2).as_str(), "R2")
}

async fn entries_of(path: &Path) -> Vec<Result<Vec<Entry>, StoreError>> {
    let Ok(store) = ReadOnlyStore::open(path) else { return Vec::new() };
    vec![store.entries(run_id(1)).await, store.entries(run_id(2)).await]
}

#[tokio::test]
async fn whatever_flipped_byte_can_be_felt_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample(folder.path()).await;
    let whole = fs::read(&path).unwrap();
    let (mut felt, mut found_more) = (0, 0);
    for place in (0..whole.len()).step_by(61) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(&path, &bytes).unwrap();
        let reads = entries_of(&path).await;
        let unreadable = reads.is_empty() || reads.iter().any(Result::is_err);
        let damaged = match check(&path, &mut |_| ()) {
            Ok(summary) => summary.damage > 0,
            Err(error) => matches!(error, StoreError::FromTheFuture { .. }), // the byte was that of the format
        };
        assert!(damaged || !unreadable, "byte {place} is felt and not found");
        felt += u32::from(unreadable);
        found_more += u32::from(!unreadable && damaged);
    }
    assert!(felt > 100 && found_more > 10, "felt {felt}, found beside that {found_more}");
}

#[tokio::test]
async fn behind_a_page_that_cannot_be_read_entries_are_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    {
        let store = SqliteStore::open(&path).unwrap();
        let claim = begin(&store, &run_id(1)).await;
        for count in 0..200 {
            store.append(&claim, at(count), line(&format!("{count:0200}"))).await.unwrap();
        }
        begin(&store, &run_id(2)).await;
    }
    damage(&path, "UPDATE entries SET at = 1 WHERE run = 1 AND sequence IN (5, 190)");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.windows(200).position(|window| window == format!("{:0200}", 100).as_bytes()).unwrap();
    bytes[middle / 4096 * 4096..][..4096].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let (found, summary) = checked(&path);
    let text = lines(&found);
    assert!(text.contains("entry 5: its content") && text.contains("entry 190: its content"), "{text}");
    assert!(text.contains(": unreadable, "), "{text}");
    assert_eq!(summary.runs, 2);
    assert!(!text.contains("R2"), "the other run is whole: {text}");
}

#[tokio::test]
async fn a_run_whose_row_is_damaged_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample(folder.path()).await;
    damage(&path, "UPDATE runs SET status = 'finished' WHERE number = 1");
    let runs = ReadOnlyStore::open(&path).unwrap().runs(9).await.unwrap();
    let statuses = runs.iter().map(|run| (run.run.clone(), run.status)).collect::<Vec<_>>();
    assert_eq!(statuses, [(run_id(2), RunStatus::Interrupted), (run_id(1), RunStatus::Damaged)]);
}

#[test]
fn a_file_that_is_no_store_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    fs::write(&path, b"hello").unwrap();
    let (found, summary) = checked(&path);
    assert_eq!((found.len(), summary.damage), (1, 1));
    assert!(matches!(check(&folder.path().join("none"), &mut |_| ()), Err(StoreError::Io(_))));
}
