//! What happens at one moment is appended at once: attempts that begin together, and what several have come to meanwhile. The
//! order is that of the journal, as ever. It does not know what an attempt does.

use baton_journal::{Entry, Event, Tape};
use baton_workflow::{Action, Invoke};

use super::{Done, Driver, Job, finished};
use crate::error::Error;

/// The most entries that are appended at once: as many as a step has items at work.
const AT_ONCE: usize = 64;

impl Driver {
    /// Takes what a task came to, and what others have come to meanwhile: what happened at one moment is appended at once.
    pub(super) async fn all_done(&mut self, first: Done) -> Result<Vec<Action>, Error> {
        let (mut actions, mut events, mut next) = (Vec::new(), Vec::new(), Some(first));
        while let Some(done) = next {
            match done {
                Done::Happened(event) => events.push(*event),
                done => {
                    actions.extend(self.all_happened(std::mem::take(&mut events)).await?);
                    actions.extend(self.done(done).await?);
                }
            }
            let another = if events.len() < AT_ONCE { self.tasks.try_join_next() } else { None };
            next = match another.map(finished).transpose() {
                Ok(another) => another,
                Err(error) => {
                    self.all_happened(events).await?; // one that broke takes nothing from those that came to an end
                    return Err(error);
                }
            };
        }
        actions.extend(self.all_happened(events).await?);
        Ok(actions)
    }

    /// Appends what has come to an end when the run cannot go on: none of it should be done again.
    pub(super) async fn keep_what_ended(&mut self) {
        let mut events = Vec::new();
        while let Some(done) = self.tasks.try_join_next() {
            if let Ok(Done::Happened(event)) = finished(done) {
                events.push(*event);
            }
        }
        let _ = self.all_happened(events).await; // why the run cannot go on is told
    }

    /// Whether an attempt is new and changes nothing outside: then others may begin at the same moment. What does change
    /// something begins alone, so that a host that dies leaves no more in doubt than it must.
    pub(super) fn begins_with_others(&self, invoke: &Invoke) -> bool {
        !invoke.has_begun()
            && !self
                .context
                .job(invoke)
                .is_ok_and(|job| self.context.has_outside_effect(&job) || self.context.may_wait(&job))
    }

    /// The attempts that follow directly and may begin with this one.
    pub(super) fn take_beginning(&self, first: Invoke, actions: &mut Vec<Action>) -> Vec<Invoke> {
        let begins = |action: &&Action| match action {
            Action::Invoke(invoke) => self.run.wants(action) && self.begins_with_others(invoke),
            _ => false,
        };
        let others = actions.iter().take(AT_ONCE - 1).take_while(begins).count();
        let invoke = |action| if let Action::Invoke(invoke) = action { Some(invoke) } else { None };
        std::iter::once(first).chain(actions.drain(..others).filter_map(invoke)).collect()
    }

    /// Begins attempts at the same moment.
    pub(super) async fn begin(&mut self, invokes: &[Invoke]) -> Result<Vec<Action>, Error> {
        let jobs = invokes.iter().map(|invoke| self.context.job(invoke)).collect::<Result<Vec<_>, _>>()?;
        let entries = self.append_all(jobs.iter().map(Job::started).collect()).await?;
        let mut more = Vec::new();
        for (job, entry) in jobs.into_iter().zip(entries) {
            let at = entry.at; // what it sees as its beginning, also when it is replayed
            more.extend(self.take(entry).await?);
            self.spawn(job, Tape::starting(at));
        }
        Ok(more)
    }

    /// Appends events of one moment and lets the machine say what follows.
    async fn all_happened(&mut self, events: Vec<Event>) -> Result<Vec<Action>, Error> {
        let mut actions = Vec::new();
        for entry in self.append_all(events).await? {
            actions.extend(self.take(entry).await?);
        }
        Ok(actions)
    }

    async fn append_all(&self, events: Vec<Event>) -> Result<Vec<Entry>, Error> {
        let context = &self.context;
        if events.is_empty() {
            return Ok(Vec::new());
        }
        Ok(context.store.append_all(&context.claim, context.clock.now(), events).await?)
    }
}
