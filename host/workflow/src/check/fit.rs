//! Values fit where they go: inputs the plugins' schemas, conditions a boolean, `for_each` a list. It does not know how
//! values come about.

use super::infer::{Inference, Local};
use super::sink::Finding;
use super::world::{World, output_of};
use super::{Broken, Sink};
use crate::expression::Expression;
use crate::plan::{Definition, Invocation, OnFailure, Step, Work};
use crate::problem::Code;
use crate::schema::{Kinds, Shape, View, misfits};

/// Checks every value that goes somewhere, and every reference on the way.
pub(crate) fn check(definition: &Definition, broken: &Broken, sink: &mut dyn Sink) {
    let world = World::new(definition, broken);
    for step in &definition.steps {
        let mut checker = Checker { world: &world, step, sink: &mut *sink };
        checker.step(broken.inputs.contains(&step.name));
    }
    Inference { world: &world, local: &Local::default(), sink }.template(&definition.output);
}

struct Checker<'c, 'd> {
    world: &'c World<'d>,
    step: &'d Step,
    sink: &'c mut dyn Sink,
}

impl<'d> Checker<'_, 'd> {
    fn step(&mut self, input_is_broken: bool) {
        let whole = Local::default();
        if let Some(condition) = &self.step.condition {
            self.needs_kind(condition, &whole, Kinds::BOOLEAN, "`if` needs a boolean");
        }
        let item = self
            .step
            .for_each
            .as_ref()
            .map(|list| self.needs_kind(list, &whole, Kinds::ARRAY, "`for_each` needs a list").element());
        let of_item = Local { item: item.clone(), output: None };
        match &self.step.work {
            Work::Invoke(invocation) => self.input(invocation, &of_item, input_is_broken),
            Work::Approve(approval) => {
                self.infer(&whole).template(&approval.question);
                self.infer(&whole).template(&approval.show);
            }
        }
        let of_output = Local { item, output: Some(output_of(self.step)) };
        for expression in &self.step.check {
            self.needs_kind(expression, &of_output, Kinds::BOOLEAN, "a check needs a boolean");
        }
        if let OnFailure::Continue(value) = &self.step.on_failure {
            self.infer(&whole).template(value);
        }
    }

    fn infer<'i>(&'i mut self, local: &'i Local<'d>) -> Inference<'i, 'd> {
        Inference { world: self.world, local, sink: self.sink }
    }

    /// Infers an expression, and reports it if it cannot be of the kind that is needed.
    fn needs_kind(&mut self, expression: &'d Expression, local: &Local<'d>, kinds: Kinds, what: &str) -> Shape<'d> {
        let shape = self.infer(local).expression(expression);
        let known = shape.kinds();
        if known.and(kinds).is_empty() {
            let finding = Finding::new(Code::Mismatch, format!("{what}, and this is {known}"), None);
            self.sink.at_node(expression, expression.root().id, finding);
        }
        shape
    }

    /// The input against what the plugin takes.
    fn input(&mut self, invocation: &'d Invocation, local: &Local<'d>, is_broken: bool) {
        let shape = self.infer(local).template(&invocation.input);
        let Some(takes) = invocation.takes.as_ref().filter(|_| !is_broken) else { return };
        for misfit in misfits(&shape, View::new(takes.document())) {
            let whole = ["steps", self.step.name.as_str(), "input"];
            let path: Vec<&str> = whole.into_iter().chain(misfit.path.iter().map(String::as_str)).collect();
            let of = if misfit.path.is_empty() { String::new() } else { format!("`{}`: ", misfit.path.join(".")) };
            let message = format!("this does not fit {}: {of}{}", takes.name(), misfit.message);
            self.sink.at_path(&path, Finding::new(Code::Mismatch, message, misfit.hint));
        }
    }
}
