//! Runs a project's workflow as an embedder would: a host over a store in memory, and answers given in code.

use std::path::Path;
use std::sync::Arc;

use baton_journal::{Decision, Deployed, Outcome, Payload, RunId, Store, Weight};
use baton_runtime::bundle::Project;
use baton_runtime::{Ending, Error, Host, Plugins, Release, Silent, Story, SystemClock, verify, workflow};
use baton_store::MemoryStore;
use serde_json::Value;

use crate::bench::sandbox;

/// A host with a project on it.
pub struct Desk {
    /// The host.
    pub host: Host,
    /// The project.
    pub project: Project,
    /// Its plugins.
    pub plugins: Plugins,
}

impl Desk {
    /// Loads a project over a new store in memory.
    pub fn new(project: &Path) -> Result<Self, Error> {
        Self::over(project, Arc::new(MemoryStore::new()))
    }

    /// Loads a project over a store.
    pub fn over(project: &Path, store: Arc<dyn Store>) -> Result<Self, Error> {
        let project = Project::load(project)?;
        let sandbox = Arc::new(sandbox()?);
        let plugins = Plugins::load(&project, &sandbox, |_| {})?;
        Ok(Desk { host: Host::of(sandbox, store, Arc::new(SystemClock))?, project, plugins })
    }

    /// Runs the workflow with an input.
    pub async fn run(&self, input: &Value) -> Result<Ending, Error> {
        let plan = workflow::plan(&self.project, &self.plugins)?;
        workflow::check_input("input", input, &plan)?;
        let ending = self.host.start(plan, &self.plugins, input, Arc::new(Silent)).await?;
        self.require_evidence(&ending.run).await;
        Ok(ending)
    }

    /// Runs the workflow with an input of the project's folder.
    pub async fn run_file(&self, input: &str) -> Ending {
        let text = std::fs::read(self.project.folder().join(input)).unwrap();
        self.run(&serde_json::from_slice(&text).unwrap()).await.unwrap()
    }

    /// Stores the project as it is as a version of its workflow, which so many of a hundred new runs take.
    pub async fn deploy(&self, weight: u8) -> Result<Deployed, Error> {
        let plan = workflow::plan(&self.project, &self.plugins)?;
        let weight = Weight::percent(weight).unwrap();
        self.host.deploy(&self.project, &plan, &self.plugins, weight, "ada").await
    }

    /// A version of the workflow `w`, as it may act today.
    pub async fn release(&self, number: u32) -> Result<Release, Error> {
        let version = self.host.version_for("w", Some(number), &self.host.new_run()).await?;
        self.host.release(version, &self.project.today(), |_| {}).await
    }

    /// Begins a run of a version.
    pub async fn run_version(&self, number: u32, input: &Value) -> Result<Ending, Error> {
        let release = self.release(number).await?;
        let ending = self.host.start_version(self.host.new_run(), &release, input, Arc::new(Silent)).await?;
        self.require_evidence(&ending.run).await;
        Ok(ending)
    }

    /// Answers a step and goes on.
    pub async fn answer(&self, run: &RunId, step: &str, decision: Decision) -> Result<Ending, Error> {
        self.host.decide(run, step, decision).await?;
        let ending = self.host.resume(run, &self.project, Arc::new(Silent)).await?;
        self.require_evidence(run).await;
        Ok(ending)
    }

    /// Every run that a test makes must verify, whatever the test is about: that of a hostile guest as well.
    async fn require_evidence(&self, run: &RunId) {
        let story = self.story(run).await;
        let components = self.host.components(&story).await.unwrap();
        let found = verify(self.host.sandbox(), &components, &story, |_| {}).await.unwrap();
        assert!(found.holds() && found.is_whole(), "{found:#?}");
    }

    /// What can be read of a run.
    pub async fn story(&self, run: &RunId) -> Story {
        self.host.story(run).await.unwrap()
    }

    /// The outcomes of all invocations of a run, in the order of their ends, with their ids.
    pub async fn outcomes(&self, run: &RunId) -> Vec<(String, Outcome)> {
        let story = self.story(run).await;
        let ended = story.entries().iter().filter_map(|entry| match &entry.event {
            baton_journal::Event::InvocationEnded { invocation, outcome, .. } => {
                Some((invocation.to_string(), outcome.clone()))
            }
            _ => None,
        });
        ended.collect()
    }
}

/// A yes.
#[must_use]
pub fn approval(role: &str, answer: Option<&Value>) -> Decision {
    let answer = answer.map(Payload::json);
    Decision::Approved { by: "Ada".to_owned(), role: Some(role.to_owned()), comment: None, answer }
}

/// A no.
#[must_use]
pub fn rejection(role: &str) -> Decision {
    Decision::Rejected { by: "Ada".to_owned(), role: Some(role.to_owned()), comment: Some("too risky".to_owned()) }
}
