//! Several processes on one store: one of them drives a run, and one that was stopped and taken over writes no more.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::time::Duration;

use baton_journal::{Claim, Entry, RunId, Store, StoreError};
use baton_store::{Settings, SqliteStore};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::sample::*;

/// Names the folder of the store to the child process, which is this test binary.
const FOLDER: &str = "BATON_STORE_TEST_DRIVER";

/// Not a test of its own: what the child process does. It carries out each line that it is told, and answers with one.
#[tokio::test]
async fn child_does_as_it_is_told() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let mut claim = None;
    tell("ready");
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (word, number) = line.split_once(' ').unwrap();
        let answer = obey(&store, &mut claim, word, run_id(number.parse().unwrap())).await;
        tell(&answer.unwrap_or_else(|error| format!("refused: {error}")));
    }
}

/// The harness captures the other output.
fn tell(line: &str) {
    let mut output = std::io::stderr();
    writeln!(output, "{line}").unwrap();
}

async fn obey(store: &SqliteStore, held: &mut Option<Claim>, word: &str, run: RunId) -> Result<String, StoreError> {
    if word == "claim" {
        *held = Some(store.claim(run).await?);
        return Ok("claimed".to_owned());
    }
    let claim = held.clone().unwrap_or(Claim { run, epoch: 1 });
    match word {
        "append" => store.append(&claim, at(5), line("the child's")).await.map(|entry| entry.sequence.to_string()),
        "set" => store.state(&claim, request(9, shared("s"), set("key", "2"))).await.map(|_| "set".to_owned()),
        "work" => loop {
            let entry = store.append(&claim, at(5), line("the child's")).await?;
            tell(&format!("appended {}", entry.sequence));
        },
        other => panic!("there is no command {other}"),
    }
}

/// A child, killed with this.
struct Driver {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStderr>>,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    fn on(folder: &Path) -> Driver {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "processes::child_does_as_it_is_told", "--nocapture"]).env(FOLDER, folder);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stderr.take().unwrap()).lines());
        let mut driver = Driver { child, input, output };
        while driver.hear() != "ready" {} // the harness speaks first
        driver
    }

    fn tell(&mut self, word: &str, run: u128) {
        writeln!(self.input, "{word} {run}").unwrap();
    }

    fn hear(&mut self) -> String {
        self.output.next().unwrap().unwrap()
    }

    fn ask(&mut self, word: &str, run: u128) -> String {
        self.tell(word, run);
        self.hear()
    }

    /// Returns when it stands still.
    fn stop(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
        let (_, status) = waitpid(Some(self.pid()), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(status.stopped(), "{status:?}");
    }

    fn go_on(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

/// A store with runs that nobody drives.
async fn with_runs(folder: &Path, runs: u128) -> SqliteStore {
    let settings = Settings { busy: Duration::from_millis(20), ..Settings::default() };
    let store = SqliteStore::open_with(folder.join("baton.db"), settings).unwrap();
    for number in 1..=runs {
        let claim = begin(&store, &run_id(number)).await;
        store.release(claim).await.unwrap();
    }
    store
}

async fn entries(store: &SqliteStore) -> Vec<Entry> {
    store.entries(run_id(1)).await.unwrap() // checks the chain
}

fn break_locks(folder: &Path) {
    std::fs::remove_dir_all(folder.join("baton.db.locks")).unwrap();
}

#[tokio::test]
async fn of_processes_that_claim_a_run_at_once_one_drives_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_runs(folder.path(), 8).await;
    let mut drivers = [(); 3].map(|()| Driver::on(folder.path()));
    for run in 1..=8 {
        drivers.iter_mut().for_each(|driver| driver.tell("claim", run));
        let answers = drivers.each_mut().map(Driver::hear);
        let refused = format!("refused: {}", StoreError::Claimed(run_id(run)));
        assert_eq!(answers.iter().filter(|answer| *answer == "claimed").count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| **answer == refused).count(), 2, "{answers:?}");
        assert!(matches!(store.claim(run_id(run)).await, Err(StoreError::Claimed(_))));
    }
    drop(drivers);
    assert_eq!(store.claim(run_id(1)).await.unwrap().epoch, 3, "the kernel gave the lock back");
}

#[tokio::test]
async fn a_process_that_was_stopped_and_taken_over_writes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_runs(folder.path(), 1).await;
    let mut driver = Driver::on(folder.path());
    assert_eq!(driver.ask("claim", 1), "claimed");
    assert_eq!(driver.ask("append", 1), "3");
    driver.stop();
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Claimed(_))), "it lives, and has the lock");
    break_locks(folder.path());
    let claim = store.claim(run_id(1)).await.unwrap();
    let mine = store.append(&claim, at(6), line("mine")).await.unwrap();
    driver.tell("append", 1);
    driver.go_on();
    let fenced = format!("refused: {}", StoreError::Fenced(run_id(1)));
    assert_eq!(driver.hear(), fenced);
    assert_eq!(driver.ask("set", 1), fenced);
    assert_eq!(entries(&store).await.last(), Some(&mine));
    assert_eq!(value(&store, &shared("s"), "key").await.unwrap(), None);
    let next = store.append(&claim, at(7), line("mine again")).await.unwrap();
    assert_eq!(next.sequence, mine.sequence + 1);
}

/// Wherever it is stopped, in a transaction too: then it has the file, and everybody else is told so until it goes on.
#[tokio::test]
async fn a_process_that_is_stopped_at_work_is_taken_over_between_two_entries() {
    for appended in [1, 2, 3, 5, 8, 13, 21, 34] {
        let folder = tempfile::tempdir().unwrap();
        let store = with_runs(folder.path(), 1).await;
        let mut driver = Driver::on(folder.path());
        assert_eq!(driver.ask("claim", 1), "claimed");
        driver.tell("work", 1);
        (0..appended).for_each(|_| assert!(driver.hear().starts_with("appended ")));
        let claim = take_over(&store, &mut driver, folder.path()).await;
        let before = entries(&store).await;
        let mine = store.append(&claim, at(6), line("mine")).await.unwrap();
        driver.go_on();
        let last = std::iter::repeat_with(|| driver.hear()).find(|line| !line.starts_with("appended ")).unwrap();
        assert_eq!(last, format!("refused: {}", StoreError::Fenced(run_id(1))));
        assert_eq!(entries(&store).await, [before, vec![mine]].concat());
    }
}

/// Stops it until it stands outside of a transaction, and claims its run.
async fn take_over(store: &SqliteStore, driver: &mut Driver, folder: &Path) -> Claim {
    loop {
        driver.stop();
        if folder.join("baton.db.locks").exists() {
            break_locks(folder);
        }
        match store.claim(run_id(1)).await {
            Ok(claim) => return claim,
            Err(StoreError::Locked { .. }) => driver.go_on(),
            Err(other) => panic!("{other}"),
        }
        driver.hear();
    }
}
