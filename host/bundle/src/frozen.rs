//! A project as an immutable value: what a version of a workflow is. It holds manifests, schemas, effective grants and
//! limits, names the plan and the components by digest, and secrets by where they are found, never a value. It does not know
//! who keeps it, nor what the plan says.
//!
//! What it may do is bounded by what the operator says today ([`Today`]): see [`Frozen::plugins`].

use std::collections::{BTreeMap, BTreeSet};

use baton_policy::{Grants, Isolation, Limits, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::error::Error;
use crate::folder::{self, Given};
use crate::lock::meaning;
use crate::plugin::{AgentSchemas, FrozenParts, Plugin};
use crate::project::Project;
use crate::secret::{FilledSecret, SecretEntry, fill};
use crate::today::Today;
use crate::unknown::Unknowns;

/// The version of the written form. A form is never changed, only followed by a new one.
const FORMAT: u32 = 1;

/// What a version of a workflow is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frozen {
    format: u32,
    /// The workflow's name.
    pub workflow: String,
    /// The content hash of its plan.
    pub plan: Digest,
    /// The digest of the plan's text, which has the places in the file too: they are not what makes a version.
    pub plan_text: Digest,
    /// The plugins that the plan names and those that they may call.
    pub plugins: BTreeMap<Name, FrozenPlugin>,
    /// The secrets that they may use.
    pub secrets: BTreeMap<Name, FrozenSecret>,
}

/// A plugin of a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenPlugin {
    /// The digest of its component.
    pub component: Digest,
    /// What its manifest means.
    manifest: Value,
    /// The schemas of an agent.
    schemas: Option<AgentSchemas>,
    /// What it may do: asked and granted.
    grants: Grants,
    /// The limits of its invocations.
    limits: Limits,
    isolation: Isolation,
    on_unknown: Unknowns,
}

/// Where a secret is found, and into which requests it is put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenSecret {
    from: String,
    origin: String,
    header: String,
    value: String,
}

/// The plan that is frozen with a project.
#[derive(Clone, Copy, Debug)]
pub struct FrozenPlan<'a> {
    /// The workflow's name.
    pub workflow: &'a str,
    /// The plan's content hash.
    pub content: Digest,
    /// The digest of its text.
    pub text: Digest,
}

/// A text that is no version of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version of a workflow: {0}")]
pub struct NotFrozen(String);

impl Frozen {
    /// Takes what a plan needs of a project: these plugins, with the digests of their components.
    ///
    /// # Errors
    /// [`Error::NoPlugin`].
    pub fn of(project: &Project, plan: FrozenPlan<'_>, components: &BTreeMap<String, Digest>) -> Result<Self, Error> {
        let mut plugins = BTreeMap::new();
        for (name, component) in components {
            let plugin = project.plugin(name)?;
            plugins.insert(plugin.name().clone(), FrozenPlugin::of(plugin, *component));
        }
        let used: BTreeSet<&Name> = plugins.values().flat_map(|plugin| plugin.grants.secrets.names()).collect();
        let secrets = project.secrets().filter(|(name, _)| used.contains(name));
        let secrets = secrets.map(|(name, entry)| (name.clone(), FrozenSecret::of(entry))).collect();
        let FrozenPlan { workflow, content, text } = plan;
        Ok(Frozen { format: FORMAT, workflow: workflow.to_owned(), plan: content, plan_text: text, plugins, secrets })
    }

    /// Reads what [`Frozen::to_json`] wrote.
    ///
    /// # Errors
    /// It is something else, or of a later version of the form.
    pub fn from_json(text: &str) -> Result<Self, NotFrozen> {
        let mut frozen: Frozen = serde_json::from_str(text).map_err(|error| NotFrozen(error.to_string()))?;
        if frozen.format != FORMAT {
            return Err(NotFrozen(format!("its form is {}, this version reads {FORMAT}", frozen.format)));
        }
        for plugin in frozen.plugins.values_mut() {
            plugin.grants = plugin.grants.settled(); // read as what is granted, not as what is asked for
        }
        Ok(frozen)
    }

