//! From a manifest to a resolved, verified plugin. It reads the files that its caller and those files name, and nothing
//! else; it runs no build, and it does not know how a component is compiled or called.
//!
//! | module | holds |
//! |---|---|
//! | [`project`] | `baton.toml`, the operator's: which plugins, what each is granted, limits |
//! | [`manifest`] | `plugin.toml`, the author's, as it is written |
//! | [`plugin`] | a plugin resolved: manifest, schemas, policy and limits together |
//! | [`lock`] | `baton.lock`: what of each plugin was accepted, and how a plugin differs from it; pure |
//! | [`acceptance`] | a project held against its lock: what may run, what a person must say first |
//! | [`entries`] | grants, entry by entry |
//! | [`component`] | the component's bytes, checked, and their digest |
//! | [`secret`] | where secrets are found, and into which requests they go |
//! | [`budget`] | what all runs of a project may cost |
//! | [`store`] | how much the journal of one run may take up |
//! | [`frozen`] | a project as an immutable value: what a version of a workflow is |
//! | [`today`] | what `baton.toml` says today, which bounds what a version may do |
//! | [`unknown`] | what an operator says of calls whose outcome nobody knows |
//! | [`guard`] | what an operator says of functions that fail, and of how often they may be called |
//! | [`build`] | the command that makes a component, and whether it must run again |
//! | [`error`] | what can be wrong with them, with codes and hints |
//! | [`published`] | the JSON Schemas of both files, for editors |
//! | [`place`] | where in a file |

pub mod acceptance;
pub mod budget;
pub mod build;
pub mod component;
pub mod entries;
pub mod error;
pub mod frozen;
pub mod guard;
pub mod lock;
pub mod manifest;
pub mod place;
pub mod plugin;
pub mod project;
pub mod published;
pub mod secret;
pub mod store;
pub mod today;
pub mod unknown;

mod digest;
mod field;
mod file;
mod folder;
mod sources;
mod text;
mod version;

#[cfg(test)]
mod testing;

pub use acceptance::{Locking, Refusal, Review, Settled, Standing};
pub use baton_policy::{Effect, Name};
pub use budget::{Bounds, BudgetEntry};
pub use build::{Build, Freshness};
pub use component::Component;
pub use digest::Digest;
pub use error::{Error, Fault};
pub use frozen::{Frozen, FrozenPlan, NotFrozen};
pub use manifest::{Manifest, ToolFacts};
pub use place::Place;
pub use plugin::{AgentSchemas, Plugin};
pub use project::{Project, Warning};
pub use store::StoreEntry;
pub use today::Today;
pub use version::Version;
