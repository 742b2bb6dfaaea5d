//! The time. Grants nothing, meters its own calls, records nothing: an agent sees the time of its last entry, and a tool,
//! which is not replayed, the time of day.

mod host;
