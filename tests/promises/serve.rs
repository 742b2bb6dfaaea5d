//! A server begins a run for each event and moment, once, whatever dies meanwhile, and goes on with what waits.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use baton_journal::{Cause, Publication, RunStatus, Source, Store, StoreError, Timestamp};
use baton_runtime::serve::Served;
use baton_runtime::{
    Beginning, Clock, Error, Host, News, Observer, Queued, Reporter, Sandbox, Server, Serving, workflow,
};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval};
use serde_json::json;

/// A clock that goes only when it is told to.
pub(super) struct Stands(AtomicU64);

impl Stands {
    pub(super) fn go_to(&self, moment: u64) {
        self.0.store(moment, Ordering::Relaxed);
    }
}

impl Clock for Stands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Monday, the 23rd of November 2026, at noon (UTC).
pub(super) const NOON: u64 = 1_795_435_200_000;

pub(super) const HOUR: u64 = 3_600_000;

#[derive(Default)]
pub(super) struct Lines(pub(super) Mutex<Vec<News>>);

impl Reporter for Lines {
    fn news(&self, news: &News) {
        self.0.lock().unwrap().push(news.clone());
    }
}

/// A project on a store, and the clock of its hosts.
pub(super) struct Place {
    pub(super) scratch: Scratch,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<Stands>,
    sandbox: Arc<Sandbox>,
    pub(super) lines: Arc<Lines>,
}

impl Place {
    pub(super) fn new(workflow: &str) -> Self {
        Self::on(workflow, Arc::new(MemoryStore::new()))
    }

    pub(super) fn on(workflow: &str, store: Arc<dyn Store>) -> Self {
        let scratch = Scratch::new(workflow).agent("acts", "", "");
        let sandbox = Arc::new(baton_tests::sandbox().unwrap());
        let clock = Arc::new(Stands(AtomicU64::new(NOON)));
        Place { scratch, store, clock, sandbox, lines: Arc::default() }
    }

    pub(super) fn desk(&self, store: &Arc<dyn Store>) -> Desk {
        let mut desk = Desk::over(self.scratch.path(), Arc::clone(store)).unwrap();
        desk.host = Host::of(Arc::clone(&self.sandbox), Arc::clone(store), Arc::clone(&self.clock) as _).unwrap();
        desk
    }

    fn server_over(&self, store: &Arc<dyn Store>) -> Server {
        let Desk { host, project, plugins } = self.desk(store);
        let plans = workflow::plan_all(&project, &plugins).unwrap();
        let served = Served::new(host, project, plugins, plans).unwrap();
        Server::new(vec![served], Serving::default(), Arc::clone(&self.lines) as _)
    }

    pub(super) fn server(&self) -> Server {
        self.server_over(&self.store)
    }

    pub(super) async fn emit(&self, name: &str, data: serde_json::Value) -> baton_runtime::Emitted {
        let Desk { host, project, plugins } = self.desk(&self.store);
        host.emit(name, &data, "Ada", &workflow::plan_all(&project, &plugins).unwrap()).await.unwrap()
    }

    /// How the runs stand, the oldest first.
    async fn runs(&self) -> Vec<RunStatus> {
        let runs = self.store.runs(u32::MAX).await.unwrap();
        runs.into_iter().rev().map(|run| run.status).collect()
    }
}

