//! Versions of workflows: a project is stored as one, new runs take it, and an older one becomes current again. What a version
//! is, is [`Frozen`]'s; which one a run takes, [`Traffic`](baton_journal::Traffic)'s. It does not know how a run is driven.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_bundle::frozen::FrozenPlan;
use baton_bundle::{Digest as Sha256, Frozen, Project, Today};
use baton_journal::version::{Version, VersionPin, Weight, Wish, fulfil};
use baton_journal::{Deployed, Deployment, Digest, NewVersion, NotDeployed, RunId, StoreError};
use baton_workflow::Plan;
use serde_json::Value;

use crate::ending::Ending;
use crate::error::Error;
use crate::host::Host;
use crate::observer::Observer;
use crate::plugins::Plugins;
use crate::story::Story;

/// A version of a workflow, ready to be run.
pub struct Release {
    /// Which it is.
    pub version: Version,
    /// What it is.
    pub frozen: Frozen,
    /// Its plan.
    pub plan: Plan,
    /// Its plugins, with what they may do today.
    pub plugins: Plugins,
}

impl Host {
    /// Stores a project's workflow as a version, unless there is one that is the same, and has so many new runs take it. The
    /// plan and the plugins are those of the project as it is now.
    ///
    /// # Errors
    /// The version cannot be tried beside the current one ([`NotDeployed`]), or the store fails.
    pub async fn deploy(
        &self,
        project: &Project,
        plan: &Plan,
        plugins: &Plugins,
        weight: Weight,
        by: &str,
    ) -> Result<Deployed, Error> {
        let mut components = BTreeMap::new();
        for name in plugins.reached_from(&plan.plugins()) {
            let ready = plugins.get(&name).ok_or_else(|| Error::PluginGone(name.clone()))?;
            let component = self.shared.store.put_blob(ready.component.clone()).await?;
            components.insert(name, sha256(component));
        }
        let text = sha256(self.shared.store.put_blob(plan.to_json().into_bytes()).await?);
        let plan = FrozenPlan { workflow: plan.name(), content: sha256(plan.digest()), text };
        let frozen = Frozen::of(project, plan, &components)?;
        let content = self.shared.store.put_blob(frozen.to_json().into_bytes()).await?;
        let uses = needed(&frozen).chain([content]).collect();
        let version = NewVersion { workflow: frozen.workflow.clone(), digest: digest(frozen.digest()), content, uses };
        let at = self.shared.clock.now();
        let deployed = self.shared.store.deploy(version, weight, at, by.to_owned()).await?;
        self.require_whole(&deployed.version).await?;
        Ok(deployed)
    }

    /// Makes the version that is tried beside the current one current itself, as it was stored.
    ///
    /// # Errors
    /// There is none, something of it is gone or damaged, or the store fails.
    pub async fn promote(&self, workflow: &str, by: &str) -> Result<Option<Deployment>, Error> {
        self.redeploy(workflow, Wish::Promote, by).await
    }

    /// Makes an older version current again: the one of this number, or else the one before; a version that is only tried
    /// is taken back first. What is running stays on its own.
    ///
    /// # Errors
    /// There is no such version, something of it is gone or damaged, or the store fails.
    pub async fn roll_back(&self, workflow: &str, to: Option<u32>, by: &str) -> Result<Option<Deployment>, Error> {
        self.redeploy(workflow, Wish::RollBack { to }, by).await
    }

    /// New runs are not given a version that cannot be run.
    async fn redeploy(&self, workflow: &str, wish: Wish, by: &str) -> Result<Option<Deployment>, Error> {
        let versions = self.versions_of(workflow).await?;
        let history = self.history(workflow).await?;
        let last = versions.last().map_or(0, |version| version.number);
        if let Some(traffic) = fulfil(wish, workflow, &history, last).map_err(StoreError::from)?
            && let Some(version) = versions.iter().find(|version| version.number == traffic.current)
        {
            self.require_whole(version).await?;
        }
        let at = self.shared.clock.now();
        Ok(self.shared.store.redeploy(workflow.to_owned(), wish, at, by.to_owned()).await?)
    }

