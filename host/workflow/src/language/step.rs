//! A step. It does not know the other steps.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::policy::{DEFAULT_PARALLEL, MAX_PARALLEL, TIMEOUT};
use crate::plan::{Invocation, OnFailure, Role, Step, StepBudget, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// What a step does: exactly one of these is there.
const WORK: &[&str] = &["agent", "tool", "workflow", "approve", "switch", "wait", "emit"];

/// Every key, and the kinds of work for which it means something; all, if there are none.
const KEYS: &[(&str, &[&str])] = &[
    ("agent", &[]),
    ("tool", &[]),
    ("workflow", &[]),
    ("approve", &[]),
    ("switch", &[]),
    ("wait", &[]),
    ("emit", &[]),
    ("if", &[]),
    ("needs", &[]),
    ("on_failure", &[]),
    ("else", &["agent", "tool", "workflow", "approve", "wait", "emit"]),
    ("on_timeout", &["agent", "tool", "approve", "wait"]),
    ("on_exhausted", &["agent", "tool"]),
    ("for_each", &["agent", "tool", "workflow"]),
    ("max_parallel", &["agent", "tool", "workflow"]),
    ("join", &["agent", "tool", "workflow"]),
    ("loop", &["agent", "tool", "workflow"]),
    ("input", &["agent", "tool", "workflow"]),
    ("output", &["agent", "tool", "workflow"]),
    ("check", &["agent", "tool", "workflow"]),
    ("verify", &["agent", "tool", "workflow"]),
    ("repair", &["agent", "tool"]),
    ("set", &["agent", "tool", "workflow"]),
    ("compensate", &["agent", "tool", "workflow"]),
    ("retry", &["agent", "tool"]),
    ("timeout", &["agent", "tool"]),
    ("budget", &["agent", "tool"]),
];

impl Reader<'_> {
    /// One step, and those that follow from what it says.
    pub(super) fn step(&mut self, key: &Key, node: &Node, role: Role) -> Vec<Step> {
        let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        let fields = Fields::open(node, &key.text, &keys, &mut self.report);
        let fields = fields.unwrap_or_else(|| Fields::unread(&key.text, &keys, key.span)).pointing_at(key.span);
        if fields.is_meant("for_each") || fields.is_meant("loop") {
            self.broken.items.push(key.text.clone());
        }
        let work = self.work(key, &fields);
        let step = Step {
            repair: fields.entry("repair").and_then(|(repair, node)| self.repair(repair, node, work.as_ref())),
            on_failure: self.handling("on_failure", &fields, work.as_ref()).unwrap_or(OnFailure::Fail),
            on_timeout: self.handling("on_timeout", &fields, work.as_ref()),
            on_exhausted: self.handling("on_exhausted", &fields, work.as_ref()),
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
        let named: Vec<&(Key, Node)> = WORK.iter().filter_map(|name| fields.entry(name)).collect();
        if named.is_empty() && WORK.iter().any(|name| fields.is_meant(name)) {
            self.broken.inputs.push(key.text.clone());
            return None;
        }
        let [(work, node)] = named[..] else {
            let one_of: Vec<String> = WORK.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("step `{}` must have exactly one of {}", key.text, one_of.join(", "));
            self.report.add(Code::MissingKey, key.span, message, None);
            return None;
        };
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
        let means_nothing = |kinds: &&[&str]| !kinds.is_empty() && !kinds.contains(&work);
        for (name, kinds) in KEYS {
            if let Some((key, _)) = fields.entry(name).filter(|_| means_nothing(kinds)) {
                let hint = match (work, *name) {
                    ("approve" | "wait", "timeout") => Some(format!("write it inside `{work}`")),
                    ("workflow", "retry") => Some("the steps of the workflow have their own `retry`".to_owned()),
                    ("workflow", "on_exhausted") => {
                        Some("the steps of the workflow have their own `on_exhausted`".to_owned())
                    }
                    ("workflow", "budget" | "timeout") => Some("the workflow has its own `budget`".to_owned()),
                    _ => None,
                };
                let message = format!("`{name}` means nothing in a step with `{work}`");
                self.report.add(Code::UnknownKey, key.span, message, hint);
            }
        }
    }

    fn max_parallel(&mut self, fields: &Fields<'_>) -> u32 {
        let Some((key, node)) = fields.entry("max_parallel") else { return DEFAULT_PARALLEL };
        if fields.get("for_each").is_none() && !fields.is_meant("for_each") {
            self.report.add(Code::UnknownKey, key.span, "`max_parallel` means nothing without `for_each`", None);
        }
        self.number(node, "max_parallel", 1, MAX_PARALLEL).unwrap_or(DEFAULT_PARALLEL)
    }

    fn otherwise(&mut self, fields: &Fields<'_>) -> Option<String> {
        let (key, node) = fields.entry("else")?;
        if fields.get("if").is_none() && !fields.is_meant("if") {
            self.report.add(Code::UnknownKey, key.span, "`else` means nothing without `if`", None);
        }
        self.name(node, "else").map(str::to_owned)
    }

    fn needs(&mut self, node: &Node) -> BTreeSet<String> {
        self.name_list(node, "needs").into_iter().collect()
    }

    fn set(&mut self, node: &Node) -> BTreeMap<String, Template> {
        let entries = Fields::entries(node, "set", &mut self.report).unwrap_or_default();
        entries.iter().filter_map(|(key, node)| Some((key.text.clone(), self.template(node)?))).collect()
    }
}
