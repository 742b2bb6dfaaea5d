//! The only crate that knows wasmtime: untrusted components run here, each call in a fresh sandbox, and every contact
//! of theirs with the world goes through one gate. It does not know workflows, manifests or databases.
//!
//! Reading order: [`invocation`] says what is run, [`Sandbox`] runs it, `gate` is what every host call goes through,
//! `isolated` and [`worker`] give a guest a process of its own, `capability` has a room for each interface of the contract, `wasi` is what standard libraries find,
//! `turns` keeps those that compute for long from the others' way, [`value`] turns WIT values into JSON.

pub mod engine;
pub mod invocation;
pub mod value;
pub mod worker;

mod backends;
mod bindings;
mod cache;
mod call;
mod call_error;
mod capability;
mod clock;
mod compile;
mod component;
mod ending;
mod error;
mod gate;
mod guest;
mod isolated;
mod limiter;
mod lines;
mod linking;
mod recorder;
mod sandbox;
mod turns;
mod wasi;

pub use backends::{Backends, Clock, Unwatched, Watch};
pub use call_error::CallError;
pub use capability::agents::{Agents, Delegated, NoAgents, StaffFacts, Told, Work};
pub use capability::events::{Emission, Events, Field, Filter, NoEvents};
pub use capability::people::{Answer, People, Question, Silence};
pub use capability::state::run_state;
pub use capability::tools::{ToolFacts, Tools};
pub use compile::CompileLimits;
pub use component::{Function, Loaded};
pub use engine::IDENTITY;
pub use error::SandboxError;
pub use gate::{CallSite, Unknown, unknown_call};
pub use invocation::{Ended, Folder, Invocation, Target};
pub use sandbox::{Options, Sandbox};
/// The engine, whose configuration [`engine::config`] gives.
pub use wasmtime;
pub use worker::Worker;
