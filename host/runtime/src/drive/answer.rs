//! Questions to people and their answers, as events. It does not know how people are reached.

use baton_journal::{Decision, Event, Payload, json};
use baton_workflow::{Ask, Run};

use crate::error::Error;

/// The entry of a question.
pub(crate) fn requested(ask: &Ask) -> Event {
    Event::ApprovalRequested {
        step: ask.step.clone(),
        question: ask.question.clone(),
        show: ask.show.clone(),
        roles: ask.roles.clone(),
        deadline: ask.deadline,
        token: ask.token,
    }
}

/// The entry of an answer.
pub(crate) fn decided(ask: &Ask, decision: Decision) -> Event {
    Event::ApprovalDecided { step: ask.step.clone(), token: ask.token, decision }
}

/// Checks an answer before it is recorded: the role may give it, and what it adds fits.
pub(crate) fn check(run: &Run, ask: &Ask, decision: &Decision) -> Result<(), Error> {
    match decision {
        Decision::Approved { role, answer, .. } => {
            let answer = answer.as_ref().and_then(Payload::as_str).map(json::parse).transpose();
            let answer = answer.map_err(|error| Error::Internal(format!("an answer is not JSON: {error}")))?;
            Ok(run.validate_answer(&ask.step, role.as_deref(), answer.as_ref())?)
        }
        Decision::Rejected { role, .. } => Ok(run.validate_role(&ask.step, role.as_deref())?),
        Decision::Expired => Ok(()),
    }
}
