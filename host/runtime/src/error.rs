//! What can go wrong with a project or a run, sorted by who has to act.

use baton_journal::{Excess, NotDeployed, StoreError, Timestamp};
use baton_policy::{Bytes, MicroUsd};
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
    /// A person answered something else than what is asked by now.
    #[error("step {step} asks something else than what this token is of{}", told(.changes.as_deref()))]
    AnotherProposal {
        /// The step.
        step: String,
        /// The token of what is asked by now.
        token: baton_journal::Digest,
        /// What changed since, in lines; none if the token is of no question of this run or of those that it was forked off.
        changes: Option<Vec<String>>,
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
    /// A run that was migrated is forked with a plugin of another version.
    #[error("run {0} was migrated to a deployed version: a fork of it has that version's plugins, and no other")]
    OtherVersion(baton_journal::RunId),
    /// A run is to go on as one of another workflow.
    #[error("run {run} is of workflow `{workflow}`, and the version is one of `{version}`")]
    OtherWorkflow {
        /// The run.
        run: baton_journal::RunId,
        /// Its workflow.
        workflow: String,
        /// The version's workflow.
        version: String,
    },
    /// A run is of the version already that it is to be migrated to.
    #[error("run {run} is of version {number} already")]
    IsOfVersion {
        /// The run.
        run: baton_journal::RunId,
        /// The version.
        number: u32,
    },
    /// A run is of a project that is not deployed.
    #[error("run {0} is of no deployed version")]
    NotDeployed(baton_journal::RunId),
    /// The store has no such version, though a run names it.
    #[error("the run is of version {number} of workflow `{workflow}`, which the store does not have")]
    VersionGone {
        /// The workflow.
        workflow: String,
        /// The version's number.
        number: u32,
    },
    /// Something that a version needs is gone from the store, or is not what was stored.
    #[error("version {} of workflow `{}` cannot be run: {what}", .version.number, .version.workflow)]
    VersionDamaged {
        /// The version.
        version: Box<baton_journal::Version>,
        /// What is gone or damaged.
        what: String,
    },
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
            Error::AnotherProposal { token, .. } => {
                let token = token.short();
                Some(format!("look at what is asked now, `baton show`; then answer that: --token {token}"))
            }
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
            Error::OtherWorkflow { workflow, .. } => {
                Some(format!("`baton versions {workflow}` lists the versions of its own workflow"))
            }
            Error::IsOfVersion { run, .. } => Some(format!("`baton resume {run}` goes on with it")),
            Error::OtherVersion(_) => Some(
                "fork it without --with, deploy the other plugin as a version, and migrate the fork to that".to_owned(),
            ),
            Error::NotDeployed(_) => {
                Some("`baton deploy` stores a version; `baton runs` tells which a run is of".to_owned())
            }
            Error::VersionGone { .. } => Some("restore the store from a backup that has it".to_owned()),
            Error::VersionDamaged { version, .. } => Some(hint_of_damaged(&version.workflow)),
            Error::PluginGone(name) => Some(format!("add [plugins.{name}] to baton.toml again")),
            _ => None,
        }
    }
}

/// What the operator can do about a version of which something is gone.
fn hint_of_damaged(workflow: &str) -> String {
    format!(
        "take another version: `baton versions {workflow}` lists them, `baton rollback {workflow} --to NUMBER` makes one \
         current; or have it back: `baton deploy` of the project as it was then stores what is missing, and `baton store \
         check` tells what is damaged, to be restored from a backup"
    )
}

/// What the operator can do about versions that stay as they are.
fn hint_of_versions(error: &NotDeployed) -> String {
    match error {
        NotDeployed::Nothing { .. } => "`baton deploy` stores a project as a version".to_owned(),
        NotDeployed::NoCurrent { .. } => "deploy it without --weight: it is the first".to_owned(),
        NotDeployed::OtherCanary { workflow, .. } => format!(
            "make that one current with `baton promote {workflow}`, or take it back with `baton rollback {workflow}`"
        ),
        NotDeployed::NoCanary { .. } => "`baton deploy --weight 10%` tries one".to_owned(),
        NotDeployed::IsCurrent { workflow, .. } | NotDeployed::NothingBefore { workflow, .. } => {
            format!("`baton versions {workflow}` lists the others")
        }
        NotDeployed::NoSuchVersion { workflow, .. } => format!("`baton versions {workflow}` lists those there are"),
        _ => "`baton versions` tells how it stands".to_owned(),
    }
}

/// What changed in a question, behind a message.
fn told(changes: Option<&[String]>) -> String {
    match changes {
        None => ": no question of this run has it".to_owned(),
        Some([]) => String::new(),
        Some(lines) => format!(":\n  {}", lines.join("\n  ")),
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
        StoreError::NotDeployed(error) => hint_of_versions(error),
        StoreError::Busy { run, .. } => format!("wait until it has ended, or end it: `baton cancel {run}`"),
        StoreError::Overdrawn { allowance, .. } => {
            let more = MicroUsd(allowance.micro_usd.saturating_add(allowance.reserved));
            format!(
                "lower `budget.usd` of the workflow, or in baton.toml, under [budget]: usd = \"{more}\"; what is set aside by runs \
                 at work and not spent is free again when they have ended"
            )
        }
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
