//! Agents: other agents that work for this one. Grants agents by name and the most of the caller's budget that each may be
//! given; meters what they spend as the caller's own: its share is set aside before and settled after; records each piece
//! of work with its result and what was spent of the share. A worker has a sandbox and a tape of its own.

mod backend;
mod host;

pub use backend::{Agents, Delegated, NoAgents, StaffFacts, Told, Work};
pub(crate) use backend::{Delegate, List};
