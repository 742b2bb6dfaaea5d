//! One attack in a process of its own, so that the memory that is measured is the attack's. It does not know the table.

use serde_json::{Value, json};

use super::{Options, print};
use crate::attacks::{Arena, attack};

/// Tries the attack and prints what came of it as one line of JSON.
pub(super) fn run(options: &Options) -> Result<bool, String> {
    let Some(attack) = options.row()?.and_then(attack) else { return Ok(false) };
    let arena = Arena::measuring(options.mode);
    let verdict = (attack.run)(&arena);
    let mut told = verdict.to_json();
    if let Value::Object(fields) = &mut told {
        fields.insert("growth_bytes".to_owned(), json!(arena.growth()));
    }
    print(&told.to_string());
    Ok(true)
}
