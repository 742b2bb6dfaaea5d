//! Work that failed for good and is put before a person, with the evidence: who answers lets it be tried once more, gives the
//! output, or lets it fail. It does not know how people are reached.

use baton_journal::{Decision, Payload, Site, Timestamp};
use serde_json::{Value, json};

use super::answer::loaded;
use super::ballot::{Ballot, rejected};
use super::fault::Fault;
use super::output::Local;
use super::{Action, Ask, Run, RunError};
use crate::plan::policy::MAX_ESCALATIONS;
use crate::plan::{Escalation, Work};

/// What a person makes of work that failed.
pub(super) enum Ruling {
    /// It is tried once more, with what they say of it.
    Again(Option<String>),
    /// This is the output.
    Given(Value),
    /// It failed, and why it stays so.
    Failed(String),
}

impl Run {
    /// An item cannot be done: a person is asked, if the step says so, or it has failed for good.
    pub(super) fn give_up(&mut self, step: usize, item: usize, fault: Fault) {
        match self.escalate(step, item, &fault) {
            Ok(Some(ask)) => {
                let trial = self.trial(step, item);
                trial.escalations += 1;
                trial.escalated = Some(Box::new(fault));
                self.outstanding.add(Action::Ask(ask));
            }
            Ok(None) => self.end_item(step, item, Err(fault)),
            Err(second) => {
                let both = fault.map(|text| format!("{text}; and its `escalate`: {}", second.failure.text()));
                self.end_item(step, item, Err(both));
            }
        }
    }

