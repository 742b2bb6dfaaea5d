//! The gate: the one way of every host call of every guest, in six steps. Capabilities never talk to policy, meter,
//! journal or tracing themselves; the gate never knows what a capability does.
//!
//! 1. **tape**: is the reply in the journal already? Then it is returned: no check, no cost, no effect.
//! 2. **policy**: does a grant allow the call? A denial is recorded and returned; it is never a trap.
//! 3. **meter**: what the call takes is charged to the guest and to what it shares with others, what it hands on of the guest's
//!    budget is set aside; running out ends the invocation. What has a rate is waited for, and what is left alone for a while
//!    is refused.
//! 4. **intent**: before an effect outside, everything it depends on is made durable, the intent included. An intent that is
//!    there already is of a call that an earlier host may have made: it is made again only where that is wanted (`unknown`).
//! 5. **perform**: the capability's backend does it.
//! 6. **record**: the journal takes the reply. A guest that is told the same again and again ends (`repeats`).
//!
//! What a guest spends by calling (calls, bytes, fuel) is charged in a replay as it was live, before step 1, so that a
//! replayed guest runs out exactly where it did.
//!
//! Charging (`charge`), and ending a guest that runs out, is here; the other steps are taken where the journal is (`steps`). A guest
//! in a worker process has a gate there, which charges alike and asks that of the host for the rest (`remote`).

mod any;
mod apart;
mod charge;
mod errand;
mod kept;
mod operation;
mod perform;
mod remote;
mod repeats;
mod reply;
mod room;
mod steps;
mod unknown;

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Limit, Outcome, Tape, Timestamp};
use baton_policy::Meter;
use tokio::time::Instant;

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::clock::VirtualClock;
use crate::error::SandboxError;
use crate::invocation::Invocation;
use crate::lines::Lines;

pub(crate) use any::{AnyOperation, AnyReply};
pub(crate) use apart::Replied;
pub(crate) use errand::{AT_ONCE, Errand, Sent};
pub(crate) use kept::Kept;
pub use operation::CallSite;
pub(crate) use operation::{Effect, Operation};
pub(crate) use remote::Remote;
use reply::text;
pub(crate) use reply::{Reply, Written};
pub use unknown::{Unknown, unknown_call};

use charge::Counted;
use errand::Errands;

use steps::Steps;

/// Why an invocation must end although its guest would go on.
pub(crate) enum Stop {
    Exhausted(Limit, String),
    /// Nothing is left of the calls that it shares with others: of those of this moment only so many are paid.
    Unpaid(usize, String),
    Suspended,
    Host(SandboxError),
}

impl Stop {
    /// The same, after so many calls of the moment.
    fn after(self, paid: usize) -> Self {
        if let Stop::Unpaid(_, message) = self { Stop::Unpaid(paid, message) } else { self }
    }

    /// The outcome; an error where the host is to blame.
    pub(crate) fn outcome(self) -> Result<Outcome, SandboxError> {
        match self {
            Stop::Exhausted(limit, message) => Ok(Outcome::Exhausted { limit, message }),
            Stop::Unpaid(_, message) => Ok(Outcome::Exhausted { limit: Limit::Calls, message }),
            Stop::Suspended => Ok(Outcome::Suspended),
            Stop::Host(error) => Err(error),
        }
    }
}

/// What a host function returns when the guest must end; the reason is in [`Gate::stop`].
#[derive(Debug, thiserror::Error)]
#[error("the host ended the invocation")]
struct Stopped;

/// The gate of one invocation.
pub(crate) struct Gate {
    invocation: Arc<Invocation>,
    meter: Meter,
    clock: VirtualClock,
    lines: Lines,
    behind: Behind,
    counted: Counted,
    /// What was left when the guest last called its host.
    fuel_left: u64,
    /// In a worker's host: what is left as the worker says; it may say too much, and is not believed then.
    fuel_told: u64,
    stops: Instant,
    stop: Option<Stop>,
    errands: Errands,
    kept: Kept,
}

/// Who takes a call through the steps.
enum Behind {
    Journal(Box<Steps>),
    Host(Remote),
}

