//! What people say to a question, and what that makes of it: a vote, a decision, a vote that is handed on. It does not know how
//! they are reached.

use baton_journal::{Decision, Event, Failure, Payload, Turn, json};
use serde_json::Value;

use super::accept::not_asking;
use super::ballot::Vote;
use super::fault::Fault;
use super::voter::refuse;
use super::{Ask, Run, RunError};
use crate::plan::{AtEnd, FaultKind};

impl Run {
    /// What is to be recorded of a person's answer: a vote, or the decision if it is the last that is needed.
    ///
    /// # Errors
    ///
    /// If the step does not wait for an answer, the person may not give it or has given one, or it does not fit the step's
    /// schema.
    pub fn answer(&self, step: &str, decision: Decision) -> Result<Event, RunError> {
        let machine = self.machine_of(step);
        let ask = machine.open_question(step)?;
        let vote = machine.vote(ask, &decision)?;
        let (step, token) = (ask.step.clone(), ask.token);
        Ok(match ask.ballot.with(vote).verdict() {
            Some(_) => Event::ApprovalDecided { step, token, decision },
            None => Event::ApprovalTurn { step, token, turn: Turn::Voted { vote: decision } },
        })
    }

    /// What is to be recorded when a person hands their vote on a step's question to another one.
    ///
    /// # Errors
    ///
    /// If the step does not wait for an answer, they have no vote, it may not be handed on, or the other one has a vote.
    pub fn delegate(
        &self,
        step: &str,
        (by, role): (&str, Option<&str>),
        to: &str,
        comment: Option<String>,
    ) -> Result<Event, RunError> {
        let ask = self.machine_of(step).open_question(step)?;
        let turn = Ask::handed(ask.delegation(by, role, to)?, comment);
        Ok(Event::ApprovalTurn { step: ask.step.clone(), token: ask.token, turn })
    }

    /// An answer as a vote.
    ///
    /// # Errors
    ///
    /// The person has no vote, what they add does not fit, or it is needed of others.
    fn vote(&self, ask: &Ask, decision: &Decision) -> Result<Vote, RunError> {
        let (yes, by, role, comment, answer) = match decision {
            Decision::Approved { by, role, comment, answer } => (true, by, role, comment, answer.as_ref()),
            Decision::Rejected { by, role, comment } => (false, by, role, comment, None),
            Decision::Expired => return refuse(format!("nobody says that the time of `{}` is over", ask.step)),
        };
        let voter = ask.voter(by, role.as_deref())?;
        let answer = answer.map(loaded).transpose()?;
        if yes {
            self.check_answer(ask, answer.as_ref())?;
        }
        let (by, comment) = (by.clone(), comment.clone());
        let vote = Vote { yes, by, role: voter.role, comment, answer, instead_of: voter.instead_of };
        if yes && ask.ballot.with(vote.clone()).missing() == ask.ballot.missing() {
            let roles = ask.roles.join(" or ");
            let role = vote.role.as_deref().unwrap_or(&roles);
            return refuse(format!("`{role}` has said yes to `{}` already: {}", ask.step, ask.still_needed()));
        }
        Ok(vote)
    }

    /// Whether an answer fits the step's schema.
    fn check_answer(&self, ask: &Ask, answer: Option<&Value>) -> Result<(), RunError> {
        let step = ask.step.as_str();
        if ask.escalated {
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

    /// Whether a decision is one that the question of an agent takes.
    ///
    /// # Errors
    ///
    /// If the person may not give it, or what they add does not fit.
    pub(super) fn check_decision(&self, ask: &Ask, decision: &Decision) -> Result<(), RunError> {
        if *decision == Decision::Expired { Ok(()) } else { self.vote(ask, decision).map(drop) }
    }

    /// The question after something happened to it that leaves it open.
    ///
    /// # Errors
    ///
    /// If that cannot happen to it now.
    pub(super) fn turned(&self, ask: &Ask, turn: &Turn) -> Result<Ask, RunError> {
        match turn {
            Turn::Voted { vote } => {
                let ballot = ask.ballot.with(self.vote(ask, vote)?);
                match ballot.verdict() {
                    None => Ok(Ask { ballot, ..ask.clone() }),
                    Some(_) => Err(RunError::OutOfOrder(format!("this vote decides the question of `{}`", ask.step))),
                }
            }
            Turn::Delegated { by, role, to, .. } => {
                let mut turned = ask.clone();
                turned.ballot.delegations.push(ask.delegation(by, role.as_deref(), to)?);
                Ok(turned)
            }
            Turn::Reminded { reminder } => ask.reminded(*reminder),
            Turn::Escalated { level, roles, assignees, deadline } => ask.escalated(*level, roles, assignees, *deadline),
        }
    }

    /// What the decision means for the step that asks.
    ///
    /// # Errors
    ///
    /// If it does not decide the question.
    pub(super) fn decided(&self, ask: &Ask, decision: &Decision) -> Result<Result<Value, Fault>, RunError> {
        if *decision == Decision::Expired {
            return self.expired(ask);
        }
        let vote = self.vote(ask, decision)?;
        let ballot = ask.ballot.with(vote);
        match ballot.verdict() {
            Some(true) => Ok(Ok(ballot.approved(ballot.votes.last()))),
            Some(false) => Ok(Err(Failure::Declined(ballot.rejected()).into())),
            None => {
                let needed = Ask { ballot, ..ask.clone() }.still_needed();
                Err(RunError::OutOfOrder(format!("step `{}` is not decided: {needed}", ask.step)))
            }
        }
    }

    /// What it means that nobody decided in time.
    fn expired(&self, ask: &Ask) -> Result<Result<Value, Fault>, RunError> {
        let approval = self.approval(&ask.step).ok_or_else(|| not_asking(&ask.step))?;
        if ask.next_level().is_some() {
            return Err(RunError::OutOfOrder(format!("the question of `{}` is escalated first", ask.step)));
        }
        let within = ask.whole_time(approval.timeout);
        let text = match ask.ballot.votes.len() {
            0 => format!("nobody answered within {within}"),
            _ => format!("only {} came within {within}", ask.ballot.count()),
        };
        let of_time = |failure: Failure| Err(Fault::new(FaultKind::Timeout, failure));
        Ok(match ask.ballot.at_end {
            AtEnd::Approve => Ok(ask.ballot.approved(None)),
            AtEnd::Reject => of_time(Failure::Declined(text)),
            AtEnd::Fail => of_time(Failure::Permanent(text)),
        })
    }
}

/// An answer as a value.
pub(super) fn loaded(answer: &Payload) -> Result<Value, RunError> {
    let text = answer.as_str().ok_or(RunError::NotLoaded("answer"))?;
    json::parse(text).map_err(|error| RunError::BadAnswer(format!("the answer is not JSON: {error}")))
}
