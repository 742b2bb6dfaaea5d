//! `switch`. It does not know the steps to which it leads.

use super::table::{Field, Form, Table};
use super::{Fields, Reader};
use crate::plan::{Case, Switch};
use crate::problem::Code;
use crate::source::{Kind, Node};

/// `switch`.
pub(super) const SWITCH: Form = Form::List { of: &Form::Map(&CASE), least: 1, most: usize::MAX };

static CASE: Table = Table::new(
    "case",
    "One way: `{ if: CONDITION, then: STEP }`, or, as the last one, `{ else: STEP }`.",
    &[
        Field::new("if", Form::Condition, "When this way is taken, if none before it is.").beside("then"),
        Field::new("then", Form::Name, "The step to which it leads.").beside("if"),
        Field::new("else", Form::Name, "The step to which the last way leads, if no other is taken."),
    ],
)
.one_of(&["then", "else"]);

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
        let Some(fields) = Fields::open(node, "switch", &CASE, &mut self.report) else { return };
        let Some((way, step)) = fields.one(&mut self.report) else { return };
        let to = self.name(step, &way.text).map(str::to_owned);
        if way.text == "else" {
            if !is_last {
                self.report.add(Code::WrongKind, way.span, "`else` is the last way", None);
            }
            switch.otherwise = to;
            return;
        }
        let condition = fields.get("if").and_then(|node| self.bare_expression(node, "if"));
        if let (Some(condition), Some(then)) = (condition, to) {
            switch.cases.push(Case { condition, then });
        }
    }
}
