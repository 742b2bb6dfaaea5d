//! The plugins of a project, loaded: manifest, policy and limits from the bundle, code from the sandbox.
//! It does not know what they are used for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use baton_bundle::{Plugin, Project};
use baton_journal::Digest;
use baton_policy::{
    AgentCall, Capability as _, CircuitTerms, EventAct, Grants, Isolation, Policy, Request, Share, ToolCall,
};
use baton_sandbox::{Folder, Loaded, Sandbox, ToolFacts};
use baton_workflow::{AgentFacts, Catalog, PluginFacts};

use crate::error::Error;

/// A plugin that can be invoked.
pub struct Ready {
    /// What the manifest and the operator say of it.
    pub plugin: Plugin,
    /// Its code.
    pub loaded: Loaded,
    /// Its component, as it was read.
    pub component: Vec<u8>,
}

/// The plugins of a project by name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Plugins {
    ready: Arc<BTreeMap<String, Ready>>,
}

impl Plugins {
    /// Loads every plugin of the project from its component; `news` hears of those that must be compiled first. The
    /// plugins are held against the project's lock, which is written where one is new ([`Project::settle`]); a host that
    /// decides otherwise what may run says so with [`Project::with_locking`].
    ///
    /// # Errors
    /// A plugin is not what was accepted; a component is missing, is none, or imports what nothing provides.
    pub fn load(project: &Project, sandbox: &Sandbox, mut news: impl FnMut(&str)) -> Result<Self, Error> {
        let settled = project.settle()?;
        let mut ready = BTreeMap::new();
        for plugin in project.plugins() {
            let component = plugin.component()?;
            settled.check(plugin.name(), component.digest)?;
            ready.insert(plugin.name().to_string(), Ready::new(plugin, component.bytes, sandbox, &mut news)?);
        }
        Ok(Plugins { ready: Arc::new(ready) })
    }

    /// Loads one plugin from a folder with a `plugin.toml`, granted what is given: for hosts without a project file, and
    /// so without a lock.
    ///
    /// # Errors
    /// As [`Plugins::load`].
    pub fn load_one(folder: &Path, terms: baton_bundle::plugin::Terms, sandbox: &Sandbox) -> Result<Self, Error> {
        let plugin = Plugin::load(folder, terms)?;
        let component = plugin.component()?.bytes;
        let name = plugin.name().to_string();
        let ready = Ready::new(&plugin, component, sandbox, &mut |_| {})?;
        Ok(Plugins { ready: Arc::new(BTreeMap::from([(name, ready)])) })
    }

    /// The same plugins with the components that a run began with, in place of those that lie in the project now. Their
    /// manifests are those of today, so they are held against the lock: a wider one does not widen a run that waits.
    pub(crate) fn pinned(
        project: &Project,
        components: BTreeMap<String, Vec<u8>>,
        sandbox: &Sandbox,
        mut news: impl FnMut(&str),
    ) -> Result<Self, Error> {
        project.check_manifests(components.keys().map(String::as_str))?;
        let mut ready = BTreeMap::new();
        for (name, component) in components {
            let plugin = project.plugin(&name).map_err(|_| Error::PluginGone(name.clone()))?;
            ready.insert(name, Ready::new(plugin, component, sandbox, &mut news)?);
        }
        Ok(Plugins { ready: Arc::new(ready) })
    }

    /// The plugins of a deployed version, of these components.
    pub(crate) fn frozen(
        plugins: &[Plugin],
        mut components: BTreeMap<String, Vec<u8>>,
        sandbox: &Sandbox,
        mut news: impl FnMut(&str),
    ) -> Result<Self, Error> {
        let mut ready = BTreeMap::new();
        for plugin in plugins {
            let name = plugin.name().to_string();
            let component = components.remove(&name).ok_or_else(|| Error::PluginGone(name.clone()))?;
            // What is said of its functions was held against its exports when it was deployed.
            let loaded = Ready::load(plugin, component, sandbox, &mut news)?;
            check_isolation(plugin)?;
            ready.insert(name, loaded);
        }
        Ok(Plugins { ready: Arc::new(ready) })
    }