/// A reply and its length as JSON.
struct Answer<T> {
    bytes: u64,
    reply: Reply<T>,
}

impl<T: Written> Answer<T> {
    /// Reads what a journal or a host says.
    fn read(text: &str) -> Result<Self, SandboxError> {
        Ok(Answer { bytes: text.len() as u64, reply: T::read(text)? })
    }
}

impl Gate {
    pub(crate) fn new(invocation: Arc<Invocation>, tape: Tape, clock: VirtualClock, backends: Backends) -> Self {
        let lines = Lines::new(invocation.limits.log_bytes.0);
        let steps = Steps::new(Arc::clone(&invocation), tape, clock.clone(), lines.clone(), backends);
        Gate::of(invocation, clock, lines, Behind::Journal(Box::new(steps)))
    }

    /// The gate of a guest in a worker.
    pub(crate) fn in_worker(invocation: Arc<Invocation>, clock: VirtualClock, host: Remote) -> Self {
        let lines = Lines::new(invocation.limits.log_bytes.0);
        Gate::of(invocation, clock, lines, Behind::Host(host))
    }

    fn of(invocation: Arc<Invocation>, clock: VirtualClock, lines: Lines, behind: Behind) -> Self {
        let (meter, stops) = (Meter::new(invocation.limits), Instant::now() + invocation.timeout);
        let fuel_left = invocation.limits.fuel.0;
        let (errands, kept) = (Errands::default(), Kept::default());
        let counted = Counted::default();
        let fuel_told = u64::MAX;
        Gate {
            invocation,
            meter,
            clock,
            lines,
            behind,
            counted,
            fuel_left,
            fuel_told,
            stops,
            stop: None,
            errands,
            kept,
        }
    }

    /// One host call through the six steps.
    pub(crate) async fn call<O: Operation>(&mut self, operation: O) -> wasmtime::Result<Result<O::Reply, CallError>> {
        let mut replies = self.call_all(vec![operation]).await?;
        Ok(replies.pop().expect("one call has one reply"))
    }

    /// Several host calls that are performed at the same time and recorded in their order.
    pub(crate) async fn call_all<O: Operation>(
        &mut self,
        operations: Vec<O>,
    ) -> wasmtime::Result<Vec<Result<O::Reply, CallError>>> {
        let replies = self.through_all_steps(operations).await;
        self.or_stop(replies)
    }

    async fn through_all_steps<O: Operation>(
        &mut self,
        operations: Vec<O>,
    ) -> Result<Vec<Result<O::Reply, CallError>>, Stop> {
        let answers = self.ask(operations).await?;
        let replies = answers.into_iter().map(|answer| self.settle(answer?)).collect::<Result<_, _>>()?;
        self.look_for_loop()?;
        Ok(replies)
    }

    /// Charges calls and has them taken through the steps.
    async fn ask<O: Operation>(
        &mut self,
        operations: Vec<O>,
    ) -> Result<Vec<Result<Answer<O::Reply>, SandboxError>>, Stop> {
        // All are charged before the first intent is written: an intent says that the call is about to be performed.
        let requests = self.charge_all(&operations)?;
        let (asked, left) = (requests.len(), self.amounts_left());
        let spent: Vec<_> = operations.iter().map(O::spent).collect();
        let calls = operations.into_iter().zip(requests).collect();
        let answers = match &mut self.behind {
            Behind::Journal(steps) => steps.take(calls, self.stops, left).await?,
            Behind::Host(host) => {
                let (now, answers) = host.ask(calls, &self.lines, left.fuel).await?;
                self.clock.advance_to(now);
                if let Some(fuel) = host.take_unpaid() {
                    self.refund(fuel);
                    return Err(its_host_ends_it(Limit::Calls));
                }
                answers
            }
        };
        if answers.len() != asked {
            return Err(Stop::Host(SandboxError::Host("not every host call was answered".to_owned())));
        }
        for (answer, spent) in answers.iter().zip(spent) {
            self.charge_spent(answer.as_ref().map(|answer| spent(&answer.reply)).unwrap_or_default())?;
        }
        Ok(answers)
    }

