//! What a capability hands to the gate: a host call with its name, what it needs, where its effect is felt, and how it is
//! done. It does not know the steps that are taken around it.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::Failure;
use baton_policy::repetition::Kind;
use baton_policy::{Amounts, Name, Request, Share};
use serde::Serialize;
use tokio::time::Instant;

use super::{Reply, Unknown, Written};
use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::invocation::Invocation;

/// A host call: its serialised form is the request that the journal keeps and a replay compares.
pub(crate) trait Operation: Serialize + Send + Sized {
    /// The answer, as the journal keeps it.
    type Reply: Written;

    /// `interface.function`.
    fn name(&self) -> &'static str;

    /// What must be granted; none for what every guest may do.
    fn permission(&self, backends: &Backends) -> Option<Request<'_>>;

    /// Whether it does something that the journal's own store does not undo together with the entry.
    fn effect(&self, backends: &Backends) -> Effect;

    /// What it is to those who look for loops, as far as its request says.
    fn kind(&self) -> Kind {
        Kind::Looks
    }

    /// How long it waits for its turn. It is asked once, right before the call is made: a turn is used up by it.
    ///
    /// # Errors
    /// Its turn does not come in time, or what it calls is left alone for a while.
    fn turn(&self, _: &CallSite, _: &Backends) -> Result<Duration, Failure> {
        Ok(Duration::ZERO)
    }

    /// The part of what its caller has left that it hands on; none if it spends nothing elsewhere.
    fn share(&self) -> Option<Share> {
        None
    }

    /// How a reply tells what was spent of what was handed on; none if nothing is.
    const SPENT: Option<fn(&Self::Reply) -> Amounts> = None;

    /// The same for this call.
    fn spent(&self) -> fn(&Reply<Self::Reply>) -> Amounts {
        spent::<Self>
    }

    /// What is told in place of a reply, by its text, that is too large.
    const INSTEAD: fn(&str, Failure) -> Reply<Self::Reply> = |_, failure| Reply::Err(CallError::Failed(failure));

    /// The same for this call.
    fn instead(&self) -> fn(&str, Failure) -> Reply<Self::Reply> {
        Self::INSTEAD
    }

    /// What is known of it if an earlier host may have done it already.
    fn unknown(&self, _: &CallSite, _: &Backends) -> Unknown {
        Unknown::of(self.name())
    }

    /// Does not do it, although an earlier host may have, and ends what that one left open.
    fn leave(
        self,
        _: CallSite,
        _: &Backends,
        failure: Failure,
    ) -> impl Future<Output = Result<Result<Self::Reply, CallError>, SandboxError>> + Send {
        async move { Ok(Err(CallError::Failed(failure))) }
    }

    /// Does it.
    fn perform(
        self,
        site: CallSite,
        backends: &Backends,
    ) -> impl Future<Output = Result<Result<Self::Reply, CallError>, SandboxError>> + Send;
}

/// What a reply says was spent.
pub(super) fn spent<O: Operation>(reply: &Reply<O::Reply>) -> Amounts {
    match (O::SPENT, reply) {
        (Some(spent), Reply::Ok(reply)) => spent(reply),
        _ => Amounts::default(),
    }
}

/// Where the effect of a call is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// In the store that holds the journal, or nowhere: a crash loses or keeps both together.
    Inside,
    /// Elsewhere: the intent must be durable first.
    Outside,
}

/// A host call's place: which invocation, and the number of the call in it.
#[derive(Clone, Debug)]
pub struct CallSite {
    /// The invocation that calls.
    pub invocation: Arc<Invocation>,
    /// Counts its host calls from 0.
    pub sequence: u32,
    /// When the caller is stopped. Its deadline does not say so: an earlier host may have set it.
    pub stops: Instant,
    /// What of the caller's budget is set aside for the call, until its reply tells what was spent.
    pub lent: Amounts,
}

impl CallSite {
    /// How long the caller may still take.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.stops.saturating_duration_since(Instant::now())
    }

    /// Whether the caller's grants cover a request.
    pub(crate) fn is_granted(&self, request: &Request<'_>) -> bool {
        self.invocation.policy.effective().allows(request)
    }

    /// The agents to which the caller's grants let it hand work, each with the most of its budget that it may give.
    pub(crate) fn staff(&self) -> impl Iterator<Item = (&Name, Share)> {
        self.invocation.policy.effective().agents.agents()
    }
}
