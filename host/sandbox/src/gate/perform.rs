//! Step 5 of the gate: calls that came through the steps before it are performed, at the same time. It does not know what
//! comes before and after.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use baton_journal::Failure;
use baton_policy::ceiling::NESTED_AT_ONCE;
use baton_policy::{Amounts, Lender};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::Instant;

use super::{CallSite, Effect, Operation, Reply, Written};
use crate::backends::Backends;
use crate::call_error::CallError;
use crate::ending::payload_hint;
use crate::error::SandboxError;
use crate::invocation::Invocation;
use crate::recorder::Recorder;

/// A call that came through the steps before it is performed, or was answered on the way.
pub(super) enum Admitted<O> {
    Answered {
        text: Arc<str>,
    },
    /// No grant allows it, or its turn does not come.
    Refused {
        sequence: u32,
        request: String,
        error: CallError,
        name: &'static str,
    },
    Ready {
        sequence: u32,
        request: String,
        operation: O,
        effect: Effect,
        turn: Turn,
    },
    /// An earlier host may have made it, and it is not made again.
    Left {
        sequence: u32,
        request: String,
        operation: O,
        failure: Failure,
    },
}

/// When a call may be made.
pub(super) enum Turn {
    /// With the others of its moment: the intents of all are durable.
    Now,
    /// After so long; only then is its own intent written, if it needs one.
    After(Duration, NeedsIntent),
}

/// Whether an intent is still to be written.
pub(super) struct NeedsIntent(pub(super) bool);

impl<O> Admitted<O> {
    /// Whether it is about to change something outside.
    pub(super) fn is_outside(&self) -> bool {
        matches!(self, Admitted::Ready { effect: Effect::Outside, .. })
    }

    /// Whether it is about to do so at once.
    pub(super) fn is_outside_now(&self) -> bool {
        matches!(self, Admitted::Ready { effect: Effect::Outside, turn: Turn::Now, .. })
    }
}

/// A call that has a reply.
pub(super) enum Performed<T> {
    Answered {
        text: Arc<str>,
    },
    /// The reply is left out where it is held better as its text alone.
    Live {
        sequence: u32,
        name: &'static str,
        request: String,
        reply: Option<Reply<T>>,
        text: Arc<str>,
    },
}

impl<T> Performed<T> {
    /// The text of the reply.
    pub(super) fn text(&self) -> &str {
        match self {
            Performed::Answered { text } | Performed::Live { text, .. } => text,
        }
    }
}

/// Who calls, with what is behind the gate.
pub(super) struct Calling<'a> {
    pub(super) recorder: &'a Recorder,
    pub(super) stops: Instant,
    /// What the caller has left.
    pub(super) left: Amounts,
}

impl<O: Operation> Admitted<O> {
    /// What is set aside for the call.
    fn borrow(&self, lender: &mut Lender) -> Amounts {
        let share = if let Admitted::Ready { operation, .. } = self { operation.share() } else { None };
        share.map(|share| lender.lend(share)).unwrap_or_default()
    }
}