    /// A plugin by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Ready> {
        self.ready.get(name)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Ready)> {
        self.ready.iter().map(|(name, ready)| (name.as_str(), ready))
    }

    /// The named plugins and those that they may call, and so on, in the order of their names: what a run may need.
    pub(crate) fn reached_from(&self, names: &[&str]) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut unseen: Vec<String> = reached.iter().cloned().collect();
        while let Some(caller) = unseen.pop() {
            let callees = self.iter().filter(|(name, ready)| self.may_call(&caller, name, ready));
            unseen.extend(callees.map(|(name, _)| name.to_owned()).filter(|name| reached.insert(name.clone())));
        }
        reached
    }

    fn may_call(&self, caller: &str, name: &str, called: &Ready) -> bool {
        let Some(caller) = self.get(caller) else { return false };
        let effective = caller.plugin.policy().effective();
        let call = AgentCall { name, share: Share::LEAST };
        if called.loaded.is_agent() && effective.allows(&Request::Agent { call }) {
            return true;
        }
        called.loaded.functions().iter().any(|function| {
            let tool = format!("{name}/{}", function.name);
            let call = ToolCall { name: &tool, effect: called.plugin.tool(&function.name).effect };
            effective.allows(&Request::Tool { call })
        })
    }

    /// What a workflow may know of them.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        Catalog { plugins: self.iter().map(|(name, ready)| (name.to_owned(), ready.facts())).collect() }
    }

    /// All tools as a guest is told of them, in the order of their names.
    #[must_use]
    pub fn tools(&self) -> Vec<ToolFacts> {
        self.iter().flat_map(|(name, ready)| ready.tools(name)).collect()
    }
}

impl Ready {
    /// Loads a plugin, and holds what is said of its functions against those that it exports.
    fn new(plugin: &Plugin, component: Vec<u8>, sandbox: &Sandbox, news: &mut dyn FnMut(&str)) -> Result<Self, Error> {
        let ready = Ready::load(plugin, component, sandbox, news)?;
        check_manifest(plugin, &ready.loaded)?;
        check_isolation(plugin)?;
        Ok(ready)
    }

    fn load(plugin: &Plugin, component: Vec<u8>, sandbox: &Sandbox, news: &mut dyn FnMut(&str)) -> Result<Self, Error> {
        let name = plugin.name().as_str();
        if !sandbox.is_compiled(Digest::of(&component)) {
            news(name);
        }
        let loaded = match (sandbox.load(name, &component)?, plugin.isolation()) {
            (loaded, Isolation::Shared) => loaded,
            (loaded, Isolation::Process) => sandbox.isolate(loaded)?,
        };
        Ok(Ready { plugin: plugin.clone(), loaded, component })
    }

    /// The folders that its guest sees under a policy.
    pub(crate) fn folders(&self, policy: &Policy) -> Vec<Folder> {
        let mounts = policy.effective().files.mounts();
        let found = mounts.filter_map(|mount| {
            let path = self.plugin.folders().get(mount.name)?.clone();
            Some(Folder { name: mount.name.clone(), path, access: mount.access })
        });
        found.collect()
    }

    fn facts(&self) -> PluginFacts {
        let tool = |function: &baton_sandbox::Function| {
            let said = self.plugin.tool(&function.name);
            let facts = baton_workflow::ToolFacts {
                parameters: function.parameters(),
                returns: function.returns(),
                idempotent: said.idempotent,
                effect: said.effect,
            };
            (function.name.clone(), facts)
        };
        PluginFacts { agent: self.agent(), tools: self.loaded.functions().iter().map(tool).collect() }
    }

    /// When a function is left alone because it fails again and again; nothing if never.
    pub(crate) fn circuit(&self, function: &str) -> Option<CircuitTerms> {
        self.plugin.guarding().circuit(function, self.plugin.tool(function).effect)
    }

    fn agent(&self) -> Option<AgentFacts> {
        let schemas = self.plugin.agent().cloned().unwrap_or_default();
        self.loaded.is_agent().then_some(AgentFacts { input_schema: schemas.input, output_schema: schemas.output })
    }

