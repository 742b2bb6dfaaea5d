//! A disk that is full at any point of writing: the run stops, and goes on when there is room.

use std::sync::Arc;

use baton_journal::Store;
use baton_runtime::{Host, Silent, SystemClock};
use baton_store::SqliteStore;
use serde_json::json;

use crate::attacks::caller::{IDLE, caller};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Desk, Dying, Scratch, sandbox};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 21, name: "disk full", run };

const WORKFLOW: &str = "workflow: w
steps:
  acts:
    agent: acts
    input: { acts: [ { act: set, scope: run, key: a, value: 1 }, { act: log, message: one },
                     { act: get, scope: run, key: a } ] }
  calls: { tool: caller/run, input: {} }
output: ${{ steps.acts.output }}
";

fn run(arena: &Arena) -> Verdict {
    let project = Scratch::new(WORKFLOW)
        .agent("acts", "grants = { state = [\"run\"] }", "state = [\"run\"]\n")
        .text("caller", &caller("idle/run", 2), "tools = [\"idle/*\"]")
        .text("idle", IDLE, "");
    let refusals: Vec<String> = (0..).map_while(|writes| full_after(arena, &project, writes)).collect();
    assert!(refusals.len() > 10, "it was full {} times", refusals.len());
    Verdict::contained("stopped, and resumed at each write", &refusals[0])
}

/// Runs on a disk with room for so many writes, and goes on with room for all. Tells what was said when it was full;
/// nothing if it never was.
fn full_after(arena: &Arena, project: &Scratch, writes: i64) -> Option<String> {
    let disk: Arc<dyn Store> = Arc::new(SqliteStore::open(arena.folder().join(format!("{writes}.db"))).unwrap());
    arena.place(project);
    let desk = Desk::over(project.path(), Arc::new(Dying::after(writes, Arc::clone(&disk)))).unwrap();
    let full = arena.block_on(desk.run(&json!({}))).err()?.to_string();
    let host = Host::of(Arc::new(sandbox().unwrap()), Arc::clone(&disk), Arc::new(SystemClock)).unwrap();
    let run = arena.block_on(host.runs(1)).unwrap().pop().unwrap().run;
    let ending = arena.block_on(host.resume(&run, &desk.project, Arc::new(Silent))).unwrap();
    assert_eq!(
        ending.output,
        Some(json!([{ "ok": null }, null, { "ok": "1" }])),
        "after {writes} writes: {:?}",
        ending.error
    );
    Some(full)
}
