//! A run that was forked off another one: its first events are the other run's, under the other run's name; the rest is its
//! own. It does not know which events were taken over.

use std::collections::VecDeque;

use baton_journal::{RunId, Timestamp};

use super::{Action, Run};

impl Run {
    /// Whether the events so far are those of a run that this one was forked off.
    #[must_use]
    pub fn is_another(&self) -> bool {
        !self.forks.is_empty()
    }

    /// The run was forked off these, the first one first.
    pub(super) fn begin_as(&mut self, forks: VecDeque<RunId>) {
        self.forks = forks;
        self.act_as_next();
    }

    /// The events of the run that acts are over. What it was about to do is done by the next one, under its own name.
    pub(super) fn cross(&mut self) {
        self.forks.pop_front();
        self.act_as_next();
        let mut outstanding = std::mem::take(&mut self.outstanding);
        outstanding.for_each(|action| self.renew(action));
        self.outstanding = outstanding;
        for inner in self.inner.values_mut() {
            inner.forks.clone_from(&self.forks);
            inner.forks.push_front(self.id.clone());
            inner.cross();
        }
    }

    fn act_as_next(&mut self) {
        self.id = self.forks.front().unwrap_or(&self.own).clone();
    }

    fn renew(&self, action: &mut Action) {
        match action {
            Action::Invoke(invoke) if invoke.started.is_none() => {
                invoke.idempotency_key = self.idempotency_key(&invoke.site);
            }
            Action::Ask(ask) if !ask.requested => {
                ask.token = match ask.escalated {
                    true => self.escalation_token(&ask.step, &ask.question, &ask.show),
                    false => self.token(&ask.step, &ask.question, &ask.show),
                };
                let now = self.meter.now().0;
                match (self.approval(&ask.step), self.time_to_rule(&ask.step)) {
                    (Some(approval), _) => self.set_times(ask, approval),
                    (None, Some(timeout)) => ask.deadline = Timestamp(now.saturating_add(timeout)),
                    (None, None) => {}
                }
            }
            _ => {}
        }
    }
}
