//! The commands and their options. The doc comments are the manual; this module does nothing.

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::command::{
    approve, build, call, cancel, check, delegate, deploy, emit, export, fork, grants, graph, migrate, pause, promote,
    reject, replay, resume, rollback, run, runs, schema, serve, show, store, verify, versions,
};

/// The last lines of every help text of a command that drives a run.
pub const EXIT_CODES: &str = "\
Exit codes:
  0    the run completed
  1    the run failed, or the host did
  2    usage or configuration: a bad workflow, manifest or input, an unknown run,
       a step that does not ask, somebody who may not answer
  3    the run is parked: it waits for a person, an event or a time, or somebody paused it
  130  interrupted by Ctrl-C, 143 by SIGTERM; `baton resume` goes on";

/// Runs agents and tools that their users do not have to trust.
///
/// An agent is a WebAssembly component. Every contact it has with the world is granted, metered and recorded. Results
/// go to stdout, everything else to stderr.
#[derive(Debug, Parser)]
#[command(name = "baton", version, after_help = EXIT_CODES, arg_required_else_help = true, propagate_version = true)]
pub struct Cli {
    /// Tell nothing but results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "each command is documented at its arguments, and clap would prefer what stands here")]
pub enum Command {
    Run(run::RunArgs),
    Serve(serve::ServeArgs),
    Emit(emit::EmitArgs),
    Check(check::CheckArgs),
    Graph(graph::GraphArgs),
    Build(build::BuildArgs),
    Grants(grants::GrantsArgs),
    Deploy(deploy::DeployArgs),
    Versions(versions::VersionsArgs),
    Promote(promote::PromoteArgs),
    Rollback(rollback::RollbackArgs),
    Migrate(migrate::MigrateArgs),
    Runs(runs::RunsArgs),
    Show(show::ShowArgs),
    Store(store::StoreArgs),
    Approve(approve::ApproveArgs),
    Reject(reject::RejectArgs),
    Delegate(delegate::DelegateArgs),
    Pause(pause::PauseArgs),
    Resume(resume::ResumeArgs),
    Cancel(cancel::CancelArgs),
    Replay(replay::ReplayArgs),
    Verify(verify::VerifyArgs),
    Export(export::ExportArgs),
    Fork(fork::ForkArgs),
    Call(call::CallArgs),
    Schema(schema::SchemaArgs),
}

/// The form of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// The option for the form of results.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct OutputArgs {
    /// The form of the result on stdout
    #[arg(short = 'o', long = "output", value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// The run that a command is about.
#[derive(Clone, Debug, Args)]
pub struct WhichRun {
    /// The run: its id, at least four characters of its beginning or end, or `last`
    pub run: String,

    /// The run's project: a folder with baton.toml, or the file. By default the run is looked for in the project of this
    /// folder or those above it, then in all projects that were used before
    #[arg(long, value_name = "DIR")]
    pub project: Option<std::path::PathBuf>,
}

/// The deployed workflow that a command is about.
#[derive(Clone, Debug, Args)]
pub struct WhichWorkflow {
    /// The workflow's name, as `baton versions` lists it
    pub workflow: String,

    /// The project that it was deployed from: a folder with baton.toml, or the file. By default the workflow is looked for in
    /// the project of this folder or those above it, then in all projects that were used before
    #[arg(long, value_name = "DIR")]
    pub project: Option<std::path::PathBuf>,
}

/// The option for who does something that is kept.
#[derive(Clone, Debug, Default, Args)]
pub struct ByArgs {
    /// Who does it; by default the name of the user
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub by: Option<String>,
}

/// A person's answer to a step that asks.
#[derive(Clone, Debug, Args)]
pub struct DecisionArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// What asks or is asked about: `letter`, `summarise[2]`, or an agent's call: `review#1/4`
    pub step: String,

    /// Who answers, and how.
    #[command(flatten)]
    pub person: PersonArgs,

    /// Record the answer only; `baton resume` goes on with the run
    #[arg(long)]
    pub no_resume: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A person who is asked something.
#[derive(Clone, Debug, Args)]
pub struct PersonArgs {
    /// Who answers; by default the name of the user
    #[arg(long = "as", visible_alias = "by", value_name = "NAME", value_parser = name)]
    pub by: Option<String>,

    /// The role in which you answer; the step says which may
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,

    /// The token of the question that you have seen, as `baton show` tells it: if something else is asked by now, nothing is
    /// recorded
    #[arg(long, value_name = "DIGEST")]
    pub token: Option<String>,

    /// What you want to say about it
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
}

/// The name of a person: the journal keeps it, so it must be one.
pub(crate) fn name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    if name.is_empty() { Err("a name is needed") } else { Ok(name.to_owned()) }
}