    /// What follows from the journal alone (time, random numbers, context, what is left) or only adds a line to it:
    /// it is charged, and needs no entry.
    pub(crate) fn ambient(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let charged = self.charge_call(bytes);
        self.or_stop(charged)?;
        self.count(bytes);
        Ok(())
    }

    /// Ends a guest that is in a loop, when all that it was told is charged.
    fn look_for_loop(&mut self) -> Result<(), Stop> {
        let found = match &mut self.behind {
            Behind::Journal(steps) => steps.found_loop().map(|message| Stop::Exhausted(Limit::Repeats, message)),
            Behind::Host(host) => host.is_over().then(|| its_host_ends_it(Limit::Repeats)),
        };
        found.map_or(Ok(()), Err)
    }

    fn or_stop<T>(&mut self, result: Result<T, Stop>) -> wasmtime::Result<T> {
        result.map_err(|stop| {
            self.stop = Some(stop);
            wasmtime::Error::from(Stopped)
        })
    }

    /// Writes what the guest wrote last, and tells how much was dropped.
    pub(crate) async fn conclude(&mut self) -> Result<(), SandboxError> {
        let dropped = self.lines.take_dropped();
        let Behind::Journal(steps) = &mut self.behind else { return Ok(()) };
        steps.write_lines().await?;
        if dropped > 0 { steps.note_dropped(dropped).await } else { Ok(()) }
    }

    /// Checks that a guest that has answered made every call that was recorded.
    pub(crate) fn finish(&self) -> Result<(), SandboxError> {
        match &self.behind {
            Behind::Journal(steps) => steps.finish(),
            Behind::Host(_) => Ok(()), // who has the tape checks it
        }
    }

    /// What the guest moves between itself and files, which is no host call of the contract.
    pub(crate) fn charge_moved(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let charged = self.charge_reply(bytes);
        self.or_stop(charged)
    }

    /// Notes the fuel that is left as the guest calls its host.
    pub(crate) fn note_fuel(&mut self, left: u64) {
        self.fuel_left = left;
    }

    /// What was left when the guest last called its host.
    pub(crate) fn fuel_left(&self) -> u64 {
        self.fuel_left
    }

    /// Why the invocation must end, if the gate said so.
    pub(crate) fn take_stop(&mut self) -> Option<Stop> {
        self.stop.take()
    }

    /// Whether the gate said that the invocation must end.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stop.is_some()
    }

    /// What the host keeps of answers for the guest.
    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(crate) fn invocation(&self) -> &Arc<Invocation> {
        &self.invocation
    }

    /// Comes when nobody needs the invocation any more; a worker's host knows that, and stops the worker.
    pub(crate) fn cancelled(&self) -> impl Future<Output = ()> + use<> {
        let invocation = Arc::clone(&self.invocation);
        let watch = match &self.behind {
            Behind::Journal(steps) => Some(steps.watch()),
            Behind::Host(_) => None,
        };
        async move {
            match watch {
                Some(watch) => watch.cancelled(&invocation.id).await,
                None => std::future::pending().await,
            }
        }
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// When the invocation began.
    pub(crate) fn begun(&self) -> Instant {
        self.stops - self.invocation.timeout
    }

    /// How long the invocation may still take.
    pub(crate) fn left(&self) -> Duration {
        self.stops.saturating_duration_since(Instant::now())
    }

    /// The time that the guest sees.
    pub(crate) fn now(&self) -> Timestamp {
        match &self.behind {
            _ if self.invocation.target.is_replayed() => self.clock.now(),
            Behind::Journal(steps) => steps.now(),
            Behind::Host(host) => host.now(),
        }
    }
}

/// In a worker: what it says is not what is told, because its host knows why.
fn its_host_ends_it(limit: Limit) -> Stop {
    Stop::Exhausted(limit, "its host ends it".to_owned())
}

impl From<SandboxError> for Stop {
    fn from(error: SandboxError) -> Self {
        if matches!(error, SandboxError::Suspended) { Stop::Suspended } else { Stop::Host(error) }
    }
}
