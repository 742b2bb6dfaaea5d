//! What is known about each variable before a run. It does not know expressions.

use std::collections::BTreeMap;

use super::Broken;
use crate::plan::{Approval, Definition, OnFailure, Step, Work};
use crate::schema::{Kinds, Schema, Shape, View};

/// What is known about the variables.
pub(crate) struct World<'d> {
    input: Shape<'d>,
    data: Shape<'d>,
    steps: BTreeMap<&'d str, Shape<'d>>,
}

impl<'d> World<'d> {
    /// What a definition tells, apart from what could not be read.
    pub(crate) fn new(definition: &'d Definition, broken: &'d Broken) -> World<'d> {
        let steps = definition.steps.iter().map(|step| (step.name.as_str(), outcome_of(step)));
        World { input: of_schema(definition.input.as_ref()), data: data_of(definition, broken), steps: steps.collect() }
    }

    /// The workflow's input.
    pub(crate) fn input(&self) -> Shape<'d> {
        self.input.clone()
    }

    /// The data files.
    pub(crate) fn data(&self) -> Shape<'d> {
        self.data.clone()
    }

    /// A step's output.
    pub(crate) fn output(&self, step: &str) -> Shape<'d> {
        self.steps.get(step).cloned().unwrap_or(Shape::Unknown)
    }
}

fn data_of<'d>(definition: &'d Definition, broken: &'d Broken) -> Shape<'d> {
    if broken.all_data {
        return Shape::Unknown;
    }
    let read = definition.data.as_object().into_iter().flatten();
    let read = read.map(|(name, value)| (name.as_str(), Shape::Value(value)));
    Shape::Object(read.chain(broken.data.iter().map(|name| (name.as_str(), Shape::Unknown))).collect())
}

fn of_schema(schema: Option<&Schema>) -> Shape<'_> {
    schema.map_or(Shape::Unknown, |schema| Shape::Schema(View::new(schema.document())))
}

/// The output of a step as others see it. One that may be replaced when the step fails is not known.
fn outcome_of(step: &Step) -> Shape<'_> {
    if matches!(step.on_failure, OnFailure::Continue(_)) {
        return Shape::Unknown;
    }
    match (&step.work, &step.for_each) {
        (Work::Approve(approval), _) => answer(approval),
        (Work::Invoke(_), None) => output_of(step),
        (Work::Invoke(_), Some(_)) => Shape::Each(Box::new(output_of(step))),
    }
}

/// The output of a step, or of each of its items.
pub(crate) fn output_of(step: &Step) -> Shape<'_> {
    match (&step.output, &step.work) {
        (Some(schema), _) => of_schema(Some(schema)),
        (None, Work::Invoke(invocation)) => of_schema(invocation.gives.as_ref()),
        (None, Work::Approve(_)) => Shape::Unknown,
    }
}

/// What a settled step's outcome can be.
pub(crate) const OUTCOMES: &[&str] = &["completed", "failed", "skipped"];

/// What a question that was answered with yes has as its decision: with any other answer, the step failed.
pub(crate) const DECISIONS: &[&str] = &["approved"];

/// What comes of a question that was answered with yes.
fn answer(approval: &Approval) -> Shape<'_> {
    let text = Shape::Kinds(Kinds::STRING);
    let text_or_null = Shape::Kinds(Kinds::STRING.or(Kinds::NULL));
    let added = approval.answer.as_ref().map_or(Shape::Unknown, |schema| of_schema(Some(schema)));
    let fields = [
        ("decision", Shape::Words(DECISIONS)),
        ("by", text),
        ("role", text_or_null.clone()),
        ("comment", text_or_null),
        ("answer", added),
    ];
    Shape::Object(fields.into_iter().collect())
}
