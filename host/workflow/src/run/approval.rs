//! Questions to people, as steps ask them: what, of whom, and until when. It does not know what is answered.

use baton_journal::{Digest, Event, Failure, Payload, Timestamp};
use serde_json::Value;

use super::accept::not_asking;
use super::ballot::{Ballot, Level};
use super::fault::Fault;
use super::output::Local;
use super::{Action, Ask, Run, RunError};
use crate::expression::Template;
use crate::plan::approval::{MAX_PEOPLE, is_same_person};
use crate::plan::{Approval, Work};

impl Run {
    /// Asks a step's question.
    ///
    /// # Errors
    ///
    /// If the question, what is shown or who may answer has no value, or nobody could answer.
    pub(super) fn ask(&mut self, step: usize, approval: &Approval) -> Result<(), Fault> {
        let question = match self.render(&approval.question, Local::default())? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let show = Payload::json(&self.render(&approval.show, Local::default())?);
        let name = self.named(step);
        let mut ask = Ask {
            token: self.token(&name, &question, &show),
            step: name,
            question,
            show,
            roles: approval.roles.clone(),
            deadline: Timestamp::default(),
            answer_schema: approval.answer.as_ref().map(|schema| schema.document().clone()),
            requested: false,
            in_doubt: None,
            asked_by: None,
            escalated: false,
            short: None,
            ballot: self.ballot(approval)?,
        };
        self.set_times(&mut ask, approval);
        self.outstanding.add(Action::Ask(ask));
        Ok(())
    }

    /// How the question is decided.
    fn ballot(&self, approval: &Approval) -> Result<Ballot, Fault> {
        let assignees = self.people(approval.assignees.as_ref())?;
        let named = u32::try_from(assignees.len()).unwrap_or(u32::MAX);
        if approval.roles.is_empty() && approval.assignees.is_some() && named < approval.quorum.needed() {
            let needed = approval.quorum.needed();
            let text = format!("`votes` asks for {needed} people, and `assignees` came to {named}");
            return Err(Failure::Invalid(text).into());
        }
        let levels = approval.escalations.iter().map(|level| {
            let assignees = self.people(level.assignees.as_ref())?;
            Ok(Level { roles: level.roles.clone(), assignees, timeout: level.timeout })
        });
        let levels: Result<Vec<Level>, Fault> = levels.collect();
        Ok(Ballot {
            assignees,
            quorum: approval.quorum.clone(),
            may_delegate: approval.delegate,
            levels: levels?,
            at_end: approval.at_end,
            ..Ballot::default()
        })
    }

    /// People by name, each once.
    fn people(&self, template: Option<&Template>) -> Result<Vec<String>, Fault> {
        let Some(template) = template else { return Ok(Vec::new()) };
        let Value::Array(names) = self.render(template, Local::default())? else {
            return Err(Failure::Invalid("`assignees` is no list of names".to_owned()).into());
        };
        let mut people: Vec<String> = Vec::new();
        for name in names {
            match name.as_str().map(str::trim) {
                Some(name) if !name.is_empty() && people.len() < MAX_PEOPLE as usize => {
                    if !people.iter().any(|known| is_same_person(known, name)) {
                        people.push(name.to_owned());
                    }
                }
                Some(name) if !name.is_empty() => {
                    let text = format!("`assignees` came to more than {MAX_PEOPLE} people");
                    return Err(Failure::Invalid(text).into());
                }
                _ => return Err(Failure::Invalid(format!("`assignees` has no name in it: {name}")).into()),
            }
        }
        Ok(people)
    }

    /// When the question, asked now, is to be looked at.
    pub(super) fn set_times(&self, ask: &mut Ask, approval: &Approval) {
        let after = |time: u64| Timestamp(self.meter.now().0.saturating_add(time));
        ask.deadline = after(approval.timeout.0);
        ask.ballot.reminders = approval.remind.iter().map(|time| after(time.0)).collect();
    }

    /// Binds an answer to exactly this question of this run.
    pub(super) fn token(&self, step: &str, question: &str, show: &Payload) -> Digest {
        let shown = show.digest();
        let parts = [self.id.as_str().as_bytes(), step.as_bytes(), question.as_bytes(), shown.as_bytes()];
        Digest::of_parts(parts)
    }

    /// What the plan says of the step's question; nothing of one that the host asks.
    pub(super) fn approval(&self, step: &str) -> Option<&Approval> {
        match &self.plan.definition().steps[self.step_named(step)?].work {
            Work::Approve(approval) => Some(approval),
            _ => None,
        }
    }

    /// The question that a step asks, once the journal has it.
    pub(super) fn open_question(&self, step: &str) -> Result<&Ask, RunError> {
        self.outstanding.ask(step).filter(|ask| ask.requested).ok_or_else(|| not_asking(step))
    }
}

impl Ask {
    /// What is to be recorded when it is asked.
    #[must_use]
    pub fn asked(&self) -> Event {
        Event::ApprovalRequested {
            step: self.step.clone(),
            question: self.question.clone(),
            show: self.show.clone(),
            roles: self.roles.clone(),
            assignees: self.ballot.assignees.clone(),
            quorum: self.ballot.quorum.clone(),
            deadline: self.deadline,
            token: self.token,
        }
    }
}
