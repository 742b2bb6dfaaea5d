//! One run that is killed, perhaps more than once, and goes on each time in a fresh process until it ends. It does not
//! know what must hold of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Published, Store as _};
use baton_runtime::{Error, Host, Sandbox, Story, SystemClock, verify};
use baton_store::SqliteStore;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::account::Account;
use super::child::{Order, Told};
use super::glimpse::Glimpse;
use super::ledger::{Book, Ledger};
use super::life::{Life, live, live_for};
use super::point::Mark;
use super::workload::Workload;
use crate::bench::sandbox;

/// More events than any workload emits.
const EVENTS: u32 = 1_000;

/// What trials share.
pub(super) struct Bed {
    pub(super) ledger: Ledger,
    runtime: Runtime,
    sandbox: Arc<Sandbox>,
}

/// How a process dies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Death {
    /// By its own hand, at a place.
    At(Mark),
    /// By another's, some time after it has told so many entries.
    After(usize, Duration),
}

/// What became of a run.
pub(super) struct History {
    /// At each death: what the journal and the ledger said.
    pub(super) deaths: Vec<(Glimpse, Book)>,
    /// The ending that the last process told, and the one that the journal tells.
    pub(super) endings: [Value; 2],
    /// What the last process told besides.
    pub(super) told: Told,
    /// The journal.
    pub(super) entries: Vec<Entry>,
    /// The run's account.
    pub(super) account: Account,
    /// What the ledger has of it.
    pub(super) book: Book,
    /// What does not hold when the run is verified, as text.
    pub(super) unverified: Option<String>,
}

impl Bed {
    pub(super) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        Bed { ledger: Ledger::open(), runtime, sandbox: Arc::new(sandbox().unwrap()) }
    }

    /// Has a run die so, and then go on to its end. All numbers have names of the same length.
    ///
    /// # Errors
    /// A process fails, hangs, or leaves a store that cannot be read: as text.
    pub(super) fn attempt(&self, workload: &Workload, number: u32, deaths: &[Death]) -> Result<History, String> {
        let (folder, name) = (TempDir::new().unwrap(), format!("{number:06}"));
        let outside = self.ledger.url(&name);
        let trial = Trial {
            bed: self,
            store: folder.path().join("store.db"),
            outside: outside.clone(),
            name,
            timed: workload.leeway.timed,
        };
        let order = Order {
            project: workload.project().to_owned(),
            store: trial.store.clone(),
            input: workload.input(&outside),
            people: workload.people,
            dies: None,
        };
        trial.run(&order, deaths)
    }
}

struct Trial<'a> {
    bed: &'a Bed,
    store: PathBuf,
    outside: String,
    name: String,
    timed: &'static [&'static str],
}

impl Trial<'_> {
    fn run(&self, order: &Order, deaths: &[Death]) -> Result<History, String> {
        let mut died = Vec::new();
        for death in deaths {
            let life = match death {
                Death::At(mark) => live(&Order { dies: Some(*mark), ..order.clone() }),
                Death::After(entries, time) => live_for(order, *entries, *time),
            };
            match life {
                Life::Killed => died.push((Glimpse::of(&self.journal()?, &self.outside), self.book())),
                Life::Ended(..) => break, // it had told everything before its turn came
                Life::Failed(why) => return Err(why),
            }
        }
        match live(order) {
            Life::Ended(ending, told) => self.history(died, ending, told),
            Life::Failed(why) => Err(format!("a process that goes on fails: {why}")),
            Life::Killed => Err("a process that goes on was killed".to_owned()),
        }
    }

    fn book(&self) -> Book {
        self.bed.ledger.book(&self.name)
    }

    /// The journal of the run, if there is one.
    fn journal(&self) -> Result<Vec<Entry>, String> {
        if !self.store.exists() {
            return Ok(Vec::new());
        }
        let read = async {
            let store = SqliteStore::open(&self.store)?;
            match store.runs(1).await?.pop() {
                Some(run) => store.entries(run.run).await,
                None => Ok(Vec::new()),
            }
        };
        self.bed.runtime.block_on(read).map_err(|error| format!("a store that was left behind: {error}"))
    }

    fn history(&self, deaths: Vec<(Glimpse, Book)>, ending: Value, told: Told) -> Result<History, String> {
        let verified = self.bed.runtime.block_on(self.verified()).map_err(|error| error.to_string())?;
        let Verified { story, events, unverified } = verified;
        Ok(History {
            deaths,
            endings: [ending, serde_json::to_value(story.ending()).unwrap()],
            told,
            account: Account::of(&story, &self.outside, self.timed).with_events(&events),
            entries: story.entries().to_vec(),
            book: self.book(),
            unverified,
        })
    }

    async fn verified(&self) -> Result<Verified, Error> {
        let store = Arc::new(SqliteStore::open(&self.store)?);
        let runs = store.runs(2).await?;
        let [run] = &runs[..] else {
            return Err(Error::Internal(format!("{} runs were begun", runs.len())));
        };
        let host = Host::of(Arc::clone(&self.bed.sandbox), Arc::clone(&store) as _, Arc::new(SystemClock))?;
        let story = host.story(&run.run).await?;
        let components = host.components(&story).await?;
        let found = verify(&self.bed.sandbox, &components, &story, |_| {}).await?;
        let holds = found.holds() && found.is_whole();
        let events = store.published(0, EVENTS).await?;
        Ok(Verified { story, events, unverified: (!holds).then(|| format!("{found:?}")) })
    }
}

/// A run that has come to its end.
struct Verified {
    story: Story,
    /// What is published in its store.
    events: Vec<Published>,
    /// What does not hold of it.
    unverified: Option<String>,
}
