//! Http: requests to servers. Grants method, scheme, host, port, path and networks, meters calls and bytes, records each
//! call with its response, bodies as text where they are text. Before a request that does more than read, the intent is
//! durable; one that only reads (`GET`, `HEAD`) needs none. Guests of `wasi:http` come through the same operation.

mod backend;
mod body;
mod host;

pub(crate) use backend::{Answer, Fetch, UNSAID};
pub(crate) use body::Body;
