//! Every name stands for something: steps in expressions, `needs` and `then`; variables where they are known; functions.
//! It does not know types.

use super::sink::Finding;
use super::{Broken, Sink};
use crate::expression::{Expression, names, never_json};
use crate::plan::definition::Site;
use crate::plan::{Definition, Role, Step, Work};
use crate::problem::Code;
use crate::suggest;

/// Checks every name.
pub(crate) fn check(definition: &Definition, broken: &Broken, sink: &mut dyn Sink) {
    let checker = Checker { definition, broken };
    for step in definition.steps.iter() {
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
    /// The steps and variables that a step names outside expressions.
    fn step_list(&self, step: &Step, sink: &mut dyn Sink) {
        let section = if step.role == Role::Finally { "finally" } else { "steps" };
        for (index, name) in step.needs.iter().enumerate() {
            if let Some(finding) = self.unfit_step(Some(step), name) {
                sink.at_path(&[section, &step.name, "needs", &index.to_string()], finding);
            }
        }
        for (path, name) in branches(step) {
            if let Some(finding) = self.unfit_branch(step, name) {
                let whole: Vec<&str> = [section, &step.name].into_iter().chain(path.split('.')).collect();
                sink.at_path(&whole, finding);
            }
        }
        for name in step.set.keys() {
            if let Some(finding) = self.unknown_variable_of_context(name) {
                sink.at_path(&[section, &step.name, "set", name], finding);
            }
        }
    }

    /// Why the run cannot be sent to a step.
    fn unfit_branch(&self, step: &Step, name: &str) -> Option<Finding> {
        let target = self.definition.index(name).map(|index| &self.definition.steps[index]);
        let role = target.map(|target| target.role);
        if role.is_some_and(|role| role != step.role) {
            let message = format!("`{name}` has its turn at the end in any case");
            return Some(Finding::new(
                Code::Reference,
                message,
                Some("send the run to a step under `steps`".to_owned()),
            ));
        }
        self.unknown_step(name)
    }

    /// Why a step cannot be referred to: it is not there, or has its turn later.
    fn unfit_step(&self, from: Option<&Step>, name: &str) -> Option<Finding> {
        let target = self.definition.index(name).map(|index| self.definition.steps[index].role);
        let is_last = from.is_some_and(|step| step.role == Role::Finally);
        if target == Some(Role::Finally) && !is_last {
            let message = format!("`{name}` is under `finally`: it has its turn when this is over");
            return Some(Finding::new(Code::Reference, message, None));
        }
        self.unknown_step(name)
    }

    fn unknown_step(&self, name: &str) -> Option<Finding> {
        let none_were_read = self.definition.steps.is_empty(); // which is a problem of its own
        if none_were_read || self.definition.index(name).is_some() {
            return None;
        }
        let hint = suggest::hint(name, self.definition.steps.iter().map(|step| step.name.as_str()));
        Some(Finding::new(Code::UnknownName, format!("there is no step `{name}`"), hint))
    }

    fn unknown_variable_of_context(&self, name: &str) -> Option<Finding> {
        if self.definition.context.contains_key(name) {
            return None;
        }
        let known = self.definition.context.keys().map(String::as_str);
        let hint = suggest::hint(name, known)
            .or_else(|| Some(format!("declare it: `context: {{ {name}: {{ merge: last }} }}`")));
        Some(Finding::new(Code::UnknownName, format!("the context has no `{name}`"), hint))
    }

    fn expression(&self, place: Option<(&Step, Site)>, expression: &Expression, sink: &mut dyn Sink) {
        let found = names(expression.root());
        for (node, message, hint) in found.faults {
            sink.at_node(expression, node, Finding::new(Code::Expression, message, hint));
        }
        if let Some((message, hint)) = never_json(expression.root()) {
            let finding = Finding::new(Code::Expression, message, Some(hint.to_owned()));
            sink.at_node(expression, expression.root().id, finding);
        }
        for step in found.steps {
            if let Some(finding) = self.unfit_step(place.map(|(step, _)| step), step.name) {
                sink.at_node(expression, step.node, finding);
            }
        }
        for variable in found.context {
            if let Some(finding) = self.unknown_variable_of_context(variable.name) {
                sink.at_node(expression, variable.node, finding);
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
        let step = place.map(|(step, _)| self.definition.owner(step).unwrap_or(step));
        let (has_list, has_rounds) =
            (step.is_some_and(|step| step.for_each.is_some()), step.is_some_and(|step| step.rounds.is_some()));
        let of_one = matches!(site, Some(Site::Item | Site::Output | Site::Repair));
        match name {
            "input" | "data" => None,
            "output" if matches!(site, Some(Site::Output | Site::Repair)) => None,
            "output" => Some(reference(
                "`output` is known only in `check`, `until`, `set`, `compensate`, `verify` and `repair`",
                "write `steps.NAME.output`",
            )),
            "findings" if site == Some(Site::Repair) => None,
            "findings" => {
                Some(reference("`findings` is known only in `repair`", "write it into `repair: { input: … }`"))
            }
            "event" if site == Some(Site::Event) => None,
            "event" => Some(reference("`event` is known only in the `if` of a `wait`", "write `steps.NAME.output`")),
            "run" if step.is_some_and(|step| step.role == Role::Finally) => None,
            "run" => Some(reference("`run` is known only under `finally`", "write `steps.NAME.outcome`")),
            "item" | "index" | "previous" if step.is_some_and(|step| self.broken.items.contains(&step.name)) => None,
            "item" if has_list && of_one => None,
            "previous" if has_rounds && of_one => None,
            "index" if (has_list || has_rounds) && of_one => None,
            "item" | "index" if has_list => Some(reference(
                &format!("`{name}` is known only in `input` and where `output` is"),
                "this is asked once, for all items",
            )),
            "previous" => {
                Some(reference("`previous` is known only in a step with `loop`", "add `loop: { until: …, max: … }`"))
            }
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
            None => suggest::hint(
                name,
                [
                    "input", "data", "steps", "item", "index", "output", "findings", "context", "previous", "run",
                    "event",
                ],
            ),
        };
        Finding::new(Code::Reference, format!("there is no `{name}`"), hint)
    }
}

/// The steps to which a step may send the run, with where it says so.
fn branches(step: &Step) -> Vec<(String, &str)> {
    let failures = step.handled().filter_map(|(key, handled)| Some((format!("{key}.then"), handled.branch()?)));
    let otherwise = step.otherwise.as_deref().map(|name| ("else".to_owned(), name));
    let mut found: Vec<(String, &str)> = failures.chain(otherwise).collect();
    if let Work::Switch(switch) = &step.work {
        let cases = switch.cases.iter().enumerate();
        found.extend(cases.map(|(place, case)| (format!("switch.{place}.then"), case.then.as_str())));
        let last = switch.otherwise.as_deref().map(|name| (format!("switch.{}.else", switch.cases.len()), name));
        found.extend(last);
    }
    found
}

fn reference(message: &str, hint: &str) -> Finding {
    Finding::new(Code::Reference, message, Some(hint.to_owned()))
}
