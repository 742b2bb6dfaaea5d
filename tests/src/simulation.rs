//! Seeded simulation: the real host drives a workflow that follows from a seed, over a disk, a ledger, people and a clock
//! that are simulated, and dies as the seed says: killed, or with the power, which takes what was not flushed. Another host
//! goes on, until the run ends. It must end as if nothing had happened, and no answer that the disk has may be asked for
//! again. It does not know what a real disk does: that is what the power cuts over SQLite are for.

mod disk;
mod ledger;
mod people;
mod workflow;

use std::sync::Arc;

use baton_egress::Fetch;
use baton_journal::{Event, Published, RunId, Store};
use baton_runtime::bundle::Project;
use baton_runtime::plan::Plan;
use baton_runtime::{Ending, Error, Host, Plugins, Sandbox, verify};
use serde_json::{Value, json};

use crate::StoppedClock;
use crate::seeded::Seeded;
use disk::Disk;
use ledger::Ledger;
use people::People;

/// More events than any workflow emits.
const EVENTS: u32 = 1_000;
/// The most deaths of a run; then it is let live.
const DEATHS: u32 = 6;
/// Writes that a host makes at most before it dies.
const LIFE: usize = 40;

/// What became of many runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Runs that came to their end.
    pub runs: u64,
    /// Hosts that died.
    pub deaths: u64,
    /// Writes that a power cut took.
    pub lost: u64,
    /// Requests that reached the ledger.
    pub requests: u64,
    /// Those of them that were made again, because nobody knew.
    pub again: u64,
}

/// What all simulated runs share: plugins that are loaded once.
pub struct Simulation {
    project: Project,
    plugins: Plugins,
    sandbox: Arc<Sandbox>,
    _scratch: crate::Scratch,
}

impl Default for Simulation {
    fn default() -> Self {
        let scratch = workflow::project();
        let project = Project::load(scratch.path()).unwrap();
        let sandbox = Arc::new(crate::sandbox().unwrap());
        let plugins = Plugins::load(&project, &sandbox, |_| {}).unwrap();
        Simulation { project, plugins, sandbox, _scratch: scratch }
    }
}

/// One run: its plan, and the world around it.
struct Case<'a> {
    simulation: &'a Simulation,
    plan: Plan,
    seeded: Seeded,
    ledger: Arc<Ledger>,
    tally: &'a mut Tally,
}

impl Simulation {
    /// Simulates the run of a seed.
    ///
    /// # Errors
    /// A promise was broken: which, with the seed.
    pub fn run(&self, seed: u64, tally: &mut Tally) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let done = runtime.block_on(self.simulate(seed, tally));
        done.map_err(|broken| format!("seed {seed}: {broken}"))
    }

    async fn simulate(&self, seed: u64, tally: &mut Tally) -> Result<(), String> {
        let mut seeded = Seeded::new(seed);
        let plan = workflow::plan(&self.plugins, &mut seeded);
        let undisturbed =
            Case { simulation: self, plan: plan.clone(), seeded: Seeded::new(0), ledger: Arc::default(), tally };
        let expected = undisturbed.undisturbed().await?;
        let ledger = Arc::default();
        Case { simulation: self, plan, seeded, ledger, tally }.disturbed(&expected).await
    }
}

