//! `baton run`: builds what it needs, plans the workflow, and drives a new run of it.

use std::path::{Path, PathBuf};

use baton_runtime::bundle::Project;
use baton_runtime::journal::OnConflict;
use baton_runtime::plan::Plan;
use baton_runtime::workflow;
use clap::Args;
use serde_json::Value;

use crate::args::{EXIT_CODES, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::progress::Screen;
use crate::{drive, input, project};

/// Run a project's workflow
///
/// Builds the plugins that are missing or older than their sources, plans the workflow, and runs it. The workflow's
/// output goes to stdout. A step that asks a person asks on the terminal, if there is one; otherwise the run parks, and
/// the command that answers is told.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
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
    let project = project::load_meant(context, args.project.as_deref(), "run examples/client-onboarding")?
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
    let input = read_input(args.input.as_deref(), &project, &plan)?;
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

/// The input: that of the command line, or that of the project, or none where the workflow wants none.
fn read_input(given: Option<&Path>, project: &Project, plan: &Plan) -> Result<Value, Error> {
    match given.or(project.input()) {
        Some(path) if path.as_os_str() == "-" => {
            let input = input::from_file(path)?;
            workflow::check_input("stdin", &input, plan)?;
            Ok(input)
        }
        Some(path) => Ok(workflow::read_input(path, plan)?),
        None if plan.input_schema().is_none() => Ok(Value::Null),
        None => Err(Error::usage("the workflow wants an input, and there is none")
            .hint("give one with --input FILE, or write input = \"FILE\" into baton.toml")),
    }
}
