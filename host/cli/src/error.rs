//! What can go wrong, for people: a message, hints, and the exit code. All conversions are here. It does not print.

use std::error::Error as _;
use std::fmt;
use std::panic::PanicHookInfo;

use baton_runtime::journal::StoreError;
use baton_runtime::plan::RunError;
use baton_runtime::{bundle, error::Error as HostError};

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; of a run: it completed.
    Completed,
    /// The run failed, or the host did.
    Failed,
    /// What was asked for cannot be done as it is: usage or configuration.
    Usage,
    /// The run waits for a person.
    Parked,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// Somebody asked the process to end: SIGTERM.
    Terminated,
}

impl Exit {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Completed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Parked => 3,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// The exit of a command that drove a run to where it is.
    #[must_use]
    pub fn of_outcome(outcome: &str) -> Self {
        match outcome {
            "completed" => Exit::Completed,
            "parked" | "paused" | "queued" => Exit::Parked,
            _ => Exit::Failed,
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    exit: Exit,
    message: String,
    rendered: bool,
    hints: Vec<String>,
}

impl Error {
    /// Something that the user or the project has to change.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Error { exit: Exit::Usage, message: message.into(), rendered: false, hints: Vec::new() }
    }

    /// Something that the host or the machine did not manage.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Error { exit: Exit::Failed, message: message.into(), rendered: false, hints: Vec::new() }
    }

    /// Somebody pressed Ctrl-C, or asked the process to end; the exit tells which.
    #[must_use]
    pub fn interrupted(exit: Exit) -> Self {
        let word = if exit == Exit::Terminated { "terminated" } else { "interrupted" };
        Error { exit, message: word.to_owned(), rendered: false, hints: Vec::new() }
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What went wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the message brings its own heading.
    #[must_use]
    pub fn is_rendered(&self) -> bool {
        self.rendered
    }

    /// What can be done about it.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        let hints = error.hint().into_iter().collect();
        let rendered = matches!(error, HostError::Workflow(_));
        Error { exit: exit_of(&error), message: message_of(&error), rendered, hints }
    }
}

impl From<bundle::Error> for Error {
    fn from(error: bundle::Error) -> Self {
        Error::from(HostError::from(error))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Error::from(HostError::from(error))
    }
}

/// The error's own words, the offending line if it has one, and the words of what caused it.
fn message_of(error: &HostError) -> String {
    let mut message = error.to_string();
    if let HostError::Project(project) = error {
        if let Some(place) = project.place() {
            message = format!("[{}] {message}\n{}", project.code(), place.excerpt());
        } else {
            message = format!("[{}] {message}", project.code());
        }
    }
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    message
}

fn exit_of(error: &HostError) -> Exit {
    use baton_runtime::SandboxError as Sandbox;
    match error {
        HostError::Store(StoreError::NoSuchRun(_) | StoreError::Ended(_)) => Exit::Usage,
        HostError::Store(StoreError::NotDeployed(_)) | HostError::NotDeployed(_) => Exit::Usage,
        HostError::Run(RunError::BadAnswer(_)) => Exit::Usage,
        HostError::Sandbox(
            Sandbox::NotLoadable { .. }
            | Sandbox::UnknownImport { .. }
            | Sandbox::AmbiguousFunction { .. }
            | Sandbox::NoSuchFunction { .. }
            | Sandbox::BadArguments { .. }
            | Sandbox::Cache { .. }
            | Sandbox::NoWorker { .. },
        ) => Exit::Usage,
        HostError::Project(_)
        | HostError::Build { .. }
        | HostError::Workflow(_)
        | HostError::File { .. }
        | HostError::Input { .. }
        | HostError::NotAsking { .. }
        | HostError::Answered { .. }
        | HostError::AnotherProposal { .. }
        | HostError::Manifest { .. }
        | HostError::Terms { .. }
        | HostError::NotReplayed { .. }
        | HostError::NoSuchStep { .. }
        | HostError::NotForked(_)
        | HostError::HalfForked(_)
        | HostError::OtherVersion(_)
        | HostError::OtherWorkflow { .. }
        | HostError::IsOfVersion { .. }
        | HostError::PluginGone(_) => Exit::Usage,
        _ => Exit::Failed,
    }
}

/// What is told of a bug, in place of a backtrace.
#[must_use]
pub fn of_panic(info: &PanicHookInfo<'_>) -> Error {
    let text = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    Error::failed(format!("the host has a bug: {text}{place}"))
        .hint("a run that was going on is kept: `baton resume last`")
}
