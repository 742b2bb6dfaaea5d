//! `join` and `loop`. It does not know what is repeated.

use super::{Fields, Reader};
use crate::plan::budget::FAN_OUT;
use crate::plan::repeat::MAX_ROUNDS;
use crate::plan::{Join, Rounds};
use crate::problem::Code;
use crate::source::{Kind, Node};

const JOINS: &str = "`all`, `all_settled` or `{ first: 2 }`";

impl Reader<'_> {
    /// What a step makes of its items.
    pub(super) fn join(&mut self, fields: &Fields<'_>) -> Join {
        let Some((key, node)) = fields.entry("join") else { return Join::All };
        if fields.get("for_each").is_none() && !fields.is_meant("for_each") {
            self.report.add(Code::UnknownKey, key.span, "`join` means nothing without `for_each`", None);
        }
        match &node.kind {
            Kind::Text(text) if text == "all" => Join::All,
            Kind::Text(text) if text == "all_settled" => Join::AllSettled,
            Kind::Map(_) => self.first(node).unwrap_or_default(),
            _ => {
                self.report.wrong_kind(node, "join", JOINS);
                Join::All
            }
        }
    }

    fn first(&mut self, node: &Node) -> Option<Join> {
        let fields = Fields::open(node, "join", &["first"], &mut self.report)?;
        let most = u32::try_from(FAN_OUT.most.0).unwrap_or(u32::MAX);
        let count = fields.require("first", &mut self.report)?;
        self.number(count, "first", 1, most).map(Join::First)
    }

    /// How the work of a step is repeated until it is good.
    pub(super) fn rounds(&mut self, fields: &Fields<'_>) -> Option<Rounds> {
        let (key, node) = fields.entry("loop")?;
        if let Some((items, _)) = fields.entry("for_each") {
            let hint = Some("put the loop into a workflow of its own, and run that `for_each`".to_owned());
            self.report.add(Code::UnknownKey, items.span, "a step has `loop` or `for_each`, not both", hint);
        }
        let fields = Fields::open(node, "loop", &["until", "max"], &mut self.report)?.pointing_at(key.span);
        let until = fields.require("until", &mut self.report).and_then(|node| self.bare_expression(node, "until"));
        let max = fields.require("max", &mut self.report).and_then(|node| self.number(node, "max", 1, MAX_ROUNDS));
        Some(Rounds { until: until?, max: max? })
    }
}
