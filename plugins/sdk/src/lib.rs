//! Writes agents and tools for Baton.
//!
//! An agent is a struct with serde types in and out:
//!
//! ```
//! use baton_sdk::{Agent, Failure, Task};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Input {
//!     name: String,
//! }
//!
//! #[derive(Serialize)]
//! struct Output {
//!     greeting: String,
//! }
//!
//! struct Greeter;
//!
//! impl Agent for Greeter {
//!     type Input = Input;
//!     type Output = Output;
//!
//!     fn run(task: Task<Input>) -> Result<Output, Failure> {
//!         if task.input.name.is_empty() {
//!             return Err(Failure::invalid("the name is empty"));
//!         }
//!         Ok(Output { greeting: format!("Good day, {}.", task.input.name) })
//!     }
//! }
//!
//! baton_sdk::agent!(Greeter);
//! ```
//!
//! Every module below but [`failure`] and [`time`] stands for one capability; each of their functions is a host call: granted, metered and
//! recorded. A call that is not granted is an [`Error`], and `?` makes the right [`Failure`] of it.
//!
//! The host calls exist inside a component only. On any other machine the crate compiles and links, so that a plugin's
//! logic can be tested natively, but a host call panics: see [`state::Store`] for how to test what keeps state.

// Generated bindings name the crate by its path, here as in the plugins.
extern crate self as baton_sdk;

pub mod failure;
pub mod time;

pub mod budget;
pub mod clock;
pub mod context;
pub mod log;
pub mod random;
pub mod state;
pub mod tools;

mod task;

#[doc(hidden)]
pub mod bindings;

#[doc(hidden)]
pub use wit_bindgen;

pub use failure::{Error, Failure};
pub use task::{Agent, Task};
pub use time::Timestamp;

/// Exports an [`Agent`] as the component's `run`.
#[macro_export]
macro_rules! agent {
    ($agent:ident) => {
        $crate::bindings::export!($agent with_types_in $crate::bindings);
    };
}

/// Generates the bindings of a tool: a module `exports` with a trait `Guest` for each exported interface, and `export!`.
///
/// The tool's world includes `baton:plugin/host@0.1.0`. Its failures are this crate's [`Failure`], and it makes host
/// calls through this crate's modules. Further options of `wit_bindgen::generate!` may follow the path.
///
/// ```ignore
/// mod bindings {
///     baton_sdk::tool!({ world: "baton:crm/crm", path: ["path/to/baton/wit/v0.1", "wit"] });
/// }
/// bindings::export!(Crm with_types_in bindings);
/// ```
#[macro_export]
macro_rules! tool {
    ({ world: $world:literal, path: [$($path:literal),+ $(,)?] $(, $($option:tt)*)? }) => {
        $crate::wit_bindgen::generate!({
            world: $world,
            path: [$($path),+],
            with: {
                "baton:plugin/types@0.1.0": ::baton_sdk::failure::contract,
                "baton:plugin/budget@0.1.0": ::baton_sdk::bindings::baton::plugin::budget,
                "baton:plugin/clock@0.1.0": ::baton_sdk::bindings::baton::plugin::clock,
                "baton:plugin/context@0.1.0": ::baton_sdk::bindings::baton::plugin::context,
                "baton:plugin/log@0.1.0": ::baton_sdk::bindings::baton::plugin::log,
                "baton:plugin/random@0.1.0": ::baton_sdk::bindings::baton::plugin::random,
                "baton:plugin/state@0.1.0": ::baton_sdk::bindings::baton::plugin::state,
                "baton:plugin/tools@0.1.0": ::baton_sdk::bindings::baton::plugin::tools,
            },
            runtime_path: "::baton_sdk::wit_bindgen::rt",
            $($($option)*)?
        });
    };
}
