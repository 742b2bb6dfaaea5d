//! Calls that an earlier host may have made: their intent is in the journal and no reply. What is done about one is the
//! operator's word, and where that is to ask, a person's. It does not know what a call does.

use std::sync::Arc;

use baton_journal::Failure;
use baton_policy::unknown::in_flight;
use baton_policy::{Amounts, OnUnknown};

use super::{CallSite, Effect, Operation};
use crate::backends::Backends;
use crate::capability;

/// What is known of a call whose outcome nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What is done about it.
    pub on: OnUnknown,
    /// What is called, for people: `crm/contacts.upsert`, `POST https://api.example.com/v1/x`.
    pub call: String,
    /// The key that is sent along, the same each time; none where there is none, or where it follows from what the guest
    /// has yet to write.
    pub key: Option<String>,
}

impl Unknown {
    /// A call of which nothing else is known: a person is asked.
    #[must_use]
    pub fn of(call: &str) -> Self {
        Unknown { on: OnUnknown::Ask, call: call.to_owned(), key: None }
    }

    /// What the caller is told if the call is not made again; nothing if it is.
    #[must_use]
    pub fn refusal(&self, site: &CallSite) -> Option<Failure> {
        let why = self.on.refusal(site.invocation.resolution.as_ref())?;
        Some(Failure::Declined(format!("{}; {why}", in_flight(&self.call))))
    }
}

/// What is known of a call that a journal has the intent of and no reply; nothing if it has no effect outside, or would
/// be denied today.
#[must_use]
pub fn unknown_call(site: &CallSite, backends: &Backends, operation: &str, request: &str) -> Option<Unknown> {
    let operation = capability::operation(operation, request)?;
    let is_allowed = operation.permission(backends).is_none_or(|needed| site.is_granted(&needed));
    let is_outside = operation.effect(backends) == Effect::Outside;
    (is_allowed && is_outside).then(|| operation.unknown(site, backends))
}

/// The failure of a call that is not made again, as its gate sees it.
pub(super) fn refusal(operation: &impl Operation, site: &CallSite, backends: &Backends) -> Option<Failure> {
    operation.unknown(site, backends).refusal(site)
}

impl CallSite {
    /// The place of a call.
    pub(super) fn of(invocation: &Arc<crate::Invocation>, sequence: u32, stops: tokio::time::Instant) -> Self {
        CallSite { invocation: Arc::clone(invocation), sequence, stops, lent: Amounts::default() }
    }
}
