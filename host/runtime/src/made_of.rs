//! What a run is made of: its header when it begins, and the plugins with which it goes on, from the project or from the version
//! that was deployed. It does not know how a run is driven.

use std::collections::BTreeMap;

use baton_bundle::{Project, Today};
use baton_journal::{Admission, Cause, Digest, Payload, PluginPin, RunHeader};
use baton_sandbox::IDENTITY;
use baton_workflow::Plan;
use serde_json::Value;

use crate::error::Error;
use crate::fork::{self, Forking};
use crate::host::Host;
use crate::lease;
use crate::plugins::Plugins;
use crate::story::Story;

/// What is known of what the operator says today.
pub(crate) enum Operator<'a> {
    /// All of it.
    Project(&'a Project),
    /// What the project's file says.
    Today(&'a Today),
}

impl Host {
    /// What is fixed for a run that begins now with these plugins, and what begins it, if that is no person.
    pub(crate) async fn header(
        &self,
        plan: &Plan,
        plugins: &Plugins,
        names: impl Iterator<Item = &String>,
        input: &Value,
        cause: Option<Cause>,
    ) -> Result<RunHeader, Error> {
        let pins = self.pins(plugins, names).await?;
        let allowance = self.allowance(plan, &pins);
        let admission = Admission { allowance, ..self.admission(plan, input, cause).await? };
        Ok(RunHeader {
            workflow: plan.name().to_owned(),
            plan_digest: plan.digest(),
            plan: Payload::text(plan.to_json()),
            input: Payload::json(input),
            seed: Digest::from_bytes(rand::random()),
            engine: IDENTITY.to_owned(),
            plugins: pins,
            version: None,
            forks: Vec::new(),
            admission,
        })
    }

    /// Stores the components of plugins, and tells what a run that begins now is made of.
    pub(crate) async fn pins(
        &self,
        plugins: &Plugins,
        names: impl Iterator<Item = &String>,
    ) -> Result<Vec<PluginPin>, Error> {
        let mut pins = Vec::new();
        for name in names {
            let ready = plugins.get(name).ok_or_else(|| Error::PluginGone(name.clone()))?;
            let component = self.shared.store.put_blob(ready.component.clone()).await?;
            let is_agent = ready.loaded.is_agent();
            let environment =
                if is_agent { ready.plugin.policy().effective().environment.values() } else { BTreeMap::new() };
            let plugin = &ready.plugin;
            pins.push(PluginPin {
                name: name.clone(),
                component,
                environment,
                limits: Some(lease::lease(plugin.limits())),
                invokes: !plugin.policy().effective().tools.is_none(),
                price_micro_usd: plugin.price().0,
            });
        }
        Ok(pins)
    }

    /// The plugins with which a run goes on.
    pub(crate) async fn plugins_of(&self, story: &Story, operator: &Operator<'_>) -> Result<Plugins, Error> {
        let today = match (story.version(), operator) {
            (None, Operator::Project(project)) => return self.pinned_plugins(story, project).await,
            (None, Operator::Today(_)) => return Err(Error::NotDeployed(story.id().clone())),
            (Some(_), Operator::Project(project)) => project.today(),
            (Some(_), Operator::Today(today)) => (*today).clone(),
        };
        Ok(self.release_of(story, &today, |_| {}).await?.plugins)
    }

    async fn pinned_plugins(&self, story: &Story, project: &Project) -> Result<Plugins, Error> {
        let mut components = BTreeMap::new();
        for pin in story.pins() {
            components.insert(pin.name.clone(), self.shared.store.blob(pin.component).await?);
        }
        Plugins::pinned(project, components, &self.shared.sandbox, |_| {})
    }

    /// The components of a fork: those of the other run, but for those of which today's are wanted.
    pub(crate) async fn pins_of_fork(
        &self,
        story: &Story,
        forking: &Forking,
        today: &Plugins,
    ) -> Result<Vec<PluginPin>, Error> {
        let reached = today.reached_from(&story.machine().plan().plugins());
        let pins = self.pins(today, reached.iter()).await?.into_iter().map(|pin| (pin.name.clone(), pin));
        fork::pins(story, forking, reached, &pins.collect())
    }
}
