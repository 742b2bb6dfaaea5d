//! One room for each interface of the contract. A room decodes its host calls, takes them through the gate, and
//! encodes the answers; its backend, where it has one, does the work. No room knows policy, meter or journal.
//!
//! A new capability is a WIT file, a grant type, a room here with its lines in [`link`] and [`operation`], and a guest test.

pub(crate) mod agents;
pub(crate) mod budget;
pub(crate) mod clock;
pub(crate) mod context;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod people;
pub(crate) mod random;
pub(crate) mod state;
pub(crate) mod tools;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::baton::plugin;
use crate::gate::AnyOperation;
use crate::guest::Guest;

/// The interfaces of the contract that have a room, for the test that compares them with `wit/`.
#[cfg(test)]
pub(crate) const ROOMS: [&str; 11] =
    ["agents", "budget", "clock", "context", "events", "http", "log", "people", "random", "state", "tools"];

/// A host call that a guest in a worker process asks for by its name; nothing if no room has such a call.
pub(crate) fn operation(name: &str, request: &str) -> Option<AnyOperation> {
    match name.split_once('.')?.0 {
        "agents" => AnyOperation::read::<agents::Delegate>(name, request)
            .or_else(|| AnyOperation::read::<agents::List>(name, request)),
        "events" => AnyOperation::read::<events::Emit>(name, request)
            .or_else(|| AnyOperation::read::<events::Wait>(name, request)),
        "http" => AnyOperation::read::<http::Fetch>(name, request),
        "people" => AnyOperation::read::<people::Ask>(name, request),
        "state" => AnyOperation::read::<state::StateCall>(name, request),
        "tools" => AnyOperation::read::<tools::Call>(name, request)
            .or_else(|| AnyOperation::read::<tools::List>(name, request)),
        _ => None,
    }
}

/// Links every room.
pub(crate) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    plugin::types::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::agents::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::budget::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::clock::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::context::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::events::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::http::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::log::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::people::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::random::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::state::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)?;
    plugin::tools::add_to_linker::<Guest, HasSelf<Guest>>(linker, |guest| guest)
}

impl plugin::types::Host for Guest {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_imported_interface_has_a_room() {
        let world = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/v0.1/world.wit")).unwrap();
        let imports: Vec<&str> =
            world.lines().filter_map(|line| line.trim().strip_prefix("import ")?.strip_suffix(';')).collect();
        assert_eq!(imports, ROOMS);
    }
}
