//! `switch`. It does not know the steps to which it leads.

use super::{Fields, Reader};
use crate::plan::{Case, Switch};
use crate::problem::Code;
use crate::source::{Kind, Node};

impl Reader<'_> {
    /// A choice between ways.
    pub(super) fn switch(&mut self, node: &Node) -> Option<Switch> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(
                node,
                "switch",
                "a list of `{ if: …, then: STEP }`, the last of which may be `{ else: STEP }`",
            );
            return None;
        };
        if items.is_empty() {
            self.report.add(Code::OutOfRange, node.span, "`switch` has no way to take", None);
        }
        let mut switch = Switch { cases: Vec::new(), otherwise: None };
        for (place, item) in items.iter().enumerate() {
            let is_last = place + 1 == items.len();
            self.case(item, is_last, &mut switch);
        }
        Some(switch)
    }

    fn case(&mut self, node: &Node, is_last: bool, switch: &mut Switch) {
        let Some(fields) = Fields::open(node, "switch", &["if", "then", "else"], &mut self.report) else { return };
        if let Some((key, step)) = fields.entry("else") {
            if !is_last || fields.get("if").is_some() || fields.get("then").is_some() {
                self.report.add(Code::WrongKind, key.span, "`else` stands alone, as the last way", None);
            }
            switch.otherwise = self.name(step, "else").map(str::to_owned);
            return;
        }
        let condition = fields.require("if", &mut self.report).and_then(|node| self.bare_expression(node, "if"));
        let then = fields.require("then", &mut self.report).and_then(|node| self.name(node, "then"));
        if let (Some(condition), Some(then)) = (condition, then) {
            switch.cases.push(Case { condition, then: then.to_owned() });
        }
    }
}