    /// All versions of all workflows, by the workflows' names and the versions' numbers.
    ///
    /// # Errors
    /// The store fails.
    pub async fn versions(&self) -> Result<Vec<Version>, Error> {
        Ok(self.shared.store.versions().await?)
    }

    async fn versions_of(&self, workflow: &str) -> Result<Vec<Version>, Error> {
        let versions = self.versions().await?;
        Ok(versions.into_iter().filter(|version| version.workflow == workflow).collect())
    }

    /// What was done about the versions of a workflow, the last line being what holds.
    ///
    /// # Errors
    /// The store fails.
    pub async fn history(&self, workflow: &str) -> Result<Vec<Deployment>, Error> {
        Ok(self.shared.store.history(workflow.to_owned()).await?)
    }

    /// The version that a new run takes: the one of this number, or else the one that follows from the run's id.
    ///
    /// # Errors
    /// The workflow is not deployed, or has no such version.
    pub async fn version_for(&self, workflow: &str, number: Option<u32>, run: &RunId) -> Result<Version, Error> {
        let history = self.history(workflow).await?;
        let nothing = || refused(NotDeployed::Nothing { workflow: workflow.to_owned() });
        let traffic = history.last().ok_or_else(nothing)?.traffic;
        self.version_numbered(workflow, number.unwrap_or_else(|| traffic.draw(run))).await
    }

    /// The version of this number.
    pub(crate) async fn version_numbered(&self, workflow: &str, number: u32) -> Result<Version, Error> {
        let mut versions = self.versions_of(workflow).await?;
        let last = versions.last().map_or(0, |version| version.number);
        match versions.iter().position(|version| version.number == number) {
            Some(place) => Ok(versions.swap_remove(place)),
            None => Err(refused(NotDeployed::NoSuchVersion { workflow: workflow.to_owned(), version: number, last })),
        }
    }

    /// The plan that a run of this id takes: that of the deployed version which follows from the id, or, if nothing is
    /// deployed, this one of the workflow's files.
    ///
    /// # Errors
    /// The version is gone or damaged, or the store fails.
    pub(crate) async fn plan_taken_by(&self, run: &RunId, files: &Plan) -> Result<Plan, Error> {
        match self.version_for(files.name(), None, run).await {
            Ok(version) => self.plan_of(&version, &self.frozen(&version).await?).await,
            Err(Error::Store(StoreError::NotDeployed(NotDeployed::Nothing { .. }))) => Ok(files.clone()),
            Err(error) => Err(error),
        }
    }

    /// The version that a run names.
    pub(crate) async fn pinned_version(&self, workflow: &str, pin: VersionPin) -> Result<Version, Error> {
        let versions = self.versions_of(workflow).await?;
        let found = versions.into_iter().find(|version| version.pin() == pin);
        found.ok_or_else(|| Error::VersionGone { workflow: workflow.to_owned(), number: pin.number })
    }

    /// What the version is that a run goes on with.
    ///
    /// # Errors
    /// The run is of no deployed version, or something of that is gone or damaged.
    pub async fn frozen_of(&self, story: &Story) -> Result<Frozen, Error> {
        let pin = story.version().ok_or_else(|| Error::NotDeployed(story.id().clone()))?;
        self.frozen(&self.pinned_version(&story.header().workflow, pin).await?).await
    }

    /// What a version is.
    ///
    /// # Errors
    /// It is gone or damaged.
    pub async fn frozen(&self, version: &Version) -> Result<Frozen, Error> {
        let text = self.shared.store.blob(version.content).await.map_err(|error| damaged(version, error))?;
        let refuse = |what: String| Error::VersionDamaged { version: Box::new(version.clone()), what };
        let text = String::from_utf8(text).map_err(|error| refuse(error.to_string()))?;
        let frozen = Frozen::from_json(&text).map_err(|error| refuse(error.to_string()))?;
        if digest(frozen.digest()) != version.digest {
            return Err(refuse(format!("its content has the digest {}", frozen.digest())));
        }
        Ok(frozen)
    }

