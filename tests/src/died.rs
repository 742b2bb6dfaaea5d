//! A run whose host died while a request was on its way: the server has it, the journal only its intent. It does not know
//! what is done about it.

use std::sync::Arc;

use baton_journal::{Decision, RunId, RunStatus, Store};
use baton_runtime::bundle::Project;
use baton_runtime::plan::Ask;
use baton_runtime::{Clock, Ending, Host, Plugins, Sandbox, Silent, SystemClock, verify};
use baton_store::MemoryStore;
use serde_json::json;

use crate::bench::sandbox;
use crate::{Desk, Dying, Scratch, Server};

/// More writes than such a run makes.
const MANY: i64 = 100;

/// A run whose host died.
pub struct Died<'a> {
    sandbox: Arc<Sandbox>,
    project: Project,
    plugins: Plugins,
    server: &'a Server,
    store: Arc<dyn Store>,
    /// The run.
    pub run: RunId,
}

impl<'a> Died<'a> {
    /// After the request had reached the server, and before its answer was written down.
    pub async fn in_flight(scratch: &Scratch, server: &'a Server) -> Self {
        let (sandbox, project) = (Arc::new(sandbox().unwrap()), Project::load(scratch.path()).unwrap());
        let plugins = Plugins::load(&project, &sandbox, |_| {}).unwrap();
        for writes in 1..MANY {
            let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
            let dying = desk(&sandbox, &project, &plugins, Dying::after(writes, Arc::clone(&store)));
            assert!(dying.run(&json!({})).await.is_err(), "the run ended, and no request was made");
            if !server.requests().is_empty() {
                let run = store.runs(1).await.unwrap()[0].run.clone();
                return Died { sandbox, project, plugins, server, store, run };
            }
        }
        panic!("no request was made");
    }

    /// A desk over its store.
    #[must_use]
    pub fn desk(&self) -> Desk {
        self.dying(MANY)
    }

    /// The same with a host that dies after so many writes.
    #[must_use]
    pub fn dying(&self, writes: i64) -> Desk {
        desk(&self.sandbox, &self.project, &self.plugins, Dying::after(writes, Arc::clone(&self.store)))
    }

    /// A host over its store with another clock.
    #[must_use]
    pub fn host_with(&self, clock: Arc<dyn Clock>) -> Host {
        Host::of(Arc::clone(&self.sandbox), Arc::clone(&self.store), clock).unwrap()
    }

    /// Goes on with it.
    pub async fn resume(&self) -> Ending {
        let desk = self.desk();
        desk.host.resume(&self.run, &desk.project, Arc::new(Silent)).await.unwrap()
    }

    /// Answers what is asked about a step, and goes on.
    pub async fn answer(&self, step: &str, decision: Decision) -> Ending {
        self.desk().answer(&self.run, step, decision).await.unwrap()
    }

    /// Resumes with a host that dies when the next request has reached the server.
    pub async fn die_again(&self) {
        let requests = self.server.requests().len();
        for writes in 1..MANY {
            let desk = self.dying(writes);
            assert!(desk.host.resume(&self.run, &desk.project, Arc::new(Silent)).await.is_err());
            if self.server.requests().len() > requests {
                return;
            }
        }
        panic!("no request was made again");
    }

    /// What a list of runs says of it.
    pub async fn status(&self) -> RunStatus {
        self.store.runs(1).await.unwrap()[0].status
    }

    /// What is asked.
    pub async fn question(&self) -> Ask {
        self.desk().story(&self.run).await.questions().pop().expect("a person is asked")
    }

    /// The idempotency keys that the server was sent.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let key = |request: &String| {
            let line = request.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
            line.expect("what writes has a key").to_owned()
        };
        self.server.requests().iter().map(key).collect()
    }

    /// Checks that so many requests were made, all with one key.
    pub fn check_requests(&self, expect: usize) {
        let mut keys = self.keys();
        assert_eq!(keys.len(), expect);
        keys.dedup();
        assert_eq!(keys.len(), 1, "the key is the same each time");
    }

    /// Checks that everything in the journal follows, and that the agents do the same again.
    pub async fn check_evidence(&self) {
        let desk = self.desk();
        let story = desk.story(&self.run).await;
        let components = desk.host.components(&story).await.unwrap();
        let verified = verify(desk.host.sandbox(), &components, &story, |_| {}).await.unwrap();
        assert!(verified.holds() && verified.is_whole(), "{verified:?}");
    }
}

fn desk(sandbox: &Arc<Sandbox>, project: &Project, plugins: &Plugins, store: Dying) -> Desk {
    let host = Host::of(Arc::clone(sandbox), Arc::new(store), Arc::new(SystemClock)).unwrap();
    Desk { host, project: project.clone(), plugins: plugins.clone() }
}
