//! What is due at a question: reminders, escalations, and its end. Times are the plan's; who was not there when it was time for
//! several reminders gives one. It does not know how anybody is told.

use baton_journal::{Decision, Event, Timestamp, Turn};

use super::{Ask, RunError};

impl Ask {
    /// When somebody has to look at it again: it is time for a reminder, or time is over.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        self.next_reminder().map_or(self.deadline, |next| next.min(self.deadline))
    }

    /// What is to be recorded at that moment; nothing if it is not time for anything.
    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> Option<Event> {
        if now < self.due() {
            return None;
        }
        let (step, token) = (self.step.clone(), self.token);
        let turn = match (now >= self.deadline, self.next_level()) {
            (true, None) => return Some(Event::ApprovalDecided { step, token, decision: Decision::Expired }),
            (true, Some(level)) => Turn::Escalated {
                level: self.ballot.level.saturating_add(1),
                roles: level.roles.clone(),
                assignees: level.assignees.clone(),
                deadline: Timestamp(now.0.saturating_add(level.timeout.0)),
            },
            (false, _) => Turn::Reminded { reminder: self.reminders_until(now) },
        };
        Some(Event::ApprovalTurn { step, token, turn })
    }

    /// The level to which it is escalated next.
    pub(super) fn next_level(&self) -> Option<&super::Level> {
        self.ballot.levels.get(self.ballot.level as usize)
    }

    fn next_reminder(&self) -> Option<Timestamp> {
        self.ballot.reminders.get(self.ballot.reminded as usize).copied()
    }

    fn reminders_until(&self, now: Timestamp) -> u32 {
        let over = self.ballot.reminders.iter().filter(|moment| **moment <= now).count();
        u32::try_from(over).unwrap_or(u32::MAX)
    }

    /// When a reminder is due, by its number.
    pub(super) fn reminder(&self, number: u32) -> Option<Timestamp> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.ballot.reminders.get(place).copied()
    }

    /// The question after a reminder.
    ///
    /// # Errors
    /// It has no such reminder, or that was given.
    pub(super) fn reminded(&self, reminder: u32) -> Result<Ask, RunError> {
        if reminder <= self.ballot.reminded || self.reminder(reminder).is_none() {
            let text = format!("step `{}` has no reminder {reminder} to give", self.step);
            return Err(RunError::OutOfOrder(text));
        }
        let mut ask = self.clone();
        ask.ballot.reminded = reminder;
        Ok(ask)
    }

    /// The question after an escalation: others may answer too, and the votes that were given stay.
    ///
    /// # Errors
    /// It is not escalated to this level next.
    pub(super) fn escalated(
        &self,
        level: u32,
        roles: &[String],
        assignees: &[String],
        deadline: Timestamp,
    ) -> Result<Ask, RunError> {
        if level != self.ballot.level.saturating_add(1) || self.next_level().is_none() {
            let text = format!("step `{}` is not escalated to level {level} next", self.step);
            return Err(RunError::OutOfOrder(text));
        }
        let mut ask = self.clone();
        ask.ballot.level = level;
        ask.ballot.reminded = u32::try_from(ask.ballot.reminders.len()).unwrap_or(u32::MAX);
        ask.deadline = deadline;
        add_new(&mut ask.roles, roles);
        add_new(&mut ask.ballot.assignees, assignees);
        Ok(ask)
    }
}

fn add_new(known: &mut Vec<String>, more: &[String]) {
    for name in more {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
}
