//! Where the invocation stands. Grants nothing, meters its own calls, records nothing: it is fixed from the start.

mod host;
