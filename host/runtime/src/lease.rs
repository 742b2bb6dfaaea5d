//! What an invocation may use, in the policy's terms and in the journal's. It does not know who grants it.

use baton_journal::{Lease, Usage};
use baton_policy::{Amounts, Bytes, Fuel, Limits, Wall};

/// As the journal keeps it.
pub(crate) fn lease(limits: &Limits) -> Lease {
    let Limits { fuel, memory, wall, calls, bytes, log_bytes, payload, depth, repeats } = *limits;
    Lease {
        fuel: fuel.0,
        memory_bytes: memory.0,
        wall_ms: wall.0,
        host_calls: calls,
        bytes: bytes.0,
        log_bytes: log_bytes.0,
        payload_bytes: payload.0,
        depth,
        repeats,
    }
}

/// As the sandbox holds it: never more than any plugin may have, whatever the journal says.
pub(crate) fn limits(lease: Lease) -> Limits {
    let Lease { fuel, memory_bytes, wall_ms, host_calls, bytes, log_bytes, payload_bytes, depth, repeats } = lease;
    Limits {
        fuel: Fuel(fuel).min(Limits::MAX.fuel),
        memory: Bytes(memory_bytes).min(Limits::MAX.memory),
        wall: Wall(wall_ms).min(Limits::MAX.wall),
        calls: host_calls.min(Limits::MAX.calls),
        bytes: Bytes(bytes).min(Limits::MAX.bytes),
        log_bytes: Bytes(log_bytes).min(Limits::MAX.log_bytes),
        payload: Bytes(payload_bytes).min(Limits::MAX.payload),
        depth: depth.min(Limits::MAX.depth),
        repeats: repeats.min(Limits::MAX.repeats),
    }
}

/// What of limits can be lent to another invocation.
pub(crate) fn lent(limits: &Limits) -> Amounts {
    limits.amounts()
}

/// What was used, as it is lent.
pub(crate) fn amounts(usage: Usage) -> Amounts {
    Amounts { fuel: usage.fuel, calls: usage.host_calls, bytes: usage.bytes, ..Amounts::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_granted() {
        for granted in [Limits::default(), Limits::MAX] {
            assert_eq!(limits(lease(&granted)), granted);
        }
        let forged = Lease { fuel: u64::MAX, depth: u32::MAX, ..lease(&Limits::default()) };
        assert_eq!(limits(forged).fuel, Limits::MAX.fuel);
        assert_eq!(limits(forged).depth, Limits::MAX.depth);
    }
}
