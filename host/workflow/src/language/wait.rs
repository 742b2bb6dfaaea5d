//! `wait` and `emit`. It does not know where events come from.

use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader, is_event_name};
use crate::expression::Template;
use crate::plan::policy::{EVENT_TIMEOUT, SLEEP};
use crate::plan::{Emit, Listen, Sleep, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// What [`is_event_name`] takes, as a regular expression.
pub(super) const EVENT_NAME: &str = "^[A-Za-z0-9._-]{1,64}$";

/// `wait`.
pub(super) static WAIT: Table = Table::new(
    "wait",
    "Waiting for a time or an event.",
    &[
        Field::new("timer", Form::Quantity(&SLEEP), "How long."),
        Field::new(
            "until",
            Form::Expression,
            "Until when: a text such as `2027-01-31T09:00:00Z`, or milliseconds since 1970.",
        ),
        Field::new("event", Form::Like(EVENT_NAME), "The name of the event. What it says is the output."),
        Field::new("if", Form::Condition, "Which of these events; expressions see `event`.").beside("event"),
        Field::new("timeout", Form::Quantity(&EVENT_TIMEOUT), "How long an event is waited for.")
            .beside("event")
            .or(Fallback::OfBounds),
    ],
)
.one_of(&["timer", "until", "event"]);

/// `emit`.
pub(super) static EMIT: Table = Table::new(
    "emit",
    "Emitting an event.",
    &[
        Field::new("event", Form::Like(EVENT_NAME), "Its name, such as `document.received`.").needed(),
        Field::new("data", Form::Data, "What it says."),
    ],
);

impl Reader<'_> {
    /// Waiting for a time or an event.
    pub(super) fn wait(&mut self, key: &Key, node: &Node) -> Option<Work> {
        let fields = Fields::open(node, "wait", &WAIT, &mut self.report)?.pointing_at(key.span);
        let (kind, node) = fields.one(&mut self.report)?;
        match kind.text.as_str() {
            "timer" => self.quantity(node, "timer", &SLEEP).map(|time| Work::Sleep(Sleep::For(time))),
            "until" => self.expression(node, "until").map(|moment| Work::Sleep(Sleep::Until(moment))),
            _ => self.listen(node, &fields).map(Work::Listen),
        }
    }

    fn listen(&mut self, event: &Node, fields: &Fields<'_>) -> Option<Listen> {
        let name = self.event_name(event)?;
        let condition = match fields.get("if") {
            Some(node) => Some(self.bare_expression(node, "if")?),
            None => None,
        };
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &EVENT_TIMEOUT));
        let timeout = timeout.unwrap_or(EVENT_TIMEOUT.default);
        Some(Listen { name, condition, timeout })
    }

    /// An event to be emitted.
    pub(super) fn emit(&mut self, key: &Key, node: &Node) -> Option<Emit> {
        let fields = Fields::open(node, "emit", &EMIT, &mut self.report)?.pointing_at(key.span);
        let name = fields.require("event", &mut self.report).and_then(|node| self.event_name(node));
        let data =
            fields.get("data").map_or(Some(Template::Literal(serde_json::Value::Null)), |node| self.template(node));
        Some(Emit { name: name?, data: data? })
    }

    /// The name of an event.
    pub(super) fn event_name(&mut self, node: &Node) -> Option<String> {
        let name = self.name(node, "event")?;
        if !is_event_name(name) {
            let hint =
                Some("letters, digits, `.`, `-` and `_`, at most 64 of them, such as `document.received`".to_owned());
            self.report.add(Code::OutOfRange, node.span, "this is no name for an event", hint);
            return None;
        }
        Some(name.to_owned())
    }
}
