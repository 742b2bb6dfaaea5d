//! `baton emit`: a person or a program says that something happened.

use std::path::PathBuf;

use baton_runtime::bundle::Project;
use baton_runtime::plan::Plan;
use baton_runtime::plan::plan::trigger::webhook_event;
use baton_runtime::policy::name::is_event_name;
use baton_runtime::{Emitted, Host, workflow};
use clap::Args;
use serde_json::{Value, json};

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::decide::person;
use crate::error::{Error, Exit};
use crate::{ending, escape, format, input, paint, project, terminal};

/// Publish an event
///
/// Every run of the project that waits for it hears it, once; and each workflow that begins on it (`on:`) begins a run. Both
/// happen where the runs are driven: a host that is at work hears it at once, `baton serve` does the rest.
#[derive(Debug, Args)]
pub struct EmitArgs {
    /// The event's name, as in `document.received`
    pub name: String,

    /// What it says: JSON, `@FILE`, or `-` for stdin
    #[arg(short, long, value_name = "JSON", default_value = "null")]
    pub data: String,

    /// It is a call of the web hook of this name (`on: [{ webhook: NAME }]`)
    #[arg(long)]
    pub webhook: bool,

    /// Fail if nobody waits for it and no workflow begins on it
    #[arg(long)]
    pub expect: bool,

    /// Who emits it; by default the name of the user
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    pub by: Option<String>,

    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// The project or the data is not what it should be, nobody waits though somebody should, or the store fails.
pub async fn run(context: &Context, args: &EmitArgs) -> Result<Exit, Error> {
    if !is_event_name(&args.name) {
        return Err(Error::usage(format!("`{}` is no name for an event", args.name))
            .hint("letters, digits, `.`, `-` and `_`, at most 64 of them, such as `document.received`"));
    }
    let (by, data) = (person(context, args.by.as_deref())?, input::from_argument(&args.data)?);
    let project = project::load_meant(context, args.project.as_deref(), "emit NAME --project examples/event-driven")?;
    let host = project::open(&project)?;
    let plans = plans(context, &project, &host);
    let name = if args.webhook { webhook_event(&args.name) } else { args.name.clone() };
    let emitted = host.emit(&name, &data, &by, &plans).await?;
    tell(context, args, &emitted, &plans)?;
    match is_heard(&emitted) || !args.expect {
        true => Ok(Exit::Completed),
        false => Err(Error::failed(format!("nobody waits for `{}`", args.name)).hint(listened_to(&plans))),
    }
}

/// The project's workflows. That they cannot be read stops no event: runs may wait for it.
fn plans(context: &Context, project: &Project, host: &Host) -> Vec<Plan> {
    let loaded = project::load_plugins(context, project, host);
    let plans = loaded.and_then(|plugins| Ok(workflow::plan_all(project, &plugins)?));
    plans.unwrap_or_else(|error| {
        let line = "the project's workflows cannot be read, so nobody can tell which begin on it";
        context.terminal.tell(&format!("{} {line}:\n{}", paint::warn("warning:"), escape::escape(error.message())));
        Vec::new()
    })
}

fn is_heard(emitted: &Emitted) -> bool {
    emitted.runs > 0 || !emitted.workflows.is_empty()
}

fn tell(context: &Context, args: &EmitArgs, emitted: &Emitted, plans: &[Plan]) -> Result<(), Error> {
    for (workflow, why) in &emitted.unfit {
        let line = format!("a trigger of {workflow} has no value for it: {why}");
        context.terminal.tell(&format!("{} {}", paint::warn("warning:"), escape::escape_line(&line)));
    }
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&for_programs(args, emitted))?)?,
        Format::Text => terminal::result(&format!("event {}", emitted.event.number))?,
    }
    if emitted.runs > 0 {
        let word = if emitted.runs == 1 { "waits" } else { "wait" };
        context.terminal.tell(&format!("{} {word} for it", format::counted(emitted.runs as u64, "run")));
    }
    if !emitted.workflows.is_empty() {
        let line = format!("begins a run of {}, where `baton serve` is at work", emitted.workflows.join(", "));
        context.terminal.tell(&escape::escape_line(&line));
    }
    if !is_heard(emitted) && !args.expect {
        let line = format!("nobody waits for `{}`, and no workflow begins on it", args.name);
        context.terminal.tell(&format!("{} {line}\n  {}", paint::warn("warning:"), listened_to(plans)));
    }
    Ok(())
}

fn for_programs(args: &EmitArgs, emitted: &Emitted) -> Value {
    let unfit: Vec<Value> =
        emitted.unfit.iter().map(|(workflow, why)| json!({"workflow": workflow, "message": why})).collect();
    json!({
        "event": emitted.event.number, "name": args.name, "at": emitted.event.at, "runs": emitted.runs,
        "workflows": emitted.workflows, "unfit": unfit,
    })
}

/// The events on which the workflows begin.
fn listened_to(plans: &[Plan]) -> String {
    let triggers = plans.iter().flat_map(Plan::triggers);
    let mut names: Vec<String> = triggers.filter_map(|trigger| trigger.occasion().event()).collect();
    names.sort();
    names.dedup();
    match names.is_empty() {
        true => "no workflow of the project begins on events: `on: [{ event: NAME }]`".to_owned(),
        false => format!("the project's workflows begin on: {}", names.join(", ")),
    }
}