const ON_INVOICES: &str = "workflow: w
on: [{ event: document.received, if: \"${{ event.data.kind == 'invoice' }}\" }]
steps: { only: { agent: acts, input: { acts: [] } } }
";

#[tokio::test]
async fn an_event_begins_one_run_of_each_workflow_that_wants_it() {
    let place = Place::new(ON_INVOICES);
    assert_eq!(place.emit("document.received", json!({"kind": "letter"})).await.workflows, [] as [&str; 0]);
    assert_eq!(place.emit("document.received", json!({"kind": "invoice"})).await.workflows, ["w"]);
    assert_eq!(place.emit("document.removed", json!({"kind": "invoice"})).await.workflows, [] as [&str; 0]);
    place.server().settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Completed]);
    place.server().settle().await.unwrap();
    assert_eq!(place.runs().await.len(), 1, "another server begins nothing again");
    let run = place.store.runs(1).await.unwrap()[0].run.clone();
    let story = place.desk(&place.store).story(&run).await;
    let name = "document.received".to_owned();
    assert_eq!(story.header().admission.cause, Some(Cause::Event { number: 2, name }));
    assert_eq!(story.header().input.as_str(), Some(r#"{"kind":"invoice"}"#));
}

#[tokio::test]
async fn a_server_that_dies_at_any_write_begins_no_run_twice_and_forgets_none() {
    let mut died = 0;
    for writes in 0.. {
        let place = Place::new(ON_INVOICES);
        place.emit("document.received", json!({"kind": "invoice"})).await;
        let dying: Arc<dyn Store> = Arc::new(baton_tests::Dying::after(writes, Arc::clone(&place.store)));
        let served = place.server_over(&dying).settle().await;
        let troubles = place.lines.0.lock().unwrap().iter().filter(|news| matches!(news, News::Trouble { .. })).count();
        place.server().settle().await.unwrap();
        assert_eq!(place.runs().await, [RunStatus::Completed], "after {writes} writes");
        if served.is_ok() && troubles == 0 {
            break;
        }
        died += 1;
    }
    assert!(died >= 4, "a run has at least four writes, and {died} were tried");
}

#[tokio::test]
async fn an_event_that_nobody_waits_for_is_told_and_one_that_fits_no_input_too() {
    let place = Place::new(ON_INVOICES);
    let emitted = place.emit("document.lost", json!(1)).await;
    assert_eq!((emitted.runs, emitted.workflows.len(), emitted.unfit.len()), (0, 0, 0));
    let emitted = place.emit("document.received", json!({})).await;
    assert_eq!((emitted.workflows.len(), emitted.unfit.len()), (0, 1), "the filter has no value");
    place.server().settle().await.unwrap();
    let lines = place.lines.0.lock().unwrap().clone();
    assert!(matches!(&lines[..], [News::NotBegun { workflow, .. }] if workflow == "w"), "{lines:?}");
    assert_eq!(place.runs().await, []);
}

#[tokio::test]
async fn a_schedule_begins_a_run_for_each_moment_and_one_for_all_that_were_missed() {
    let place = Place::new(
        "workflow: w\non: [{ schedule: 0 * * * *, input: { at: \"${{ event.at }}\" } }]\nsteps: { only: { agent: acts, input: { acts: [] } } }\n",
    );
    let mut server = place.server();
    server.settle().await.unwrap();
    assert_eq!(place.runs().await.len(), 0, "it begins to count when it is served first");
    for hour in 1..=3 {
        place.clock.go_to(NOON + hour * HOUR + 1_000);
        server.settle().await.unwrap();
        server.settle().await.unwrap();
        assert_eq!(place.runs().await.len() as u64, hour);
    }
    drop(server);
    place.clock.go_to(NOON + 50 * HOUR + 10);
    place.server().settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Completed; 4], "one for the days on which nobody served");
}

#[tokio::test]
async fn a_moment_that_is_over_is_refused_with_the_moment() {
    let place = Place::new(
        "workflow: w\non: [{ schedule: { at: 2026-11-23T11:59:59Z } }]\nsteps: { only: { agent: acts, input: { acts: [] } } }\n",
    );
    let Desk { host, project, plugins } = place.desk(&place.store);
    let plans = workflow::plan_all(&project, &plugins).unwrap();
    let Err(error) = Served::new(host, project, plugins, plans) else { panic!("the moment is over") };
    assert!(matches!(&error, Error::InThePast { at, .. } if at == "2026-11-23T11:59:59Z"), "{error}");
    assert!(error.hint().unwrap().contains("change `at`"));
}

#[tokio::test]
async fn a_question_whose_time_is_over_is_taken_up() {
    let place = Place::new("workflow: w\nsteps: { ask: { approve: { question: Go on?, timeout: 1h } } }\n");
    let parked = place.desk(&place.store).run(&json!(null)).await.unwrap();
    assert_eq!(parked.outcome, "parked");
    let mut server = place.server();
    server.settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Parked], "its time has not come");
    place.clock.go_to(NOON + HOUR);
    server.settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Failed]);
}

#[tokio::test]
async fn of_two_answers_the_first_one_holds_and_the_second_is_told() {
    let place = Place::new("workflow: w\nsteps: { ask: { approve: { question: Go on?, timeout: 1h } } }\n");
    let desk = place.desk(&place.store);
    let parked = desk.run(&json!(null)).await.unwrap();
    desk.host.decide(&parked.run, "ask", approval("partner", None)).await.unwrap();
    let second = desk.host.decide(&parked.run, "ask", approval("partner", None)).await.unwrap_err();
    assert!(matches!(&second, Error::Answered { by, .. } if by == "Ada"), "{second}");
    assert!(second.hint().unwrap().contains("the first answer holds"));
}

