//! State and journal that grow without end.

use baton_journal::Limit;
use baton_policy::{Bytes, Limits};
use serde_json::json;

use crate::Call;
use crate::attacks::{Arena, Attack, Trial, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 20, name: "growth of state and journal", run };

fn run(arena: &Arena) -> Verdict {
    Verdict::of([by_bytes(arena), by_quota(arena), by_size(arena)])
}

fn hoards(arena: &Arena, limits: Limits, bytes: usize) -> Trial {
    let grants = serde_json::from_str(r#"{"state": ["agent"]}"#).unwrap();
    arena.guest("hoards", Call { input: json!({ "bytes": bytes }).to_string(), grants, limits, ..Call::default() })
}

/// What passes the gate is counted, and all of it is in the journal.
fn by_bytes(arena: &Arena) -> Verdict {
    hoards(arena, Limits::default(), 1_000_000).exhausted(Limit::Bytes)
}

/// A plugin that may pass more meets the quota of its scope, as a value.
fn by_quota(arena: &Arena) -> Verdict {
    let limits = Limits { bytes: Bytes(1 << 30), ..Limits::default() };
    let trial = hoards(arena, limits, 1_000_000);
    let told = trial.completed();
    assert!(told["kept"].as_u64().unwrap() <= (64 << 20) / 1_000_000, "{told}");
    Verdict::contained("quota of the scope", told["refusal"].as_str().unwrap())
}

fn by_size(arena: &Arena) -> Verdict {
    let told = hoards(arena, Limits::default(), 2_000_000).completed();
    assert_eq!(told["kept"], 0);
    Verdict::contained("value too large", told["refusal"].as_str().unwrap())
}
