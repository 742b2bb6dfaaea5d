//! What runs cost against the budget of all of them: what each sets aside when it begins, and what it has cost. It does not know what
//! has a price.

use baton_journal::{Allowance, Event, RunHeader, StoreError, Timestamp};
use rusqlite::{Connection, params};

use crate::fault::Fault;

/// How long is known what a run has cost that has ended, in milliseconds: longer than any period.
const KEPT_MS: u64 = 62 * 86_400_000;

/// Refuses a run that may cost more than is left.
pub(crate) fn admit(sql: &Connection, header: &RunHeader) -> Result<(), Fault> {
    let Some(allowance) = header.admission.allowance else { return Ok(()) };
    let left = allowance.micro_usd.saturating_sub(taken(sql, allowance)?);
    if allowance.reserved <= left { Ok(()) } else { Err(StoreError::Overdrawn { allowance, left }.into()) }
}

fn taken(sql: &Connection, allowance: Allowance) -> rusqlite::Result<u64> {
    let query = "SELECT COALESCE(SUM(MAX(reserved, spent)), 0) FROM spending WHERE began >= ?1";
    let since = allowance.since.0.cast_signed();
    sql.prepare_cached(query)?.query_row([since], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

/// Sets aside what a run may cost.
pub(crate) fn enter(sql: &Connection, run: &str, at: Timestamp, header: &RunHeader) -> rusqlite::Result<()> {
    let Some(allowance) = header.admission.allowance else { return Ok(()) };
    let old = at.0.saturating_sub(KEPT_MS).cast_signed();
    sql.prepare_cached("DELETE FROM spending WHERE began < ?1 AND reserved = 0")?.execute([old])?;
    let insert = "INSERT INTO spending (run, began, reserved, spent) VALUES (?1, ?2, ?3, 0)";
    let began = at.max(allowance.since); // a fork begins with the first entry of another run
    let (began, reserved) = (began.0.cast_signed(), allowance.reserved.cast_signed());
    sql.prepare_cached(insert)?.execute(params![run, began, reserved]).map(drop)
}

/// Notes what an event cost, and that nothing is set aside any more when the run ends. What a run took over from one that it was
/// forked off was paid by that one.
pub(crate) fn charge(sql: &Connection, run: &str, event: &Event) -> rusqlite::Result<()> {
    let (update, cost) = match event {
        Event::InvocationEnded { usage, .. } if usage.micro_usd > 0 => {
            ("UPDATE spending SET spent = spent + ?2 WHERE run = ?1", usage.micro_usd)
        }
        Event::Forked => ("UPDATE spending SET spent = ?2 WHERE run = ?1", 0),
        Event::RunEnded(_) => ("UPDATE spending SET reserved = ?2 WHERE run = ?1", 0),
        _ => return Ok(()),
    };
    sql.prepare_cached(update)?.execute(params![run, cost.cast_signed()]).map(drop)
}
