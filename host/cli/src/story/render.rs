//! A run as people read it. It does not know terminals: colours are marks in the text.

use baton_runtime::journal::{Entry, Event, RunHeader, RunOutcome, Usage, VersionPin};
use baton_runtime::policy::MicroUsd;
use baton_runtime::{Ending, Spending};
use jiff::tz::TimeZone;

use super::account::{Account, Happening, StepAccount};
use super::invocation;
use super::page::Page;
use super::{question, spending};
use crate::escape::{escape, escape_line};
use crate::{format, paint, trap};

/// What is told, and how.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// How the run stands.
    pub ending: &'a Ending,
    /// Where its budget went.
    pub spending: &'a Spending,
    /// Its journal.
    pub entries: &'a [Entry],
    /// The zone of its times.
    pub zone: &'a TimeZone,
    /// Whether long values are shown to their end.
    pub full: bool,
}

/// Writes a run for people.
#[must_use]
pub fn for_people(telling: &Telling<'_>) -> String {
    let account = Account::of(telling.entries);
    let mut page = Page::new(telling.full);
    write_head(&mut page, telling);
    for step in &account.steps {
        page.line(0, "");
        write_step(&mut page, telling, &account, step);
    }
    write_others(&mut page, telling.ending, &account);
    write_end(&mut page, &account);
    page.line(0, "");
    spending::write(&mut page, telling.spending);
    page.finish()
}

fn write_head(page: &mut Page, telling: &Telling<'_>) {
    let Ending { run, workflow, outcome, .. } = telling.ending;
    let name = paint::strong(&escape_line(workflow));
    page.line(0, &format!("run {run}  {name}  {}", paint::outcome(outcome, outcome)));
    let (Some(first), Some(last)) = (telling.entries.first(), telling.entries.last()) else { return };
    let span = format::duration(format::between(first.at, last.at));
    page.line(1, &format!("began {}, last entry {span} later", format::moment(first.at, telling.zone)));
    if let Event::RunStarted(header) = &first.event {
        write_header(page, header, telling.zone);
    }
    for entry in telling.entries {
        if let Event::Migrated(migration) = &entry.event {
            let (at, by) = (format::moment(entry.at, telling.zone), escape_line(&migration.by));
            let plan = migration.plan_digest.short();
            page.line(1, &format!("since {at} {}, plan {plan}, by {by}", version(migration.version)));
        }
    }
}

fn version(pin: VersionPin) -> String {
    format!("version {} ({})", pin.number, pin.digest.short())
}

fn write_header(page: &mut Page, header: &RunHeader, zone: &TimeZone) {
    page.line(1, &paint::faint(&format!("plan {}, {}", header.plan_digest.short(), escape_line(&header.engine))));
    if let Some(pin) = header.version {
        page.line(1, &format!("began as {}", version(pin)));
    }
    if let Some(allowance) = header.admission.allowance {
        let (own, all) = (MicroUsd(allowance.reserved), MicroUsd(allowance.micro_usd));
        let since = format::deadline(allowance.since, zone);
        page.line(1, &format!("may cost {own} of the {all} that all runs share which begin after {since}"));
    }
    let pin = |pin: &baton_runtime::journal::PluginPin| format!("{} {}", escape_line(&pin.name), pin.component.short());
    let pins: Vec<String> = header.plugins.iter().map(pin).collect();
    page.line(1, &paint::faint(&format!("plugins: {}", pins.join(", "))));
    page.json(1, "input ", &header.input);
}

fn write_step(page: &mut Page, telling: &Telling<'_>, account: &Account<'_>, step: &StepAccount<'_>) {
    page.line(0, &step_heading(telling.ending, step, account.items(step)));
    for happening in &step.happenings {
        match happening {
            Happening::Invocation(id) => invocation::write(page, telling.ending, account, id, 1),
            Happening::Asked { question, show, who, quorum, token } => {
                question::write_asked(page, question, &question::audience(who, quorum), show, *token);
            }
            Happening::Turned { at, turn } => question::write_turn(page, *at, turn, telling.zone),
            Happening::Decided { at, decision } => question::write_decision(page, *at, decision, telling.zone),
        }
    }
}

/// `summarise  completed  1.2 s  310 M fuel · …`
fn step_heading(ending: &Ending, step: &StepAccount<'_>, items: u64) -> String {
    let mut heading = paint::strong(&escape_line(step.name));
    let (from, to) = step.span;
    let known = ending.steps.iter().find(|known| known.name == step.name);
    if let Some(known) = known {
        heading.push_str(&format!("  {}", paint::outcome(known.outcome, known.outcome)));
    }
    heading.push_str(&format!("  {}", format::duration(format::between(from, to))));
    match known {
        Some(known) if known.usage != Usage::default() => {
            let attempts = format::count(u64::from(known.attempts), "attempt");
            let items = if items > 0 { format!("{} · ", format::count(items, "item")) } else { String::new() };
            let quarantined = match known.quarantined {
                0 => String::new(),
                count => format!(" · {} quarantined", format::count(u64::from(count), "output")),
            };
            heading.push_str(&paint::faint(&format!(
                "  {items}{attempts}{quarantined} · {}",
                format::usage(&known.usage)
            )));
        }
        _ => {}
    }
    match known.and_then(|known| known.failure.as_ref()) {
        Some(failure) => format!("{heading}\n  {} {}", paint::bad("failure:"), escape_line(&trap::reason(failure))),
        None => heading,
    }
}

/// The steps at which nothing happened.
fn write_others(page: &mut Page, ending: &Ending, account: &Account<'_>) {
    let began = |name: &str| account.steps.iter().any(|step| step.name == name);
    let mut first = true;
    for outcome in ["skipped", "waiting", "completed", "failed", "cancelled"] {
        let steps = ending.steps.iter().filter(|step| step.outcome == outcome && !began(&step.name));
        let names: Vec<String> = steps.map(|step| escape_line(&step.name)).collect();
        if !names.is_empty() {
            if std::mem::take(&mut first) {
                page.line(0, "");
            }
            page.line(0, &format!("{}  {}", paint::outcome(outcome, outcome), names.join(", ")));
        }
    }
}

fn write_end(page: &mut Page, account: &Account<'_>) {
    if account.outcome.is_some() {
        page.line(0, "");
    }
    match account.outcome {
        Some(RunOutcome::Completed { output }) => page.json(0, "output", output),
        Some(RunOutcome::Cancelled { by, reason }) => {
            let reason = reason.as_ref().map(|reason| format!(": {}", escape_line(reason))).unwrap_or_default();
            page.line(0, &format!("{} by {}{reason}", paint::bad("cancelled"), escape_line(by)));
        }
        Some(RunOutcome::Failed { step, message }) => {
            let step = step.as_ref().map(|step| format!("step {}: ", escape_line(step))).unwrap_or_default();
            page.line(0, &format!("{} {step}{}", paint::bad("failed:"), escape(&trap::reason(message))));
        }
        None => {}
    }
}
