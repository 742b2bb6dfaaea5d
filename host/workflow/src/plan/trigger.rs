//! What begins runs of a workflow, before which others they go, and which of them may not be at work at the same time. It
//! knows no clock, and not where events come from.

use std::sync::LazyLock;

use baton_journal::{Concurrency, OnConflict, Priority, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Plan;
use super::schedule::{Schedule, text_of};
use crate::expression::{Expression, NoSteps, Scope, Template, TemplateError, evaluate};

/// The most triggers of a workflow. One that listens to more should listen to one event with a filter.
pub(crate) const MAX_TRIGGERS: usize = 64;

/// How runs of a workflow begin, other than by hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Start {
    /// What begins one.
    pub(crate) on: Vec<Trigger>,
    /// Before which others they go.
    pub(crate) priority: Priority,
    /// Which of them may not be at work at the same time.
    pub(crate) concurrency: Option<OneAtATime>,
}

/// `concurrency`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneAtATime {
    /// The key of a run, from its input.
    pub(crate) key: Template,
    /// What becomes of a run whose key another one has.
    pub(crate) on_conflict: OnConflict,
}

/// Something that begins runs of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// What it is.
    pub(crate) occasion: Occasion,
    /// Whether a run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Expression>,
    /// With which input.
    pub(crate) input: Template,
}

/// What runs begin on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// Events of this name.
    Event(String),
    /// Calls of the web hook of this name.
    Webhook(String),
    /// Moments.
    Schedule(Schedule),
}

impl Occasion {
    /// The name under which its events are published; none for moments, which are not.
    #[must_use]
    pub fn event(&self) -> Option<String> {
        match self {
            Occasion::Event(name) => Some(name.clone()),
            Occasion::Webhook(name) => Some(webhook_event(name)),
            Occasion::Schedule(_) => None,
        }
    }
}

/// The name of the events that calls of a web hook are: one that no step can emit.
#[must_use]
pub fn webhook_event(name: &str) -> String {
    format!("webhook:{name}")
}

/// Something that happened, and may begin a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// The event's name; that of a schedule is `schedule`.
    pub name: String,
    /// What it says; of a schedule nothing.
    pub data: Value,
    /// When it was.
    pub at: Timestamp,
}

impl Occurrence {
    /// A moment of a schedule.
    #[must_use]
    pub fn of_schedule(at: Timestamp) -> Self {
        Occurrence { name: "schedule".to_owned(), data: Value::Null, at }
    }
}

impl Trigger {
    /// What it is.
    #[must_use]
    pub fn occasion(&self) -> &Occasion {
        &self.occasion
    }
}

impl Plan {
    /// What begins runs of it.
    #[must_use]
    pub fn triggers(&self) -> &[Trigger] {
        &self.definition().start.on
    }

    /// Before which others its runs go.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.definition().start.priority
    }

    /// The input of the run that a trigger begins; none if its filter says no.
    ///
    /// # Errors
    ///
    /// The filter or the input has no value, or the input does not fit the workflow's schema.
    pub fn triggered(&self, trigger: &Trigger, occurrence: &Occurrence) -> Result<Option<Value>, String> {
        let Occurrence { name, data, at } = occurrence;
        let event = json!({"name": name, "data": data, "at": text_of(*at)});
        let scope = Scope { event: Some(&event), ..self.before_steps(&Value::Null) };
        if let Some(condition) = &trigger.condition {
            match evaluate(condition, &scope).map_err(told)? {
                Value::Bool(true) => {}
                Value::Bool(false) => return Ok(None),
                other => return Err(format!("`{}` is {other}, no boolean", condition.text())),
            }
        }
        let input = trigger.input.render(&scope).map_err(told)?;
        self.check_input(&input).map_err(|problems| problems.join("; "))?;
        Ok(Some(input))
    }

    /// The key that a run with this input has for itself; none if the workflow has no keys.
    ///
    /// # Errors
    ///
    /// The key has no value, or is no text, number or boolean.
    pub fn concurrency(&self, input: &Value) -> Result<Option<Concurrency>, String> {
        let Some(OneAtATime { key, on_conflict }) = &self.definition().start.concurrency else { return Ok(None) };
        let key = match key.render(&self.before_steps(input)).map_err(told)? {
            Value::String(key) => key,
            number_or_boolean @ (Value::Number(_) | Value::Bool(_)) => number_or_boolean.to_string(),
            other => return Err(format!("the key of a run must be a text, a number or a boolean, not {other}")),
        };
        Ok(Some(Concurrency { key, on_conflict: *on_conflict }))
    }

    /// What is to be seen before there are steps.
    fn before_steps<'a>(&'a self, input: &'a Value) -> Scope<'a> {
        static NO_CONTEXT: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        Scope::new(input, &self.definition().data, &NoSteps, &NO_CONTEXT)
    }
}

fn told(error: TemplateError) -> String {
    if error.expression.is_empty() { error.message } else { format!("`{}`: {}", error.expression, error.message) }
}

impl Start {
    /// Whether runs begin by hand only, and none differs from others.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Start::default()
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        for trigger in &mut self.on {
            trigger.condition.iter_mut().for_each(&mut *visit);
            trigger.input.visit_mut(visit);
        }
        self.concurrency.iter_mut().for_each(|one| one.key.visit_mut(visit));
    }
}
