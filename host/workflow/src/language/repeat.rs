//! `join` and `loop`. It does not know what is repeated.

use super::table::{Field, Form, Table, words};
use super::{Fields, Reader};
use crate::plan::budget::FAN_OUT;
use crate::plan::repeat::MAX_ROUNDS;
use crate::plan::{Join, Rounds};
use crate::problem::Code;
use crate::source::{Kind, Node};

/// The ways to join items that are one word.
const JOINED: [(&str, Join); 2] = [("all", Join::All), ("all_settled", Join::AllSettled)];

/// `join`.
pub(super) const JOIN: Form = Form::Either(&[Form::Word(|| words(&JOINED)), Form::Map(&FIRST)]);

static FIRST: Table = Table::new(
    "first",
    "So many items that complete are enough; the others are stopped.",
    &[Field::new("first", Form::Number { least: 1, most: MOST_ITEMS }, "How many.").needed()],
);

/// `loop`.
pub(super) static LOOP: Table = Table::new(
    "loop",
    "The work is done again until it is good.",
    &[
        Field::new("until", Form::Condition, "When it is good; expressions see `output` and `previous`.").needed(),
        Field::new("max", Form::Number { least: 1, most: MAX_ROUNDS }, "How many rounds there may be.").needed(),
    ],
);

/// The most items that a `for_each` can have.
#[expect(clippy::cast_possible_truncation, reason = "it is a million")]
const MOST_ITEMS: u32 = FAN_OUT.most.0 as u32;

const JOINS: &str = "`all`, `all_settled` or `{ first: 2 }`";

impl Reader<'_> {
    /// What a step makes of its items.
    pub(super) fn join(&mut self, fields: &Fields<'_>) -> Join {
        let Some(node) = fields.get("join") else { return Join::All };
        if matches!(node.kind, Kind::Map(_)) {
            return self.first(node).unwrap_or_default();
        }
        let found = JOINED.iter().find(|(word, _)| node.as_text() == Some(word));
        if found.is_none() {
            self.report.wrong_kind(node, "join", JOINS);
        }
        found.map(|(_, join)| *join).unwrap_or_default()
    }

    fn first(&mut self, node: &Node) -> Option<Join> {
        let fields = Fields::open(node, "join", &FIRST, &mut self.report)?;
        let count = fields.require("first", &mut self.report)?;
        self.number(count, "first", 1, MOST_ITEMS).map(Join::First)
    }

    /// How the work of a step is repeated until it is good.
    pub(super) fn rounds(&mut self, fields: &Fields<'_>) -> Option<Rounds> {
        let (key, node) = fields.entry("loop")?;
        if let Some((items, _)) = fields.entry("for_each") {
            let hint = Some("put the loop into a workflow of its own, and run that `for_each`".to_owned());
            self.report.add(Code::UnknownKey, items.span, "a step has `loop` or `for_each`, not both", hint);
        }
        let fields = Fields::open(node, "loop", &LOOP, &mut self.report)?.pointing_at(key.span);
        let until = fields.require("until", &mut self.report).and_then(|node| self.bare_expression(node, "until"));
        let max = fields.require("max", &mut self.report).and_then(|node| self.number(node, "max", 1, MAX_ROUNDS));
        Some(Rounds { until: until?, max: max? })
    }
}
