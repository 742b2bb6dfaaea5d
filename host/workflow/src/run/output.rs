//! What an attempt's end is worth: whether its output passes, and what kind of failure it is if not. It does not know
//! what happens next.

use baton_journal::{Failure, Outcome, Payload};
use serde_json::Value;

use super::Run;
use crate::expression::{Expression, Scope, Template, TemplateError, evaluate};
use crate::plan::{Step, Work};
use crate::schema::Schema;
use baton_journal::json;

use super::state::{Outputs, Phase};

impl Run {
    /// The output of an attempt, or why it failed. Of the failures, only `transient` ones are tried again: an agent's own
    /// word, a trap, a missed deadline, and an output that does not pass, which can be a slip of a model.
    pub(super) fn verdict(&self, step: usize, item: usize, outcome: &Outcome) -> Result<Value, Failure> {
        match outcome {
            Outcome::Completed { output } => self.passed_output(step, item, output),
            Outcome::Failed { failure } => Err(failure.clone()),
            Outcome::Trapped { message } => Err(self.unknown_effect(step, format!("trapped: {message}"))),
            Outcome::TimedOut { after_ms } => Err(self.unknown_effect(step, format!("timed out after {after_ms} ms"))),
            Outcome::Exhausted { message, .. } => Err(Failure::Permanent(format!("exhausted: {message}"))),
            Outcome::Denied { message } => Err(Failure::Permanent(format!("denied: {message}"))),
            Outcome::Cancelled => Err(Failure::Permanent("cancelled".to_owned())),
            Outcome::Suspended => Err(Failure::Transient("suspended".to_owned())),
        }
    }

    /// A failure after which nobody knows how far the invocation came: tried again only where that does no harm.
    fn unknown_effect(&self, step: usize, text: String) -> Failure {
        match &self.plan.definition().steps[step].work {
            Work::Invoke(invocation) if !invocation.repeatable => Failure::Permanent(format!(
                "{text}; it is not tried again, because the tool changes something and is not declared idempotent"
            )),
            _ => Failure::Transient(text),
        }
    }

    fn passed_output(&self, index: usize, item: usize, output: &Payload) -> Result<Value, Failure> {
        let step = &self.plan.definition().steps[index];
        let text = output.as_str().unwrap_or_default();
        let value =
            json::parse(text).map_err(|error| Failure::Transient(format!("the output is not JSON: {error}")))?;
        for schema in schemas(step) {
            schema.check(&value).map_err(|errors| {
                Failure::Transient(format!("the output does not fit {}: {}", schema.name(), errors.join("; ")))
            })?;
        }
        for check in &step.check {
            self.passed_check(index, item, check, &value)?;
        }
        Ok(value)
    }

    fn passed_check(&self, step: usize, item: usize, check: &Expression, output: &Value) -> Result<(), Failure> {
        let outputs = self.outputs();
        let index = Value::from(item);
        let mut scope = self.scope(&outputs);
        scope.item = self.item(step, item).map(|value| (value, &index));
        scope.output = Some(output);
        match evaluate(check, &scope) {
            Ok(Value::Bool(true)) => Ok(()),
            Ok(Value::Bool(false)) => Err(Failure::Transient(format!("the check `{}` does not hold", check.text()))),
            Ok(other) => Err(Failure::Invalid(format!("the check `{}` is no boolean but {other}", check.text()))),
            Err(error) => Err(Failure::Transient(self.failure_text(&error))),
        }
    }

    /// The value of a template, for an item if there is one.
    ///
    /// # Errors
    ///
    /// An `invalid` failure that names the expression and its place.
    pub(super) fn render(&self, template: &Template, item: Option<(&Value, usize)>) -> Result<Value, Failure> {
        let outputs = self.outputs();
        let index = item.map(|(_, index)| Value::from(index));
        let mut scope = self.scope(&outputs);
        scope.item = item.map(|(value, _)| value).zip(index.as_ref());
        template.render(&scope).map_err(|error| Failure::Invalid(self.failure_text(&error)))
    }

    /// The value of an expression that is about the step as a whole.
    ///
    /// # Errors
    ///
    /// An `invalid` failure that names the expression and its place.
    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Value, Failure> {
        let outputs = self.outputs();
        evaluate(expression, &self.scope(&outputs)).map_err(|error| Failure::Invalid(self.failure_text(&error)))
    }

    /// The item of a step that runs for each.
    pub(super) fn item(&self, step: usize, item: usize) -> Option<&Value> {
        match &self.steps[step].phase {
            Phase::Working(items) => items.item(item),
            _ => None,
        }
    }

    fn outputs(&self) -> Outputs<'_> {
        Outputs { plan: &self.plan, steps: &self.steps }
    }

    fn scope<'a>(&'a self, outputs: &'a Outputs<'a>) -> Scope<'a> {
        let input = self.input.as_ref().unwrap_or(&Value::Null);
        Scope { input, data: &self.plan.definition().data, steps: outputs, item: None, output: None }
    }

    fn failure_text(&self, error: &TemplateError) -> String {
        if error.expression.is_empty() {
            return error.message.clone();
        }
        let file = &self.plan.definition().file;
        let place = if error.at.is_nowhere() { String::new() } else { format!(" ({file}:{})", error.at) };
        format!("`{}`{place}: {}", error.expression, error.message)
    }
}

/// The schemas that a step's output must fit.
fn schemas(step: &Step) -> impl Iterator<Item = &Schema> {
    let gives = match &step.work {
        Work::Invoke(invocation) => invocation.gives.as_ref(),
        Work::Approve(_) => None,
    };
    gives.into_iter().chain(&step.output)
}
