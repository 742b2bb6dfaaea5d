//! `baton check`: everything that `run` does before it runs.

use std::path::PathBuf;
use std::sync::Arc;

use baton_runtime::bundle::Project;
use baton_runtime::journal::{RunId, Timestamp};
use baton_runtime::plan::{Plan, Run};
use baton_runtime::serve::check_moments;
use baton_runtime::{Clock as _, SystemClock, workflow};
use clap::Args;

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{format, paint, project};

/// Check a project without running it
///
/// Builds and loads the plugins, checks the whole workflow against them, and the project's input against the workflow's
/// schema. Problems go to stderr with file, line and what would be right.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// What is done with the lock.
    #[command(flatten)]
    pub lock: project::LockArgs,
}

/// Carries it out.
///
/// # Errors
/// Something is not what it should be.
pub fn run(context: &Context, args: &CheckArgs) -> Result<Exit, Error> {
    let project = project::load_meant(context, args.project.as_deref(), "check examples/client-onboarding")?
        .with_locking(args.lock.locking());
    project::settle(context, &project)?;
    project::warn(context, &project); // not before: of a plugin that is refused nobody should grant more
    project::build_stale(context, &project)?;
    let host = project::open_to_plan(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plan = workflow::plan(&project, &plugins)?;
    for plan in workflow::plan_all(&project, &plugins)? {
        check_moments(&plan, SystemClock.now())?;
    }
    if let Some(input) = project.input() {
        workflow::read_input(input, &plan)?;
    }
    crate::terminal::result(&summary(&project, plan))?;
    Ok(Exit::Completed)
}

fn summary(project: &Project, plan: Plan) -> String {
    let digest = plan.digest();
    let run = Run::new(Arc::new(plan), RunId::new(Timestamp(0), 0), digest);
    let steps = format::count(run.steps().count() as u64, "step");
    let plugins = format::count(project.plugins().len() as u64, "plugin");
    format!("{} {steps}, {plugins}, plan {}", paint::good("ok:"), digest.short())
}
