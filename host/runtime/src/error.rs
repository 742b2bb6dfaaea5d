//! What can go wrong with a project or a run, sorted by who has to act.

use baton_journal::{Excess, StoreError, Timestamp};
use baton_policy::Bytes;
use baton_sandbox::SandboxError;
use baton_workflow::{Problems, RunError};

/// Why the host did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The project, a manifest or a component is not what it should be.
    #[error(transparent)]
    Project(#[from] baton_bundle::Error),
    /// A component could not be built.
    #[error("plugin {plugin} could not be built: {reason}")]
    Build {
        /// The plugin.
        plugin: String,
        /// What the build said.
        reason: String,
        /// What the operator can do.
        hint: Option<String>,
    },
    /// A manifest says something of what its component does not export.
    #[error("the plugin.toml of {plugin} {problem}")]
    Manifest {
        /// The plugin.
        plugin: String,
        /// What it says.
        problem: String,
        /// What would be right.
        hint: String,
    },
    /// What the operator's file says of a plugin does not go together.
    #[error("[plugins.{plugin}] in baton.toml {problem}")]
    Terms {
        /// The plugin.
        plugin: String,
        /// What it says.
        problem: String,
        /// What would be right.
        hint: String,
    },
    /// The workflow file has problems, each with its place.
    #[error("{0}")]
    Workflow(Problems),
    /// A file that the operator named cannot be used.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The input breaks the workflow's schema.
    #[error("the input {path} does not fit the workflow's schema:\n{}", .problems.join("\n"))]
    Input {
        /// Where the input came from.
        path: String,
        /// Each place at which it breaks the schema.
        problems: Vec<String>,
    },
    /// The plugin cannot be loaded, or the host failed while it ran.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The way out to the network cannot be made.
    #[error(transparent)]
    Network(#[from] baton_egress::EgressError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The run does not take this event: it ended, or does not wait for this answer.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A person answered a step that does not ask.
    #[error("step {step} does not wait for an answer; {waiting}")]
    NotAsking {
        /// The step.
        step: String,
        /// What does.
        waiting: String,
    },
    /// A person answered a question that was answered before.
    #[error("step {step} was answered before, by {by}")]
    Answered {
        /// The step.
        step: String,
        /// Who was faster.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// A project has no workflow of that name.
    #[error("the project has no workflow {name}; its workflows: {known}")]
    NoSuchWorkflow {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Two workflows of a project have one name.
    #[error("two workflows have the name {0}")]
    SameName(String),
    /// The only moment of a schedule is over.
    #[error("the schedule of workflow {workflow} is in the past: {at}")]
    InThePast {
        /// The workflow.
        workflow: String,
        /// The moment.
        at: String,
    },
    /// A workflow's concurrency key has no value for this input.
    #[error("the run has no concurrency key: {0}")]
    NoKey(String),
    /// A person answered after the deadline of the question.
    #[error("the time to answer step {0} is over")]
    TooLate(String),
    /// A run names a plugin that the project no longer has.
    #[error("the run uses plugin {0}, which the project no longer has")]
    PluginGone(String),
    /// Another version was given of a plugin that no agent of the run is made of.
    #[error("the run has no agent of plugin {plugin}, and tools are not replayed; its agents: {agents}")]
    NotReplayed {
        /// The plugin.
        plugin: String,
        /// The plugins of the agents.
        agents: String,
    },
    /// A run has no step of that name.
    #[error("the run has no step `{step}`; its steps: {steps}")]
    NoSuchStep {
        /// The name.
        step: String,
        /// The names that there are.
        steps: String,
    },
    /// What a run had done cannot be taken over.
    #[error("the run cannot be forked there: {0}")]
    NotForked(String),
    /// A host died while it forked a run.
    #[error("run {0} is a fork that was not finished: its host died meanwhile")]
    HalfForked(baton_journal::RunId),
    /// A recorded plan cannot be read by this version.
    #[error("the run's plan cannot be used: {0}")]
    Plan(String),
    /// A bug of the host.
    #[error("the host failed: {0}")]
    Internal(String),
}

impl Error {
    /// What the operator can do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Project(error) => error.hint(),
            Error::Build { hint, .. } => hint.clone(),
            Error::Manifest { hint, .. } | Error::Terms { hint, .. } => Some(hint.clone()),
            Error::Sandbox(SandboxError::Store(error)) | Error::Store(error) => hint_of_store(error),
            Error::Sandbox(error) => error.hint(),
            Error::Answered { .. } => Some("the first answer holds; `baton show` has it".to_owned()),
            Error::SameName(_) => {
                Some("give each its own `workflow:`; its events and schedules are told apart by it".to_owned())
            }
            Error::InThePast { .. } => {
                Some("change `at` to a moment to come, or remove that trigger from `on`".to_owned())
            }
            Error::NoKey(_) => Some("change `concurrency` in the workflow, or the input".to_owned()),
            Error::TooLate(_) => Some("resume the run: it goes on as the step's `on_timeout` says".to_owned()),
            Error::NotForked(_) => Some("fork at that step, or at one before it".to_owned()),
            Error::HalfForked(_) => Some("fork once more: nothing was done by this one".to_owned()),
            Error::PluginGone(name) => Some(format!("add [plugins.{name}] to baton.toml again")),
            _ => None,
        }
    }
}

/// What the operator can do about a store that refuses.
fn hint_of_store(error: &StoreError) -> Option<String> {
    Some(match error {
        StoreError::Locked { .. } => "wait for the other process, or end it".to_owned(),
        StoreError::FromTheFuture { .. } => "use the newer version of baton that wrote it".to_owned(),
        StoreError::Corrupt { .. } => {
            "`baton store check` tells what is damaged; restore that from a backup: the file was left as it is"
                .to_owned()
        }
        StoreError::NoSuchRun(_) => "`baton runs` lists the runs there are".to_owned(),
        StoreError::Busy { run, .. } => format!("wait until it has ended, or end it: `baton cancel {run}`"),
        StoreError::MailboxFull(run) => format!("go on with it: `baton resume {run}`"),
        StoreError::Claimed(_) => "it goes on there; `baton show` follows it".to_owned(),
        StoreError::OverQuota { run, excess } => {
            format!(
                "raise it in baton.toml, as in [store] {}, and go on: `baton resume {run}`",
                line_that_raises(*excess)
            )
        }
        _ => return None,
    })
}

/// The line that makes twice the room.
fn line_that_raises(excess: Excess) -> String {
    match excess {
        Excess::Bytes { allowed, .. } => format!("run_bytes = \"{}\"", Bytes(allowed.saturating_mul(2))),
        Excess::Entries { allowed } => format!("run_entries = {}", allowed.saturating_mul(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_journal_is_told_with_the_line_that_raises_it() {
        let run: baton_journal::RunId = "01kbbbbbbb0000000000000xyz".parse().unwrap();
        let hint = |excess| Error::from(StoreError::OverQuota { run: run.clone(), excess }).hint().unwrap();
        assert_eq!(
            hint(Excess::Bytes { used: 1, needed: 1 << 31, allowed: 1 << 30 }),
            "raise it in baton.toml, as in [store] run_bytes = \"2GiB\", and go on: \
             `baton resume 01kbbbbbbb0000000000000xyz`"
        );
        let of_a_guest =
            SandboxError::Store(StoreError::OverQuota { run: run.clone(), excess: Excess::Entries { allowed: 5 } });
        assert!(Error::from(of_a_guest).hint().unwrap().contains("run_entries = 10,"));
    }
}
