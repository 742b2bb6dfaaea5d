//! Runs hear events that were published after they began, and go on when their time has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use baton_journal::{Event, RunStatus, Store, Timestamp};
use baton_runtime::serve::Served;
use baton_runtime::{Clock, Ending, Host, News, Plugins, Reporter, Server, Serving, Silent, workflow};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, sandbox};
use serde_json::{Value, json};

/// The 23rd of November 2026, at noon (UTC).
const NOON: u64 = 1_795_435_200_000;

pub(super) const DAY: u64 = 86_400_000;

pub(super) struct Stands(AtomicU64);

impl Clock for Stands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

struct Quiet;

impl Reporter for Quiet {
    fn news(&self, _: &News) {}
}

/// A desk with a clock that stands, and the project that it is for.
pub(super) struct Place {
    scratch: Scratch,
    clock: Arc<Stands>,
    pub(super) store: Arc<dyn Store>,
    pub(super) desk: Desk,
}

impl Place {
    fn new(workflow: &str) -> Self {
        Place::of(Scratch::new(workflow).agent("acts", "", ""))
    }

    pub(super) fn of(scratch: Scratch) -> Self {
        Place::over(scratch, Arc::new(MemoryStore::new()))
    }

    pub(super) fn over(scratch: Scratch, store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(Stands(AtomicU64::new(NOON)));
        let desk = desk(&scratch, &store, &clock);
        Place { scratch, clock, store, desk }
    }

    /// The host is gone, and another one is there, with another store over what the first one has left.
    pub(super) fn restart(&mut self, store: Arc<dyn Store>) {
        self.desk = desk(&self.scratch, &store, &self.clock);
        self.store = store;
    }

    pub(super) fn pass(&self, milliseconds: u64) {
        self.clock.0.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(super) async fn start(&self) -> Ending {
        self.start_with(&Value::Null).await
    }

    pub(super) async fn start_with(&self, input: &Value) -> Ending {
        self.desk.run(input).await.unwrap()
    }

    pub(super) async fn resume(&self, parked: &Ending) -> Ending {
        self.desk.host.resume(&parked.run, &self.desk.project, Arc::new(Silent)).await.unwrap()
    }

    pub(super) async fn emit(&self, name: &str, data: Value) -> usize {
        self.desk.host.emit(name, &data, "Ada", &[]).await.unwrap().runs
    }

    pub(super) async fn serve(&self) -> RunStatus {
        let Desk { host, project, plugins } = &self.desk;
        let plans = workflow::plan_all(project, plugins).unwrap();
        let served = Served::new(host.clone(), project.clone(), plugins.clone(), plans).unwrap();
        Server::new(vec![served], Serving::default(), Arc::new(Quiet)).settle().await.unwrap();
        self.store.runs(1).await.unwrap()[0].status
    }
}

fn desk(scratch: &Scratch, store: &Arc<dyn Store>, clock: &Arc<Stands>) -> Desk {
    let mut desk = Desk::over(scratch.path(), Arc::clone(store)).unwrap();
    let sandbox = Arc::new(sandbox().unwrap());
    desk.plugins = Plugins::load(&desk.project, &sandbox, |_| {}).unwrap();
    desk.host = Host::of(sandbox, Arc::clone(store), Arc::clone(clock) as _).unwrap();
    desk
}

const LISTENS: &str = "workflow: w
steps:
  invoice: { wait: { event: document.received, if: event.data.kind == 'invoice', timeout: 2d } }
output: ${{ steps.invoice.output }}
";

#[tokio::test]
async fn a_run_takes_the_first_event_that_its_filter_accepts() {
    let place = Place::new(LISTENS);
    assert_eq!(place.emit("document.received", json!({"kind": "invoice", "id": 0})).await, 0);
    let parked = place.start().await;
    assert_eq!((parked.outcome, parked.awaits[0].event.as_deref()), ("parked", Some("document.received")));
    assert_eq!(place.resume(&parked).await.outcome, "parked", "what came before it began is not for it");
    assert_eq!(place.emit("document.received", json!({"kind": "letter", "id": 1})).await, 0);
    assert_eq!(place.serve().await, RunStatus::Parked);
    assert_eq!(place.emit("document.received", json!({"kind": "invoice", "id": 2})).await, 1);
    assert_eq!(place.emit("document.received", json!({"kind": "invoice", "id": 3})).await, 1);
    assert_eq!(place.serve().await, RunStatus::Completed);
    let ending = place.desk.story(&parked.run).await.ending();
    assert_eq!(ending.output, Some(json!({"kind": "invoice", "id": 2})));
}

#[tokio::test]
async fn a_wait_that_is_over_fails_the_step_and_a_timer_ends_it() {
    let place = Place::new(LISTENS);
    place.start().await;
    place.pass(2 * DAY);
    assert_eq!(place.serve().await, RunStatus::Failed);
    let place = Place::new("workflow: w\nsteps: { rest: { wait: { timer: 1d } } }\n");
    assert_eq!(place.start().await.outcome, "parked", "a day is no time to wait in memory");
    assert_eq!(place.serve().await, RunStatus::Parked);
    place.pass(DAY);
    assert_eq!(place.serve().await, RunStatus::Completed);
}

#[tokio::test]
async fn a_run_hears_what_it_emits_itself_once_for_each_step_that_waits() {
    let place = Place::new(
        "workflow: w
steps:
  one: { wait: { event: told, timeout: 2d } }
  two: { wait: { event: told, timeout: 2d } }
  tell: { emit: { event: told, data: { of: me } } }
output: [\"${{ steps.one.output.of }}\", \"${{ steps.two.output.of }}\"]
",
    );
    let ending = place.start().await;
    assert_eq!((ending.outcome, ending.output), ("completed", Some(json!(["me", "me"]))));
    let entries = place.desk.story(&ending.run).await;
    let received =
        entries.entries().iter().filter(|entry| matches!(entry.event, Event::EventReceived { number: 1, .. }));
    assert_eq!(received.count(), 2);
    assert_eq!(place.store.published(0, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn events_of_runs_begin_runs() {
    let place = Place::new(
        "workflow: w\non: [{ event: go, if: \"${{ event.data.left > 0 }}\" }]\nsteps: { next: { emit: { event: go, data: { left: \"${{ input.left - 1 }}\" } } } }\n",
    );
    place.serve_first().await;
    place.emit("go", json!({"left": 3})).await;
    assert_eq!(place.serve().await, RunStatus::Completed);
    assert_eq!(place.store.runs(9).await.unwrap().len(), 3, "the last one emits what the filter refuses");
}

impl Place {
    /// The workflow begins to listen when it is served first.
    pub(super) async fn serve_first(&self) {
        let Desk { host, project, plugins } = &self.desk;
        let plans = workflow::plan_all(project, plugins).unwrap();
        let served = Served::new(host.clone(), project.clone(), plugins.clone(), plans).unwrap();
        Server::new(vec![served], Serving::default(), Arc::new(Quiet)).look().await.unwrap();
    }
}
