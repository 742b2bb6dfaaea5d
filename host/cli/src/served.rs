//! What a server does, as lines for people and as JSON. It does not know where they go.

use baton_runtime::News;
use baton_runtime::journal::{Cause, Timestamp, Traffic};
use baton_runtime::plan::{Occasion, Plan};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{deployed, escape, format, paint};

/// `summarise: on document.received, 0 7 * * mon-fri`
#[must_use]
pub fn workflow(plan: &Plan) -> String {
    let triggers: Vec<String> = plan.triggers().iter().map(|trigger| occasion(trigger.occasion())).collect();
    let on = if triggers.is_empty() { "no triggers".to_owned() } else { format!("on {}", triggers.join(", ")) };
    format!("{}: {on}", plan.name())
}

fn occasion(occasion: &Occasion) -> String {
    match occasion {
        Occasion::Event(name) => name.clone(),
        Occasion::Webhook(name) => format!("web hook {name}"),
        Occasion::Schedule(schedule) => schedule.to_string(),
    }
}

/// What happened, for people: `14:03:07  01k…  summarise  begun by document.received (event 12)`.
#[must_use]
pub fn line(news: &News, now: Timestamp, zone: &TimeZone) -> String {
    let at = paint::faint(&format::time_of_day(now, zone));
    format!("{at}  {}", told(news, zone))
}

fn told(news: &News, zone: &TimeZone) -> String {
    let clean = escape::escape_line;
    match news {
        News::Began(began) => {
            let (run, workflow) = (&began.run, clean(&began.workflow));
            format!("{run}  {workflow}  begun by {}", clean(&cause(&began.cause, zone)))
        }
        News::NotBegun { workflow, cause: of, message } => {
            let word = paint::warn("not begun");
            format!("{}  {word} by {}: {}", clean(workflow), clean(&cause(of, zone)), clean(message))
        }
        News::Versions { workflow, current, canary } => {
            let traffic = Traffic { current: *current, canary: *canary };
            format!("{}  {}", clean(workflow), deployed::told(&traffic))
        }
        News::Rests { run, workflow, outcome, until } => {
            let until = until.map(|until| format!(", until {} at most", format::deadline(until, zone)));
            let word = paint::outcome(outcome, outcome);
            format!("{run}  {}  {word}{}", clean(workflow), until.unwrap_or_default())
        }
        News::Due { run, step, what, who, until } => {
            let until = format::deadline(*until, zone);
            format!("{run}  {}: {} waits for {}, until {until}", paint::warn(what), clean(step), clean(who))
        }
        News::Ended { run, workflow, outcome, message } => {
            let why = message.as_ref().map(|message| format!(": {}", clean(message)));
            format!("{run}  {}  {}{}", clean(workflow), paint::outcome(outcome, outcome), why.unwrap_or_default())
        }
        News::Trouble { run, message, hint } => {
            let run = run.as_ref().map(|run| format!("{run}  ")).unwrap_or_default();
            let hint = hint.as_ref().map(|hint| format!("\n  {} {}", paint::strong("hint:"), clean(hint)));
            format!("{run}{} {}{}", paint::bad("error:"), clean(message), hint.unwrap_or_default())
        }
        News::Stops { at_work: 0 } => "stops".to_owned(),
        News::Stops { at_work } => {
            let runs = format::counted(*at_work as u64, "run");
            format!("stops; {runs} at work may come to an end; once more Ctrl-C or SIGTERM: at once")
        }
        News::Left { run, outcome } => format!("{run}  {}", paint::outcome(outcome, outcome)),
        other => format!("{other:?}"),
    }
}

fn cause(cause: &Cause, zone: &TimeZone) -> String {
    match cause {
        Cause::Event { number, name } => format!("{name} (event {number})"),
        Cause::Schedule { at } => format!("the schedule, for {}", format::moment(*at, zone)),
    }
}

/// What happened, for programs: one line of JSON.
#[must_use]
pub fn json(news: &News, now: Timestamp) -> String {
    let mut line = serde_json::to_value(news).unwrap_or_default();
    if let Some(fields) = line.as_object_mut() {
        fields.insert("at".to_owned(), json!(now));
    }
    escape::escape_json(&line.to_string())
}
