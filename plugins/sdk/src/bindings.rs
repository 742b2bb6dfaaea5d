//! What the contract in `wit/v0.1` says, as Rust: generated, and not part of the SDK's promises.
//!
//! The words of `types` are written by hand in [`crate::failure`], so that failures are proper Rust errors.
#![allow(missing_docs, unreachable_pub, reason = "generated code; the WIT files are its documentation")]
#![allow(clippy::all, clippy::pedantic, reason = "generated code")]

wit_bindgen::generate!({
    path: "../../wit/v0.1",
    world: "agent-plugin",
    with: { "baton:plugin/types@0.1.0": crate::failure::contract },
    runtime_path: "::baton_sdk::wit_bindgen::rt",
    pub_export_macro: true,
    default_bindings_module: "::baton_sdk::bindings",
});
