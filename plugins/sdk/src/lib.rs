#![doc = include_str!("../README.md")]

// Generated bindings name the crate by its path, here as in the plugins.
extern crate self as baton_sdk;

pub mod failure;
pub mod time;

pub mod agents;
pub mod budget;
pub mod clock;
pub mod context;
pub mod events;
pub mod http;
pub mod log;
pub mod people;
pub mod random;
#[cfg(feature = "schema")]
pub mod schema;
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
        #[cfg(target_family = "wasm")]
        $crate::bindings::export!($agent with_types_in $crate::bindings);

        // The names of a component's exports are none that a native linker takes.
        #[cfg(not(target_family = "wasm"))]
        const _: fn($crate::bindings::exports::baton::plugin::agent::Task) -> Result<String, $crate::Failure> =
            <$agent as $crate::bindings::exports::baton::plugin::agent::Guest>::run;
    };
}

/// Generates the bindings of a tool: a module `exports` with a trait `Guest` for each exported interface.
///
/// [`export!`] then names the type that implements these traits.
///
/// The tool's world includes `baton:plugin/host@0.1.0`. Its failures are this crate's [`Failure`], and it makes host
/// calls through this crate's modules. Further options of `wit_bindgen::generate!` may follow the path.
///
/// ```text
/// mod bindings {
///     baton_sdk::tool!({ world: "baton:crm/crm", path: ["../../wit/v0.1", "wit"] });
/// }
/// baton_sdk::export!(Crm, bindings);
/// ```
#[macro_export]
macro_rules! tool {
    ({ world: $world:literal, path: [$($path:literal),+ $(,)?] $(, $($option:tt)*)? }) => {
        $crate::wit_bindgen::generate!({
            world: $world,
            path: [$($path),+],
            with: {
                "baton:plugin/types@0.1.0": ::baton_sdk::failure::contract,
                "baton:plugin/agents@0.1.0": ::baton_sdk::bindings::baton::plugin::agents,
                "baton:plugin/budget@0.1.0": ::baton_sdk::bindings::baton::plugin::budget,
                "baton:plugin/clock@0.1.0": ::baton_sdk::bindings::baton::plugin::clock,
                "baton:plugin/context@0.1.0": ::baton_sdk::bindings::baton::plugin::context,
                "baton:plugin/events@0.1.0": ::baton_sdk::bindings::baton::plugin::events,
                "baton:plugin/http@0.1.0": ::baton_sdk::bindings::baton::plugin::http,
                "baton:plugin/log@0.1.0": ::baton_sdk::bindings::baton::plugin::log,
                "baton:plugin/people@0.1.0": ::baton_sdk::bindings::baton::plugin::people,
                "baton:plugin/random@0.1.0": ::baton_sdk::bindings::baton::plugin::random,
                "baton:plugin/state@0.1.0": ::baton_sdk::bindings::baton::plugin::state,
                "baton:plugin/tools@0.1.0": ::baton_sdk::bindings::baton::plugin::tools,
            },
            runtime_path: "::baton_sdk::wit_bindgen::rt",
            $($($option)*)?
        });
    };
}

/// Exports the type that implements a tool's traits, with the module that [`tool!`] was called in.
#[macro_export]
macro_rules! export {
    ($tool:ident, $bindings:ident) => {
        #[cfg(target_family = "wasm")]
        $bindings::export!($tool with_types_in $bindings);

        // The names of a component's exports are none that a native linker takes.
        #[cfg(not(target_family = "wasm"))]
        const _: ::core::marker::PhantomData<$tool> = ::core::marker::PhantomData;
    };
}
