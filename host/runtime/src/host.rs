//! The host: a sandbox, a store and a clock. It begins runs, goes on with them, and takes people's answers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use baton_bundle::{BudgetEntry, Project, Today};
use baton_egress::{Egress, Fetch, Secrets};
use baton_journal::{Claim, Event, Exported, Quota, RunHeader, RunId, RunSummary, Store, StoreError};
use baton_sandbox::{Clock, IDENTITY, Sandbox, Worker};
use baton_store::{MemoryStore, ReadOnlyStore, Settings, SqliteStore};
use baton_workflow::{Action, Plan, Run};
use serde_json::Value;

use crate::bell::Bell;
use crate::clock::SystemClock;
use crate::components::Components;
use crate::drive::{Driver, RunContext, Shared};
use crate::ending::Ending;
use crate::error::Error;
use crate::export;
use crate::fork::{Beginning, Forked, Forking};
use crate::guards::Guards;
use crate::held::holding;
use crate::made_of::Operator;
use crate::observer::Observer;
use crate::plugins::Plugins;
use crate::replay::{self, Replay, Replayed};
use crate::story::Story;

/// Where a host keeps what it keeps.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file of journals and state; made if it is not there.
    pub store: PathBuf,
    /// The folder of compiled code; none: plugins are compiled each time.
    pub cache: Option<PathBuf>,
    /// The secrets that the host puts into requests of plugins that were granted them.
    pub secrets: Secrets,
    /// The program of worker processes; none: this process compiles, and no plugin has a process of its own.
    pub worker: Option<Worker>,
    /// The most that the journal of one run may take up.
    pub quota: Quota,
    /// What all runs may cost together.
    pub budget: BudgetEntry,
}

/// Runs workflows. Cheap to clone; a process needs one for each store.
#[derive(Clone)]
pub struct Host {
    pub(crate) shared: Shared,
}

impl Host {
    /// Opens a host over the files of the options.
    ///
    /// # Errors
    /// The store or the folder cannot be used.
    pub fn open(options: &Options) -> Result<Self, Error> {
        let Options { cache, worker, .. } = options.clone();
        let sandbox = Sandbox::new(baton_sandbox::Options { cache, worker, ..Default::default() })?;
        let settings = Settings { quota: options.quota, ..Settings::default() };
        let store = SqliteStore::open_with(&options.store, settings)?;
        let host = Host::of(Arc::new(sandbox), Arc::new(store), Arc::new(SystemClock))?;
        Ok(host.with_secrets(options.secrets.clone()).with_budget(options.budget))
    }

    /// Opens a host that only reads the store: to show, replay, verify or export runs, also from a read-only medium or
    /// another user's folder. A folder of compiled code that cannot be used is passed over.
    ///
    /// # Errors
    /// There is no store, or it cannot be read.
    pub fn open_to_read(options: &Options) -> Result<Self, Error> {
        let store = ReadOnlyStore::open(&options.store)?;
        let Options { cache, worker, .. } = options.clone();
        let sandbox =
            |cache| Sandbox::new(baton_sandbox::Options { cache, worker: worker.clone(), ..Default::default() });
        let sandbox = sandbox(cache).or_else(|_| sandbox(None))?;
        Host::of(Arc::new(sandbox), Arc::new(store), Arc::new(SystemClock))
    }

    /// Opens a host that makes no run: to load plugins and plan workflows. It looks at no store, so that a damaged one, or one
    /// that somebody else may not write, stops nothing.
    ///
    /// # Errors
    /// The folder of compiled code cannot be used.
    pub fn open_to_plan(options: &Options) -> Result<Self, Error> {
        let Options { cache, worker, .. } = options.clone();
        let sandbox = Sandbox::new(baton_sandbox::Options { cache, worker, ..Default::default() })?;
        Host::of(Arc::new(sandbox), Arc::new(MemoryStore::default()), Arc::new(SystemClock))
    }

