//! Every name stands for something: steps in expressions, `needs` and `then`; variables where they are known; functions.
//! It does not know types.

use super::sink::Finding;
use super::{Broken, Sink};
use crate::expression::{Expression, names};
use crate::plan::definition::Site;
use crate::plan::graph::handler;
use crate::plan::{Definition, Step};
use crate::problem::Code;
use crate::suggest;

/// Checks every name.
pub(crate) fn check(definition: &Definition, broken: &Broken, sink: &mut dyn Sink) {
    let checker = Checker { definition, broken };
    for step in &definition.steps {
        checker.step_list(step, sink);
        step.visit(&mut |site, expression| checker.expression(Some((step, site)), expression, sink));
    }
    definition.output.visit(&mut |expression| checker.expression(None, expression, sink));
}

struct Checker<'d> {
    definition: &'d Definition,
    broken: &'d Broken,
}

impl Checker<'_> {
    /// The steps that a step names outside expressions.
    fn step_list(&self, step: &Step, sink: &mut dyn Sink) {
        for (index, name) in step.needs.iter().enumerate() {
            if let Some(finding) = self.unknown_step(name) {
                sink.at_path(&["steps", &step.name, "needs", &index.to_string()], finding);
            }
        }
        if let Some(finding) = handler(step).and_then(|name| self.unknown_step(name)) {
            sink.at_path(&["steps", &step.name, "on_failure", "then"], finding);
        }
    }

    fn unknown_step(&self, name: &str) -> Option<Finding> {
        let none_were_read = self.definition.steps.is_empty(); // which is a problem of its own
        if none_were_read || self.definition.index(name).is_some() {
            return None;
        }
        let hint = suggest::hint(name, self.definition.steps.iter().map(|step| step.name.as_str()));
        Some(Finding::new(Code::UnknownName, format!("there is no step `{name}`"), hint))
    }

    fn expression(&self, place: Option<(&Step, Site)>, expression: &Expression, sink: &mut dyn Sink) {
        let found = names(expression.root());
        for (node, message, hint) in found.faults {
            sink.at_node(expression, node, Finding::new(Code::Expression, message, hint));
        }
        for step in found.steps {
            if let Some(finding) = self.unknown_step(step.name) {
                sink.at_node(expression, step.node, finding);
            }
        }
        for variable in found.variables {
            if let Some(finding) = self.unknown_variable(place, variable.name) {
                sink.at_node(expression, variable.node, finding);
            }
        }
    }

    fn unknown_variable(&self, place: Option<(&Step, Site)>, name: &str) -> Option<Finding> {
        let site = place.map(|(_, site)| site);
        let has_items = place.is_some_and(|(step, _)| step.for_each.is_some());
        match name {
            "input" | "data" => None,
            "output" if site == Some(Site::Check) => None,
            "output" => Some(reference("`output` is known only in `check`", "write `steps.NAME.output`")),
            "item" | "index" if place.is_some_and(|(step, _)| self.broken.items.contains(&step.name)) => None,
            "item" | "index" if has_items && matches!(site, Some(Site::Item | Site::Check)) => None,
            "item" | "index" if has_items => Some(reference(
                &format!("`{name}` is known only in `input` and `check`"),
                "this is asked once, for all items",
            )),
            "item" | "index" => Some(reference(
                &format!("`{name}` is known only in a step with `for_each`"),
                "add `for_each: ${{ … }}`",
            )),
            _ => Some(self.unknown_name(name)),
        }
    }

    fn unknown_name(&self, name: &str) -> Finding {
        let hint = match self.definition.index(name) {
            Some(_) => Some(format!("did you mean `steps.{name}.output`?")),
            None => suggest::hint(name, ["input", "data", "steps", "item", "index", "output"]),
        };
        Finding::new(Code::Reference, format!("there is no `{name}`"), hint)
    }
}

fn reference(message: &str, hint: &str) -> Finding {
    Finding::new(Code::Reference, message, Some(hint.to_owned()))
}
