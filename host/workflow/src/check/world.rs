//! What is known about each variable before a run. It does not know expressions.

use std::collections::{BTreeMap, BTreeSet};

use super::Broken;
use crate::plan::approval::AtEnd;
use crate::plan::{Approval, Definition, Join, Merge, OnFailure, Step, Variable, Work};
use crate::schema::{Kinds, Schema, Shape, View};

/// What is known about the variables.
pub(crate) struct World<'d> {
    input: Shape<'d>,
    data: Shape<'d>,
    context: BTreeMap<&'d str, Shape<'d>>,
    steps: BTreeMap<&'d str, Shape<'d>>,
    /// The steps after whose failure nothing else begins.
    decisive: BTreeSet<&'d str>,
}

impl<'d> World<'d> {
    /// What a definition tells, apart from what could not be read.
    pub(crate) fn new(definition: &'d Definition, broken: &'d Broken) -> World<'d> {
        let steps = definition.steps.iter().map(|step| (step.name.as_str(), outcome_of(step)));
        let context = definition.context.iter().map(|(name, variable)| (name.as_str(), of_variable(variable)));
        World {
            input: of_schema(definition.input.as_ref()),
            data: data_of(definition, broken),
            context: context.collect(),
            steps: steps.collect(),
            decisive: definition.steps.iter().filter(|step| !is_handled(step)).map(|step| step.name.as_str()).collect(),
        }
    }

    /// A variable of the run's context.
    pub(crate) fn context(&self, name: &str) -> Shape<'d> {
        self.context.get(name).cloned().unwrap_or(Shape::Unknown)
    }

    /// How the run ends, as what has the last word sees it.
    pub(crate) fn run() -> Shape<'d> {
        let text_or_null = || Shape::Kinds(Kinds::STRING.or(Kinds::NULL));
        let fields = [("outcome", Shape::Words(ENDINGS)), ("step", text_or_null()), ("message", text_or_null())];
        Shape::Object(fields.into_iter().collect())
    }

    /// The workflow's input.
    pub(crate) fn input(&self) -> Shape<'d> {
        self.input.clone()
    }

    /// The data files.
    pub(crate) fn data(&self) -> Shape<'d> {
        self.data.clone()
    }

    /// Whether nothing else begins when a step has failed.
    pub(crate) fn ends_the_run(&self, step: &str) -> bool {
        self.decisive.contains(step)
    }

    /// A step's output.
    pub(crate) fn output(&self, step: &str) -> Shape<'d> {
        self.steps.get(step).cloned().unwrap_or(Shape::Unknown)
    }
}

/// Whether the run may go on when a step has failed.
pub(super) fn is_handled(step: &Step) -> bool {
    step.handled().any(|(_, handled)| matches!(handled.unasked(), OnFailure::Continue(_) | OnFailure::Then(_)))
}

fn data_of<'d>(definition: &'d Definition, broken: &'d Broken) -> Shape<'d> {
    if broken.all_data {
        return Shape::Unknown;
    }
    let read = definition.data.as_object().into_iter().flatten();
    let read = read.map(|(name, value)| (name.as_str(), Shape::Value(value)));
    Shape::Object(read.chain(broken.data.iter().map(|name| (name.as_str(), Shape::Unknown))).collect())
}

/// A variable, whatever was written to it.
fn of_variable<'d>(variable: &Variable) -> Shape<'d> {
    match variable.merge {
        Merge::Append => Shape::Kinds(Kinds::ARRAY),
        Merge::Entries => Shape::Kinds(Kinds::OBJECT),
        Merge::Max => Shape::Kinds(Kinds::NUMBER.or(Kinds::NULL)),
        Merge::Last => Shape::Unknown,
    }
}

fn of_schema(schema: Option<&Schema>) -> Shape<'_> {
    schema.map_or(Shape::Unknown, |schema| Shape::Schema(View::new(schema.document())))
}