fn with_key(on_conflict: &str) -> String {
    format!(
        "workflow: w\nconcurrency: {{ key: \"${{{{ input.client }}}}\", on_conflict: {on_conflict} }}\n\
         steps: {{ ask: {{ approve: {{ question: Go on?, timeout: 9h }} }} }}\n"
    )
}

/// Does not wait for its turn.
struct Hurried;

impl Observer for Hurried {
    fn queued(&self, _: &baton_journal::RunId, _: &[baton_journal::RunId]) -> Queued {
        Queued::Leave
    }
}

async fn start(desk: &Desk, client: u32) -> Result<baton_runtime::Ending, Error> {
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    desk.host.start(plan, &desk.plugins, &json!({"client": client}), Arc::new(Hurried)).await
}

#[tokio::test]
async fn a_run_is_refused_while_another_one_has_its_key() {
    let place = Place::new(&with_key("reject"));
    let desk = place.desk(&place.store);
    let first = start(&desk, 7).await.unwrap();
    let refused = start(&desk, 7).await.unwrap_err();
    let Error::Store(StoreError::Busy { run, key }) = &refused else { panic!("{refused}") };
    assert_eq!((run, key.as_str()), (&first.run, "7"));
    assert!(refused.hint().unwrap().contains(&format!("baton cancel {run}")), "{:?}", refused.hint());
    assert_eq!(start(&desk, 8).await.unwrap().outcome, "parked", "another key is free");
    desk.answer(&first.run, "ask", approval("partner", None)).await.unwrap();
    assert_eq!(start(&desk, 7).await.unwrap().outcome, "parked");
}

#[tokio::test]
async fn a_run_that_waits_for_its_turn_begins_when_those_before_it_have_ended() {
    let place = Place::new(&with_key("queue"));
    let desk = place.desk(&place.store);
    let first = start(&desk, 7).await.unwrap();
    place.clock.go_to(NOON + 1);
    let second = start(&desk, 7).await.unwrap();
    assert_eq!((first.outcome, second.outcome), ("parked", "queued"));
    let mut server = place.server();
    server.settle().await.unwrap();
    assert_eq!(desk.story(&second.run).await.entries().len(), 1, "it has not begun");
    desk.answer(&first.run, "ask", approval("partner", None)).await.unwrap();
    place.clock.go_to(NOON + HOUR);
    server.settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Completed, RunStatus::Parked]);
}

#[tokio::test]
async fn what_another_host_left_goes_on() {
    let place = Place::new("workflow: w\nsteps: { only: { agent: acts, input: { acts: [] } } }\n");
    let desk = place.desk(&place.store);
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let id = "01kbbbbbbb0000000000000xyz".parse().unwrap();
    let cause = Cause::Schedule { at: Timestamp(NOON) };
    let of = Beginning { plan: &plan, plugins: &desk.plugins, version: None };
    assert!(desk.host.admit(&of, &json!(null), &id, cause.clone()).await.unwrap());
    assert!(!desk.host.admit(&of, &json!(null), &id, cause).await.unwrap(), "it is let in once");
    assert_eq!(place.runs().await, [RunStatus::Interrupted]);
    place.server().settle().await.unwrap();
    assert_eq!(place.runs().await, [RunStatus::Completed]);
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_begins_nothing_and_ends() {
    let place = Place::new(ON_INVOICES);
    place.emit("document.received", json!({"kind": "invoice"})).await;
    let (stop, stops) = tokio::sync::watch::channel(1);
    place.server().serve(stops).await.unwrap();
    assert_eq!(place.runs().await, []);
    drop(stop);
    assert!(matches!(&place.lines.0.lock().unwrap()[..], [News::Stops { at_work: 0 }]));
}

#[tokio::test]
async fn what_a_run_publishes_twice_is_there_once() {
    let place = Place::new(ON_INVOICES);
    let publication = |data: &str| Publication {
        key: "run/step".to_owned(),
        name: "document.received".to_owned(),
        data: baton_journal::Payload::text(data),
        source: Source::Person("Ada".to_owned()),
    };
    let mut server = place.server();
    server.settle().await.unwrap();
    for data in [r#"{"kind":"invoice"}"#, r#"{"kind":"invoice","again":true}"#] {
        place.store.publish(Timestamp(NOON), publication(data)).await.unwrap();
        server.settle().await.unwrap();
    }
    assert_eq!(place.runs().await, [RunStatus::Completed]);
}