impl Calling<'_> {
    /// Performs calls; the replies are in their order. No more are begun than can be at work at the same time: one that
    /// waits costs nothing but its request.
    pub(super) async fn perform_all<O: Operation>(
        &self,
        calls: Vec<Admitted<O>>,
    ) -> Vec<Result<Performed<O::Reply>, SandboxError>> {
        let (room, mut lender) = (&Room::default(), Lender::of(self.left));
        let numbered = calls.into_iter().map(|call| (call.borrow(&mut lender), call)).enumerate();
        let performing = numbered.map(async |(number, (lent, call))| (number, self.perform(call, lent, room).await));
        let mut performed: Vec<_> = stream::iter(performing).buffer_unordered(NESTED_AT_ONCE as usize).collect().await;
        performed.sort_unstable_by_key(|(number, _)| *number);
        performed.into_iter().map(|(_, performed)| performed).collect()
    }

    async fn perform<O: Operation>(
        &self,
        call: Admitted<O>,
        lent: Amounts,
        room: &Room,
    ) -> Result<Performed<O::Reply>, SandboxError> {
        let (sequence, name, request, reply, instead) = match call {
            Admitted::Answered { text } => return Ok(Performed::Answered { text }),
            // It was not made, and nothing else may be said of it: it needs no room.
            Admitted::Refused { sequence, request, error, name } => {
                let reply = Reply::Err(error);
                let text = Written::write(&reply)?;
                return Ok(Performed::Live { sequence, name, request, reply: Some(reply), text });
            }
            Admitted::Ready { sequence, request, operation, effect, turn } => {
                let (name, instead) = (operation.name(), operation.instead());
                if let Turn::After(wait, needs_intent) = turn {
                    tokio::time::sleep(wait).await;
                    self.announce((sequence, name, &request), effect, needs_intent).await?;
                }
                let site = CallSite { lent, ..self.site(sequence) };
                (sequence, name, request, do_it(operation, site, self.recorder.backends()).await?, instead)
            }
            Admitted::Left { sequence, request, operation, failure } => {
                let (name, instead, site) = (operation.name(), operation.instead(), self.site(sequence));
                let left = operation.leave(site, self.recorder.backends(), failure).await?;
                (sequence, name, request, left.into(), instead)
            }
        };
        let (reply, text) = room.hold(reply, instead, self.recorder.invocation())?;
        Ok(Performed::Live { sequence, name, request, reply, text })
    }

    fn site(&self, sequence: u32) -> CallSite {
        CallSite::of(self.recorder.invocation(), sequence, self.stops)
    }

    /// Makes the intent of a call that has waited durable, if it has an effect outside.
    async fn announce(
        &self,
        (sequence, name, request): (u32, &str, &str),
        effect: Effect,
        NeedsIntent(needs_intent): NeedsIntent,
    ) -> Result<(), SandboxError> {
        if needs_intent {
            self.recorder.intend(sequence, name, request).await?;
        }
        if effect == Effect::Outside { self.recorder.flush().await } else { Ok(()) }
    }
}

/// A reply, unless it is held better as its text alone, and its text.
type Held<T> = (Option<Reply<T>>, Arc<str>);

/// Bytes of a reply that is held twice: as it is, and as its text. A larger one is read from its text again.
const SMALL: u64 = 64 << 10;

/// What the replies to calls of one moment take: the host holds them until the last is there.
#[derive(Default)]
struct Room(AtomicU64);

impl Room {
    /// Writes a reply. All together may be as large as a payload; one that is too much is not held, and told as a failure.
    fn hold<T: Written>(
        &self,
        reply: Reply<T>,
        instead: fn(&str, Failure) -> Reply<T>,
        invocation: &Invocation,
    ) -> Result<Held<T>, SandboxError> {
        let text = T::write(&reply)?;
        let (bytes, limit) = (text.len() as u64, invocation.limits.payload);
        let held = self.0.fetch_add(bytes, Ordering::Relaxed);
        if held == 0 || held.saturating_add(bytes) <= limit.0 {
            let is_small = bytes <= SMALL; // one alone has its own limits
            return Ok((is_small.then_some(reply), text));
        }
        self.0.fetch_sub(bytes, Ordering::Relaxed);
        let too_much = format!(
            "it was made, but its reply and those of the other calls at once are larger than the limit `payload`, {limit}{}",
            payload_hint(&invocation.plugin)
        );
        let reply = instead(&text, Failure::Permanent(too_much));
        let text = T::write(&reply)?;
        Ok((Some(reply), text))
    }
}

/// A panic of a backend is the host's fault: it ends the invocation that called, and nothing else.
pub(super) async fn do_it<O: Operation>(
    operation: O,
    site: CallSite,
    backends: &Backends,
) -> Result<Reply<O::Reply>, SandboxError> {
    let (name, id) = (operation.name(), site.invocation.id.clone());
    let done = AssertUnwindSafe(operation.perform(site, backends)).catch_unwind().await;
    let panicked =
        |panic: Box<dyn Any + Send>| SandboxError::panicked(&id, format!("host call {name} of {id}"), panic.as_ref());
    Ok(done.map_err(panicked)??.into())
}
