//! The host as a library: drives runs and performs what a workflow asks for.
