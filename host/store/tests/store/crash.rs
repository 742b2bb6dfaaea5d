//! A process that is killed at any moment loses nothing that it said was written.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use baton_journal::{Event, Store};

use crate::sample::*;

/// Names the folder of the store to the child process, which is this test binary.
const FOLDER: &str = "BATON_STORE_TEST_CHILD";

/// Not a test of its own: what the child process does until it is killed. It appends, and acknowledges each entry.
#[tokio::test]
async fn child_appends_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(&PathBuf::from(folder));
    let claim = match store.claim(run_id(1)).await {
        Ok(claim) => claim,
        Err(_) => begin(&store, &run_id(1)).await,
    };
    let mut output = std::io::stderr(); // the harness captures stdout
    for count in 0_u64.. {
        let message = if count.is_multiple_of(7) { large('m') } else { "m".to_owned() };
        let entry = store.append(&claim, at(count), host_call(0, &message, "{}")).await.unwrap();
        if count.is_multiple_of(5) {
            store.flush().await.unwrap();
        }
        writeln!(output, "acknowledged {}", entry.sequence).unwrap();
    }
}

fn child(folder: &std::path::Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash::child_appends_until_killed", "--nocapture"]).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Lets a child acknowledge some entries and kills it; the last one that was heard of.
fn last_acknowledged(folder: &std::path::Path, entries: usize) -> u64 {
    let mut child = child(folder);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut acknowledged = lines.by_ref().filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
    let heard = acknowledged.by_ref().nth(entries).unwrap();
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    acknowledged.last().unwrap_or(heard) // what was still in the pipe counts as acknowledged
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    for entries in [0, 1, 4, 9, 23, 60, 150] {
        let acknowledged = last_acknowledged(folder.path(), entries);
        let store = open(folder.path());
        let read = store.entries(run_id(1)).await.unwrap(); // checks the chain
        assert!(read.len() as u64 > acknowledged, "{} entries, {acknowledged} acknowledged", read.len());
        assert!(matches!(read[0].event, Event::RunStarted(_)));
        let claim = store.claim(run_id(1)).await.unwrap(); // the kernel gave the lock back
        store.release(claim).await.unwrap();
    }
}
