//! The rows of a small run, as they are stored.

use std::fmt::Write;

use baton_journal::{Digest, Store};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::sample::*;

const TABLES: [&str; 8] = ["runs", "entries", "blobs", "uses", "state", "scopes", "state_applied", "flushes"];

#[tokio::test]
async fn a_small_run_as_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let claim = begin(&store, &run_id(1)).await;
    store.append(&claim, at(3), line("a \"line\"")).await.unwrap();
    store.state(&claim, request(1, shared("clients"), set("ada", r#"{"risk":"low"}"#))).await.unwrap();
    store.state(&claim, request(2, shared("clients"), set_for("bob", "1", 60_000))).await.unwrap();
    store.append(&claim, at(4), host_call(1, &large('x'), r#"{"ok":null}"#)).await.unwrap();
    store.append(&claim, at(5), invocation_ended(r#"{"risk":"low"}"#)).await.unwrap();
    store.append(&claim, at(6), asked()).await.unwrap();
    store.flush().await.unwrap();
    drop(store);
    insta::assert_snapshot!(dump(&Connection::open(folder.path().join("baton.db")).unwrap()));
}

fn dump(connection: &Connection) -> String {
    let mut text = String::new();
    for table in TABLES {
        writeln!(text, "{table}").unwrap();
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells =
                columns.iter().enumerate().map(|(at, name)| format!("{name}={}", show(row.get_ref(at).unwrap())));
            writeln!(text, "  {}", cells.collect::<Vec<_>>().join(" ")).unwrap();
        }
    }
    text
}

fn show(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => match <[u8; 32]>::try_from(bytes) {
            Ok(digest) => Digest::from_bytes(digest).short(),
            Err(_) => format!("<{} bytes>", bytes.len()),
        },
    }
}
