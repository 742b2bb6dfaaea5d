//! What one invocation may use: finite by default, and never above a maximum. It does not know who counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amounts::Amounts;
use crate::ceiling;
use crate::quantity::{Bytes, Fuel, Wall};

/// Default computing of an invocation: about a second of one core, because guest code burns 10 to 17 units in
/// a nanosecond. Starting a guest and one small call take 2 thousand (Zig) to 2 million (Go, StarlingMonkey), so every
/// language has room for thousands of times its start, and an endless loop ends within a second.
pub const FUEL: Fuel = Fuel(10_000_000_000);
/// Most computing of an invocation: about two minutes of one core. What needs more is several steps.
pub const MAX_FUEL: Fuel = Fuel(1_000_000_000_000);

/// Default linear memory of an invocation. Every guest toolchain measured starts in less than 17 MiB (16.3 MiB is a C
/// guest with its default stack, 12.5 MiB Python): this leaves all of them three times that for data.
pub const MEMORY: Bytes = Bytes(64 << 20);
/// Most linear memory of an invocation: the size of a slot in the pool of sandboxes.
pub const MAX_MEMORY: Bytes = ceiling::POOL_MEMORY;

/// Default wall time of an invocation, waiting for the host and for the tools it calls included. Fuel ends what
/// computes after about a second; this ends what waits, and fuel and epochs do nothing while the host works.
pub const WALL: Wall = Wall(30_000);
/// Most wall time of an invocation. What waits longer than an hour should park its run, which costs nothing.
pub const MAX_WALL: Wall = Wall(3_600_000);

/// Default host calls of an invocation. A host call costs the guest about 8 units of fuel but the host 80 ns and more,
/// and an agent's call is an entry of its journal: ten thousand entries replay in about 15 ms.
pub const CALLS: u64 = 10_000;
/// Most host calls of an invocation: a journal of a million entries still replays in seconds.
pub const MAX_CALLS: u64 = 1_000_000;

/// Default bytes through an invocation, in and out: input, output, and both directions of host calls. They are copied
/// (about 70 µs for a megabyte) and, for an agent, kept in the journal.
pub const BYTES: Bytes = Bytes(64 << 20);
/// Most bytes through an invocation.
pub const MAX_BYTES: Bytes = Bytes(1 << 30);

/// Default bytes of log lines of an invocation; each line costs 64 beside its text. What goes beyond is dropped and counted: a flood of lines harms
/// the reader of the run, not the work.
pub const LOG_BYTES: Bytes = Bytes(1 << 20);
/// Most bytes of log lines of an invocation.
pub const MAX_LOG_BYTES: Bytes = Bytes(16 << 20);

/// Default bytes of one payload: the arguments or the reply of one host call, an input, an output. The engine counts
/// what it copies out of a guest against it too, structure included; its own default is 128 MiB, by which four million
/// empty strings cost the host 96 MB.
pub const PAYLOAD: Bytes = Bytes(4 << 20);
/// Most bytes of one payload.
pub const MAX_PAYLOAD: Bytes = Bytes(16 << 20);

/// Default depth of invocations: an agent that calls a tool that calls a tool, and so on. Each level holds a sandbox
/// while it waits, and a circle of tools that call each other ends here.
pub const DEPTH: u32 = 8;
/// Greatest depth of invocations.
pub const MAX_DEPTH: u32 = 32;

/// Default times that a call may be made with the same answer each time and nothing done meanwhile. Guests are
/// deterministic, and an agent that sleeps takes no time: who asks the same and is told the same does not get on. It is so many, and not
/// the five after which a person would lose patience, because a program may look up the same word for a hundred lines.
pub const REPEATS: u64 = 100;
/// Most times that a call may be made so: as many as there may be calls.
pub const MAX_REPEATS: u64 = MAX_CALLS;

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $default:ident, at most $max:ident;)+) => {
        /// What one invocation may use. It is made by [`LimitsOverride::resolve`], so it is finite and within the maxima.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Limits {
            $($(#[$doc])* pub $field: $type,)+
        }

        impl Limits {
            /// The most that any plugin may have of each.
            pub const MAX: Limits = Limits { $($field: $max,)+ };
        }

        impl Default for Limits {
            fn default() -> Self {
                Limits { $($field: $default,)+ }
            }
        }

        /// Limits as a project writes them: `limits = { fuel = "1G", memory = "64MiB", wall = "10s" }`.
        /// What is not written is taken from the project's `[limits]`, and then from the defaults.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct LimitsOverride {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }

        impl LimitsOverride {
            /// These limits, and `base` where they say nothing.
            #[must_use]
            pub fn over(self, base: LimitsOverride) -> LimitsOverride {
                LimitsOverride { $($field: self.$field.or(base.$field),)+ }
            }

            /// These limits, none above its maximum, and the defaults where they say nothing.
            #[must_use]
            pub fn resolve(self) -> Limits {
                Limits { $($field: self.$field.unwrap_or($default).min($max),)+ }
            }

            /// Those limits that are written above their maximum, which [`LimitsOverride::resolve`] lowers to it.
            #[must_use]
            pub fn beyond(self) -> Vec<Beyond> {
                let mut beyond = Vec::new();
                $(if let Some(written) = self.$field.filter(|written| *written > $max) {
                    beyond.push(Beyond {
                        limit: stringify!($field),
                        written: written.to_string(),
                        max: $max.to_string(),
                    });
                })+
                beyond
            }
        }
    };
}

