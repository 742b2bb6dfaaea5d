//! `baton deploy`: stores a project as an immutable version of its workflow, which new runs take.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baton_runtime::bundle::Project;
use baton_runtime::journal::{Deployed, Weight};
use baton_runtime::{Host, workflow};
use clap::Args;
use serde_json::json;

use crate::args::{ByArgs, Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::{decide, deployed, ending, format, paint, project, terminal};

/// Store a project as a version of its workflow, which new runs take
///
/// Builds and checks the project, and stores all that a run needs of it: the plan with its schemas, prompts and data, the
/// components and manifests, what is granted, the limits, and where secrets are found, never their values. A version never
/// changes. `baton run NAME` begins a run of it, from any folder; what is running stays on the version that it began with.
/// The same content again is the same version.
#[derive(Debug, Args)]
pub struct DeployArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// How many of a hundred new runs take it. Less than 100% tries it beside the current version; which run takes which
    /// follows from the run's id
    #[arg(long, value_name = "PERCENT", default_value = "100%")]
    pub weight: Weight,

    /// Who deploys.
    #[command(flatten)]
    pub by: ByArgs,

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
/// The project is not what it should be, the version cannot be tried beside the current one, or the store fails.
pub async fn run(context: &Context, args: &DeployArgs) -> Result<Exit, Error> {
    let by = decide::who(context, args.by.by.as_ref())?;
    let project = project::load_meant(context, args.project.as_deref(), "deploy examples/client-onboarding")?
        .with_locking(args.lock.locking());
    project::settle(context, &project)?;
    project::warn(context, &project); // not before: of a plugin that is refused nobody should grant more
    project::build_stale(context, &project)?;
    let host = project::open(&project)?;
    let plugins = project::load_plugins(context, &project, &host)?;
    let plan = workflow::plan(&project, &plugins)?;
    let deployed = host.deploy(&project, &plan, &plugins, args.weight, &by).await?;
    context.terminal.tell(&told(&deployed));
    tell_how_it_stands(context, &host, &deployed).await?;
    tell_who_loses(context, &host, &project, &deployed.version.workflow).await?;
    let version = &deployed.version;
    match args.output.format {
        Format::Text => terminal::result(&escape_line(&format!("{}@{}", version.workflow, version.number)))?,
        Format::Json => terminal::result(&ending::pretty(&json!({
            "workflow": version.workflow, "number": version.number, "digest": version.digest, "at": version.at,
            "by": version.by, "new": deployed.is_new, "line": deployed.line,
        }))?)?,
    }
    Ok(Exit::Completed)
}

fn told(deployed: &Deployed) -> String {
    let Deployed { version, is_new, .. } = deployed;
    let name = escape_line(&version.workflow);
    let digest = version.digest.short();
    if *is_new {
        format!("{} version {} of {name} is stored: {digest}", paint::good("ok:"), version.number)
    } else {
        format!("version {} of {name} is the same ({digest}): no new one is made", version.number)
    }
}

async fn tell_how_it_stands(context: &Context, host: &Host, deployed: &Deployed) -> Result<(), Error> {
    let history = host.history(&deployed.version.workflow).await?;
    let Some(line) = history.last() else { return Ok(()) };
    let already = if deployed.line.is_none() { ", as before" } else { "" };
    context.terminal.tell(&format!("{}{already}", deployed::told(&line.traffic)));
    if line.traffic.canary.is_some() {
        let name = escape_line(&line.workflow);
        context.terminal.tell(&paint::faint(&format!(
            "`baton promote {name}` makes it current, `baton rollback {name}` takes it back"
        )));
    }
    Ok(())
}

/// Runs of earlier versions are denied what the project's file does not grant any more: whoever changed it should know.
async fn tell_who_loses(context: &Context, host: &Host, project: &Project, workflow: &str) -> Result<(), Error> {
    let mut open = BTreeMap::<u32, u64>::new();
    for run in host.runs(u32::MAX).await? {
        if let Some(version) = run.version.filter(|_| !run.status.has_ended() && run.workflow == workflow) {
            *open.entry(version).or_default() += 1;
        }
    }
    for version in host.versions().await?.iter().filter(|version| version.workflow == workflow) {
        let Some(runs) = open.get(&version.number) else { continue };
        for (plugin, lost) in host.frozen(version).await?.revoked(&project.today()) {
            let line = format!(
                "{} on version {} whose `{plugin}` may not do any more what baton.toml does not grant: {lost}",
                if *runs == 1 { "1 run is".to_owned() } else { format!("{} are", format::count(*runs, "run")) },
                version.number
            );
            context.terminal.tell(&format!("{} {}", paint::warn("warning:"), escape_line(&line)));
        }
    }
    Ok(())
}
