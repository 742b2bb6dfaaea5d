//! What the engine holds for one guest: its gate, its WASI, its limits. It does not know how a guest is run.

use baton_policy::meter::CALL_FUEL;
use rand_chacha::ChaCha20Rng;
use wasmtime::{CallHook, Store, StoreContextMut, Trap, UpdateDeadline};

use crate::gate::Gate;
use crate::limiter::Limiter;
use crate::wasi::Wasi;

/// The data of a store.
pub(crate) struct Guest {
    pub(crate) gate: Gate,
    pub(crate) wasi: Wasi,
    pub(crate) limiter: Limiter,
    /// Where the random interface draws from, once it does; boxed, because most never do and a guest is moved about.
    pub(crate) random: Option<Box<ChaCha20Rng>>,
    /// Whether the guest only gives way to others now: that is no call of its own.
    pub(crate) yields: bool,
    /// What the host calls have cost that called the guest back and go on afterwards.
    pub(crate) outer_surcharges: Vec<u64>,
}

/// What a host function returns when its guest has the host keep too much; how it ends is what its limiter says.
#[derive(Debug, thiserror::Error)]
#[error("the host keeps more for the guest than it may hold")]
struct Hoards;

impl Guest {
    /// What the gate and WASI have counted since this was last asked.
    fn take_surcharge(&mut self) -> u64 {
        self.gate.take_surcharge().saturating_add(self.wasi.take_surcharge())
    }

    /// Counts what the host keeps for the guest as its memory.
    fn weigh(&mut self) -> wasmtime::Result<()> {
        let kept = self.wasi.held().saturating_add(self.gate.kept().bytes());
        if self.limiter.keep(kept) { Ok(()) } else { Err(wasmtime::Error::from(Hoards)) }
    }
}

/// Charges every crossing, and what was counted meanwhile, as fuel.
///
/// The engine's own work for a guest (growing a memory, giving way at an epoch) crosses too. When a guest gives way is
/// chance, so that is free: otherwise fuel would not be the same in a replay. And a crossing that happens while a host
/// call writes its reply through the guest's allocator must not take what that host call has to pay.
///
/// The deadline is looked at here too: a busy async runtime looks at its timers only once in many turns.
pub(crate) fn charge_crossings(store: &mut Store<Guest>) {
    store.epoch_deadline_callback(|mut store| {
        let guest = store.data_mut();
        if guest.gate.left().is_zero() {
            return Ok(UpdateDeadline::Interrupt);
        }
        guest.yields = true;
        Ok(UpdateDeadline::Yield(1))
    });
    store.call_hook(|mut store, hook| match hook {
        CallHook::CallingHost => begin_crossing(&mut store),
        CallHook::ReturningFromHost => charge(&mut store),
        CallHook::CallingWasm | CallHook::ReturningFromWasm => Ok(()),
    });
}

fn begin_crossing(store: &mut StoreContextMut<'_, Guest>) -> wasmtime::Result<()> {
    let fuel = store.get_fuel()?;
    let guest = store.data_mut();
    guest.gate.note_fuel(fuel);
    let surcharge = guest.take_surcharge();
    guest.outer_surcharges.push(surcharge);
    Ok(())
}

fn charge(store: &mut StoreContextMut<'_, Guest>) -> wasmtime::Result<()> {
    let guest = store.data_mut();
    if !guest.yields {
        guest.gate.charge_returned();
        guest.weigh()?;
    }
    let moved = guest.wasi.take_moved();
    if moved > 0 {
        guest.gate.charge_moved(moved)?;
    }
    let counted = guest.take_surcharge();
    guest.gate.add_surcharge(guest.outer_surcharges.pop().unwrap_or_default());
    if std::mem::take(&mut guest.yields) {
        return Ok(());
    }
    // Every crossing of which nothing was counted costs as much as an empty call.
    let cost = counted.max(CALL_FUEL);
    let fuel = store.get_fuel()?;
    store.set_fuel(fuel.saturating_sub(cost))?;
    if fuel < cost { Err(Trap::OutOfFuel.into()) } else { Ok(()) }
}