impl Case<'_> {
    /// What the run comes to when nothing happens.
    async fn undisturbed(mut self) -> Result<Value, String> {
        let disk = Arc::new(Disk::new(usize::MAX));
        let ending = self.go_on(&disk, None).await.map_err(|error| format!("undisturbed: {error}"))?;
        Ok(result(&ending))
    }

    async fn disturbed(mut self, expected: &Value) -> Result<(), String> {
        let mut disk = Arc::new(Disk::new(self.life(0)));
        for death in 1.. {
            let run = disk.run().await;
            match self.go_on(&disk, run).await {
                Ok(ending) => return self.check(&disk, &ending, expected).await,
                Err(_) if disk.is_dead() => {}
                Err(error) => return Err(format!("after {} deaths: {error}", death - 1)),
            }
            self.tally.deaths += 1;
            let life = self.life(death);
            let (survivor, lost) = disk.survivor(&mut self.seeded, life).await;
            self.tally.lost += lost;
            self.ledger.host_died(&survivor.answered().await);
            disk = Arc::new(survivor);
        }
        Ok(())
    }

    /// Writes until the next death.
    fn life(&mut self, deaths: u32) -> usize {
        if deaths >= DEATHS { usize::MAX } else { 1 + self.seeded.below(LIFE) }
    }

    /// Drives the run until it ends or its host dies; people answer at once or later.
    async fn go_on(&mut self, disk: &Arc<Disk>, run: Option<RunId>) -> Result<Ending, Error> {
        let host = self.host(disk)?;
        let people = Arc::new(People::new(self.seeded.next()));
        let mut ending = match run {
            None => host.start(self.plan.clone(), &self.simulation.plugins, &json!({}), people.clone()).await?,
            Some(run) => host.resume(&run, &self.simulation.project, people.clone()).await?,
        };
        while ending.outcome == "parked" {
            for question in &ending.waiting {
                host.decide(&ending.run, &question.step, people::yes()).await?;
            }
            ending = host.resume(&ending.run, &self.simulation.project, people.clone()).await?;
        }
        Ok(ending)
    }

    fn host(&self, disk: &Arc<Disk>) -> Result<Host, Error> {
        let store = Arc::clone(disk) as Arc<dyn Store>;
        let host = Host::of(Arc::clone(&self.simulation.sandbox), store, Arc::new(StoppedClock::default()))?;
        Ok(host.with_egress(Arc::clone(&self.ledger) as Arc<dyn Fetch>))
    }

    async fn check(self, disk: &Arc<Disk>, ending: &Ending, expected: &Value) -> Result<(), String> {
        if result(ending) != *expected {
            return Err(format!("it came to {}, undisturbed to {expected}", result(ending)));
        }
        self.ledger.check()?;
        self.tally.runs += 1;
        self.tally.requests += self.ledger.requests();
        self.tally.again += self.ledger.again();
        let host = self.host(disk).map_err(|error| error.to_string())?;
        let story = host.story(&ending.run).await.map_err(|error| error.to_string())?;
        require_once(story.entries())?;
        let events = disk.published(0, EVENTS).await.map_err(|error| error.to_string())?;
        require_emitted_once(story.entries(), &events)?;
        let components = host.components(&story).await.map_err(|error| error.to_string())?;
        let found = verify(host.sandbox(), &components, &story, |_| {}).await.map_err(|error| error.to_string())?;
        if found.holds() { Ok(()) } else { Err(format!("it does not verify: {found:?}")) }
    }
}

/// Each invocation ends once, and each call is answered once.
fn require_once(entries: &[baton_journal::Entry]) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    for entry in entries {
        let what = match &entry.event {
            Event::InvocationEnded { invocation, .. } => format!("the end of {invocation}"),
            Event::HostCall { invocation, sequence, .. } => format!("call {sequence} of {invocation}"),
            _ => continue,
        };
        if !seen.insert(what.clone()) {
            return Err(format!("{what} is in the journal twice"));
        }
    }
    Ok(())
}

/// What agents have emitted is published, each event once, and nothing else is. Each emits under a name of its own.
fn require_emitted_once(entries: &[baton_journal::Entry], events: &[Published]) -> Result<(), String> {
    let emitted = entries.iter().filter_map(|entry| match &entry.event {
        Event::HostCall { operation, request, .. } if operation == "events.emit" => request.as_str(),
        _ => None,
    });
    let name = |request| serde_json::from_str::<Value>(request).ok()?["name"].as_str().map(str::to_owned);
    let mut emitted: Vec<String> = emitted.filter_map(name).collect();
    let mut published: Vec<String> = events.iter().map(|event| event.publication.name.clone()).collect();
    emitted.sort_unstable();
    published.sort_unstable();
    if emitted == published {
        Ok(())
    } else {
        Err(format!("{emitted:?} were emitted, and {published:?} are published"))
    }
}

/// What a run came to.
fn result(ending: &Ending) -> Value {
    json!({ "outcome": ending.outcome, "output": ending.output, "error": ending.error })
}