limits! {
    /// Computing: about 10 units in a nanosecond of guest code. Default `10G`, at most `1T`.
    fuel: Fuel = FUEL, at most MAX_FUEL;
    /// Linear memory, and what the host keeps for a guest of `wasi:http`. Default `64MiB`, at most `256MiB`.
    memory: Bytes = MEMORY, at most MAX_MEMORY;
    /// Wall time, waiting included. Default `30s`, at most `1h`.
    wall: Wall = WALL, at most MAX_WALL;
    /// Host calls. Default 10000, at most 1000000.
    calls: u64 = CALLS, at most MAX_CALLS;
    /// Bytes in and out: input, output, and both directions of host calls. Default `64MiB`, at most `1GiB`.
    bytes: Bytes = BYTES, at most MAX_BYTES;
    /// Bytes of log lines; what goes beyond is dropped and counted. Default `1MiB`, at most `16MiB`.
    log_bytes: Bytes = LOG_BYTES, at most MAX_LOG_BYTES;
    /// Bytes of the arguments or the reply of one host call, of an input, of an output. Default `4MiB`, at most `16MiB`.
    payload: Bytes = PAYLOAD, at most MAX_PAYLOAD;
    /// Depth of invocations that wait for each other. Default 8, at most 32.
    depth: u32 = DEPTH, at most MAX_DEPTH;
    /// Times that a call may be made with the same answer each time and nothing done meanwhile. Default 100, at most 1000000.
    repeats: u64 = REPEATS, at most MAX_REPEATS;
}

/// A limit that was written above its maximum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The limit's key.
    pub limit: &'static str,
    /// What was written.
    pub written: String,
    /// The most it can be.
    pub max: String,
}

impl Limits {
    /// What an invocation with these limits takes at most of what it shares with others.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        Amounts { fuel: self.fuel.0, calls: self.calls, bytes: self.bytes.0, ..Amounts::default() }
    }

    /// These limits, none above what is left to the step and the run.
    #[must_use]
    pub fn within(self, left: Amounts) -> Limits {
        Limits {
            fuel: self.fuel.min(Fuel(left.fuel)),
            calls: self.calls.min(left.calls),
            bytes: self.bytes.min(Bytes(left.bytes)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> LimitsOverride {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_plugin_goes_before_the_project_and_the_project_before_the_defaults() {
        let plugin = read("fuel = '1G'\ncalls = 5");
        let project = read("fuel = '2G'\nwall = '10s'");
        let limits = plugin.over(project).resolve();
        let expect = Limits { fuel: Fuel(1_000_000_000), calls: 5, wall: Wall(10_000), ..Limits::default() };
        assert_eq!(limits, expect);
    }

    #[test]
    fn no_limit_goes_beyond_its_maximum() {
        let wide = read("fuel = '2T'\nmemory = '1GiB'\nwall = '2h'\ncalls = 2_000_000\npayload = '4MiB'\ndepth = 100");
        let limits = wide.resolve();
        assert_eq!((limits.fuel, limits.memory, limits.wall), (MAX_FUEL, MAX_MEMORY, MAX_WALL));
        assert_eq!((limits.calls, limits.payload, limits.depth), (MAX_CALLS, PAYLOAD, MAX_DEPTH));
        let beyond: Vec<_> = wide.beyond().iter().map(|b| format!("{} {} > {}", b.limit, b.written, b.max)).collect();
        assert_eq!(
            beyond,
            ["fuel 2T > 1T", "memory 1GiB > 256MiB", "wall 2h > 1h", "calls 2000000 > 1000000", "depth 100 > 32"]
        );
    }

    #[test]
    fn the_defaults_are_within_the_maxima() {
        assert_eq!(LimitsOverride::default().resolve(), Limits::default());
        assert!(LimitsOverride::default().beyond().is_empty());
    }

    #[test]
    fn the_documented_defaults_are_the_real_ones() {
        let Limits { fuel, memory, wall, calls, bytes, log_bytes, payload, depth, repeats } = Limits::default();
        assert_eq!(
            format!("{fuel} {memory} {wall} {calls} {bytes} {log_bytes} {payload} {depth} {repeats}"),
            "10G 64MiB 30s 10000 64MiB 1MiB 4MiB 8 100"
        );
    }

    #[test]
    fn an_unknown_limit_is_an_error() {
        assert!(toml::from_str::<LimitsOverride>("cpu = '1s'").is_err());
    }

    #[test]
    fn a_lease_narrows_the_limits() {
        let narrow = Limits::default().within(Amounts { fuel: 5, calls: u64::MAX, bytes: 7, ..Amounts::default() });
        assert_eq!((narrow.fuel, narrow.calls, narrow.bytes), (Fuel(5), CALLS, Bytes(7)));
    }
}
