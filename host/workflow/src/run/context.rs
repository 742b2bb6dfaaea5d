//! The run's context: what steps have written to it, merged in the order of the plan, so that it does not matter who was
//! first. It does not know how two values are merged.

use serde_json::{Map, Value};

use super::Run;
use super::fault::Fault;
use super::output::Local;
use crate::plan::Definition;
use baton_journal::Failure;

/// The context before anything was written to it.
pub(super) fn initial(definition: &Definition) -> Map<String, Value> {
    definition.context.iter().map(|(name, variable)| (name.clone(), variable.initial.clone())).collect()
}

impl Run {
    /// What an item of a step adds to the context.
    ///
    /// # Errors
    ///
    /// If a value does not fit its variable.
    pub(super) fn additions(&self, step: usize, local: Local<'_>) -> Result<Vec<(String, Value)>, Fault> {
        let definition = self.plan.definition();
        let mut additions = Vec::new();
        for (name, template) in &definition.steps[step].set {
            let value = self.render(template, local)?;
            let Some(variable) = definition.context.get(name) else { continue };
            let refuse = |why: String| Fault::from(Failure::Invalid(format!("`set.{name}`: {why}")));
            variable.merge.takes(&value).map_err(|expected| refuse(format!("this is not {expected}")))?;
            if let Some(schema) = &variable.schema {
                let misfit =
                    |errors: Vec<String>| refuse(format!("it does not fit {}: {}", schema.name(), errors.join("; ")));
                schema.check(&value).map_err(misfit)?;
            }
            additions.push((name.clone(), value));
        }
        Ok(additions)
    }

    /// Notes what an item of a step adds, and merges anew what it adds to.
    pub(super) fn add(&mut self, step: usize, item: usize, additions: Vec<(String, Value)>) {
        let names: Vec<String> = additions.iter().map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            return;
        }
        self.steps[step].added.insert(item, additions);
        for name in names {
            let merged = self.merged(&name);
            self.context.insert(name, merged);
        }
    }

    fn merged(&self, name: &str) -> Value {
        let Some(variable) = self.plan.definition().context.get(name) else { return Value::Null };
        let written = self.steps.iter().flat_map(|step| step.added.values().flatten());
        let mut values = written.filter(|(known, _)| known == name).map(|(_, value)| value).peekable();
        let start = match (&variable.initial, values.peek()) {
            (Value::Null, Some(_)) => values.next().cloned().unwrap_or_default(),
            (initial, _) => initial.clone(),
        };
        values.fold(start, |merged, value| variable.merge.join(merged, value))
    }
}
