//! Questions to people, and their answers. It does not know how people are reached.

use baton_journal::{Decision, Digest, Failure, Payload, Timestamp};
use serde_json::{Value, json};

use super::accept::not_asking;
use super::fault::Fault;
use super::output::Local;
use super::{Action, Ask, Run, RunError};
use crate::plan::{Approval, FaultKind, Work};
use baton_journal::json;

impl Run {
    /// Asks a step's question.
    ///
    /// # Errors
    ///
    /// If the question or what is shown has no value.
    pub(super) fn ask(&mut self, step: usize, approval: &Approval) -> Result<(), Fault> {
        let question = match self.render(&approval.question, Local::default())? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let show = Payload::json(&self.render(&approval.show, Local::default())?);
        let name = self.named(step);
        let token = self.token(&name, &question, &show);
        let deadline = Timestamp(self.meter.now().0.saturating_add(approval.timeout.0));
        let answer_schema = approval.answer.as_ref().map(|schema| schema.document().clone());
        let roles = approval.roles.clone();
        let ask = Ask {
            step: name,
            question,
            show,
            roles,
            deadline,
            token,
            answer_schema,
            requested: false,
            in_doubt: None,
            asked_by: None,
            escalated: false,
        };
        self.outstanding.add(Action::Ask(ask));
        Ok(())
    }

    /// Binds an answer to exactly this question of this run.
    pub(super) fn token(&self, step: &str, question: &str, show: &Payload) -> Digest {
        let shown = show.digest();
        let parts = [self.id.as_str().as_bytes(), step.as_bytes(), question.as_bytes(), shown.as_bytes()];
        Digest::of_parts(parts)
    }

    /// What the plan says of the step's question; nothing of one that the host asks.
    fn approval(&self, step: &str) -> Option<&Approval> {
        match &self.plan.definition().steps[self.step_named(step)?].work {
            Work::Approve(approval) => Some(approval),
            _ => None,
        }
    }

    /// Whether a role may answer.
    pub(super) fn check_role(&self, step: &str, role: Option<&str>) -> Result<(), RunError> {
        let ask = self.outstanding.ask(step).ok_or_else(|| not_asking(step))?;
        let allowed = ask.roles.is_empty() || role.is_some_and(|role| ask.roles.iter().any(|known| known == role));
        if allowed {
            return Ok(());
        }
        let who = role.map_or_else(|| "nobody in particular".to_owned(), |role| format!("`{role}`"));
        Err(RunError::BadAnswer(format!("step `{step}` is for {}, not for {who} to answer", ask.roles.join(" or "))))
    }

    /// Whether an answer fits the step's schema.
    pub(super) fn check_answer(&self, step: &str, answer: Option<&Value>) -> Result<(), RunError> {
        if self.outstanding.ask(step).is_some_and(|ask| ask.escalated) {
            return self.check_ruling(step, answer);
        }
        let of_step = self.approval(step).and_then(|approval| approval.answer.as_ref());
        let Some(schema) = of_step.or_else(|| self.questions.schema(step)) else { return Ok(()) };
        let answer = answer
            .ok_or_else(|| RunError::BadAnswer(format!("step `{step}` needs an answer that fits {}", schema.name())))?;
        schema.check(answer).map_err(|errors| {
            RunError::BadAnswer(format!("the answer does not fit {}: {}", schema.name(), errors.join("; ")))
        })
    }

    /// Whether a decision is one that the question takes.
    pub(super) fn check_decision(&self, step: &str, decision: &Decision) -> Result<(), RunError> {
        match decision {
            Decision::Approved { role, answer, .. } => {
                let added = answer.as_ref().map(loaded).transpose()?;
                self.check_role(step, role.as_deref())?;
                self.check_answer(step, added.as_ref())
            }
            Decision::Rejected { role, .. } => self.check_role(step, role.as_deref()),
            Decision::Expired => Ok(()),
        }
    }

    /// What a decision means for the step.
    ///
    /// # Errors
    ///
    /// If the role may not decide, or the answer does not fit.
    pub(super) fn answer(&self, step: &str, decision: &Decision) -> Result<Result<Value, Fault>, RunError> {
        match decision {
            Decision::Approved { by, role, comment, answer } => {
                let added = answer.as_ref().map(loaded).transpose()?;
                self.check_role(step, role.as_deref())?;
                self.check_answer(step, added.as_ref())?;
                Ok(Ok(json!({"decision": "approved", "by": by, "role": role, "comment": comment, "answer": added})))
            }
            Decision::Rejected { by, role, comment } => {
                self.check_role(step, role.as_deref())?;
                Ok(Err(Failure::Declined(rejected(by, comment.as_deref())).into()))
            }
            Decision::Expired => {
                let approval = self.approval(step).ok_or_else(|| not_asking(step))?;
                let text = format!("nobody answered within {}", approval.timeout);
                Ok(Err(Fault::new(FaultKind::Timeout, Failure::Declined(text))))
            }
        }
    }
}

/// Who said no, and why.
pub(super) fn rejected(by: &str, comment: Option<&str>) -> String {
    let because = comment.map_or_else(String::new, |comment| format!(": {comment}"));
    format!("rejected by {by}{because}")
}

/// An answer as a value.
pub(super) fn loaded(answer: &Payload) -> Result<Value, RunError> {
    let text = answer.as_str().ok_or(RunError::NotLoaded("answer"))?;
    json::parse(text).map_err(|error| RunError::BadAnswer(format!("the answer is not JSON: {error}")))
}
