//! What an attempt's end is worth: an output, or a failure of which kind; and the values of expressions. It does not know
//! what happens next.

use baton_journal::{Failure, Outcome};
use serde_json::Value;

use super::Run;
use super::fault::Fault;
use super::state::{Outputs, Phase};
use crate::expression::{Expression, Scope, Template, TemplateError, evaluate};
use crate::plan::{FaultKind, Work};

/// What an expression sees of the item or round that it is about.
#[derive(Clone, Copy, Default)]
pub(super) struct Local<'a> {
    /// The item of the list.
    pub(super) item: Option<&'a Value>,
    /// The number of the item or round.
    pub(super) index: Option<usize>,
    /// What came of the round before.
    pub(super) previous: Option<&'a Value>,
    /// What came of this one.
    pub(super) output: Option<&'a Value>,
    /// What is wrong with it.
    pub(super) findings: Option<&'a Value>,
}

impl Run {
    /// The output of an attempt that made so many host calls, or why it failed.
    pub(super) fn verdict(&self, step: usize, item: usize, outcome: &Outcome, calls: u64) -> Result<Value, Fault> {
        match outcome {
            Outcome::Completed { output } => self.passed_output(step, item, output),
            Outcome::Failed { failure } => Err(failure.clone().into()),
            Outcome::Trapped { message } => {
                Err(self.unknown_effect(step, FaultKind::Trapped, format!("trapped: {message}")))
            }
            Outcome::TimedOut { after_ms } => {
                Err(self.unknown_effect(step, FaultKind::Timeout, format!("timed out after {after_ms} ms")))
            }
            Outcome::Exhausted { limit, message } => {
                let fault = Fault::new(FaultKind::Exhausted, Failure::Permanent(format!("exhausted: {message}")));
                Err(Fault { short: self.shortage_after(step, *limit, calls).map(Box::new), ..fault })
            }
            Outcome::Denied { message } => {
                Err(Fault::new(FaultKind::Denied, Failure::Permanent(format!("denied: {message}"))))
            }
            Outcome::Cancelled => Err(Fault::cancelled("cancelled")),
            Outcome::Suspended => Err(Failure::Transient("suspended".to_owned()).into()),
        }
    }

    /// A failure after which nobody knows how far the invocation came: tried again only where that does no harm.
    fn unknown_effect(&self, step: usize, kind: FaultKind, text: String) -> Fault {
        match &self.plan.definition().steps[step].work {
            Work::Invoke(invocation) if !invocation.repeatable => Fault::new(
                kind,
                Failure::Permanent(format!(
                    "{text}; it is not tried again, because the tool changes something and is not declared idempotent"
                )),
            ),
            _ => Fault::new(kind, Failure::Transient(text)),
        }
    }

    /// Whether an expression about an output holds.
    ///
    /// # Errors
    ///
    /// If it has no value, or is no boolean.
    pub(super) fn holds(&self, expression: &Expression, local: Local<'_>) -> Result<bool, Fault> {
        match self.value(expression, local) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err(Failure::Invalid(format!("`{}` is no boolean", expression.text())).into()),
            Err(error) => Err(Failure::Invalid(self.failure_text(&error)).into()),
        }
    }

    /// The value of a template.
    ///
    /// # Errors
    ///
    /// An `invalid` failure that names the expression and its place.
    pub(super) fn render(&self, template: &Template, local: Local<'_>) -> Result<Value, Fault> {
        let value = self.scoped(local, |scope| template.render(scope));
        value.map_err(|error| Failure::Invalid(self.failure_text(&error)).into())
    }

    /// The value of an expression that is about the step as a whole.
    ///
    /// # Errors
    ///
    /// An `invalid` failure that names the expression and its place.
    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Value, Fault> {
        let value = self.value(expression, Local::default());
        value.map_err(|error| Failure::Invalid(self.failure_text(&error)).into())
    }

    pub(super) fn value(&self, expression: &Expression, local: Local<'_>) -> Result<Value, TemplateError> {
        self.scoped(local, |scope| evaluate(expression, scope))
    }

    fn scoped<T>(&self, local: Local<'_>, with: impl FnOnce(&Scope<'_>) -> T) -> T {
        let (outputs, index) = (self.outputs(), local.index.map(Value::from));
        let run = self.ending.is_some().then(|| self.ending_value());
        let scope = Scope {
            item: local.item,
            index: index.as_ref(),
            previous: local.previous,
            output: local.output,
            findings: local.findings,
            run: run.as_ref(),
            ..self.scope(&outputs)
        };
        with(&scope)
    }

    /// What expressions see of an item or round.
    pub(super) fn local(&self, step: usize, item: usize) -> Local<'_> {
        let plan = self.plan.definition();
        let index = plan.steps[step].has_items().then_some(item);
        match &self.steps[step].phase {
            Phase::Working(items) if items.is_loop() => {
                let previous = items.previous(item).unwrap_or(&Value::Null);
                Local { index, previous: Some(previous), ..Local::default() }
            }
            Phase::Working(items) => Local { item: items.item(item), index, ..Local::default() },
            _ => Local::default(),
        }
    }

    pub(super) fn outputs(&self) -> Outputs<'_> {
        Outputs { plan: &self.plan, steps: &self.steps }
    }

    /// What every expression sees.
    pub(super) fn scope<'a>(&'a self, outputs: &'a Outputs<'a>) -> Scope<'a> {
        let input = self.input.as_ref().unwrap_or(&Value::Null);
        Scope::new(input, &self.plan.definition().data, outputs, &self.context)
    }

    /// What went wrong with an expression, and where it stands.
    pub(super) fn failure_text(&self, error: &TemplateError) -> String {
        if error.expression.is_empty() {
            return error.message.clone();
        }
        let file = &self.plan.definition().file;
        let place = if error.at.is_nowhere() { String::new() } else { format!(" ({file}:{})", error.at) };
        format!("`{}`{place}: {}", error.expression, error.message)
    }

    /// The step to which one belongs, or the step itself.
    pub(super) fn own_step(&self, step: usize) -> usize {
        self.plan.definition().steps.owner(step).unwrap_or(step)
    }
}
