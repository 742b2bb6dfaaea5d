//! Polling, paid by the pollable: one call of `poll` may name thousands, and the engine's fuel sees one call. What is
//! polled it does not know.

use baton_policy::meter::{BYTE_FUEL, CALL_FUEL};
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::io::poll;

use crate::guest::Guest;

use super::Carried;

/// What a look at one pollable is charged as: it takes the host as long as a host call does.
const LOOK: usize = (CALL_FUEL / BYTE_FUEL) as usize;

/// The table of pollables, and who pays.
pub(super) struct Polls<'a> {
    table: &'a mut ResourceTable,
    carried: Carried,
}

impl<'a> Polls<'a> {
    pub(super) fn new(table: &'a mut ResourceTable, carried: Carried) -> Self {
        Polls { table, carried }
    }
}

/// Lends it.
struct Lent;

impl HasData for Lent {
    type Data<'a> = Polls<'a>;
}

/// Links polling.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    poll::add_to_linker::<Guest, Lent>(linker, |guest| guest.wasi.polls())
}

impl poll::Host for Polls<'_> {
    async fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        self.carried.add(pollables.len().saturating_mul(LOOK));
        poll::Host::poll(self.table, pollables).await
    }
}

impl poll::HostPollable for Polls<'_> {
    async fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        poll::HostPollable::block(self.table, pollable).await
    }

    async fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        poll::HostPollable::ready(self.table, pollable).await
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        poll::HostPollable::drop(self.table, pollable)
    }
}
