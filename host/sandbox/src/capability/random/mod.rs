//! Random numbers. Grants nothing, meters calls and bytes, records nothing: an agent's follow from the seed of its run,
//! a tool's come from the operating system.

mod host;