    /// A host of these parts: another store, a simulated clock. Its way out is the ordinary one, and it has no secrets.
    ///
    /// # Errors
    /// The way out cannot be made.
    pub fn of(sandbox: Arc<Sandbox>, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let egress = Arc::new(Egress::new(&baton_egress::Options::default())?);
        let guards = Guards::new(Arc::clone(&clock), Arc::clone(&store));
        Ok(Host {
            shared: Shared {
                sandbox,
                store,
                clock,
                egress,
                secrets: Arc::default(),
                guards,
                bell: Bell::default(),
                drain: Arc::default(),
                budget: BudgetEntry::default(),
            },
        })
    }

    /// The host with another way out: with a resolver or certificate authorities of its own.
    #[must_use]
    pub fn with_egress(self, egress: Arc<dyn Fetch>) -> Self {
        Host { shared: Shared { egress, ..self.shared } }
    }

    /// The host with these secrets.
    #[must_use]
    pub fn with_secrets(self, secrets: Secrets) -> Self {
        Host { shared: Shared { secrets: Arc::new(secrets), ..self.shared } }
    }

    /// The host with this budget for all runs.
    #[must_use]
    pub fn with_budget(self, budget: BudgetEntry) -> Self {
        Host { shared: Shared { budget, ..self.shared } }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// What loads plugins for this host.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.shared.sandbox
    }

    /// Begins a run and drives it until it ends or waits for people. The input must fit the plan's schema.
    ///
    /// # Errors
    /// The store or the host fails. What goes wrong in a step is in the [`Ending`].
    pub async fn start(
        &self,
        plan: Plan,
        plugins: &Plugins,
        input: &Value,
        observer: Arc<dyn Observer>,
    ) -> Result<Ending, Error> {
        let reached = plugins.reached_from(&plan.plugins());
        let header = self.header(&plan, plugins, reached.iter(), input, None).await?;
        Box::pin(self.begin(self.new_run(), header, plan, plugins.clone(), observer)).await
    }

    /// The id of a run that begins now.
    #[must_use]
    pub fn new_run(&self) -> RunId {
        RunId::new(self.shared.clock.now(), rand::random())
    }

    pub(crate) async fn begin(
        &self,
        id: RunId,
        header: RunHeader,
        plan: Plan,
        plugins: Plugins,
        observer: Arc<dyn Observer>,
    ) -> Result<Ending, Error> {
        let (seed, now) = (header.seed, self.shared.clock.now());
        let (claim, entry) = self.shared.store.create(id.clone(), now, Event::RunStarted(header)).await?;
        let begun = async {
            observer.begins(&id);
            let mut run = Run::new(Arc::new(plan), id.clone(), seed);
            let actions = run.apply(entry.at, &entry.event)?;
            observer.entry(&entry, &run);
            let story = Story::from_parts(id.clone(), run, vec![entry]);
            if !self.has_turn(&claim, &story, observer.as_ref()).await? {
                return Ok(Ending::queued(&story));
            }
            self.drive(&claim, story, actions, plugins, observer).await
        };
        holding(&self.shared.store, &claim, begun).await
    }

    /// Goes on with a run that waits or whose host died. Finished work is not done again. The plan and the components are
    /// those that the run began with; manifests, grants and limits are the project's of today, and a manifest that asks
    /// for more than was accepted is refused. A run of a deployed version has those of its version, without what the project
    /// does not grant today.
    ///
    /// # Errors
    /// A plugin of the run is not what was accepted, there is no such run, another process drives it, or the store or the host fails.
    pub async fn resume(&self, id: &RunId, project: &Project, observer: Arc<dyn Observer>) -> Result<Ending, Error> {
        Box::pin(self.go_on(id, &Operator::Project(project), observer)).await
    }

    /// Goes on with a run of a deployed version, as [`Host::resume`] does. Of the project nothing is needed but its file.
    ///
    /// # Errors
    /// As there, and if the run is of no deployed version.
    pub async fn resume_version(
        &self,
        id: &RunId,
        today: &Today,
        observer: Arc<dyn Observer>,
    ) -> Result<Ending, Error> {
        Box::pin(self.go_on(id, &Operator::Today(today), observer)).await
    }

