use crate::bindings::baton::plugin::budget::{Host, Remaining};
use crate::guest::Guest;

/// Bytes of the answer: five numbers.
const REPLY: u64 = 40;

impl Host for Guest {
    fn left(&mut self) -> wasmtime::Result<Remaining> {
        self.gate.ambient(REPLY)?;
        let host = self.gate.meter().remaining();
        Ok(Remaining {
            fuel: self.gate.fuel_left(),
            memory_bytes: self.limiter.left(),
            wall_ms: self.gate.invocation().deadline.0.saturating_sub(self.gate.now().0),
            calls: u32::try_from(host.calls).unwrap_or(u32::MAX),
            bytes: host.bytes,
        })
    }
}
