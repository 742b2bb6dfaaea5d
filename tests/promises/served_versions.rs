//! A server begins runs of what is deployed, with the canary's weight, whatever the files say meanwhile.

use std::sync::Arc;

use baton_journal::Weight;
use baton_runtime::News;
use baton_store::SqliteStore;
use serde_json::json;

use super::serve::{HOUR, NOON, Place};

/// A workflow that begins on an event; what it gives tells which one it was.
fn workflow(event: &str, output: u32) -> String {
    format!(
        "workflow: w\non: [{{ event: {event} }}]\nsteps: {{ only: {{ agent: acts, input: {{ acts: [] }} }} }}\noutput: {output}\n"
    )
}

impl Place {
    fn edit(&self, workflow: &str) {
        std::fs::write(self.scratch.path().join("w.workflow.yaml"), workflow).unwrap();
    }

    async fn deploy(&self, weight: u8) -> u32 {
        self.desk(&self.store).deploy(weight).await.unwrap().version.number
    }

    /// The versions of all runs, the oldest first.
    async fn versions(&self) -> Vec<Option<u32>> {
        let runs = self.store.runs(u32::MAX).await.unwrap();
        runs.into_iter().rev().map(|run| run.version).collect()
    }

    fn troubles(&self) -> Vec<String> {
        let lines = self.lines.0.lock().unwrap();
        let troubles = lines.iter();
        troubles
            .filter_map(|news| if let News::Trouble { message, .. } = news { Some(message.clone()) } else { None })
            .collect()
    }
}

#[tokio::test]
async fn who_edits_the_files_of_a_deployed_workflow_changes_nothing_that_a_server_begins() {
    let place = Place::new(&workflow("sent", 1));
    place.emit("sent", json!(null)).await;
    place.server().settle().await.unwrap();
    assert_eq!(place.deploy(100).await, 1);
    place.edit(&workflow("received", 2));
    place.clock.go_to(NOON + HOUR); // runs are listed by when they began
    let mut server = place.server();
    assert_eq!(place.emit("sent", json!(null)).await.workflows, ["w"]);
    assert_eq!(place.emit("received", json!(null)).await.workflows, [""; 0], "no version has it");
    server.settle().await.unwrap();
    assert_eq!(place.versions().await, [None, Some(1)]);
    assert_eq!(place.deploy(100).await, 2);
    place.clock.go_to(NOON + 2 * HOUR);
    assert_eq!(place.emit("received", json!(null)).await.workflows, ["w"]);
    server.settle().await.unwrap();
    place.desk(&place.store).host.roll_back("w", None, "Ada").await.unwrap();
    place.clock.go_to(NOON + 3 * HOUR);
    place.emit("sent", json!(null)).await;
    server.settle().await.unwrap();
    assert_eq!(place.versions().await, [None, Some(1), Some(2), Some(1)], "the same server follows");
    let told = place.lines.0.lock().unwrap().iter().filter(|news| matches!(news, News::Versions { .. })).count();
    assert_eq!(told, 3);
}

#[tokio::test]
async fn a_canary_is_begun_by_its_share_of_events_and_each_run_by_its_own_id() {
    let place = Place::new(&workflow("sent", 1));
    place.deploy(100).await;
    place.edit(&workflow("sent", 2));
    assert_eq!(place.deploy(50).await, 2);
    let mut server = place.server();
    server.look().await.unwrap();
    for _ in 0..40 {
        place.emit("sent", json!(null)).await;
    }
    server.settle().await.unwrap();
    let traffic = place.desk(&place.store).host.history("w").await.unwrap().last().unwrap().traffic;
    assert_eq!(traffic.canary.unwrap().weight, Weight::percent(50).unwrap());
    let runs = place.store.runs(u32::MAX).await.unwrap();
    assert!(runs.iter().all(|run| run.version == Some(traffic.draw(&run.run))), "{runs:?}");
    let canaries = runs.iter().filter(|run| run.version == Some(2)).count();
    assert!(runs.len() == 40 && (8..=32).contains(&canaries), "{canaries} of {}", runs.len());
}

#[tokio::test]
async fn a_schedule_is_that_of_the_version() {
    let daily = |hour: u32| {
        format!(
            "workflow: w\non: [{{ schedule: 0 {hour} * * *, input: {{ }} }}]\nsteps: {{ only: {{ agent: acts, input: {{ acts: [] }} }} }}\n"
        )
    };
    let place = Place::new(&daily(13));
    place.deploy(100).await;
    place.edit(&daily(14));
    let mut server = place.server();
    server.look().await.unwrap();
    place.clock.go_to(NOON + HOUR);
    server.settle().await.unwrap();
    assert_eq!(place.versions().await, [Some(1)]);
    place.clock.go_to(NOON + 2 * HOUR);
    server.settle().await.unwrap();
    assert_eq!(place.versions().await, [Some(1)], "the files are not what is deployed");
}

#[tokio::test]
async fn events_wait_for_a_version_that_cannot_be_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let place = Place::on(&workflow("sent", 1), Arc::new(SqliteStore::open(&file).unwrap()));
    place.deploy(100).await;
    let gone = place.desk(&place.store).release(1).await.unwrap().frozen.plugins.values().next().unwrap().component;
    place.server().settle().await.unwrap();
    let sql = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(sql.execute("DELETE FROM blobs WHERE sha256 = ?1", [gone.as_bytes()]).unwrap(), 1);
    let mut server = place.server();
    assert_eq!(place.emit("sent", json!(null)).await.workflows, ["w"]);
    for minute in 0..3 {
        place.clock.go_to(NOON + minute * 60_000);
        server.settle().await.unwrap();
    }
    let troubles = place.troubles();
    assert!(troubles.len() == 1 && troubles[0].starts_with("version 1 of workflow `w` cannot be run"), "{troubles:?}");
    assert!(place.versions().await.is_empty());
    place.deploy(100).await; // stores what is missing
    place.clock.go_to(NOON + HOUR);
    server.settle().await.unwrap();
    assert_eq!(place.versions().await, [Some(1)]);
}
