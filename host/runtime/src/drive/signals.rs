//! What lies in the mailbox of the run is taken while it is driven: what the machine would not take comes to nothing. It
//! does not know who sent it.

use baton_journal::{Event, Sent, Signal, Timestamp};
use baton_workflow::{Action, Run};

use super::Driver;
use crate::error::Error;

impl Driver {
    /// Takes what lies in the mailbox, in its order; nothing if it is empty, or nothing comes of what is in it.
    pub(super) async fn take_signals(&mut self) -> Result<Option<Vec<Action>>, Error> {
        let mut actions = None;
        for sent in self.context.store.signals(self.context.claim.run.clone()).await? {
            let context = &self.context;
            let (now, number) = (context.clock.now(), sent.number);
            let entry = context.store.take(&context.claim, now, number, wanted(&self.run, now, &sent)).await?;
            if let Some(entry) = entry {
                actions.get_or_insert_with(Vec::new).extend(self.take(entry).await?);
            }
        }
        Ok(actions)
    }
}

/// What a signal becomes; nothing if the run has no use for it any more: a question that was answered, a run that does not
/// rest.
pub(crate) fn wanted(run: &Run, now: Timestamp, sent: &Sent) -> Option<Event> {
    let is_asked = |step: &str, token| run.question(step).is_some_and(|ask| ask.token == token);
    let event = match &sent.signal {
        Signal::Decide { step, token, decision } if is_asked(step, *token) => {
            run.answer(step, decision.clone()).ok()?
        }
        Signal::Delegate { step, token, by, role, to, comment } if is_asked(step, *token) => {
            run.delegate(step, (by, role.as_deref()), to, comment.clone()).ok()?
        }
        signal => signal.event()?,
    };
    run.clone().apply(now, &event).is_ok().then_some(event)
}
