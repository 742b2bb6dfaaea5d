use baton_policy::Share;
use baton_policy::ceiling::CALLS_AT_ONCE;

use super::backend::{Delegate, Delegated, List, StaffFacts, Told, Work};
use crate::bindings::baton::plugin::agents::{Assignment, Host, Worker};
use crate::bindings::baton::plugin::types::Error;
use crate::call_error::CallError;
use crate::guest::Guest;

impl Host for Guest {
    async fn list(&mut self) -> wasmtime::Result<Vec<Worker>> {
        let staff = self.gate.call(List {}).await?;
        Ok(staff.unwrap_or_default().into_iter().map(Worker::from).collect())
    }

    async fn delegate(&mut self, work: Assignment) -> wasmtime::Result<Result<String, Error>> {
        let mut told = self.delegate_all(vec![work]).await?;
        Ok(told.pop().unwrap_or_else(|| Err(Error::Invalid("there is no work".to_owned()))))
    }

    async fn delegate_all(&mut self, work: Vec<Assignment>) -> wasmtime::Result<Vec<Result<String, Error>>> {
        let pieces = work.len();
        match delegates(work) {
            Ok(calls) => Ok(self.gate.call_all(calls).await?.into_iter().map(told).collect()),
            Err(refusal) => Ok(vec![Err(Error::Invalid(refusal)); pieces]),
        }
    }
}

/// The calls; none is made if one of them cannot be, or they want more than there is.
fn delegates(work: Vec<Assignment>) -> Result<Vec<Delegate>, String> {
    let all: u64 = work.iter().map(|piece| u64::from(piece.share)).sum();
    let most = Share::WHOLE.percent();
    if all > most.into() {
        return Err(format!("the shares add up to {all}%, and no more than {most}% of what is left can be handed on"));
    }
    if work.len() > CALLS_AT_ONCE as usize {
        return Err(format!("more than {CALLS_AT_ONCE} pieces of work at once"));
    }
    let call = |Assignment { agent, input, share }: Assignment| {
        let share = Share::of_percent(share).ok_or_else(|| format!("a share is 1 to {most} percent, not {share}"))?;
        Ok(Delegate(Work { agent, input: input.into(), share }))
    };
    work.into_iter().map(call).collect()
}

fn told(reply: Result<Delegated, CallError>) -> Result<String, Error> {
    match reply?.told {
        Told::Output(output) => Ok(output.as_ref().to_owned()),
        Told::Failure(failure) => Err(Error::Failed(failure.into())),
    }
}

impl From<StaffFacts> for Worker {
    fn from(facts: StaffFacts) -> Self {
        Worker {
            name: facts.name,
            description: facts.description,
            input: facts.input.to_string(),
            output: facts.output.to_string(),
            up_to: facts.up_to.percent(),
        }
    }
}