    /// The one text of it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a frozen project serialises because its maps have text keys")
    }

    /// The digest over all that it is, but for where in the file the plan's parts stand.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(Frozen { plan_text: self.plan, ..self.clone() }.to_json().as_bytes())
    }

    /// Its plugins, as they may act today: what is no longer granted they may not do, and a plugin that is no longer there
    /// may do nothing; what is granted since is not theirs either. They have the limits of the version.
    ///
    /// # Errors
    /// [`Error::Folder`] of a folder that is granted and not there, or that holds what no guest may reach.
    pub fn plugins(&self, today: &Today) -> Result<Vec<Plugin>, Error> {
        let plugins = self.plugins.iter().map(|(name, plugin)| self.plugin(name, plugin, today));
        let plugins: Vec<Plugin> = plugins.collect::<Result<_, _>>()?;
        keep_apart(&plugins, today)?;
        Ok(plugins)
    }

    fn plugin(&self, name: &Name, plugin: &FrozenPlugin, today: &Today) -> Result<Plugin, Error> {
        let terms = today.plugin(name);
        let mut grants = plugin.grants.still(&terms.grants);
        let unchanged = grants.secrets.names().filter(|name| self.secret(name, today).is_some()).cloned();
        grants.secrets = unchanged.collect();
        let manifest = serde_json::from_value(plugin.manifest.clone()).map_err(|error| damaged(name, &error))?;
        let stricter = if terms.isolation == Isolation::Process { terms.isolation } else { plugin.isolation };
        Ok(Plugin::frozen(FrozenParts {
            folders: folder::find(today.folder(), name, &grants.files)?,
            name: name.clone(),
            manifest,
            meaning: plugin.manifest.clone(),
            schemas: plugin.schemas.clone(),
            grants,
            limits: plugin.limits,
            isolation: stricter,
            price: terms.price,
            on_unknown: plugin.on_unknown.clone(),
            guarding: terms.guarding,
        }))
    }

    /// A secret as it is found today, if it still goes where the version has it.
    fn secret<'t>(&self, name: &Name, today: &'t Today) -> Option<&'t SecretEntry> {
        let (then, now) = (self.secrets.get(name)?, today.secret(name)?);
        let now_frozen = FrozenSecret::of(now);
        (FrozenSecret { from: then.from.clone(), ..now_frozen } == *then).then_some(now)
    }

    /// The secrets that its plugins may use today, with their values. Where a value is found is for today's file to say, so
    /// that it can be changed for another; `variable` reads one of the environment.
    ///
    /// # Errors
    /// [`Error::Secret`] of the first that has no value, or none that can be used.
    pub fn fill_secrets(
        &self,
        today: &Today,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<FilledSecret>, Error> {
        let plugins = self.plugins(today)?;
        let used: BTreeSet<&Name> =
            plugins.iter().flat_map(|plugin| plugin.policy().effective().secrets.names()).collect();
        let found = used.into_iter().filter_map(|name| Some((name, self.secret(name, today)?)));
        found.map(|(name, entry)| fill(today.folder(), name, entry, &variable)).collect()
    }

    /// What its plugins may no longer do, because today's file does not grant it any more.
    #[must_use]
    pub fn revoked(&self, today: &Today) -> Vec<(&Name, Grants)> {
        let revoked = self
            .plugins
            .iter()
            .map(|(name, plugin)| (name, plugin.grants.except(&plugin.grants.still(&today.plugin(name).grants))));
        revoked.filter(|(_, grants)| !grants.is_empty()).collect()
    }
}

impl FrozenPlugin {
    fn of(plugin: &Plugin, component: Digest) -> Self {
        FrozenPlugin {
            component,
            manifest: plugin.meaning().clone(),
            schemas: plugin.agent().map(in_order),
            grants: plugin.policy().effective().clone(),
            limits: *plugin.limits(),
            isolation: plugin.isolation(),
            on_unknown: plugin.unknowns().clone(),
        }
    }
}

/// Schemas with their keys in order, so that the order makes no other version.
fn in_order(schemas: &AgentSchemas) -> AgentSchemas {
    AgentSchemas { input: schemas.input.clone().map(meaning), output: schemas.output.clone().map(meaning) }
}

impl FrozenSecret {
    fn of(entry: &SecretEntry) -> Self {
        FrozenSecret {
            from: entry.from.to_string(),
            origin: entry.origin.to_string(),
            header: entry.header.as_str().to_owned(),
            value: entry.template().to_owned(),
        }
    }
}

/// A manifest that this version of the host cannot read, though it was read when it was frozen.
fn damaged(name: &Name, error: &serde_json::Error) -> Error {
    Error::NotThawed { plugin: name.clone(), problem: error.to_string() }
}

/// Checks that no guest may read a secret, nor change what others are granted.
fn keep_apart(plugins: &[Plugin], today: &Today) -> Result<(), Error> {
    for plugin in plugins {
        for folder in Given::of(plugin.name(), &plugin.policy().effective().files, plugin.folders()) {
            today.secret_files().try_for_each(|(name, file)| folder.holds_no_secret(name, &file))?;
            if folder.is_writable() {
                let others = plugins.iter().flat_map(|plugin| plugin.folders().values());
                others.into_iter().try_for_each(|other| folder.does_not_hold(other))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
