//! Runs that wait: what a hundred thousand of them take, and how quickly one of them is awake.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, RunId, Store};
use baton_runtime::Silent;
use baton_store::SqliteStore;
use serde_json::json;

use super::{Reading, median, now, project};
use crate::scoreboard::tell;
use crate::{Copy, Desk, approval};

/// Runs that wait.
const PARKED: u64 = 100_000;
/// How often one is woken.
const TIMES: usize = 15;

pub(super) async fn readings() -> Vec<Reading> {
    let scratch = project::question();
    let copy = Copy::from(scratch.path());
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(copy.store()).unwrap());
    let desk = Desk::over(copy.path(), Arc::clone(&store)).unwrap();
    let first = desk.run(&json!({})).await.unwrap();
    assert_eq!(first.outcome, "parked", "{:?}", first.error);
    let entries = store.entries(first.run).await.unwrap();
    let before = resident();
    park(store.as_ref(), &entries).await;
    let grown = resident().saturating_sub(before) >> 10;
    let warm = median(TIMES, async || wake(&desk).await).await;
    drop(desk);
    drop(store);
    let cold = median(TIMES, async || wake_in_a_process(&copy)).await;
    vec![
        Reading::at_most("memory that a hundred thousand parked runs take", 16, grown, "MiB"),
        Reading::time("one of them is awake and at its end", Duration::from_millis(2), warm),
        Reading::time("the same in a process of its own", Duration::from_millis(50), cold),
    ]
}

/// The same run as often as it takes: its first entries under other ids.
async fn park(store: &dyn Store, entries: &[Entry]) {
    for number in 0..PARKED {
        let run = RunId::new(entries[0].at, u128::from(number));
        let (claim, _) = store.create(run, entries[0].at, entries[0].event.clone()).await.unwrap();
        for entry in &entries[1..] {
            store.append(&claim, entry.at, entry.event.clone()).await.unwrap();
        }
        store.release(claim).await.unwrap();
        if number % 10_000 == 9_999 {
            tell(&format!("{} runs are parked", number + 1));
        }
    }
    store.flush().await.unwrap();
}

/// Kibibytes of the process that are in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

async fn wake(desk: &Desk) -> Duration {
    let run = desk.run(&json!({})).await.unwrap().run;
    let (host, project) = (desk.host.clone(), desk.project.clone());
    let started = now();
    let woken = tokio::spawn(async move {
        host.decide(&run, "ask", approval("anybody", None)).await?;
        host.resume(&run, &project, Arc::new(Silent)).await
    });
    let ending = woken.await.unwrap().unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    started.elapsed()
}

fn wake_in_a_process(copy: &Copy) -> Duration {
    let parked = copy.baton(&["run", "."]);
    assert_eq!(parked.status.code(), Some(3), "{}", String::from_utf8_lossy(&parked.stderr));
    let started = now();
    let done = copy.baton(&["approve", "last", "ask", "--as", "ada"]);
    let took = started.elapsed();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    took
}
