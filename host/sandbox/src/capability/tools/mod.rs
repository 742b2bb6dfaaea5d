//! Tools: exported functions of other plugins. Grants tools by name, meters calls and bytes (what the called plugin
//! spends is counted in its own sandbox), records each call with its result. Before a tool that changes the world is
//! called, the intent is durable.

mod backend;
mod host;

pub(crate) use backend::{Call, List};
pub use backend::{ToolFacts, Tools};
