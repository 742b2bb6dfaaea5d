//! The process that is killed: begins a run in a store, or goes on with the one that is there, answers what it asks, and
//! tells its end. It does not know that others were there before it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use baton_egress::{Egress, Options};
use baton_journal::{RunId, Store};
use baton_runtime::bundle::Project;
use baton_runtime::{Ending, Error, Host, Plugins, SystemClock, workflow};
use baton_store::SqliteStore;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::egress::FusedEgress;
use super::fuse::Fuse;
use super::observer::{FusedObserver, People, yes};
use super::point::{Deed, Mark, Point};
use super::store::FusedStore;
use crate::bench::sandbox;

/// The word with which the program `scoreboard` is this process; an [`Order`] follows it.
pub const MORTAL: &str = "mortal";

/// The longest that a run may take in one process: one that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the process shall do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// The project's folder.
    pub project: PathBuf,
    /// The store's file.
    pub store: PathBuf,
    /// The input of a run that is begun.
    pub input: Value,
    /// When people answer.
    pub people: People,
    /// Where it dies.
    pub dies: Option<Mark>,
}

/// What the process tells when it does not die.
#[derive(Debug, Serialize, Deserialize)]
pub struct Told {
    /// How often it passed each place.
    pub passed: Vec<(Point, u32)>,
}

impl Told {
    /// How often the process passed a place.
    #[must_use]
    pub fn times(&self, point: Point) -> u32 {
        self.passed.iter().find(|(passed, _)| *passed == point).map_or(0, |(_, times)| *times)
    }
}

/// Does what an order in JSON says. It tells a line for each entry that it hears of, then the run's [`Ending`], then [`Told`].
#[must_use]
pub fn main(order: &str) -> ExitCode {
    let order: Order = serde_json::from_str(order).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let lived = runtime.block_on(async { tokio::time::timeout(PATIENCE, live(order)).await });
    match lived {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(error)) => crate::scoreboard::tell(&error.to_string()),
        Err(_) => crate::scoreboard::tell("the run hangs"),
    }
    ExitCode::FAILURE
}

async fn live(order: Order) -> Result<(), Error> {
    let fuse = Arc::new(Fuse::new(order.dies));
    let mortal = Mortal::new(&order, Arc::clone(&fuse))?;
    let mut ending = mortal.begin_or_go_on(&order.input).await?;
    while ending.outcome == "parked" {
        ending = mortal.answer(&ending).await?;
    }
    fuse.around_now(Deed::Notify, || crate::scoreboard::print(&serde_json::to_string(&ending).unwrap()));
    crate::scoreboard::print(&serde_json::to_string(&Told { passed: fuse.passed() }).unwrap());
    Ok(())
}

/// A host that may die anywhere.
struct Mortal {
    host: Host,
    project: Project,
    store: Arc<FusedStore>,
    observer: Arc<FusedObserver>,
}

impl Mortal {
    fn new(order: &Order, fuse: Arc<Fuse>) -> Result<Self, Error> {
        let store =
            Arc::new(FusedStore { store: Arc::new(SqliteStore::open(&order.store)?), watch: Arc::clone(&fuse) });
        let egress = FusedEgress { egress: Egress::new(&Options::default())?, fuse: Arc::clone(&fuse) };
        let host = Host::of(Arc::new(sandbox()?), Arc::clone(&store) as _, Arc::new(SystemClock))?;
        let observer = Arc::new(FusedObserver { people: order.people, fuse });
        Ok(Mortal {
            host: host.with_egress(Arc::new(egress)),
            project: Project::load(&order.project)?,
            store,
            observer,
        })
    }

    async fn begin_or_go_on(&self, input: &Value) -> Result<Ending, Error> {
        match self.store.runs(1).await?.first() {
            Some(there) => self.go_on(&there.run).await,
            None => self.begin(input).await,
        }
    }

    async fn begin(&self, input: &Value) -> Result<Ending, Error> {
        let plugins = Plugins::load(&self.project, self.host.sandbox(), |_| {})?;
        let plan = workflow::plan(&self.project, &plugins)?;
        self.host.start(plan, &plugins, input, Arc::clone(&self.observer) as _).await
    }

    async fn go_on(&self, run: &RunId) -> Result<Ending, Error> {
        self.host.resume(run, &self.project, Arc::clone(&self.observer) as _).await
    }

    async fn answer(&self, parked: &Ending) -> Result<Ending, Error> {
        for question in &parked.waiting {
            self.host.decide(&parked.run, &question.step, yes(&question.roles)).await?;
        }
        self.go_on(&parked.run).await
    }
}
