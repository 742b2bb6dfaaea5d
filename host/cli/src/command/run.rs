//! `baton run`: builds what it needs, plans the workflow, and drives a new run of it.

use std::path::{Path, PathBuf};

use baton_runtime::journal::OnConflict;
use baton_runtime::plan::Plan;
use baton_runtime::workflow;
use clap::Args;
use serde_json::Value;

use crate::args::{EXIT_CODES, OutputArgs};
use crate::context::Context;
use crate::deployed::Named;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::progress::Screen;
use crate::{deployed, drive, input, paint, project};

/// Run a project's workflow, or a deployed one
///
/// With the name of a deployed workflow, a run of its current version begins, from any folder, or with NAME@3 one of version 3.
/// It has the plan, plugins, grants and limits of its version, without what baton.toml does not grant today.
///
/// With a project it builds the plugins that are missing or older than their sources, plans the workflow, and runs it. The workflow's
/// output goes to stdout. A step that asks a person asks on the terminal, if there is one; otherwise the run parks, and
/// the command that answers is told.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it. Or the name of a
    /// deployed workflow: NAME, or NAME@VERSION
    #[arg(value_name = "PROJECT|NAME")]
    pub what: Option<PathBuf>,

    /// The project that the workflow of that NAME was deployed from, where it would not be found
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,

    /// The workflow's input: a file of JSON, or `-` for stdin; by default the `input` of baton.toml
    #[arg(short, long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// The workflow, by its name; by default the `workflow` of baton.toml
    #[arg(short, long, value_name = "NAME")]
    pub workflow: Option<String>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,

    /// What is done with the lock.
    #[command(flatten)]
    pub lock: project::LockArgs,
}

/// Carries it out.
///
/// # Errors
/// The project, its workflow or the input is not what it should be, or the host fails.
pub async fn run(context: &Context, args: &RunArgs) -> Result<Exit, Error> {
    if let Some(named) = args.what.as_deref().filter(|what| !what.exists()).and_then(|what| Named::read(what.to_str()?))
    {
        if let Some(file) = deployed::find(context, &named.workflow, args.project.as_deref()).await? {
            return Box::pin(version(context, args, &named, &file)).await;
        }
        return Err(neither(&named));
    }
    if args.project.is_some() {
        return Err(Error::usage("--project says where a workflow was deployed, and none is named")
            .hint("name it as `baton versions` does, or name the project alone"));
    }
    let project = project::load_meant(context, args.what.as_deref(), "run examples/client-onboarding")?
        .with_locking(args.lock.locking());
    project::settle(context, &project)?;
    project::warn(context, &project); // not before: of a plugin that is refused nobody should grant more
    project::build_stale(context, &project)?;
    let host = project::open_to_run(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plan = match &args.workflow {
        Some(name) => workflow::plan_named(&project, name, &plugins)?,
        None => workflow::plan(&project, &plugins)?,
    };
    let input = read_input(args.input.as_deref().or(project.input()), &plan)?;
    let screen = Screen::new(context);
    let replaces =
        plan.concurrency(&input).is_ok_and(|key| key.is_some_and(|key| key.on_conflict == OnConflict::Replace));
    let driving = async {
        let started = host.start(plan, &plugins, &input, screen.clone());
        match replaces {
            false => started.await,
            true => tokio::select! {
                ending = started => ending,
                Err(error) = host.end_cancelled(&project) => Err(error),
            },
        }
    };
    drive::to_its_end(context, project.file(), &host, &screen, args.output.format, driving).await
}

/// Begins a run of a deployed version.
async fn version(context: &Context, args: &RunArgs, named: &Named, file: &Path) -> Result<Exit, Error> {
    let today = project::today(context, file)?;
    let host = project::open_store(file, today.bounds())?;
    let run = host.new_run();
    let version = host.version_for(&named.workflow, named.number, &run).await?;
    let tell = |name: &str| context.terminal.tell(&paint::faint(&format!("compiling {}…", escape_line(name))));
    let release = host.release(version, &today, tell).await?;
    context.terminal.tell(&paint::faint(&format!(
        "version {} of {}",
        release.version.number,
        escape_line(&named.workflow)
    )));
    let input = read_input(args.input.as_deref(), &release.plan)?;
    let host = project::with_secrets_of(host, &release.frozen, &today)?;
    let screen = Screen::new(context);
    let driving = host.start_version(run, &release, &input, screen.clone());
    drive::to_its_end(context, file, &host, &screen, args.output.format, driving).await
}

fn neither(named: &Named) -> Error {
    let Named { workflow, .. } = named;
    Error::usage(format!(
        "there is no project {workflow}: {workflow}/baton.toml does not exist; nor is a workflow of this name deployed"
    ))
    .hint("`baton versions` lists the workflows that are deployed")
}

/// The input, or none where the workflow wants none.
fn read_input(given: Option<&Path>, plan: &Plan) -> Result<Value, Error> {
    match given {
        Some(path) if path.as_os_str() == "-" => {
            let input = input::from_file(path)?;
            workflow::check_input("stdin", &input, plan)?;
            Ok(input)
        }
        Some(path) => Ok(workflow::read_input(path, plan)?),
        None if plan.input_schema().is_none() => Ok(Value::Null),
        None => Err(Error::usage("the workflow wants an input, and there is none").hint(
            "give one with --input FILE; for runs of the project as it is, input = \"FILE\" in baton.toml does it too",
        )),
    }
}
