use super::backend::{Answer, Ask, Question};
use crate::bindings::baton::plugin::people::{self, Host, Refusal, Rejection};
use crate::bindings::baton::plugin::types::Error;
use crate::guest::Guest;

impl Host for Guest {
    async fn ask(&mut self, question: people::Question) -> wasmtime::Result<Result<people::Answer, Refusal>> {
        let people::Question { text, show, schema, roles, within_ms } = question;
        let question = Question { text, show, schema, roles, within_ms };
        if let Some(fault) = question.fault() {
            return Ok(Err(Refusal::NotAsked(Error::Invalid(fault)))); // so that nobody is told of it
        }
        Ok(match self.gate.call(Ask(question)).await? {
            Ok(Answer::Approved { by, role, comment, added }) => Ok(people::Answer { by, role, comment, added }),
            Ok(Answer::Rejected { by, role, comment }) => Err(Refusal::Rejected(Rejection { by, role, comment })),
            Ok(Answer::Expired) => Err(Refusal::Expired),
            Err(error) => Err(Refusal::NotAsked(error.into())),
        })
    }
}
