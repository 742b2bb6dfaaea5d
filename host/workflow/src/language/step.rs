//! A step. It does not know the other steps.

use std::collections::BTreeSet;

use super::{Fields, Reader};
use crate::plan::policy::{DEFAULT_PARALLEL, MAX_PARALLEL, TIMEOUT};
use crate::plan::{Invocation, OnFailure, Retry, Step, StepBudget, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// What a step does: exactly one of these is there.
const WORK: &[&str] = &["agent", "tool", "approve"];

const KEYS: &[&str] = &[
    "agent",
    "tool",
    "approve",
    "for_each",
    "max_parallel",
    "if",
    "needs",
    "input",
    "output",
    "check",
    "retry",
    "timeout",
    "on_failure",
    "budget",
];

/// Keys that mean nothing where a person is asked.
const NOT_FOR_APPROVE: &[&str] =
    &["for_each", "max_parallel", "input", "output", "check", "retry", "timeout", "budget"];

impl Reader<'_> {
    /// One step.
    pub(super) fn step(&mut self, key: &Key, node: &Node) -> Step {
        let fields = Fields::open(node, &key.text, KEYS, &mut self.report);
        let fields = fields.unwrap_or_else(|| Fields::unread(&key.text, KEYS, key.span)).pointing_at(key.span);
        if fields.is_meant("for_each") {
            self.broken.items.push(key.text.clone());
        }
        let work = self.work(key, &fields);
        let step = Step {
            name: key.text.clone(),
            work: Work::Invoke(Invocation::placeholder()),
            for_each: fields.get("for_each").and_then(|node| self.expression(node, "for_each")),
            max_parallel: self.max_parallel(&fields),
            condition: fields.get("if").and_then(|node| self.expression(node, "if")),
            needs: fields.get("needs").map_or_else(BTreeSet::new, |node| self.needs(node)),
            output: fields.get("output").and_then(|node| self.schema_file("output", node)),
            check: fields.get("check").map_or_else(Vec::new, |node| self.checks(node)),
            retry: fields.get("retry").map_or(Retry::NONE, |node| self.retry(node)),
            timeout: fields
                .get("timeout")
                .and_then(|node| self.quantity(node, "timeout", &TIMEOUT))
                .unwrap_or(TIMEOUT.default),
            on_failure: fields.get("on_failure").map_or(OnFailure::Fail, |node| self.on_failure(node)),
            budget: fields.get("budget").map_or_else(StepBudget::default, |node| self.step_budget(node)),
        };
        Step { work: work.unwrap_or(step.work), ..step }
    }

    /// What the step does; a step of which that is not known stays in the plan, so that others may refer to it.
    fn work(&mut self, key: &Key, fields: &Fields<'_>) -> Option<Work> {
        let named: Vec<&(Key, Node)> = WORK.iter().filter_map(|name| fields.entry(name)).collect();
        if named.is_empty() && WORK.iter().any(|name| fields.is_meant(name)) {
            self.broken.inputs.push(key.text.clone());
            return None;
        }
        let [(work, node)] = named[..] else {
            let message = format!("step `{}` must have exactly one of `agent`, `tool` and `approve`", key.text);
            self.report.add(Code::MissingKey, key.span, message, None);
            return None;
        };
        let invocation = match work.text.as_str() {
            "agent" => self.agent(node),
            "tool" => self.tool(node),
            _ => {
                self.refuse_for_approve(fields);
                return self.approve(work, node).map(Work::Approve);
            }
        };
        self.invocation(key, fields, invocation).map(Work::Invoke)
    }

    /// The invocation with the step's input.
    fn invocation(&mut self, key: &Key, fields: &Fields<'_>, found: Option<Invocation>) -> Option<Invocation> {
        let input = fields.get("input").map(|node| self.template(node));
        if found.is_none() || matches!(input, Some(None)) || fields.is_meant("input") {
            self.broken.inputs.push(key.text.clone());
        }
        let mut invocation = found?;
        if let Some(Some(input)) = input {
            invocation.input = input;
        }
        Some(invocation)
    }

    fn refuse_for_approve(&mut self, fields: &Fields<'_>) {
        for name in NOT_FOR_APPROVE {
            if let Some((key, _)) = fields.entry(name) {
                let hint = (*name == "timeout").then(|| "write it inside `approve`".to_owned());
                let message = format!("`{name}` means nothing in a step that asks a person");
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

    fn needs(&mut self, node: &Node) -> BTreeSet<String> {
        self.name_list(node, "needs").into_iter().collect()
    }

    fn checks(&mut self, node: &Node) -> Vec<crate::expression::Expression> {
        let crate::source::Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, "check", "a list of expressions");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.bare_expression(item, "check")).collect()
    }
}