/// The output of a step as others see it. One that may be replaced when the step fails is not known.
fn outcome_of(step: &Step) -> Shape<'_> {
    if step.handled().any(|(_, handled)| handled.replacement().is_some()) {
        return Shape::Unknown;
    }
    match (&step.work, &step.for_each, step.join) {
        (Work::Approve(approval), ..) => answer(approval),
        (Work::Switch(_), ..) => Shape::Kinds(Kinds::STRING.or(Kinds::NULL)),
        (Work::Sleep(_) | Work::Emit(_), ..) => Shape::Kinds(Kinds::NULL),
        (Work::Listen(_), ..) => Shape::Unknown,
        (Work::Invoke(_) | Work::Workflow(_), None, _) => output_of(step),
        (Work::Invoke(_) | Work::Workflow(_), Some(_), Join::AllSettled) => Shape::Each(Box::new(settled())),
        (Work::Invoke(_) | Work::Workflow(_), Some(_), _) => Shape::Each(Box::new(output_of(step))),
    }
}

/// What became of an item; its output is null if it failed.
fn settled<'d>() -> Shape<'d> {
    let text = || Shape::Kinds(Kinds::STRING);
    let failure = [("kind", text()), ("case", text()), ("text", text())];
    let fields = [
        ("outcome", Shape::Words(ITEM_OUTCOMES)),
        ("output", Shape::Unknown),
        ("failure", Shape::Object(failure.into_iter().collect())),
    ];
    Shape::Object(fields.into_iter().collect())
}

/// The output of a step, or of each of its items or rounds.
pub(crate) fn output_of(step: &Step) -> Shape<'_> {
    match (&step.output, &step.work) {
        (Some(schema), _) => of_schema(Some(schema)),
        (None, Work::Invoke(invocation)) => of_schema(invocation.gives.as_ref()),
        (None, _) => Shape::Unknown,
    }
}

/// What an item's outcome can be, where all are let end.
const ITEM_OUTCOMES: &[&str] = &["completed", "failed"];

/// How a run can end.
const ENDINGS: &[&str] = &["completed", "failed", "cancelled"];

/// What a settled step's outcome can be.
pub(crate) const OUTCOMES: &[&str] = &["completed", "failed", "cancelled", "skipped"];

/// What it can be where the run ends when the step fails.
pub(crate) const OUTCOMES_IF_WELL: &[&str] = &["completed", "skipped"];

/// What a question that was answered with yes has as its decision: with any other answer, the step failed.
pub(crate) const DECISIONS: &[&str] = &["approved"];

/// What a vote can be.
const VOTES: &[&str] = &["approved", "rejected"];

/// What comes of a question that was answered with yes.
fn answer(approval: &Approval) -> Shape<'_> {
    let text_or_null = Shape::Kinds(Kinds::STRING.or(Kinds::NULL));
    let by = if approval.at_end == AtEnd::Approve { text_or_null } else { Shape::Kinds(Kinds::STRING) };
    let mut fields = said(DECISIONS, by, of_schema(approval.answer.as_ref()));
    let vote = said(VOTES, Shape::Kinds(Kinds::STRING), Shape::Unknown);
    let vote = vote.into_iter().chain([("instead_of", Shape::Kinds(Kinds::STRING.or(Kinds::NULL)))]).collect();
    fields.insert("votes", Shape::Each(Box::new(Shape::Object(vote))));
    Shape::Object(fields)
}

/// What a person said.
fn said<'d>(decisions: &'static [&'static str], by: Shape<'d>, answer: Shape<'d>) -> BTreeMap<&'d str, Shape<'d>> {
    let text_or_null = || Shape::Kinds(Kinds::STRING.or(Kinds::NULL));
    let decision = ("decision", Shape::Words(decisions));
    [decision, ("by", by), ("role", text_or_null()), ("comment", text_or_null()), ("answer", answer)].into()
}