    /// The question about an item that failed; none if nobody is to be asked.
    fn escalate(&self, step: usize, item: usize, fault: &Fault) -> Result<Option<Ask>, Fault> {
        let definition = &self.plan.definition().steps[step];
        let asked = self.steps[step].trials.get(&item).map_or(0, |trial| trial.escalations);
        let is_open = self.is_open(step);
        match definition.handling(fault.kind).escalation() {
            Some(escalation) if is_open && definition.role.is_own() && asked < MAX_ESCALATIONS => {
                self.question_about(step, item, fault, escalation).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn question_about(&self, step: usize, item: usize, fault: &Fault, asked: &Escalation) -> Result<Ask, Fault> {
        let (local, name) = (self.local(step, item), self.site(step, item).to_string());
        let usual = || match &fault.short {
            Some(short) => short.question(&name),
            None => format!("`{name}` failed: {}. Try it once more?", fault.failure.text()),
        };
        let question = self.question_of(asked, local)?.unwrap_or_else(usual);
        let more = asked.show.as_ref().map(|show| self.render(show, local)).transpose()?;
        let show = Payload::json(&self.evidence(step, item, fault, more));
        let deadline = Timestamp(self.meter.now().0.saturating_add(asked.timeout.0));
        let token = self.escalation_token(&name, &question, &show);
        let roles = asked.to.clone();
        let (answer_schema, requested) = (None, false);
        Ok(Ask {
            step: name,
            question,
            show,
            roles,
            deadline,
            token,
            answer_schema,
            requested,
            in_doubt: None,
            asked_by: None,
            escalated: true,
            short: None,
            ballot: Ballot::default(),
        })
    }

    /// The question that the plan has people asked; none if it is the usual one.
    pub(super) fn question_of(&self, asked: &Escalation, local: Local<'_>) -> Result<Option<String>, Fault> {
        let question = asked.question.as_ref().map(|question| self.render(question, local)).transpose()?;
        Ok(question.map(|question| if let Value::String(text) = question { text } else { question.to_string() }))
    }

    /// What a person is shown of a failure: they may see what nothing else reads.
    fn evidence(&self, step: usize, item: usize, fault: &Fault, more: Option<Value>) -> Value {
        let attempts = self.steps[step].trials.get(&item).map_or(0, |trial| trial.attempt);
        let failure =
            json!({ "kind": fault.kind.as_str(), "case": fault.failure.case(), "text": fault.failure.text() });
        let mut evidence = json!({ "failure": failure, "attempts": attempts });
        if let Some(refused) = &fault.refused {
            evidence["findings"] = refused.findings.clone().into();
            evidence["output"] = refused.output.clone();
        }
        if let Some(short) = &fault.short {
            evidence["budget"] = short.evidence();
        }
        if let Some(more) = more {
            evidence["show"] = more;
        }
        evidence
    }

    /// Binds an answer to exactly this failure: each question about an item has its own.
    pub(super) fn escalation_token(&self, name: &str, question: &str, show: &Payload) -> baton_journal::Digest {
        let site = Site::read(name);
        let trial = self.place(&site).and_then(|(step, item)| self.steps[step].trials.get(&item));
        self.doubt_token(&site, question, show, trial.map_or(0, |trial| trial.escalations))
    }

    /// How long a person may take to say what becomes of an item that failed.
    pub(super) fn time_to_rule(&self, name: &str) -> Option<u64> {
        let (step, item) = self.place(&Site::read(name))?;
        let fault = self.steps[step].trials.get(&item)?.escalated.as_ref()?;
        let escalation = self.plan.definition().steps[step].handling(fault.kind).escalation()?;
        Some(escalation.timeout.0)
    }

    /// What a decision means for an item that failed.
    ///
    /// # Errors
    ///
    /// If the role may not decide, or what it gives does not pass.
    pub(super) fn ruling(&self, ask: &Ask, decision: &Decision) -> Result<Ruling, RunError> {
        self.check_decision(ask, decision)?;
        match decision {
            Decision::Approved { comment, answer, .. } => {
                let given = answer.as_ref().map(loaded).transpose()?;
                Ok(given.map_or_else(|| Ruling::Again(comment.clone()), Ruling::Given))
            }
            Decision::Rejected { by, comment, .. } => Ok(Ruling::Failed(rejected(by, comment.as_deref()))),
            Decision::Expired => Ok(Ruling::Failed("nobody said in time what becomes of it".to_owned())),
        }
    }

    /// Whether what a person gives can be the output; without it, whether it can be tried once more.
    pub(super) fn check_ruling(&self, name: &str, given: Option<&Value>) -> Result<(), RunError> {
        let Some((step, item)) = self.place(&Site::read(name)) else { return Ok(()) };
        let is_workflow = matches!(self.plan.definition().steps[step].work, Work::Workflow(_));
        let passed = match given {
            Some(given) => self.passed_value(step, item, given.clone()).map(drop),
            None if is_workflow => Err(Fault::permanent(
                "a workflow is not begun again: give what it should have resulted in, or let it fail",
            )),
            None => Ok(()),
        };
        passed.map_err(|fault| RunError::BadAnswer(format!("step `{name}`: {}", fault.failure.text())))
    }

    /// A person has said what becomes of an item that failed.
    pub(super) fn rule(&mut self, name: &str, ruling: Ruling) {
        self.outstanding.take_ask(name);
        let Some((step, item)) = self.place(&Site::read(name)) else { return };
        let Some(fault) = self.trial(step, item).escalated.take() else { return };
        match ruling {
            Ruling::Again(comment) => {
                fault.short.iter().for_each(|short| self.raise(step, short));
                self.mend(step, item, *fault, comment);
            }
            Ruling::Given(output) => self.take_given(step, item, output),
            Ruling::Failed(why) => self.end_item(step, item, Err(fault.map(|text| format!("{text}; {why}")))),
        }
        self.review(step);
    }

    /// Drops the questions about items of a step that it does not need any more.
    pub(super) fn drop_escalations(&mut self, step: usize) {
        let escalated = self.steps[step].trials.iter().filter(|(_, trial)| trial.escalated.is_some());
        let items: Vec<usize> = escalated.map(|(item, _)| *item).collect();
        for item in items {
            self.trial(step, item).escalated = None;
            let name = self.site(step, item).to_string();
            self.dropped.extend(self.outstanding.take_ask(&name));
        }
    }
}
