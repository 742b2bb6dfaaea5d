//! What the way out promises, against servers, a resolver and a counter of connections that are the tests' own.

mod addresses;
mod headers;
mod secrets;
mod servers;
mod spellings;
mod tls;
mod world;
