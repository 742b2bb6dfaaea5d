//! What lies in the mailbox of the run is taken while it is driven: what the machine would not take comes to nothing. It
//! does not know who sent it.

use baton_journal::{Event, Sent, Signal, Timestamp};
use baton_workflow::{Action, Run};

use super::{Driver, answer};
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
    if let Signal::Decide { step, token, decision } = &sent.signal {
        let ask = run.question(step).filter(|ask| ask.token == *token)?;
        answer::check(run, ask, decision).ok()?;
    }
    let event = sent.signal.event();
    run.clone().apply(now, &event).is_ok().then_some(event)
}
