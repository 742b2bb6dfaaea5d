//! The example of events: a dossier that is complete in one run, and one that is served while its documents come.

use std::sync::Arc;

use baton_journal::{RunStatus, Store, Timestamp};
use baton_runtime::serve::Served;
use baton_runtime::{Clock, Host, News, Plugins, Reporter, Server, Serving, workflow};
use baton_store::MemoryStore;
use baton_tests::{Desk, example, sandbox};
use serde_json::{Value, json};

/// Monday, the 23rd of November 2026, at six in Dublin.
struct AtSix(std::sync::atomic::AtomicU64);

const SIX: u64 = 1_795_413_600_000;

const HOUR: u64 = 3_600_000;

impl Clock for AtSix {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

struct Quiet;

impl Reporter for Quiet {
    fn news(&self, _: &News) {}
}

/// The example, its store and its clock.
struct Firm {
    store: Arc<dyn Store>,
    clock: Arc<AtSix>,
    desk: Desk,
}

impl Firm {
    fn new() -> Self {
        let (store, clock): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), Arc::new(AtSix(SIX.into())));
        let mut desk = Desk::over(&example("event-driven"), Arc::clone(&store)).unwrap();
        let sandbox = Arc::new(sandbox().unwrap());
        desk.plugins = Plugins::load(&desk.project, &sandbox, |_| {}).unwrap();
        desk.host = Host::of(sandbox, Arc::clone(&store), Arc::clone(&clock) as _).unwrap();
        Firm { store, clock, desk }
    }

    async fn serve(&self) {
        let Desk { host, project, plugins } = &self.desk;
        let plans = workflow::plan_all(project, plugins).unwrap();
        let served = Served::new(host.clone(), project.clone(), plugins.clone(), plans).unwrap();
        Server::new(vec![served], Serving::default(), Arc::new(Quiet)).settle().await.unwrap();
    }

    async fn emit(&self, event: &str, file: &str) -> baton_runtime::Emitted {
        let text = std::fs::read(self.desk.project.folder().join(file)).unwrap();
        let data: Value = serde_json::from_slice(&text).unwrap();
        let plans = workflow::plan_all(&self.desk.project, &self.desk.plugins).unwrap();
        self.desk.host.emit(event, &data, "Ada", &plans).await.unwrap()
    }

    /// The runs by workflow and status, the oldest first.
    async fn runs(&self) -> Vec<(String, RunStatus)> {
        let runs = self.store.runs(9).await.unwrap();
        runs.into_iter().rev().map(|run| (run.workflow, run.status)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_dossier_is_closed_in_one_run() {
    let desk = Desk::new(&example("event-driven")).unwrap();
    let ending = desk.run_file("clients/complete.json").await;
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let output = ending.output.unwrap();
    assert_eq!((&output["decision"], &output["risk"]), (&json!("accept"), &json!("low")));
    assert_eq!(output["documents"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_waits_for_its_documents_and_the_day_has_a_digest() {
    let firm = Firm::new();
    firm.serve().await;
    firm.clock.0.fetch_add(HOUR + 1_000, std::sync::atomic::Ordering::Relaxed);
    firm.serve().await;
    assert_eq!(firm.runs().await, [("digest".to_owned(), RunStatus::Parked)]);
    assert_eq!(firm.emit("client.registered", "clients/registered.json").await.workflows, ["dossier"]);
    firm.serve().await;
    for kind in
        ["certificate-of-incorporation", "register-extract", "ownership-statement", "passport", "proof-of-address"]
    {
        assert_eq!(firm.runs().await[1], ("dossier".to_owned(), RunStatus::Parked));
        assert_eq!(firm.emit("document.received", &format!("inbox/{kind}.json")).await.runs, 1, "{kind}");
        firm.serve().await; // another server each time
    }
    firm.clock.0.fetch_add(10 * HOUR, std::sync::atomic::Ordering::Relaxed);
    firm.serve().await;
    let done = |workflow: &str| (workflow.to_owned(), RunStatus::Completed);
    let mut runs = firm.runs().await;
    runs.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(runs, [done("digest"), done("dossier"), done("welcome")]);
    let digest = firm.store.runs(9).await.unwrap().into_iter().find(|run| run.workflow == "digest").unwrap();
    let ending = firm.desk.story(&digest.run).await.ending();
    let clients = json!([{"name": "Saltmarsh Instruments Limited", "decision": "accept"}]);
    assert_eq!(ending.output, Some(json!({ "clients": clients })));
}
