//! Why the sandbox itself could not do its work. What a guest does wrong is an [`Outcome`](baton_journal::Outcome),
//! not an error here.

use std::any::Any;

use baton_journal::{Divergence, InvocationId, StoreError};

use crate::worker::Worker;

/// A failure of loading, or of the host while it ran a guest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The engine cannot be made, or broke.
    #[error("the engine failed: {0:#}")]
    Engine(anyhow::Error),
    /// The folder of compiled code cannot be used.
    #[error("cannot use the folder of compiled code {path}: {error}")]
    Cache {
        /// The folder.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The bytes are no component, or use what the engine does not accept.
    #[error("plugin {plugin} cannot be loaded: {reason}")]
    NotLoadable {
        /// The plugin.
        plugin: String,
        /// What the engine said.
        reason: String,
    },
    /// The operator wants a process for each invocation, and there is no program for it.
    #[error("plugin {plugin} is to run in a process of its own, but this host has no worker program")]
    NoWorker {
        /// The plugin.
        plugin: String,
    },
    /// The host panicked in a call: its bug, not the plugin's. Only the invocation that called is ended.
    #[error("the host panicked in {place}, which is a bug of the host, not of the plugin: {text}")]
    Panicked {
        /// The invocation that was ended.
        invocation: InvocationId,
        /// Which call.
        place: String,
        /// What the panic said.
        text: String,
    },
    /// A worker process cannot be started.
    #[error("cannot start the worker {program}: {error}")]
    Worker {
        /// The program.
        program: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The component imports something that the host does not offer.
    #[error("plugin {plugin} imports {import}, which the host does not provide")]
    UnknownImport {
        /// The plugin.
        plugin: String,
        /// The import's name.
        import: String,
        /// What would be right.
        hint: String,
    },
    /// Two functions of the plugin have the same name, so that one would be called for the other.
    #[error("plugin {plugin} exports two functions that would both be called {function}")]
    AmbiguousFunction {
        /// The plugin.
        plugin: String,
        /// Their name.
        function: String,
    },
    /// The plugin has no such function.
    #[error("plugin {plugin} has no function {function}")]
    NoSuchFunction {
        /// The plugin.
        plugin: String,
        /// The function that was asked for.
        function: String,
        /// The functions there are.
        available: Vec<String>,
    },
    /// A folder that a tool was granted is not there any more.
    #[error("the folder /{name} of plugin {plugin} cannot be opened: {reason}")]
    Folder {
        /// The plugin.
        plugin: String,
        /// The name by which the guest sees it.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// The arguments do not fit the function's parameters.
    #[error("{function}: {problem}")]
    BadArguments {
        /// The function.
        function: String,
        /// Where and what.
        problem: String,
    },
    /// A replayed agent made another call than the recorded one.
    #[error(transparent)]
    Diverged(Box<Divergence>),
    /// Not a failure: the invocation waits for something outside, and is begun again when it is there.
    #[error("the invocation waits for something outside")]
    Suspended,
    /// A backend that the embedder gave failed.
    #[error("the host failed: {0}")]
    Host(String),
    /// The journal or the state could not be written or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SandboxError {
    pub(crate) fn engine(error: impl Into<anyhow::Error>) -> Self {
        SandboxError::Engine(error.into())
    }

    pub(crate) fn worker(worker: &Worker, error: std::io::Error) -> Self {
        SandboxError::Worker { program: worker.program.display().to_string(), error }
    }

    pub(crate) fn panicked(invocation: &InvocationId, place: String, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned());
        SandboxError::Panicked { invocation: invocation.clone(), place, text }
    }

    /// What the operator can do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            SandboxError::UnknownImport { hint, .. } => Some(hint.clone()),
            SandboxError::AmbiguousFunction { .. } => {
                Some("a tool is named by its interface without package and version: rename one of the two".into())
            }
            SandboxError::NoSuchFunction { available, .. } => Some(format!("it has: {}", available.join(", "))),
            SandboxError::Cache { .. } => {
                Some("it must be a folder of yours that only you can write; delete it to start afresh".into())
            }
            SandboxError::NoWorker { plugin } => Some(format!(
                "give the host a worker (`Options::worker`), or take `isolation` out of [plugins.{plugin}] in baton.toml"
            )),
            SandboxError::Worker { .. } => {
                Some("it must be there and may be run; if the program was replaced meanwhile, start it again".into())
            }
            _ => None,
        }
    }
}
