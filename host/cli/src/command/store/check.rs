//! `baton store check`: goes over everything in a store and tells what is damaged.

use std::path::{Path, PathBuf};

use baton_runtime::check::{self, Finding, News, Part, Place, Progress, Severity, Summary};
use clap::Args;
use serde_json::{Value, json};

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::progress::Counting;
use crate::{ending, format, paint, project, terminal};

/// Check everything in the store: pages, payloads, journals, state
///
/// Each finding has its place. Damage is what is not as it was written: restore it from a backup; what is not named is
/// whole and can be used. A leftover only takes up room. Nothing is written, and others may work with the store meanwhile.
///
/// Exit codes: 0 no damage, 1 damage, 2 there is no store.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Error> {
    let store = project::store_of(&project::file_meant(context, args.project.as_deref())?);
    if !store.exists() {
        return Err(project::no_store(&store));
    }
    let summary = tokio::task::block_in_place(|| match args.output.format {
        Format::Text => text(context, &store),
        Format::Json => json(context, &store),
    })?;
    Ok(if summary.damage == 0 { Exit::Completed } else { Exit::Failed })
}

fn text(context: &Context, store: &Path) -> Result<Summary, Error> {
    let mut written = Ok(());
    let sums = checked(context, store, |finding| {
        if written.is_ok() {
            written = terminal::result(&line(finding));
        }
    })?;
    written?;
    terminal::result(&summary(&sums))?;
    Ok(sums)
}

fn json(context: &Context, store: &Path) -> Result<Summary, Error> {
    let mut findings = Vec::new();
    let sums = checked(context, store, |finding| findings.push(for_programs(finding)))?;
    let Summary { runs, entries, blobs, values, damage, leftovers } = sums;
    terminal::result(&ending::pretty(&json!({
        "store": store.display().to_string(), "runs": runs, "entries": entries, "blobs": blobs, "values": values,
        "damage": damage, "leftovers": leftovers, "findings": findings,
    }))?)?;
    Ok(sums)
}

fn checked(context: &Context, store: &Path, mut each: impl FnMut(&Finding)) -> Result<Summary, Error> {
    let mut counting = Counting::new(context.terminal);
    let checked = check::check(store, &mut |news| match news {
        News::Found(finding) => counting.aside(|| each(&finding)),
        News::At(Progress { part, done, total }) => {
            let (work, thing) = named(part);
            counting.at(work, &format!("{} of {}", format::grouped(done), format::counted(total, thing)));
        }
    });
    counting.end();
    Ok(checked?)
}

fn named(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Pages => ("checking the file", "file"),
        Part::Blobs => ("checking payloads", "payload"),
        Part::Runs => ("checking runs", "run"),
        Part::Values => ("checking state", "value"),
    }
}

/// A finding: how bad it is, where, and what.
#[must_use]
pub fn line(finding: &Finding) -> String {
    /// A run's id with an entry of five digits.
    const WIDTH: usize = 43;
    let severity = match finding.severity() {
        Severity::Damage => paint::bad("damage  "),
        Severity::Leftover => paint::faint("leftover"),
    };
    let place = escape_line(&finding.place.to_string());
    format!("{severity}  {place:<WIDTH$}  {}", escape_line(&finding.flaw.to_string()))
}

/// What was looked at, and what came of it.
#[must_use]
pub fn summary(summary: &Summary) -> String {
    let Summary { runs, entries, blobs, values, damage, leftovers } = *summary;
    let things = [(runs, "run"), (entries, "entry"), (blobs, "blob"), (values, "value")];
    let seen = things.map(|(number, thing)| format::counted(number, thing)).join(", ");
    let leftovers_too =
        if leftovers == 0 { String::new() } else { format!(", {}", format::counted(leftovers, "leftover")) };
    let found = match damage {
        0 if leftovers == 0 => paint::good("nothing wrong"),
        0 => format!("{}{leftovers_too}", paint::good("no damage")),
        _ => format!("{}{leftovers_too}", paint::bad(&format!("{} of damage", format::counted(damage, "finding")))),
    };
    format!("checked {seen}: {found}")
}

/// A finding with its place in fields of its own.
#[must_use]
pub fn for_programs(finding: &Finding) -> Value {
    let severity = if finding.severity() == Severity::Damage { "damage" } else { "leftover" };
    let mut found = json!({
        "severity": severity, "what": finding.flaw.word(), "message": finding.flaw.to_string(),
    });
    match &finding.place {
        Place::File => found["place"] = json!("file"),
        Place::Run(run) => found["run"] = json!(run),
        Place::Entry { run, sequence } => {
            found["run"] = json!(run);
            found["entry"] = json!(sequence);
        }
        Place::Blob(digest) => found["blob"] = json!(digest),
        Place::Scope { kind, name } => found["scope"] = json!([kind, name]),
        Place::Value { kind, name, key } => {
            found["scope"] = json!([kind, name]);
            found["key"] = json!(key);
        }
        Place::Workflow { workflow, number } => {
            found["workflow"] = json!(workflow);
            found["number"] = json!(number);
        }
    }
    found
}
