//! Each byte of a small store's file is changed in turn, and it is cut off at each length: what is read then is what was
//! written, or an error that says where.
//!
//! What is not seen, and may not be: bytes between the rows of a page, of pages that are free, and SQLite's own notes, such as
//! the version that wrote last. What is not seen until its run is read: the rows of the list of runs beside their
//! journals. What no digest covers: that a key of state is there at all; a value is found under its own key or is told as damaged.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use baton_journal::{Digest, Entry, Store, StoreError};
use baton_store::SqliteStore;

use crate::sample::*;

/// A closed store with two runs, one payload, one value and the reply to the call that made it.
struct Small {
    _folder: tempfile::TempDir,
    path: PathBuf,
    runs: [Vec<Entry>; 2],
}

impl Small {
    async fn new() -> Small {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        let claim = begin(&store, &run_id(1)).await;
        store.append(&claim, at(3), host_call(1, &payload(), "{}")).await.unwrap();
        store.state(&claim, request(5, shared("s"), set("key", "\"value\""))).await.unwrap();
        store.append(&claim, at(4), line("and goes on")).await.unwrap();
        begin(&store, &run_id(2)).await;
        let runs = [store.entries(run_id(1)).await.unwrap(), store.entries(run_id(2)).await.unwrap()];
        let path = folder.path().join("baton.db");
        Small { _folder: folder, path, runs }
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    fn file(&self) -> File {
        OpenOptions::new().write(true).open(&self.path).unwrap()
    }
}

/// The shortest text that is stored apart.
fn payload() -> String {
    format!("\"{}\"", "x".repeat(1023))
}

/// Places next to something that is written, and every 64th of the rest.
fn written(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let near =
        |place: usize| bytes[place.saturating_sub(4)..(place + 5).min(bytes.len())].iter().any(|byte| *byte != 0);
    (0..bytes.len()).filter(move |place| near(*place) || place.is_multiple_of(64))
}

/// What came of reading a run: whether it is as it was.
fn judge(read: &Result<Vec<Entry>, StoreError>, run: usize, written: &[Entry]) -> Result<bool, String> {
    let name = run_id(run as u128 + 1).to_string();
    match read {
        Ok(entries) if entries == written => Ok(true),
        Ok(_) => Err("another journal is read".to_owned()),
        Err(StoreError::Corrupt { what }) if what.contains(&name) || what.contains("baton.db: ") => Ok(false),
        Err(other) => Err(format!("damage is told as: {other}")),
    }
}

/// Reads everything; how many of the two runs are as they were.
async fn read(small: &Small) -> Result<usize, String> {
    let store = match SqliteStore::open(&small.path) {
        Ok(store) => store,
        Err(StoreError::Corrupt { .. } | StoreError::FromTheFuture { .. }) => return Ok(0),
        Err(other) => return Err(format!("damage is told as: {other}")),
    };
    let mut sound = 0;
    for (run, entries) in small.runs.iter().enumerate() {
        let read = store.entries(run_id(run as u128 + 1)).await;
        sound += usize::from(judge(&read, run, entries)?);
    }
    match store.blob(Digest::of(payload().as_bytes())).await {
        Ok(_) | Err(StoreError::Corrupt { .. }) => {}
        Err(other) => return Err(format!("a damaged payload is told as: {other}")),
    }
    match value(&store, &shared("s"), "key").await {
        Ok(Some(value)) if value == "\"value\"" => {}
        Ok(None) | Err(StoreError::Corrupt { .. }) => {}
        other => return Err(format!("a damaged value is told as: {other:?}")),
    }
    Ok(sound)
}

#[tokio::test]
async fn no_changed_byte_changes_what_is_read() {
    let small = Small::new().await;
    let (bytes, file) = (small.bytes(), small.file());
    let (mut tally, mut wrong) = ([0; 3], Vec::new());
    for place in written(&bytes) {
        file.write_all_at(&[bytes[place] ^ (1 << (place % 8))], place as u64).unwrap();
        match read(&small).await {
            Ok(sound) => tally[sound] += 1,
            Err(problem) => wrong.push(format!("byte {place}: {problem}")),
        }
        file.write_all_at(&bytes[place..=place], place as u64).unwrap();
    }
    assert!(wrong.is_empty(), "{} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(40)]);
    let [none, one, both] = tally;
    assert!(one > 1000 && none > 1000, "both read {both} times, one {one} times, none {none} times");
}

/// Each length in the first page, each near the border of another, and every 64th: in between, SQLite looks at nothing
/// else, and we at the remainder.
fn lengths(whole: usize) -> impl Iterator<Item = usize> {
    let near = |length: usize| length < 4096 || length % 4096 < 16 || length % 4096 > 4080;
    (0..whole).rev().filter(move |length| near(*length) || length.is_multiple_of(64))
}

#[tokio::test]
async fn a_file_is_refused_and_left_alone_wherever_it_was_cut_off() {
    let small = Small::new().await;
    let (bytes, file) = (small.bytes(), small.file());
    for length in lengths(bytes.len()) {
        file.set_len(length as u64).unwrap();
        let refused = SqliteStore::open(&small.path).unwrap_err();
        assert!(matches!(refused, StoreError::Corrupt { .. }), "cut off at {length}: {refused}");
        assert!(small.bytes() == bytes[..length], "a refused file was changed at {length}");
    }
}
