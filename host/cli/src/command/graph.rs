//! `baton graph`: what a workflow looks like.

use std::path::PathBuf;

use baton_runtime::workflow;
use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::graph::{mermaid, svg, text};
use crate::project;

/// Draw a project's workflow
///
/// The steps in the order in which they can have their turn, what each waits for, and the ways that the run may take (drawn
/// with dashes, or told with a question mark).
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// The workflow, by its name; by default the `workflow` of baton.toml
    #[arg(short, long, value_name = "NAME")]
    pub workflow: Option<String>,

    /// What is drawn
    #[arg(short = 'o', long = "output", value_name = "FORM", default_value = "text")]
    pub form: Form,

    /// What is done with the lock.
    #[command(flatten)]
    pub lock: project::LockArgs,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Lines for a terminal.
    Text,
    /// A flowchart in Mermaid's language.
    Mermaid,
    /// A picture.
    Svg,
}

/// Carries it out.
///
/// # Errors
/// The project or its workflow is not what it should be.
pub fn run(context: &Context, args: &GraphArgs) -> Result<Exit, Error> {
    let project = project::load_meant(context, args.project.as_deref(), "graph examples/client-onboarding")?
        .with_locking(args.lock.locking());
    project::settle(context, &project)?;
    project::build_stale(context, &project)?;
    let host = project::open_to_plan(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plan = match &args.workflow {
        Some(name) => workflow::plan_named(&project, name, &plugins)?,
        None => workflow::plan(&project, &plugins)?,
    };
    let drawing = plan.drawing();
    crate::terminal::result(&match args.form {
        Form::Text => text::text(&drawing),
        Form::Mermaid => mermaid::mermaid(&drawing),
        Form::Svg => svg::svg(&drawing),
    })?;
    Ok(Exit::Completed)
}
