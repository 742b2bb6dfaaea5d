//! Values fit where they go: inputs the plugins' schemas, conditions a boolean, `for_each` a list. It does not know how
//! values come about.

use super::infer::{Inference, Local};
use super::sink::Finding;
use super::world::{World, output_of};
use super::{Broken, Sink, start};
use crate::expression::{Expression, Template};
use crate::plan::validation::FEEDBACK;
use crate::plan::{Definition, Merge, Role, Sleep, Step, Work};
use crate::problem::Code;
use crate::schema::{Kinds, Schema, Shape, View, misfits};

/// What to write where a plugin takes no `feedback`.
const TELL: &str = "say in `repair: { input: … }` how it is told what is wrong: it may use `findings` and `output`";

/// Checks every value that goes somewhere, and every reference on the way.
pub(crate) fn check(definition: &Definition, broken: &Broken, sink: &mut dyn Sink) {
    let world = World::new(definition, broken);
    for step in definition.steps.iter() {
        let mut checker = Checker { definition, world: &world, step, sink: &mut *sink };
        checker.step(broken.inputs.contains(&step.name));
    }
    start::check(definition, &world, sink);
    Inference { world: &world, local: &Local::default(), is_at_end: false, sink }.template(&definition.output);
}

struct Checker<'c, 'd> {
    definition: &'d Definition,
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
        let index_and_output = |output| Local { item: item.clone(), output, previous: self.previous(), event: None };
        let (of_item, of_output) = (index_and_output(self.of_owner()), index_and_output(Some(output_of(self.step))));
        self.work(&of_item, input_is_broken);
        for check in &self.step.check {
            self.needs_kind(&check.that, &of_output, Kinds::BOOLEAN, "a check needs a boolean");
            check.message.iter().for_each(|message| drop(self.infer(&of_output).template(message)));
        }
        self.repair(&Local { output: Some(Shape::Unknown), ..of_output.clone() }, input_is_broken);
        self.verdict();
        if let Some(rounds) = &self.step.rounds {
            self.needs_kind(&rounds.until, &of_output, Kinds::BOOLEAN, "`until` needs a boolean");
        }
        for (name, value) in &self.step.set {
            self.addition(name, value, &of_output);
        }
        for (_, handled) in self.step.handled() {
            handled.replacement().into_iter().for_each(|value| drop(self.infer(&whole).template(value)));
            let asked = handled.escalation().into_iter().flat_map(|asked| asked.question.iter().chain(&asked.show));
            asked.for_each(|template| drop(self.infer(&of_item).template(template)));
        }
        self.retry();
    }

    /// A repair's input against what the plugin takes.
    fn repair(&mut self, local: &Local<'d>, is_broken: bool) {
        let (Some(repair), Work::Invoke(invocation)) = (&self.step.repair, &self.step.work) else { return };
        self.input_at(&["repair", "input"], &repair.input, invocation.takes.as_ref(), local, is_broken);
    }

    /// What a verifier gives against what a verdict is.
    fn verdict(&mut self) {
        let (Role::Verify, Work::Invoke(invocation)) = (self.step.role, &self.step.work) else { return };
        let (Some(gives), Some(verdicts)) = (&invocation.gives, &self.step.output) else { return };
        let (step, key) = self.written_as();
        for misfit in misfits(&Shape::Schema(View::new(gives.document())), View::new(verdicts.document())) {
            let message = format!("{} is no verdict: {}", gives.name(), misfit.message);
            let hint = "it must be `{ verdict: pass or fail, reasons: [text], confidence: 0 to 1 }`".to_owned();
            let path: Vec<&str> = ["steps", step].into_iter().chain(key).collect();
            self.sink.at_path(&path, Finding::new(Code::Mismatch, message, Some(hint)));
        }
    }

    /// A tool of which nobody knows how far it came is not called again, whoever asks for it.
    fn retry(&mut self) {
        let Work::Invoke(invocation) = &self.step.work else { return };
        let asked = self.step.retry.on.iter().flatten().find(|kind| kind.may_have_happened());
        if let Some(kind) = asked.filter(|_| !invocation.repeatable) {
            let message = format!(
                "the tool changes something and is not declared idempotent: after `{}` it is not called again",
                kind.as_str()
            );
            let hint = Some("take it out of `on`, or have the tool's `plugin.toml` say `idempotent = true`".to_owned());
            let (step, key) = self.written_as();
            let path: Vec<&str> = ["steps", step].into_iter().chain(key).chain(["retry", "on"]).collect();
            self.sink.at_path(&path, Finding::new(Code::OutOfRange, message, hint));
        }
    }

    fn work(&mut self, of_item: &Local<'d>, input_is_broken: bool) {
        let whole = Local::default();
        match &self.step.work {
            Work::Invoke(invocation) => {
                self.input(&invocation.input, invocation.takes.as_ref(), of_item, input_is_broken);
            }
            Work::Workflow(inner) => {
                self.input(&inner.input, inner.definition.input.as_ref(), of_item, input_is_broken);
            }
            Work::Approve(approval) => {
                self.infer(&whole).template(&approval.question);
                self.infer(&whole).template(&approval.show);
                approval.names().for_each(|people| self.people(people));
            }
            Work::Switch(switch) => {
                for case in &switch.cases {
                    self.needs_kind(&case.condition, &whole, Kinds::BOOLEAN, "`if` needs a boolean");
                }
            }
            Work::Sleep(Sleep::Until(moment)) => {
                let kinds = Kinds::STRING.or(Kinds::INTEGER);
                self.needs_kind(moment, &whole, kinds, "`until` needs a time, such as `2027-01-31T09:00:00Z`");
            }
            Work::Sleep(Sleep::For(_)) => {}
            Work::Listen(listen) => {
                if let Some(condition) = &listen.condition {
                    self.needs_kind(condition, &whole, Kinds::BOOLEAN, "`if` needs a boolean");
                }
            }
            Work::Emit(emit) => drop(self.infer(&whole).template(&emit.data)),
        }
    }

    /// People by name: a list of texts.
    fn people(&mut self, people: &'d Template) {
        let whole = Local::default();
        match people {
            Template::Expression(list) => {
                self.needs_kind(list, &whole, Kinds::ARRAY, "`assignees` needs a list of names");
            }
            Template::List(names) => {
                for name in names {
                    match name {
                        Template::Expression(name) => {
                            self.needs_kind(name, &whole, Kinds::STRING, "`assignees` needs names");
                        }
                        name => drop(self.infer(&whole).template(name)),
                    }
                }
            }
            other => drop(self.infer(&whole).template(other)),
        }
    }

    /// What a step that belongs to another one sees of it.
    fn of_owner(&self) -> Option<Shape<'d>> {
        self.definition.owner(self.step).map(output_of)
    }

    /// What came of the round before: nothing, in the first.
    fn previous(&self) -> Option<Shape<'d>> {
        self.step.rounds.as_ref().map(|_| Shape::Unknown)
    }

    /// What a step adds to a variable of the context.
    fn addition(&mut self, name: &str, value: &'d Template, local: &Local<'d>) {
        let known = self.infer(local).template(value).kinds();
        let Some(variable) = self.definition.context.get(name) else { return };
        let (kinds, expected) = match variable.merge {
            Merge::Append => (Kinds::ARRAY, "a list: `[…]` of one thing"),
            Merge::Entries => (Kinds::OBJECT, "an object"),
            Merge::Max => (Kinds::NUMBER.or(Kinds::INTEGER), "a number"),
            Merge::Last => return,
        };
        if known.and(kinds).is_empty() {
            let message = format!("`{name}` takes {expected}, and this is {known}");
            self.sink.at_path(&["steps", &self.step.name, "set", name], Finding::new(Code::Mismatch, message, None));
        }
    }

    fn infer<'i>(&'i mut self, local: &'i Local<'d>) -> Inference<'i, 'd> {
        Inference { world: self.world, local, is_at_end: self.step.role.cleans_up(), sink: self.sink }
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

    /// The input against what the plugin or the workflow takes.
    fn input(&mut self, input: &'d Template, takes: Option<&'d Schema>, local: &Local<'d>, is_broken: bool) {
        self.input_at(&["input"], input, takes, local, is_broken);
    }

    /// The same, of an input that the file has there.
    fn input_at(
        &mut self,
        at: &[&'static str],
        input: &'d Template,
        takes: Option<&'d Schema>,
        local: &Local<'d>,
        is_broken: bool,
    ) {
        let shape = self.infer(local).template(input);
        let Some(takes) = takes.filter(|_| !is_broken) else { return };
        for misfit in misfits(&shape, View::new(takes.document())) {
            let (step, key) = self.written_as();
            let whole = ["steps", step].into_iter().chain(key).chain(at.iter().copied());
            let path: Vec<&str> = whole.chain(misfit.path.iter().map(String::as_str)).collect();
            let is_feedback = at.first() == Some(&"repair") && misfit.path.first().is_some_and(|key| key == FEEDBACK);
            let hint = if is_feedback { Some(TELL.to_owned()) } else { misfit.hint };
            let of = if misfit.path.is_empty() { String::new() } else { format!("`{}`: ", misfit.path.join(".")) };
            let message = format!("this does not fit {}: {of}{}", takes.name(), misfit.message);
            self.sink.at_path(&path, Finding::new(Code::Mismatch, message, hint));
        }
    }

    /// The step under which the file has this one, and the key there if it belongs to it.
    fn written_as(&self) -> (&'d str, Option<&'static str>) {
        match (self.definition.owner(self.step), self.step.role) {
            (Some(owner), Role::Undo) => (&owner.name, Some("compensate")),
            (Some(owner), _) => (&owner.name, Some("verify")),
            (None, _) => (&self.step.name, None),
        }
    }
}