    /// A version, ready to be run with what the operator grants today; `news` hears of plugins that must be compiled first.
    ///
    /// # Errors
    /// Something of it is gone or damaged, or a component cannot be loaded.
    pub async fn release(&self, version: Version, today: &Today, news: impl FnMut(&str)) -> Result<Release, Error> {
        let frozen = self.frozen(&version).await?;
        let plan = self.plan_of(&version, &frozen).await?;
        let mut components = BTreeMap::new();
        for (name, plugin) in &frozen.plugins {
            components.insert(name.to_string(), self.blob_of(&version, plugin.component).await?);
        }
        let plugins = Plugins::frozen(&frozen.plugins(today)?, components, self.sandbox(), news)?;
        Ok(Release { version, frozen, plan, plugins })
    }

    async fn plan_of(&self, version: &Version, frozen: &Frozen) -> Result<Plan, Error> {
        let text = self.blob_of(version, frozen.plan_text).await?;
        let refuse = |what: String| Error::VersionDamaged { version: Box::new(version.clone()), what };
        let text = String::from_utf8(text).map_err(|error| refuse(error.to_string()))?;
        Plan::from_json(&text).map_err(|error| refuse(error.to_string()))
    }

    /// The version that a run goes on with, ready to be run.
    ///
    /// # Errors
    /// The run is of no deployed version, or as [`Host::release`].
    pub async fn release_of(&self, story: &Story, today: &Today, news: impl FnMut(&str)) -> Result<Release, Error> {
        let pin = story.version().ok_or_else(|| Error::NotDeployed(story.id().clone()))?;
        self.release(self.pinned_version(&story.header().workflow, pin).await?, today, news).await
    }

    async fn blob_of(&self, version: &Version, part: Sha256) -> Result<Vec<u8>, Error> {
        self.shared.store.blob(digest(part)).await.map_err(|error| damaged(version, error))
    }

    /// Looks at all that a version needs.
    async fn require_whole(&self, version: &Version) -> Result<(), Error> {
        for part in needed(&self.frozen(version).await?) {
            self.shared.store.blob(part).await.map_err(|error| damaged(version, error))?;
        }
        Ok(())
    }

    /// Begins a run of a version, under an id that [`Host::new_run`] made, and drives it as [`Host::start`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn start_version(
        &self,
        run: RunId,
        release: &Release,
        input: &Value,
        observer: Arc<dyn Observer>,
    ) -> Result<Ending, Error> {
        let Release { version, plan, plugins, .. } = release;
        let names: Vec<String> = plugins.iter().map(|(name, _)| name.to_owned()).collect();
        let mut header = self.header(plan, plugins, names.iter(), input, None).await?;
        header.version = Some(version.pin());
        Box::pin(self.begin(run, header, plan.clone(), plugins.clone(), observer)).await
    }
}

/// The blobs of a version beside the one that says what it is.
fn needed(frozen: &Frozen) -> impl Iterator<Item = Digest> {
    let components = frozen.plugins.values().map(|plugin| plugin.component);
    components.chain([frozen.plan_text]).map(digest)
}

fn refused(error: NotDeployed) -> Error {
    StoreError::from(error).into()
}

fn damaged(version: &Version, error: StoreError) -> Error {
    match error {
        StoreError::Corrupt { what } => Error::VersionDamaged { version: Box::new(version.clone()), what },
        other => other.into(),
    }
}

fn sha256(digest: Digest) -> Sha256 {
    Sha256::from_bytes(*digest.as_bytes())
}

fn digest(sha256: Sha256) -> Digest {
    Digest::from_bytes(*sha256.as_bytes())
}
