//! An invocation that is about to be made, and the entries that tell of its beginning and its end. It does not know how it is made.

use std::sync::Arc;

use baton_journal::{Authority, Event, InvocationId, Outcome, Payload, Site, Usage};
use baton_policy::{Account, Amounts, MicroUsd};
use baton_sandbox::{Ended, Invocation, Target};

use crate::lease;

/// An invocation that is about to be made.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) invocation: Arc<Invocation>,
    pub(crate) caller: Option<Caller>,
    /// What it costs.
    pub(crate) price: MicroUsd,
}

/// Who made an invocation by a host call.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) id: InvocationId,
    /// With whose grants the invocation acts.
    pub(crate) authority: Authority,
}

impl Job {
    /// The same with no more than that.
    pub(crate) fn within(&self, amounts: Amounts) -> Job {
        let mut invocation = Invocation::clone(&self.invocation);
        invocation.limits = invocation.limits.within(amounts);
        Job { invocation: Arc::new(invocation), ..self.clone() }
    }

    /// The same, with its host calls counted there.
    pub(crate) fn counted(&self, account: Arc<Account>) -> Job {
        let invocation = Invocation { account, ..Invocation::clone(&self.invocation) };
        Job { invocation: Arc::new(invocation), ..self.clone() }
    }

    /// The same, free of charge: it is not made.
    pub(crate) fn free(&self) -> Job {
        Job { price: MicroUsd::default(), ..self.clone() }
    }

    /// The entry of its beginning.
    pub(crate) fn started(&self) -> Event {
        let invocation = &self.invocation;
        Event::InvocationStarted {
            invocation: invocation.id.clone(),
            site: self.site(),
            attempt: invocation.attempt,
            caller: self.caller_id(),
            plugin: invocation.plugin.clone(),
            function: match &invocation.target {
                Target::Agent => None,
                Target::Tool(function) => Some(function.clone()),
            },
            input: Payload::text(Arc::clone(&invocation.input)),
            deadline: invocation.deadline,
            authority: self.caller.as_ref().map(|caller| caller.authority),
            lease: lease::lease(&invocation.limits),
        }
    }

    /// The entry of its end without having done anything.
    pub(crate) fn ended_as(&self, outcome: Outcome) -> Event {
        self.ended(&Ended::unmade(outcome))
    }

    /// The entry of its end. What is suspended goes on, and is paid when it has ended.
    pub(crate) fn ended(&self, ended: &Ended) -> Event {
        let price = if ended.outcome == Outcome::Suspended { MicroUsd::default() } else { self.price };
        Event::InvocationEnded {
            invocation: self.invocation.id.clone(),
            site: self.site(),
            attempt: self.invocation.attempt,
            caller: self.caller_id(),
            outcome: ended.outcome.clone(),
            usage: Usage { micro_usd: price.0, ..ended.usage },
        }
    }

    fn caller_id(&self) -> Option<InvocationId> {
        self.caller.as_ref().map(|caller| caller.id.clone())
    }

    fn site(&self) -> Site {
        self.invocation.site.clone()
    }
}
