//! `baton call`: one function of one plugin, as a run of one step.

use std::path::PathBuf;

use baton_runtime::workflow;
use clap::Args;

use crate::args::{EXIT_CODES, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::progress::Screen;
use crate::{drive, input, project};

/// Call one function of a plugin
///
/// The call is a run of one step, granted, metered and recorded like any other.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct CallArgs {
    /// The plugin, by its name in baton.toml
    pub plugin: String,

    /// The function, as in `contacts.upsert`; `run` is the agent's
    pub function: String,

    /// The input: JSON, `@FILE`, or `-` for stdin. A function takes an object with its parameters
    #[arg(value_name = "JSON")]
    pub input: String,

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
/// There is no such plugin or function, the input does not fit, or the host fails.
pub async fn run(context: &Context, args: &CallArgs) -> Result<Exit, Error> {
    let input = input::from_argument(&args.input)?;
    let example = "call crm contacts.get JSON --project examples/client-onboarding";
    let project = project::load_meant(context, args.project.as_deref(), example)?;
    project.plugin(&args.plugin)?;
    project::settle(context, &project)?;
    project::build_stale(context, &project)?;
    let host = project::open_to_run(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plan = workflow::plan_call(&plugins, &args.plugin, &args.function)?;
    workflow::check_input("of the call", &input, &plan)?;
    let screen = Screen::new(context);
    let driving = host.start(plan, &plugins, &input, screen.clone());
    drive::to_its_end(context, project.file(), &host, &screen, args.output.format, driving).await
}