    async fn go_on(&self, id: &RunId, operator: &Operator<'_>, observer: Arc<dyn Observer>) -> Result<Ending, Error> {
        let claim = match self.shared.store.claim(id.clone()).await {
            Err(StoreError::Ended(_)) => return Ok(self.story(id).await?.ending()),
            claim => claim?,
        };
        let resumed = async {
            let story = self.story(id).await?;
            if story.machine().is_another() {
                return Err(Error::HalfForked(id.clone()));
            }
            let plugins = self.plugins_of(&story, operator).await?;
            observer.begins(id);
            if !self.has_turn(&claim, &story, observer.as_ref()).await? {
                return Ok(Ending::queued(&story));
            }
            let actions = story.machine().outstanding();
            self.drive(&claim, story, actions, plugins, observer).await
        };
        holding(&self.shared.store, &claim, resumed).await
    }

    /// Begins a run as another one did, up to where it is forked. It does not go on with it: [`Host::resume`] does. Plugins
    /// are those that the run began with, but for those that [`Forking`] names; `today` are the project's.
    ///
    /// # Errors
    /// There is no such step or plugin, the input does not fit, what was done does not follow from it, or the store fails.
    pub async fn fork(&self, story: &Story, forking: &Forking, today: &Plugins) -> Result<Forked, Error> {
        let (id, now) = (self.new_run(), self.shared.clock.now());
        let pins = if story.version().is_some() && forking.with.is_empty() {
            story.pins().to_vec()
        } else {
            self.pins_of_fork(story, forking, today).await?
        };
        let allowance = self.allowance(story.machine().plan(), &pins);
        let beginning = Beginning::of(story, &id, forking, pins, IDENTITY)?.with(allowance);
        beginning.write(&self.shared.store, &id, now).await
    }

    /// Everything that is known of a run.
    ///
    /// # Errors
    /// There is no such run, or its journal is damaged.
    pub async fn story(&self, id: &RunId) -> Result<Story, Error> {
        Story::of(id.clone(), self.shared.store.entries(id.clone()).await?)
    }

    /// The components of a run's agents.
    ///
    /// # Errors
    /// The store fails, or one of them is damaged.
    pub async fn components(&self, story: &Story) -> Result<Components, Error> {
        let agents = replay::agents(story);
        let mut components = BTreeMap::new();
        for pin in story.all_pins().filter(|pin| agents.contains(pin.name.as_str())) {
            components.insert(pin.component, self.shared.store.blob(pin.component).await?);
        }
        Ok(Components::of(components))
    }

    /// Makes every invocation of an agent once more from the journal alone, and compares; `each` hears of one after the
    /// other. Nothing outside is reached, and nothing is written.
    ///
    /// # Errors
    /// A component cannot be loaded, or another version was given of what is no agent of the run. What comes out
    /// differently is in the [`Replay`].
    pub async fn replay(
        &self,
        story: &Story,
        components: &Components,
        each: impl FnMut(&Replayed),
    ) -> Result<Replay, Error> {
        replay::replay(&self.shared.sandbox, components, story, each).await
    }

    /// A run as it can be carried elsewhere: its journal and payloads, and with its components all that a replay needs.
    ///
    /// # Errors
    /// The store fails, or a component is damaged.
    pub async fn export(&self, story: &Story, with_components: bool) -> Result<Exported, Error> {
        export::of(self.shared.store.as_ref(), story, with_components).await
    }

    /// The runs of the store, the newest first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunSummary>, Error> {
        Ok(self.shared.store.runs(limit).await?)
    }

    async fn drive(
        &self,
        claim: &Claim,
        story: Story,
        actions: Vec<Action>,
        plugins: Plugins,
        observer: Arc<dyn Observer>,
    ) -> Result<Ending, Error> {
        let (context, news) =
            RunContext::new(self.shared.clone(), claim.clone(), plugins, &story, Arc::clone(&observer));
        let machine = Box::pin(Driver::new(context, news, story, observer).drive(actions)).await?;
        Ok(Ending::of(claim.run.clone(), &machine))
    }
}
