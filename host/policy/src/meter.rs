//! Counts what one invocation uses of the host: calls and bytes. Fuel, memory and time are the engine's to count;
//! it does not know the engine, only what a host call adds to the fuel.

use crate::amounts::Amounts;
use crate::limits::Limits;
use crate::quantity::{Bytes, Fuel, Wall};

/// Fuel that a host call costs beside what the engine counts. For the guest a call is about 8 units, for the host 80 to
/// 240 ns, its share of the journal not counted: without a surcharge fuel would let a guest burn 300 times the time it
/// stands for. 2,000 units are what guest code burns in 120 to 200 ns.
pub const CALL_FUEL: u64 = 2_000;

/// Fuel for each byte that goes into or out of the host: a megabyte takes about 80 µs to copy, the time of a million units.
pub const BYTE_FUEL: u64 = 1;

/// The fuel that a host call with that many bytes of arguments costs.
#[must_use]
pub const fn surcharge(bytes: u64) -> u64 {
    CALL_FUEL.saturating_add(bytes.saturating_mul(BYTE_FUEL))
}

/// What can run out in an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Computing.
    Fuel,
    /// Linear memory.
    Memory,
    /// Wall time.
    Wall,
    /// Host calls.
    Calls,
    /// Bytes in and out.
    Bytes,
    /// Nested invocations.
    Depth,
    /// The same call with the same answer.
    Repeats,
}

/// A limit of the invocation is reached: it ends here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {} is reached", self.amount())]
pub struct Exhausted {
    /// What ran out.
    pub resource: Resource,
    /// How much there was, in the resource's smallest unit.
    pub limit: u64,
}

impl Exhausted {
    /// What ran out of these limits.
    #[must_use]
    pub fn of(resource: Resource, limits: &Limits) -> Self {
        let limit = match resource {
            Resource::Fuel => limits.fuel.0,
            Resource::Memory => limits.memory.0,
            Resource::Wall => limits.wall.0,
            Resource::Calls => limits.calls,
            Resource::Bytes => limits.bytes.0,
            Resource::Depth => u64::from(limits.depth),
            Resource::Repeats => limits.repeats,
        };
        Exhausted { resource, limit }
    }

    /// The line for the operator that gives that plugin twice as much, or the most there is.
    #[must_use]
    pub fn hint(&self, plugin: &str) -> String {
        let max = Exhausted::of(self.resource, &Limits::MAX).limit;
        if self.limit >= max {
            return "no plugin may have more: divide the work into several steps".to_owned();
        }
        let more = self.limit.saturating_mul(2).clamp(1, max);
        let setting = match self.resource {
            Resource::Fuel => format!("fuel = \"{}\"", Fuel(more)),
            Resource::Memory => format!("memory = \"{}\"", Bytes(more)),
            Resource::Wall => format!("wall = \"{}\"", Wall(more)),
            Resource::Calls => format!("calls = {more}"),
            Resource::Bytes => format!("bytes = \"{}\"", Bytes(more)),
            Resource::Depth => format!("depth = {more}"),
            Resource::Repeats => format!("repeats = {more}"),
        };
        format!("to allow more, in baton.toml, under [plugins.{plugin}]: limits = {{ {setting} }}")
    }

    fn amount(&self) -> String {
        match self.resource {
            Resource::Fuel => format!("{} fuel", Fuel(self.limit)),
            Resource::Memory => format!("{} of memory", Bytes(self.limit)),
            Resource::Wall => format!("{} of wall time", Wall(self.limit)),
            Resource::Calls => format!("{} host calls", self.limit),
            Resource::Bytes => format!("{} through the host", Bytes(self.limit)),
            Resource::Depth => format!("{} invocations inside each other", self.limit),
            Resource::Repeats => format!("{} calls that are told the same", self.limit),
        }
    }
}

/// What an invocation may still use, or has used, of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostUse {
    /// Host calls.
    pub calls: u64,
    /// Bytes in and out.
    pub bytes: u64,
}

/// Counts one invocation.
#[derive(Clone, Debug)]
pub struct Meter {
    limits: Limits,
    used: HostUse,
}

