//! What runs cost against the budget of all of them, in memory. It does not know what has a price.

use std::collections::BTreeMap;

use baton_journal::{Event, RunHeader, RunId, StoreError, Timestamp};

/// What each run sets aside and has cost.
#[derive(Debug, Default)]
pub(super) struct Spending(BTreeMap<RunId, Part>);

#[derive(Debug)]
struct Part {
    began: Timestamp,
    reserved: u64,
    spent: u64,
}

impl Spending {
    /// Refuses a run that may cost more than is left.
    pub(super) fn admit(&self, header: &RunHeader) -> Result<(), StoreError> {
        let Some(allowance) = header.admission.allowance else { return Ok(()) };
        let parts = self.0.values().filter(|part| part.began >= allowance.since);
        let taken = parts.fold(0_u64, |sum, part| sum.saturating_add(part.reserved.max(part.spent)));
        let left = allowance.micro_usd.saturating_sub(taken);
        if allowance.reserved <= left { Ok(()) } else { Err(StoreError::Overdrawn { allowance, left }) }
    }

    /// Sets aside what a run may cost.
    pub(super) fn enter(&mut self, run: &RunId, at: Timestamp, header: &RunHeader) {
        if let Some(allowance) = header.admission.allowance {
            let began = at.max(allowance.since); // a fork begins with the first entry of another run
            self.0.insert(run.clone(), Part { began, reserved: allowance.reserved, spent: 0 });
        }
    }

    /// Notes what an event cost, and that nothing is set aside any more when the run ends.
    pub(super) fn charge(&mut self, run: &RunId, event: &Event) {
        let Some(part) = self.0.get_mut(run) else { return };
        match event {
            Event::InvocationEnded { usage, .. } => part.spent = part.spent.saturating_add(usage.micro_usd),
            Event::Forked => part.spent = 0,
            Event::RunEnded(_) => part.reserved = 0,
            _ => {}
        }
    }
}
