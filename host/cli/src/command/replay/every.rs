//! Every run of a project, made once more. It does not stop at one that is damaged.

use std::path::Path;

use baton_runtime::replay::Verdict;
use baton_runtime::{Host, Replay};
use serde_json::json;

use crate::args::Format;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::lookup::{self, Known};
use crate::replayed::{self, Columns};
use crate::{ending, format, paint, project, terminal};

/// What became of all of them.
#[derive(Default)]
struct Tally {
    runs: u64,
    invocations: u64,
    other: u64,
    unreadable: u64,
    results: Vec<serde_json::Value>,
}

/// Replays the runs of a project, the newest first.
pub(super) async fn run(context: &Context, project: Option<&Path>, output: Format) -> Result<Exit, Error> {
    let file = project::file_meant(context, project)?;
    let host = project::open_to_read(&file)?;
    let mut tally = Tally::default();
    for known in lookup::runs_of(&file, u32::MAX).await? {
        tally.runs += 1;
        let told = one(&host, &known, &mut tally).await;
        if output == Format::Text {
            terminal::result(&told)?;
        }
    }
    match output {
        Format::Json => terminal::result(&ending::pretty(&tally.results)?)?,
        Format::Text => terminal::result(&tally.summary())?,
    }
    Ok(if tally.other + tally.unreadable == 0 { Exit::Completed } else { Exit::Failed })
}

async fn one(host: &Host, known: &Known, tally: &mut Tally) -> String {
    let head = format!("{}  {}", known.summary.run, escape_line(&known.summary.workflow));
    let mut details = Vec::new();
    match replay(host, known, &mut details).await {
        Ok(replay) => {
            let (same, other) = (replay.count(|one| *one == Verdict::Same), replay.count(Verdict::is_other));
            tally.invocations += replay.invocations.len() as u64;
            tally.other += other as u64;
            tally.results.push(serde_json::to_value(&replay).unwrap_or_default());
            let word = if other == 0 { paint::good("the same") } else { paint::bad(&format!("{other} not the same")) };
            let of = replay.invocations.len();
            details.insert(0, format!("{head}  {word}  {}", paint::faint(&format!("{same} of {of} compared"))));
        }
        Err(error) => {
            tally.unreadable += 1;
            tally.results.push(json!({ "run": known.summary.run, "error": error.message() }));
            details.insert(0, format!("{head}  {}", paint::bad(&escape_line(error.message()))));
        }
    }
    details.join("\n")
}

async fn replay(host: &Host, known: &Known, details: &mut Vec<String>) -> Result<Replay, Error> {
    let story = host.story(&known.summary.run).await?;
    let (components, columns) = (host.components(&story).await?, Columns::of(&story));
    let mut replay = host
        .replay(&story, &components, |one| {
            if one.verdict.is_other() {
                details.push(format!("  {}", replayed::line(one, columns).replace('\n', "\n  ")));
            }
        })
        .await?;
    replay.invocations.iter_mut().for_each(|one| one.fuel.clear());
    Ok(replay)
}

impl Tally {
    fn summary(&self) -> String {
        let Tally { runs, invocations, other, unreadable, .. } = self;
        let unreadable = match unreadable {
            0 => String::new(),
            number => format!(", {} could not be replayed", format::count(*number, "run")),
        };
        let runs = format::count(*runs, "run");
        format!("replayed {runs}, {}: {other} not the same{unreadable}", format::count(*invocations, "invocation"))
    }
}
