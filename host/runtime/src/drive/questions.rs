//! Questions to people while a run is driven: they are told to whoever watches, and what is due at them is recorded when it is.
//! It does not know how people are reached, nor who may answer.

use std::sync::Arc;

use baton_journal::{BoxFuture, Decision, Event};
use baton_workflow::{Action, Ask};

use super::{Done, Driver};
use crate::error::Error;

/// A conversation with a person that may come to an answer.
pub(super) type Talk = BoxFuture<'static, Result<Option<Decision>, Error>>;

impl Driver {
    /// Asks, or goes on with a question that was asked before.
    pub(super) async fn ask(&mut self, ask: Ask) -> Result<Vec<Action>, Error> {
        let mut more = Vec::new();
        if !ask.requested {
            more = self.happened(ask.asked()).await?;
        }
        more.extend(self.take_due(&ask).await?);
        if let Some(open) = self.open(&ask) {
            let (observer, store, asked) = (Arc::clone(&self.observer), Arc::clone(&self.context.store), open.clone());
            let talk = Box::pin(async move {
                store.flush().await?; // a question is told to somebody: what led to it must last
                Ok(observer.ask(&asked).await)
            });
            self.talk(open, talk);
        }
        Ok(more)
    }

    /// Waits for the answer until something is due at the question.
    fn talk(&mut self, ask: Ask, mut talk: Talk) {
        let left = self.until(ask.due());
        self.tasks.spawn(async move {
            Ok(match tokio::time::timeout(left, &mut talk).await {
                Ok(answer) => answer?.map_or(Done::Unanswered, |decision| Done::Answered(Box::new(ask), decision)),
                Err(_) => Done::Due(Box::new(ask), talk),
            })
        });
    }

    /// Something is due at a question, and the conversation goes on unless that ended it.
    pub(super) async fn due(&mut self, ask: Ask, talk: Talk) -> Result<Vec<Action>, Error> {
        let more = self.take_due(&ask).await?;
        if let Some(open) = self.open(&ask) {
            self.talk(open, talk);
        }
        Ok(more)
    }

    /// Records an answer; one to a question that was decided or dropped meanwhile comes too late.
    pub(super) async fn answered(&mut self, ask: &Ask, decision: Decision) -> Result<Vec<Action>, Error> {
        if self.open(ask).is_none() {
            return Ok(Vec::new());
        }
        let event = self.run.answer(&ask.step, decision)?; // nothing is recorded that the machine would not take
        self.happened(event).await
    }

    /// Records all that is due at a question, and tells whoever watches.
    async fn take_due(&mut self, ask: &Ask) -> Result<Vec<Action>, Error> {
        let mut more = Vec::new();
        while let Some(event) = self.open(ask).and_then(|open| open.overdue(self.context.clock.now())) {
            more.extend(self.happened(event.clone()).await?);
            self.context.store.flush().await?; // somebody is told of it
            if let (Event::ApprovalTurn { turn, .. }, Some(open)) = (&event, self.open(ask)) {
                self.observer.due(self.at, &open, turn);
            }
        }
        Ok(more)
    }

    /// The question as it stands, if it is still open.
    fn open(&self, ask: &Ask) -> Option<Ask> {
        self.run.question(&ask.step).filter(|open| open.requested && open.token == ask.token).cloned()
    }
}
