//! The host as a library: loads a project's plugins, plans its workflow, drives runs and performs what they ask for.
//! It does not print, read the environment, or know where the user's home is.
//!
//! Reading order: [`Host`] is opened over a store; [`Plugins`] are loaded from a project; [`Host::start`] begins a run
//! and [`Host::resume`] goes on with one, both driven by `drive` until it ends or waits for people; [`story`] is what
//! can be read afterwards. [`deploy`] stores a project as a version of its workflow, which runs can be begun with.

pub mod answers;
pub mod build;
pub mod components;
pub mod deploy;
pub mod ending;
pub mod error;
pub mod events;
pub mod export;
pub mod fork;
pub mod host;
pub mod migrate;
pub mod observer;
pub mod plugins;
pub mod replay;
pub mod serve;
pub mod spending;
pub mod story;
pub mod verify;
pub mod workflow;

mod admit;
mod bell;
mod clock;
mod delegation;
mod drive;
mod fitting;
mod guards;
mod guest_events;
mod held;
mod lease;
mod made_of;
mod mailbox;
mod nested;
mod proposal;
mod questions;
mod secrets;
mod tools;

pub use baton_bundle as bundle;
pub use baton_egress as egress;
pub use baton_journal as journal;
pub use baton_policy as policy;
pub use baton_sandbox::{Clock, IDENTITY, Options as SandboxOptions, Sandbox, SandboxError, Worker, worker};
pub use baton_store::{ReadOnlyStore, SqliteStore, check};
pub use baton_workflow as plan;

pub use admit::Beginning;
pub use answers::{Answer, Said};
pub use clock::SystemClock;
pub use components::Components;
pub use deploy::Release;
pub use ending::Ending;
pub use error::Error;
pub use events::Emitted;
pub use fork::{Forked, Forking};
pub use host::{Host, Options};
pub use migrate::{Difference, Trial};
pub use observer::{CircuitChange, Observer, Queued, Silent};
pub use plugins::Plugins;
pub use replay::Replay;
pub use secrets::secrets;
pub use serve::{News, Reporter, Served, Server, Serving};
pub use spending::Spending;
pub use story::Story;
pub use verify::{Verification, verify};
