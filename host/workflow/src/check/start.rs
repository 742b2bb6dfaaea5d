//! What triggers and keys say: names that are known where they stand, and inputs that fit the workflow's schema. It does not
//! know when anything happens.

use super::Sink;
use super::infer::{Inference, Local};
use super::sink::Finding;
use super::world::World;
use crate::expression::{Expression, names};
use crate::plan::Definition;
use crate::plan::trigger::{Occasion, Trigger};
use crate::problem::Code;
use crate::schema::{Kinds, Shape, View, misfits};
use crate::suggest;

/// The variables of a trigger.
const OF_TRIGGER: &[&str] = &["event", "data"];

/// The variables of a key.
const OF_KEY: &[&str] = &["input", "data"];

/// Checks how runs begin.
pub(super) fn check<'d>(definition: &'d Definition, world: &World<'d>, sink: &mut dyn Sink) {
    for (index, trigger) in definition.start.on.iter().enumerate() {
        let local = Local { event: Some(event_of(trigger)), ..Local::default() };
        let mut checker = Checker { world, local: &local, sink: &mut *sink };
        checker.trigger(definition, index, trigger);
    }
    if let Some(one) = &definition.start.concurrency {
        let local = Local::default();
        let mut checker = Checker { world, local: &local, sink };
        one.key.visit(&mut |expression| checker.names(expression, OF_KEY, "`concurrency`"));
        let known = checker.infer().template(&one.key).kinds();
        let scalar = Kinds::STRING.or(Kinds::NUMBER).or(Kinds::BOOLEAN);
        if known.and(scalar).is_empty() {
            let message = format!("a key must be a text, a number or a boolean, and this is {known}");
            checker.sink.at_path(&["concurrency", "key"], Finding::new(Code::Mismatch, message, None));
        }
    }
}

/// What is known of an event before it comes.
fn event_of(trigger: &Trigger) -> Shape<'_> {
    let text = Shape::Kinds(Kinds::STRING);
    let data = match trigger.occasion {
        Occasion::Schedule(_) => Shape::Kinds(Kinds::NULL),
        Occasion::Event(_) | Occasion::Webhook(_) => Shape::Unknown,
    };
    Shape::Object([("name", text.clone()), ("data", data), ("at", text)].into_iter().collect())
}

struct Checker<'c, 'd> {
    world: &'c World<'d>,
    local: &'c Local<'d>,
    sink: &'c mut dyn Sink,
}

impl<'d> Checker<'_, 'd> {
    fn trigger(&mut self, definition: &'d Definition, index: usize, trigger: &'d Trigger) {
        let index = index.to_string();
        if let Some(condition) = &trigger.condition {
            self.names(condition, OF_TRIGGER, "`on`");
            let known = self.infer().expression(condition).kinds();
            if known.and(Kinds::BOOLEAN).is_empty() {
                let message = format!("`if` needs a boolean, and this is {known}");
                self.sink.at_path(&["on", &index, "if"], Finding::new(Code::Mismatch, message, None));
            }
        }
        trigger.input.visit(&mut |expression| self.names(expression, OF_TRIGGER, "`on`"));
        let shape = self.infer().template(&trigger.input);
        let Some(schema) = &definition.input else { return };
        for misfit in misfits(&shape, View::new(schema.document())) {
            let of = if misfit.path.is_empty() { String::new() } else { format!("`{}`: ", misfit.path.join(".")) };
            let message = format!("this does not fit the workflow's input: {of}{}", misfit.message);
            let hint = misfit.hint.or_else(|| Some("say with `input` what a run gets".to_owned()));
            self.sink.at_path(&["on", &index, "input"], Finding::new(Code::Mismatch, message, hint));
        }
    }

    fn infer(&mut self) -> Inference<'_, 'd> {
        Inference { world: self.world, local: self.local, is_at_end: false, sink: self.sink }
    }

    /// Names that are known before there are steps.
    fn names(&mut self, expression: &Expression, known: &[&str], place: &str) {
        let found = names(expression.root());
        for (node, message, hint) in found.faults {
            self.sink.at_node(expression, node, Finding::new(Code::Expression, message, hint));
        }
        for step in found.steps {
            let message = format!("no step has begun where {place} is looked at");
            self.sink.at_node(expression, step.node, Finding::new(Code::Reference, message, None));
        }
        for variable in found.variables.iter().filter(|variable| !known.contains(&variable.name)) {
            let hint = suggest::hint(variable.name, known.iter().copied());
            let hint = hint.or_else(|| Some(format!("in {place} there are `{}`", known.join("` and `"))));
            let message = format!("there is no `{}` in {place}", variable.name);
            self.sink.at_node(expression, variable.node, Finding::new(Code::Reference, message, hint));
        }
    }
}
