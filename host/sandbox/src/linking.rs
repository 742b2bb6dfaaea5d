//! From compiled code to a component that can be called: linked with what it may import, and asked what it exports.
//! It does not know where the code came from.

use baton_journal::Digest;
use wasmtime::component::{Component, Linker};

use crate::component::{Loaded, agent_export, functions};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::guest::Guest;
use crate::turns::Load;
use crate::{capability, wasi};

/// What agents and what tools are linked with.
pub(crate) struct Linkers {
    agents: Linker<Guest>,
    tools: Linker<Guest>,
}

impl Linkers {
    pub(crate) fn new(engine: &Engine) -> Result<Self, SandboxError> {
        Ok(Linkers { agents: linker(engine, wasi::link_for_agents)?, tools: linker(engine, wasi::link_for_tools)? })
    }

    /// Links a plugin's component.
    pub(crate) fn load(&self, plugin: &str, digest: Digest, component: &Component) -> Result<Loaded, SandboxError> {
        let linker = if agent_export(component).is_some() { &self.agents } else { &self.tools };
        link(linker, plugin, digest, component)
    }
}

/// Links one component alone.
pub(crate) fn load(
    engine: &Engine,
    plugin: &str,
    digest: Digest,
    component: &Component,
) -> Result<Loaded, SandboxError> {
    let wasi = if agent_export(component).is_some() { wasi::link_for_agents } else { wasi::link_for_tools };
    link(&linker(engine, wasi)?, plugin, digest, component)
}

fn link(linker: &Linker<Guest>, plugin: &str, digest: Digest, component: &Component) -> Result<Loaded, SandboxError> {
    let pre = linker.instantiate_pre(component).map_err(|error| not_linkable(plugin, &error))?;
    let (agent, functions) = (agent_export(component), functions(plugin, component)?);
    Ok(Loaded { plugin: plugin.to_owned(), digest, functions, pre, agent, code: None, load: Load::default() })
}

fn linker(
    engine: &Engine,
    wasi: fn(&mut Linker<Guest>) -> wasmtime::Result<()>,
) -> Result<Linker<Guest>, SandboxError> {
    let mut linker = Linker::new(engine.wasmtime());
    wasi(&mut linker).and_then(|()| capability::link(&mut linker)).map_err(SandboxError::engine)?;
    Ok(linker)
}

/// The engine names the import in its message; its name and what could be meant are what the operator needs.
fn not_linkable(plugin: &str, error: &wasmtime::Error) -> SandboxError {
    let reason = format!("{error:#}");
    match reason.split('`').nth(1) {
        Some(import) if reason.contains("component imports") => SandboxError::UnknownImport {
            plugin: plugin.to_owned(),
            import: import.to_owned(),
            hint: import_hint(import, &reason),
        },
        _ => SandboxError::NotLoadable { plugin: plugin.to_owned(), reason },
    }
}

fn import_hint(import: &str, reason: &str) -> String {
    if import.starts_with("baton:plugin/") {
        return format!("this version offers baton:plugin@0.1.0: {reason}");
    }
    if import.starts_with("wasi:sockets") || import.starts_with("wasi:http") {
        return "an agent reaches the world through the interfaces of baton:plugin only, so that its run can be replayed; \
                toolchains that pull WASI in can stub it out (componentize-py --stub-wasi)"
            .to_owned();
    }
    "a plugin may import baton:plugin@0.1.0 and WASI 0.2".to_owned()
}
