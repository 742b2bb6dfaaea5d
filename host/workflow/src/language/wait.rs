//! `wait` and `emit`. It does not know where events come from.

use super::{Fields, Reader, is_event_name};
use crate::expression::Template;
use crate::plan::policy::{EVENT_TIMEOUT, SLEEP};
use crate::plan::{Emit, Listen, Sleep, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

const FORMS: &str = "`{ timer: 5m }`, `{ until: ${{ … }} }` or `{ event: NAME }`";

impl Reader<'_> {
    /// Waiting for a time or an event.
    pub(super) fn wait(&mut self, key: &Key, node: &Node) -> Option<Work> {
        let known = &["timer", "until", "event", "if", "timeout"];
        let fields = Fields::open(node, "wait", known, &mut self.report)?.pointing_at(key.span);
        match (fields.get("timer"), fields.get("until"), fields.get("event")) {
            (Some(timer), None, None) => {
                self.refuse_without_event(&fields);
                self.quantity(timer, "timer", &SLEEP).map(|time| Work::Sleep(Sleep::For(time)))
            }
            (None, Some(until), None) => {
                self.refuse_without_event(&fields);
                self.expression(until, "until").map(|moment| Work::Sleep(Sleep::Until(moment)))
            }
            (None, None, Some(event)) => self.listen(event, &fields).map(Work::Listen),
            _ if ["timer", "until", "event"].iter().any(|name| fields.is_meant(name)) => None,
            _ => {
                self.report.add(Code::WrongKind, key.span, format!("`wait` is one of {FORMS}"), None);
                None
            }
        }
    }

    fn refuse_without_event(&mut self, fields: &Fields<'_>) {
        for name in ["if", "timeout"] {
            if let Some((key, _)) = fields.entry(name) {
                let message = format!("`{name}` means nothing in a `wait` without `event`");
                self.report.add(Code::UnknownKey, key.span, message, None);
            }
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
        let fields = Fields::open(node, "emit", &["event", "data"], &mut self.report)?.pointing_at(key.span);
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
