//! Questions that agents ask people from their own code. The machine asks them; here the answer is found, once it is in the
//! journal. It does not know how people are reached.

use std::sync::Arc;

use baton_journal::{BoxFuture, Decision, Payload, json};
use baton_sandbox::{Answer, CallError, CallSite, People, Question, SandboxError};
use baton_workflow::Schema;

use crate::drive::RunContext;
use crate::nested::{host_error, intent, nested_id};

/// The questions of one run.
pub(crate) struct Questions {
    context: Arc<RunContext>,
}

impl Questions {
    pub(crate) fn new(context: Arc<RunContext>) -> Self {
        Questions { context }
    }

    async fn answer(&self, site: &CallSite, question: &Question) -> Result<Result<Answer, CallError>, SandboxError> {
        if let Some(fault) = fault(question) {
            return Ok(Err(CallError::Invalid(fault)));
        }
        match self.context.earlier().decision(nested_id(site).as_str()) {
            Some(decision) => Ok(Ok(told(decision))),
            None => {
                self.context.note(intent(site, "people.ask", question)).await.map_err(host_error)?;
                Err(SandboxError::Suspended)
            }
        }
    }
}

impl People for Questions {
    fn ask(
        &self,
        site: CallSite,
        question: Question,
    ) -> BoxFuture<'_, Result<Result<Answer, CallError>, SandboxError>> {
        Box::pin(async move { self.answer(&site, &question).await })
    }
}

/// Why a question cannot be shown or its answer not be checked.
fn fault(question: &Question) -> Option<String> {
    if let Err(error) = json::parse(&question.show) {
        return Some(format!("what is shown is not JSON: {error}"));
    }
    let document = match json::parse(question.schema.as_ref()?) {
        Ok(document) => document,
        Err(error) => return Some(format!("the schema is not JSON: {error}")),
    };
    Schema::compile("the schema", &document).err().map(|error| format!("the schema is none: {error}"))
}

/// A decision as the agent is told of it.
pub(crate) fn told(decision: &Decision) -> Answer {
    match decision.clone() {
        Decision::Approved { by, role, comment, answer } => {
            let added = answer.as_ref().and_then(Payload::as_str).map(str::to_owned);
            Answer::Approved { by, role, comment, added }
        }
        Decision::Rejected { by, role, comment } => Answer::Rejected { by, role, comment },
        Decision::Expired => Answer::Expired,
    }
}
