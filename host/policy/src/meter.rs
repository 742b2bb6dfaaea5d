//! Counts what one invocation uses of the host: calls, bytes, log lines. Fuel, memory and time are the engine's to count;
//! it does not know the engine, only what a host call adds to the fuel.

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
        };
        Exhausted { resource, limit }
    }

    /// The line for the operator that doubles the limit of that plugin.
    #[must_use]
    pub fn hint(&self, plugin: &str) -> String {
        let twice = self.limit.saturating_mul(2);
        let setting = match self.resource {
            Resource::Fuel => format!("fuel = \"{}\"", Fuel(twice)),
            Resource::Memory => format!("memory = \"{}\"", Bytes(twice)),
            Resource::Wall => format!("wall = \"{}\"", Wall(twice)),
            Resource::Calls => format!("calls = {twice}"),
            Resource::Bytes => format!("bytes = \"{}\"", Bytes(twice)),
            Resource::Depth => format!("depth = {twice}"),
        };
        format!("to allow twice as much, in baton.toml, under [plugins.{plugin}]: limits = {{ {setting} }}")
    }

    fn amount(&self) -> String {
        match self.resource {
            Resource::Fuel => format!("{} fuel", Fuel(self.limit)),
            Resource::Memory => format!("{} of memory", Bytes(self.limit)),
            Resource::Wall => format!("{} of wall time", Wall(self.limit)),
            Resource::Calls => format!("{} host calls", self.limit),
            Resource::Bytes => format!("{} through the host", Bytes(self.limit)),
            Resource::Depth => format!("{} invocations inside each other", self.limit),
        }
    }
}

/// A payload is larger than one may be. The invocation goes on: the call is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{size} bytes are more than a payload may have: {limit}")]
pub struct TooLarge {
    /// Its size in bytes.
    pub size: u64,
    /// The limit.
    pub limit: Bytes,
}

/// What becomes of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLine {
    /// It is written.
    Fits,
    /// The budget of log bytes is used up: it is dropped, and counted.
    Dropped,
}

/// What an invocation may still use, or has used, of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostUse {
    /// Host calls.
    pub calls: u64,
    /// Bytes in and out.
    pub bytes: u64,
    /// Bytes of log lines.
    pub log_bytes: u64,
}

/// Counts one invocation.
#[derive(Clone, Debug)]
pub struct Meter {
    limits: Limits,
    used: HostUse,
    dropped_lines: u64,
}

impl Meter {
    /// Starts at nothing used.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Meter { limits, used: HostUse::default(), dropped_lines: 0 }
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

    /// Counts the bytes of an input or an output, which cost no fuel.
    ///
    /// # Errors
    /// [`Exhausted`] if a byte is one too many. Nothing is counted then.
    pub fn carry(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.take_bytes(bytes)
    }

    /// Judges the size of one payload. It counts nothing.
    ///
    /// # Errors
    /// [`TooLarge`] if it is above the `payload` limit.
    pub fn admit(&self, size: u64) -> Result<(), TooLarge> {
        let limit = self.limits.payload;
        if size > limit.0 { Err(TooLarge { size, limit }) } else { Ok(()) }
    }

    /// Counts a log line of that many bytes if it fits, and counts it among the dropped ones if not.
    pub fn log(&mut self, bytes: u64) -> LogLine {
        let after = self.used.log_bytes.saturating_add(bytes);
        if after > self.limits.log_bytes.0 {
            self.dropped_lines = self.dropped_lines.saturating_add(1);
            return LogLine::Dropped;
        }
        self.used.log_bytes = after;
        LogLine::Fits
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
            log_bytes: self.limits.log_bytes.0.saturating_sub(self.used.log_bytes),
        }
    }

    /// The number of log lines that were dropped.
    #[must_use]
    pub fn dropped_lines(&self) -> u64 {
        self.dropped_lines
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
