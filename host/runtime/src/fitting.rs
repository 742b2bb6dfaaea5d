//! What goes into an agent that works for another one and what comes out of it, held against its schemas. It does not know who
//! works for whom.

use baton_journal::{Failure, Outcome, Payload, json};
use baton_sandbox::Told;
use baton_workflow::Schema;
use serde_json::Value;

use crate::plugins::Ready;

/// Why an input cannot be the agent's; nothing if it can.
pub(crate) fn misfit(ready: &Ready, input: &str) -> Option<String> {
    let schema = ready.plugin.agent().and_then(|schemas| schemas.input.as_ref());
    breach(ready, "input", schema, input)
}

/// What the caller is told of an outcome: as a step would be told, a missed deadline, a trap and an output that does not fit
/// may be otherwise the next time.
pub(crate) fn told(ready: &Ready, outcome: &Outcome) -> Told {
    let schema = ready.plugin.agent().and_then(|schemas| schemas.output.as_ref());
    Told::Failure(match outcome {
        Outcome::Completed { output: Payload::Text(output) } => match breach(ready, "output", schema, output) {
            None => return Told::Output(output.clone()),
            Some(breach) => Failure::Transient(breach),
        },
        Outcome::Completed { output: Payload::Stored { .. } } => {
            Failure::Permanent("the output is not at hand".to_owned())
        }
        Outcome::Failed { failure } => failure.clone(),
        Outcome::TimedOut { .. } | Outcome::Trapped { .. } | Outcome::Cancelled => {
            Failure::Transient(outcome.to_string())
        }
        Outcome::Denied { .. } => Failure::Declined(outcome.to_string()),
        Outcome::Exhausted { .. } | Outcome::Suspended => Failure::Permanent(outcome.to_string()),
    })
}

/// What is wrong with a text that goes in or comes out.
fn breach(ready: &Ready, what: &str, schema: Option<&Value>, text: &str) -> Option<String> {
    let of = format!("the {what} of `{}`", ready.plugin.name());
    let value = match json::parse(text) {
        Ok(value) => value,
        Err(error) => return Some(format!("{of} is not JSON: {error}")),
    };
    let errors = match Schema::compile(what, schema?) {
        Ok(schema) => schema.check(&value).err()?,
        Err(error) => vec![format!("that is no schema: {error}")],
    };
    Some(format!("{of} does not fit its schema: {}", errors.join("; ")))
}
