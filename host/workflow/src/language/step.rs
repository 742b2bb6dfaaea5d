//! A step. It does not know the other steps.

use std::collections::{BTreeMap, BTreeSet};

use super::approve::APPROVE;
use super::compensate::{AGENT, BUDGET, COMPENSATE, RETRIES, TIME, TOOL};
use super::failure::{AT_SHORTAGE, HANDLING, OF_FAILURE, OF_SHORTAGE};
use super::fields::NAME;
use super::repair::REPAIR;
use super::repeat::{JOIN, LOOP};
use super::switch::SWITCH;
use super::table::{Fallback, Field, Form, Table};
use super::verify::{CHECKS, VERIFY};
use super::wait::{EMIT, WAIT};
use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::policy::{DEFAULT_PARALLEL, MAX_PARALLEL, TIMEOUT};
use crate::plan::{Invocation, OnFailure, Role, Step, StepBudget, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// With which work a key means something that says how often, with what, and with which end it is done.
const DONE: &[&str] = &["agent", "tool", "workflow"];

/// With which work a key means something that says how it is attempted.
const ATTEMPTED: &[&str] = &["agent", "tool"];

/// A step.
pub(super) static STEP: Table = Table::new(
    "step",
    "A step. It begins when all steps that its expressions refer to, and those in `needs`, are settled.",
    &[
        AGENT,
        TOOL,
        Field::new("workflow", Form::Path, "The file of a workflow that is run."),
        Field::new("approve", Form::Map(&APPROVE), APPROVE.doc),
        Field::new("switch", SWITCH, "The way that the run takes: the first whose `if` holds."),
        Field::new("wait", Form::Map(&WAIT), WAIT.doc),
        Field::new("emit", Form::Map(&EMIT), EMIT.doc),
        Field::new("if", Form::Expression, "Whether the step is needed; if not, it is skipped."),
        Field::new(
            "needs",
            Form::List { of: &Form::Name, least: 0, most: usize::MAX },
            "Steps that it comes after, besides those it refers to.",
        ),
        Field::new("on_failure", HANDLING, "What happens when it failed for good.").or(Fallback::Word("fail")),
        Field::new("else", Form::Name, "The step that the run takes if `if` is false.")
            .beside("if")
            .with(&["agent", "tool", "workflow", "approve", "wait", "emit"]),
        Field::new("on_timeout", HANDLING, "What happens when it failed for good because time was over; by default `on_failure`.")
            .with(&["agent", "tool", "approve", "wait"]),
        Field::new(
            "on_exhausted",
            AT_SHORTAGE,
            "What happens when nothing is left of its budget or the run's; by default `on_failure`, and the run fails if it is the run's.",
        )
        .with(ATTEMPTED),
        Field::new("for_each", Form::Expression, "A list: the step runs once for each item.").with(DONE),
        Field::new("max_parallel", Form::Number { least: 1, most: MAX_PARALLEL }, "How many items are at work at once.")
            .beside("for_each")
            .with(DONE)
            .or(Fallback::Number(DEFAULT_PARALLEL)),
        Field::new(
            "join",
            JOIN,
            "What becomes of the items: all must complete, all are let end (`all_settled`), or so many are enough (`{ first: 2 }`).",
        )
        .beside("for_each")
        .with(DONE)
        .or(Fallback::Word("all")),
        Field::new("loop", Form::Map(&LOOP), LOOP.doc).with(DONE),
        Field::new("input", Form::Data, "What the plugin or the workflow gets.").with(DONE),
        Field::new("output", Form::Path, "The JSON Schema file that the output (of each item) must fit.").with(DONE),
        Field::new("check", CHECKS, "What must hold of the output (of each item); expressions see `output`.").with(DONE),
        Field::new("verify", Form::Map(&VERIFY), VERIFY.doc).with(DONE),
        Field::new("repair", Form::Map(&REPAIR), REPAIR.doc).with(ATTEMPTED),
        Field::new(
            "set",
            Form::Named { key: NAME, of: &Form::Data, least: 0 },
            "What it adds to the context, by variable; expressions see `output`.",
        )
        .with(DONE),
        Field::new("compensate", Form::Map(&COMPENSATE), COMPENSATE.doc).with(DONE),
        RETRIES.with(ATTEMPTED),
        TIME.with(ATTEMPTED),
        BUDGET.with(ATTEMPTED),
    ],
)
.one_of(&["agent", "tool", "workflow", "approve", "switch", "wait", "emit"])
.apart(&["for_each", "loop"]);

impl Reader<'_> {
    /// One step, and those that follow from what it says.
    pub(super) fn step(&mut self, key: &Key, node: &Node, role: Role) -> Vec<Step> {
        let fields = Fields::open(node, &key.text, &STEP, &mut self.report);
        let fields = fields.unwrap_or_else(|| Fields::unread(&key.text, &STEP, key.span)).pointing_at(key.span);
        if fields.is_meant("for_each") || fields.is_meant("loop") {
            self.broken.items.push(key.text.clone());
        }
        let work = self.work(key, &fields);
        let step = Step {
            repair: fields.entry("repair").and_then(|(repair, node)| self.repair(repair, node, work.as_ref())),
            on_failure: self.handling("on_failure", &OF_FAILURE, &fields, work.as_ref()).unwrap_or(OnFailure::Fail),
            on_timeout: self.handling("on_timeout", &OF_FAILURE, &fields, work.as_ref()),
            on_exhausted: self.handling("on_exhausted", &OF_SHORTAGE, &fields, work.as_ref()),
            role,
            work: work.unwrap_or_else(|| Work::Invoke(Invocation::placeholder())),
            for_each: fields.get("for_each").and_then(|node| self.expression(node, "for_each")),
            max_parallel: self.max_parallel(&fields),
            join: self.join(&fields),
            rounds: self.rounds(&fields),
            condition: fields.get("if").and_then(|node| self.expression(node, "if")),
            otherwise: self.otherwise(&fields),
            needs: fields.get("needs").map_or_else(BTreeSet::new, |node| self.needs(node)),
            output: fields.get("output").and_then(|node| self.schema_file("output", node)),
            check: fields.get("check").map_or_else(Vec::new, |node| self.checks(node)),
            set: fields.get("set").map_or_else(BTreeMap::new, |node| self.set(node)),
            ..self.attempts(Step::new(&key.text), &fields)
        };
        let undo = fields.entry("compensate").and_then(|(undo, node)| self.compensate(key, undo, node));
        let verifier = fields.entry("verify").and_then(|(verify, node)| self.verify(&step, verify, node));
        std::iter::once(step).chain(undo).chain(verifier).collect()
    }

    /// What every step with attempts may say of them.
    pub(super) fn attempts(&mut self, step: Step, fields: &Fields<'_>) -> Step {
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &TIMEOUT));
        Step {
            retry: fields.get("retry").map_or(step.retry, |node| self.retry(node)),
            timeout: timeout.unwrap_or(TIMEOUT.default),
            budget: fields.get("budget").map_or_else(StepBudget::default, |node| self.step_budget(node)),
            ..step
        }
    }

    /// What the step does; a step of which that is not known stays in the plan, so that others may refer to it.
    fn work(&mut self, key: &Key, fields: &Fields<'_>) -> Option<Work> {
        let Some((work, node)) = fields.one(&mut self.report) else { return self.unknown_work(key) };
        self.refuse_for(&work.text, fields);
        match work.text.as_str() {
            "approve" => self.approve(work, node).map(Work::Approve),
            "switch" => self.switch(node).map(Work::Switch),
            "wait" => self.wait(work, node),
            "emit" => self.emit(work, node).map(Work::Emit),
            "workflow" => self.inner(key, node, fields).map(Work::Workflow),
            "agent" => self.agent(node).map_or_else(|| self.unknown_work(key), Some),
            _ => self.tool(node).map_or_else(|| self.unknown_work(key), Some),
        }
        .map(|work| self.with_input(key, work, fields))
    }

    fn unknown_work(&mut self, key: &Key) -> Option<Work> {
        self.broken.inputs.push(key.text.clone());
        None
    }

    /// The work with the step's input.
    fn with_input(&mut self, key: &Key, mut work: Work, fields: &Fields<'_>) -> Work {
        let given = fields.get("input").map(|node| self.template(node));
        if matches!(given, Some(None)) || fields.is_meant("input") {
            self.broken.inputs.push(key.text.clone());
        }
        let (Some(Some(given)), Work::Invoke(Invocation { input, .. })) = (given, &mut work) else { return work };
        *input = given;
        work
    }

    /// Refuses the keys that mean nothing for the work.
    fn refuse_for(&mut self, work: &str, fields: &Fields<'_>) {
        for field in STEP.fields.iter().filter(|field| !field.with.is_empty() && !field.with.contains(&work)) {
            if let Some((key, _)) = fields.entry(field.name) {
                let hint = match (work, field.name) {
                    ("approve" | "wait", "timeout") => Some(format!("write it inside `{work}`")),
                    ("workflow", "retry") => Some("the steps of the workflow have their own `retry`".to_owned()),
                    ("workflow", "on_exhausted") => {
                        Some("the steps of the workflow have their own `on_exhausted`".to_owned())
                    }
                    ("workflow", "budget" | "timeout") => Some("the workflow has its own `budget`".to_owned()),
                    _ => None,
                };
                let message = format!("`{}` means nothing in a step with `{work}`", field.name);
                self.report.add(Code::UnknownKey, key.span, message, hint);
            }
        }
    }

    fn max_parallel(&mut self, fields: &Fields<'_>) -> u32 {
        let number = fields.get("max_parallel").and_then(|node| self.number(node, "max_parallel", 1, MAX_PARALLEL));
        number.unwrap_or(DEFAULT_PARALLEL)
    }

    fn otherwise(&mut self, fields: &Fields<'_>) -> Option<String> {
        self.name(fields.get("else")?, "else").map(str::to_owned)
    }

    fn needs(&mut self, node: &Node) -> BTreeSet<String> {
        self.name_list(node, "needs").into_iter().collect()
    }

    fn set(&mut self, node: &Node) -> BTreeMap<String, Template> {
        let entries = Fields::entries(node, "set", &mut self.report).unwrap_or_default();
        entries.iter().filter_map(|(key, node)| Some((key.text.clone(), self.template(node)?))).collect()
    }
}
