//! What the engine holds for one guest: its gate, its WASI, its limits. It does not know how a guest is run.

use baton_policy::meter::CALL_FUEL;
use rand_chacha::ChaCha20Rng;
use wasmtime::{CallHook, Store, StoreContextMut, Trap};

use crate::gate::Gate;
use crate::limiter::Limiter;
use crate::wasi::Wasi;

/// The data of a store.
pub(crate) struct Guest {
    pub(crate) gate: Gate,
    pub(crate) wasi: Wasi,
    pub(crate) limiter: Limiter,
    /// Where the random interface draws from.
    pub(crate) random: ChaCha20Rng,
    /// What was left when the guest last called its host.
    pub(crate) fuel_left: u64,
}

/// Charges every crossing, and what the gate has counted meanwhile, as fuel.
pub(crate) fn charge_crossings(store: &mut Store<Guest>) {
    store.call_hook(|mut store, hook| match hook {
        CallHook::CallingHost => note_fuel(&mut store),
        CallHook::ReturningFromHost => charge(&mut store),
        CallHook::CallingWasm | CallHook::ReturningFromWasm => Ok(()),
    });
}

fn note_fuel(store: &mut StoreContextMut<'_, Guest>) -> wasmtime::Result<()> {
    let fuel = store.get_fuel()?;
    store.data_mut().fuel_left = fuel;
    Ok(())
}

fn charge(store: &mut StoreContextMut<'_, Guest>) -> wasmtime::Result<()> {
    // What came through the gate is counted there; every other crossing, WASI's among them, costs as much as an empty call.
    let cost = store.data_mut().gate.take_surcharge().max(CALL_FUEL);
    let fuel = store.get_fuel()?;
    store.set_fuel(fuel.saturating_sub(cost))?;
    if fuel < cost { Err(Trap::OutOfFuel.into()) } else { Ok(()) }
}
