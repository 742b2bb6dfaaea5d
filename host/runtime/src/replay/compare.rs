//! Makes one invocation once more and compares it with its record. It does not know where the record comes from.

use std::sync::Arc;

use baton_journal::{Divergence, Event, Outcome, Payload, RunHeader, Tape, Usage};
use baton_sandbox::{Ended, Invocation, Loaded, Sandbox, SandboxError};

use super::Verdict;
use super::nothing::backends;
use crate::error::Error;

/// What is made once more, and what it is compared with.
pub(super) struct Comparison<'a> {
    pub(super) plugin: &'a Loaded,
    pub(super) header: &'a RunHeader,
    /// None: it is not over. What it did so far must be what another version does.
    pub(super) ended: Option<(&'a Outcome, Usage)>,
    /// Another version computes otherwise: only its calls and its result are compared.
    pub(super) is_other_version: bool,
}

/// What came of it.
pub(super) struct Compared {
    pub(super) verdict: Verdict,
    /// None: it did not come to its end.
    pub(super) usage: Option<Usage>,
    /// The fuel that it had used at each host call.
    pub(super) fuel: Vec<u64>,
}

impl Comparison<'_> {
    pub(super) async fn make(
        &self,
        sandbox: &Sandbox,
        invocation: Arc<Invocation>,
        tape: Tape,
    ) -> Result<Compared, Error> {
        let (backends, meters) = backends(&invocation.run, self.header).await?;
        let (run, granted) = (invocation.run.clone(), invocation.limits.fuel.0);
        let made = sandbox.invoke(self.plugin, invocation, tape, &backends).await;
        let fuel = meters.take().into_iter().map(|left| granted.saturating_sub(left)).collect();
        let (verdict, usage) = match made {
            Err(SandboxError::Diverged(divergence)) => (diverged(*divergence), None),
            Err(error) => return Err(error.into()),
            Ok(ended) => {
                let beyond = beyond(&backends.store.entries(run).await?);
                (self.verdict(&ended, beyond), Some(ended.usage))
            }
        };
        Ok(Compared { verdict, usage, fuel })
    }

    fn verdict(&self, now: &Ended, beyond: Option<(u32, String)>) -> Verdict {
        let Some((recorded, usage)) = self.ended else { return Verdict::Unfinished };
        if let Outcome::TimedOut { .. } | Outcome::Cancelled = recorded {
            return Verdict::Stopped;
        }
        if let Some((sequence, replayed)) = beyond {
            return Verdict::Diverged { sequence, recorded: format!("none: {recorded}"), replayed };
        }
        if is_same(recorded, &now.outcome) && (self.is_other_version || counted(usage) == counted(now.usage)) {
            return Verdict::Same;
        }
        Verdict::Differs { recorded: told(recorded, usage), replayed: told(&now.outcome, now.usage) }
    }
}

fn diverged(divergence: Divergence) -> Verdict {
    let replayed = divergence.actual.map_or("it ended".to_owned(), |call| called(&call.operation, &call.request));
    let recorded = called(&divergence.recorded.operation, &divergence.recorded.request);
    Verdict::Diverged { sequence: divergence.sequence, recorded, replayed }
}

/// The first call that the record does not have.
fn beyond(entries: &[baton_journal::Entry]) -> Option<(u32, String)> {
    entries.iter().find_map(|entry| match &entry.event {
        Event::HostCall { sequence, operation, request, .. } => Some((*sequence, called(operation, request))),
        _ => None,
    })
}

fn counted(usage: Usage) -> (u64, u64, u64, u64) {
    (usage.fuel, usage.memory_bytes, usage.host_calls, usage.bytes)
}

/// What runs out says which line raises it, and that line is today's.
fn is_same(recorded: &Outcome, replayed: &Outcome) -> bool {
    match (recorded, replayed) {
        (Outcome::Completed { output }, Outcome::Completed { output: again }) => output.digest() == again.digest(),
        (Outcome::Exhausted { limit, .. }, Outcome::Exhausted { limit: again, .. }) => limit == again,
        (recorded, replayed) => recorded == replayed,
    }
}

fn told(outcome: &Outcome, usage: Usage) -> String {
    let output = if let Outcome::Completed { output } = outcome { output.as_str().unwrap_or_default() } else { "" };
    let Usage { fuel, memory_bytes, host_calls, bytes, .. } = usage;
    format!(
        "{outcome} {output} with {fuel} fuel, {memory_bytes} bytes of memory, {host_calls} calls, {bytes} bytes moved"
    )
}

fn called(operation: &str, request: &Payload) -> String {
    format!("{operation} {}", request.as_str().unwrap_or("(a large request)"))
}