    fn tools(&self, plugin: &str) -> Vec<ToolFacts> {
        let tool = |function: &baton_sandbox::Function| {
            let said = self.plugin.tool(&function.name);
            ToolFacts {
                name: format!("{plugin}/{}", function.name),
                description: said.description,
                parameters: function.parameters(),
                returns: function.returns(),
                effect: said.effect,
                idempotent: said.idempotent,
            }
        };
        self.loaded.functions().iter().map(tool).collect()
    }
}

/// A process of its own opens nothing, so it cannot have folders.
fn check_isolation(plugin: &Plugin) -> Result<(), Error> {
    if plugin.isolation() == Isolation::Shared || plugin.policy().effective().files.is_empty() {
        return Ok(());
    }
    Err(Error::Terms {
        plugin: plugin.name().to_string(),
        problem: "grants files and sets isolation = \"process\", but a process of its own has no files".to_owned(),
        hint: "take one of the two out".to_owned(),
    })
}

/// What a tool cannot use that asks for it, as tools are not replayed: what is wrong, and what to do instead.
fn for_agents_only(asked: &Grants) -> Option<(&'static str, &'static str)> {
    if !asked.agents.is_empty() {
        return Some((
            "asks for agents, and is a tool: tools are not replayed, and their workers would be lost",
            "take `agents` out of [asks]: have an agent delegate, and call this tool",
        ));
    }
    if asked.events.has(EventAct::Wait) {
        return Some((
            "asks to wait for events, and is a tool: tools are not replayed, and an event would find nobody",
            "leave only `emit` in `events` of [asks]: have an agent wait, or a step of the workflow",
        ));
    }
    (!asked.people.is_empty()).then_some((
        "asks for people, and is a tool: tools are not replayed, and the answer would find nobody",
        "take `people` out of [asks]: have an agent ask, or a step of the workflow",
    ))
}

/// What a manifest says must be of something that the component exports: a misspelt function would be believed to write.
fn check_manifest(plugin: &Plugin, loaded: &Loaded) -> Result<(), Error> {
    let refuse =
        |problem: String, hint: String| Err(Error::Manifest { plugin: plugin.name().to_string(), problem, hint });
    if plugin.agent().is_some() && !loaded.is_agent() {
        let hint = "export `baton:plugin/agent@0.1.0`, or take [agent] out".to_owned();
        return refuse("has [agent], but its component exports no agent".to_owned(), hint);
    }
    if loaded.is_agent() && !plugin.policy().effective().files.is_empty() {
        let hint = "take `files` out of [asks]: have a tool of another plugin read and write, and ask for that tool"
            .to_owned();
        return refuse(
            "asks for files, and is an agent: an agent is replayed, and files would have changed".to_owned(),
            hint,
        );
    }
    if let Some((problem, hint)) = for_agents_only(plugin.policy().asked()).filter(|_| !loaded.is_agent()) {
        return refuse(problem.to_owned(), hint.to_owned());
    }
    let exported: Vec<&str> = loaded.functions().iter().map(|function| function.name.as_str()).collect();
    let unknown = plugin.tools().keys().map(ToString::to_string).find(|name| !exported.contains(&name.as_str()));
    let unknowns = plugin.unknowns().functions().map(|name| ("on_unknown", name.to_string()));
    let ruled = unknowns.chain(plugin.guarding().tools.keys().map(|name| ("tools", name.to_string())));
    if let Some((key, name)) = ruled.into_iter().find(|(_, name)| !exported.contains(&name.as_str())) {
        return Err(Error::Terms {
            plugin: plugin.name().to_string(),
            problem: format!("says `{key}` of `{name}`, but its component exports no such function"),
            hint: format!("it exports: {}", exported.join(", ")),
        });
    }
    match unknown {
        Some(name) => refuse(
            format!("has [tools.\"{name}\"], but its component exports no such function"),
            format!("it exports: {}", exported.join(", ")),
        ),
        None => Ok(()),
    }
}