impl Meter {
    /// Starts at nothing used.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Meter { limits, used: HostUse::default() }
    }

    /// Counts a host call with that many bytes of arguments, and tells the fuel it costs.
    ///
    /// # Errors
    /// [`Exhausted`] if a call or a byte is one too many: the invocation ends. Nothing is counted then.
    pub fn charge_call(&mut self, bytes_in: u64) -> Result<u64, Exhausted> {
        if self.used.calls >= self.limits.calls {
            return Err(Exhausted::of(Resource::Calls, &self.limits));
        }
        self.take_bytes(bytes_in)?;
        self.used.calls += 1;
        Ok(surcharge(bytes_in))
    }

    /// Counts the bytes of a reply, and tells the fuel they cost.
    ///
    /// # Errors
    /// [`Exhausted`] if a byte is one too many: the invocation ends. Nothing is counted then.
    pub fn charge_reply(&mut self, bytes_out: u64) -> Result<u64, Exhausted> {
        self.take_bytes(bytes_out)?;
        Ok(bytes_out.saturating_mul(BYTE_FUEL))
    }

    /// Counts what another invocation spent of what this one has, and tells the fuel of it.
    ///
    /// # Errors
    /// [`Exhausted`] if it was more than is left: the invocation ends. Nothing is counted then.
    pub fn charge_spent(&mut self, spent: Amounts) -> Result<u64, Exhausted> {
        if self.used.calls.saturating_add(spent.calls) > self.limits.calls {
            return Err(Exhausted::of(Resource::Calls, &self.limits));
        }
        self.take_bytes(spent.bytes)?;
        self.used.calls += spent.calls;
        Ok(spent.fuel)
    }

    /// What was used.
    #[must_use]
    pub fn used(&self) -> HostUse {
        self.used
    }

    /// What is left.
    #[must_use]
    pub fn remaining(&self) -> HostUse {
        HostUse {
            calls: self.limits.calls.saturating_sub(self.used.calls),
            bytes: self.limits.bytes.0.saturating_sub(self.used.bytes),
        }
    }

    /// The limits that it counts against.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn take_bytes(&mut self, bytes: u64) -> Result<(), Exhausted> {
        let after = self.used.bytes.saturating_add(bytes);
        if after > self.limits.bytes.0 {
            return Err(Exhausted::of(Resource::Bytes, &self.limits));
        }
        self.used.bytes = after;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meter(calls: u64, bytes: u64) -> Meter {
        Meter::new(Limits { calls, bytes: Bytes(bytes), ..Limits::default() })
    }

    #[test]
    fn calls_and_bytes_run_out() {
        let mut meter = meter(2, 100);
        assert_eq!(meter.charge_call(60), Ok(2_060));
        assert_eq!(meter.charge_reply(10), Ok(10));
        let error = meter.charge_call(31).unwrap_err();
        assert_eq!(error.to_string(), "the limit of 100B through the host is reached");
        assert_eq!(meter.charge_call(30), Ok(2_030));
        let error = meter.charge_call(0).unwrap_err();
        assert_eq!(error.to_string(), "the limit of 2 host calls is reached");
        assert_eq!(error.hint("crm"), "to allow more, in baton.toml, under [plugins.crm]: limits = { calls = 4 }");
        assert_eq!(meter.remaining(), HostUse { calls: 0, bytes: 0 });
    }

    #[test]
    fn every_resource_names_its_setting() {
        let limits = Limits::default();
        let all = [Resource::Fuel, Resource::Memory, Resource::Wall, Resource::Calls, Resource::Bytes, Resource::Depth];
        let lines = all.map(|resource| {
            let exhausted = Exhausted::of(resource, &limits);
            format!("{exhausted}\n  {}", exhausted.hint("crm"))
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        the limit of 10G fuel is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { fuel = "20G" }
        the limit of 64MiB of memory is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { memory = "128MiB" }
        the limit of 30s of wall time is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { wall = "1m" }
        the limit of 10000 host calls is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { calls = 20000 }
        the limit of 64MiB through the host is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { bytes = "128MiB" }
        the limit of 8 invocations inside each other is reached
          to allow more, in baton.toml, under [plugins.crm]: limits = { depth = 16 }
        "#);
    }

    #[test]
    fn nothing_is_offered_beyond_the_maximum() {
        let hint = |memory| {
            let limits = Limits { memory: Bytes(memory), ..Limits::default() };
            Exhausted::of(Resource::Memory, &limits).hint("crm")
        };
        assert!(hint(200 << 20).ends_with("memory = \"256MiB\" }"));
        assert_eq!(hint(256 << 20), "no plugin may have more: divide the work into several steps");
    }

    proptest! {
        #[test]
        fn a_meter_never_counts_beyond_its_limits(
            calls in 0_u64..5, bytes in 0_u64..100,
            acts in prop::collection::vec((0..2, prop_oneof![0_u64..60, Just(u64::MAX)]), 0..20),
        ) {
            let mut meter = meter(calls, bytes);
            for (act, size) in acts {
                let _ = match act {
                    0 => meter.charge_call(size).is_ok(),
                    _ => meter.charge_reply(size).is_ok(),
                };
                let (used, left) = (meter.used(), meter.remaining());
                prop_assert_eq!(used.calls + left.calls, calls);
                prop_assert_eq!(used.bytes + left.bytes, bytes);
            }
        }
    }
}
