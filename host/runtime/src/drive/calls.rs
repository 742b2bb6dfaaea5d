//! Calls of tools that are about to begin: the driver has each begin when the machine has something for it, because only the
//! machine knows what is reserved. It does not know what is called.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_journal::{Event, InvocationId, Outcome, Site, Timestamp};
use baton_policy::Amounts;
use baton_sandbox::Target;
use baton_workflow::{Action, Callers, Share};
use tokio::sync::oneshot;

use super::{Driver, Job, RunContext};
use crate::error::Error;

/// What an invocation tells the driver of its run.
pub(crate) enum News {
    /// Something happened.
    Happened(Box<Event>, oneshot::Sender<Timestamp>),
    /// Something happened that the journal has already.
    Recorded(Box<Event>, oneshot::Sender<()>),
    /// A tool or an agent is to begin.
    Calls(Call),
    /// Somebody waits for a place. Others who wait may have to do without what it holds.
    Waits,
}

/// A tool, or an agent that is handed work, that is to begin.
pub(crate) struct Call {
    job: Box<Job>,
    /// Whether its caller can be suspended until a person has allowed more.
    can_wait: bool,
    begun: oneshot::Sender<Begun>,
}

/// What becomes of a call.
pub(crate) enum Begun {
    /// It begins, with what it may use, and when.
    Yes(Box<Job>, Timestamp),
    /// Nothing is left for it, and why.
    No(String),
    /// A person is asked whether something may be left for it: its caller is suspended.
    Asked,
}

/// A call that cannot be paid, and the plugin that it calls.
pub(super) type Unpaid = (InvocationId, String);

/// Who waits for a call to begin.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<BTreeMap<InvocationId, usize>>>);

/// Somebody waits, until it is dropped.
pub(crate) struct Waiter {
    waiting: Waiting,
    caller: InvocationId,
}

impl Waiting {
    fn begin(&self, caller: &InvocationId) -> Waiter {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(caller.clone()).or_default() += 1;
        Waiter { waiting: self.clone(), caller: caller.clone() }
    }

    fn callers(&self) -> Callers {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.caller);
            }
        }
    }
}

impl RunContext {
    /// Notes that a caller waits for a call to begin.
    pub(crate) fn waits(&self, caller: &InvocationId) -> Waiter {
        self.waiting.begin(caller)
    }

    /// Tells the driver that somebody waits for a place.
    pub(crate) fn tell_waiting(&self) {
        let _ = self.news.send(News::Waits); // without a driver nobody waits for long
    }

    /// Has a call begin: it is in the journal, with what it may use.
    ///
    /// # Errors
    /// The run is no longer driven.
    pub(crate) async fn begin_call(&self, job: Job, can_wait: bool) -> Result<Begun, Error> {
        self.send(|begun| News::Calls(Call { job: Box::new(job), can_wait, begun })).await
    }
}

impl Driver {
    /// Takes what an invocation tells: the machine must see it in the order of the journal, or it would decide otherwise
    /// when it is built again.
    pub(super) async fn heard(&mut self, news: News) -> Result<Vec<Action>, Error> {
        match news {
            News::Happened(event, told) => {
                let actions = self.happened(*event).await?;
                let _ = told.send(self.at); // who told it may have been stopped meanwhile
                Ok(actions)
            }
            News::Recorded(event, told) => {
                let actions = self.run.apply(self.at, &event)?;
                let _ = told.send(());
                Ok(actions)
            }
            News::Calls(call) => {
                self.calls.push(call);
                Ok(Vec::new())
            }
            News::Waits => Ok(Vec::new()),
        }
    }

    /// Has those calls begin for which there is something, in the order in which they came.
    pub(super) async fn begin_calls(&mut self) -> Result<Vec<Action>, Error> {
        let mut actions = Vec::new();
        for call in std::mem::take(&mut self.calls) {
            if call.begun.is_closed() {
                continue; // its caller was stopped
            }
            match self.share(&call.job) {
                Share::Granted(amounts) => actions.extend(self.begin_call(call, amounts).await?),
                Share::Later => self.calls.push(call),
                Share::Exhausted { may_ask: true, .. } if call.can_wait => self.ask_before(call),
                Share::Exhausted { text, .. } => drop(call.begun.send(Begun::No(text))),
            }
        }
        Ok(actions)
    }

    fn share(&self, job: &Job) -> Share {
        let (invocation, waiting) = (&job.invocation, self.context.waiting.callers());
        match invocation.target {
            Target::Tool(_) => self.run.share_of_call(&invocation.site, &invocation.plugin, &waiting),
            Target::Agent => self.run.share_of_work(&invocation.site, &invocation.plugin, &waiting),
        }
    }

    async fn begin_call(&mut self, call: Call, amounts: Amounts) -> Result<Vec<Action>, Error> {
        let job = match call.job.invocation.target {
            Target::Tool(_) => call.job.within(amounts),
            Target::Agent => *call.job, // it has what its caller gives it
        };
        let actions = self.happened(job.started()).await?;
        let _ = call.begun.send(Begun::Yes(Box::new(job), self.at)); // who called may have been stopped meanwhile
        Ok(actions)
    }

    /// Has the caller suspended. A person is asked once the journal has that.
    fn ask_before(&mut self, call: Call) {
        let invocation = &call.job.invocation;
        self.unpaid.insert(invocation.site.clone(), (invocation.id.clone(), invocation.plugin.clone()));
        let _ = call.begun.send(Begun::Asked);
    }

    /// The call that an attempt is suspended for.
    pub(super) fn unpaid_of(&mut self, event: &Event) -> Option<(Site, Unpaid)> {
        match event {
            Event::InvocationEnded { caller: None, site, outcome: Outcome::Suspended, .. } => {
                self.unpaid.remove(site).map(|unpaid| (site.clone(), unpaid))
            }
            _ => None,
        }
    }

    /// Has a person asked whether a call may be paid; if it can be paid by now, its attempt goes on.
    pub(super) async fn ask_for_more(&mut self, site: &Site, (call, plugin): Unpaid) -> Result<Vec<Action>, Error> {
        match self.run.ask_for_more(call.as_str(), &plugin, self.context.clock.now()) {
            Some(ask) => self.happened(ask.asked()).await,
            None => Ok(self.run.outstanding().into_iter().filter(|action| is_at(action, site)).collect()),
        }
    }
}

fn is_at(action: &Action, site: &Site) -> bool {
    matches!(action, Action::Invoke(invoke) if invoke.site == *site)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_for_two_calls_waits_until_both_have_begun() {
        let site = baton_journal::Site { step: "a".to_owned(), item: None };
        let (waiting, caller) = (Waiting::default(), InvocationId::attempt(&site, 1));
        let (one, other) = (waiting.begin(&caller), waiting.begin(&caller));
        drop(one);
        assert_eq!(waiting.callers(), Callers::from([caller]));
        drop(other);
        assert!(waiting.callers().is_empty());
    }
}
