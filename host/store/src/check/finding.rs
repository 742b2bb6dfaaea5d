//! What a check can find, and where. It does not look for it.

use std::fmt;

use baton_journal::{ChainFault, Digest};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub flaw: Flaw,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something is not what was written.
    Damage,
    /// Something takes up room and nobody needs it.
    Leftover,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file.
    File,
    /// A run, by what stands in its row.
    Run(String),
    /// An entry of a run.
    Entry {
        /// The run.
        run: String,
        /// The entry's number, from 0.
        sequence: u64,
    },
    /// A payload or component.
    Blob(Digest),
    /// A scope of state.
    Scope {
        /// `run`, `agent` or `shared`.
        kind: String,
        /// Its name.
        name: String,
    },
    /// A value.
    Value {
        /// `run`, `agent` or `shared`.
        kind: String,
        /// The scope's name.
        name: String,
        /// The key.
        key: String,
    },
    /// A version of a workflow, or a line of its history.
    Workflow {
        /// The workflow.
        workflow: String,
        /// The number of the version or the line.
        number: u32,
    },
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// SQLite cannot read something, or finds its own pages damaged.
    #[error("{message}")]
    Database {
        /// What it says.
        message: String,
    },
    /// Entries are not there, from the place on. Whether the one behind them was changed is not known.
    #[error("{}, so entry {next} cannot be held against its predecessor", gap("missing", *.count))]
    Missing {
        /// How many.
        count: u64,
        /// The first one that is there.
        next: u64,
    },
    /// Entries cannot be read, from the place on.
    #[error("{}: {message}", gap("unreadable", *.count))]
    Unreadable {
        /// How many.
        count: u64,
        /// What SQLite says of the first.
        message: String,
    },
    /// An entry does not continue its chain.
    #[error("{0}")]
    Chain(ChainFault),
    /// The journal has another length than was noted.
    #[error("{written} entries were written, and the journal ends at {found}")]
    Length {
        /// How many were written.
        written: u64,
        /// The number behind the last one.
        found: u64,
    },
    /// The last entry is not the one that was noted.
    #[error("it is not the last entry that was noted")]
    Head,
    /// A column of the run's row is not what the entries say.
    #[error("its {column} in the list of runs is not what its entries say")]
    Row {
        /// The column.
        column: &'static str,
    },
    /// A row has something that was never written.
    #[error("its {column} cannot be `{found}`")]
    Impossible {
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
    },
    /// A payload or component that an entry names is not whole.
    #[error("{what} {} {kept}", .digest.short())]
    Kept {
        /// `payload` or `component`, or `part` of a version.
        what: &'static str,
        /// Its digest.
        digest: Digest,
        /// What is wrong with it.
        kept: Kept,
    },
    /// It is not noted that the run uses a payload or component: it could go with another run.
    #[error("it is not noted that the run uses {}", .digest.short())]
    UseNotNoted {
        /// Its digest.
        digest: Digest,
    },
    /// The content of an entry or a blob, or its digest, is not what was written: they do not fit.
    #[error("its content does not fit its digest")]
    Changed,
    /// The sum of a value does not fit.
    #[error("the value is not what was written")]
    Value,
    /// The sum of a version, or of a line of a workflow's history, does not fit.
    #[error("what is noted of it is not what was written")]
    Version,
    /// A scope's counters are wrong.
    #[error("noted are {keys} keys with {bytes} bytes, and there are {found_keys} with {found_bytes}")]
    Counters {
        /// Keys that are noted.
        keys: u64,
        /// Bytes that are noted.
        bytes: u64,
        /// Keys that there are.
        found_keys: u64,
        /// Bytes that there are.
        found_bytes: u64,
    },
    /// A remembered reply cannot be read.
    #[error("the remembered reply to call {sequence} of {invocation} cannot be read")]
    Reply {
        /// The invocation.
        invocation: String,
        /// The call.
        sequence: i64,
    },
    /// Entries belong to a run that has no row.
    #[error("{rows} entries belong to run number {number}, which is not there")]
    EntriesOfNoRun {
        /// The number.
        number: i64,
        /// How many.
        rows: u64,
    },
    /// Rows belong to a run that has no row.
    #[error("{rows} rows of `{table}` belong to nothing that is there")]
    RowsOfNoRun {
        /// The table.
        table: &'static str,
        /// How many.
        rows: u64,
    },
    /// A blob is used by nobody.
    #[error("no run uses it: {bytes} bytes")]
    Unused {
        /// What it takes up.
        bytes: u64,
    },
    /// It is noted that a run uses a blob that no entry of it names.
    #[error("it is noted that the run uses {}, which no entry names", .digest.short())]
    UseWithoutEntry {
        /// The digest.
        digest: Digest,
    },
    /// A removal was interrupted.
    #[error("it is half removed: `baton runs prune` finishes it")]
    HalfRemoved,
    /// Replies are remembered of a run that has ended.
    #[error("{rows} replies are remembered, and the run has ended")]
    RepliesOfEndedRun {
        /// How many.
        rows: u64,
    },
    /// A run that is not there has state.
    #[error("{keys} values of a run that is not there")]
    StateOfNoRun {
        /// How many values.
        keys: u64,
    },
}

/// What is wrong with something that is kept by its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// Its content is another.
    #[error("has other content")]
    Changed,
    /// It has another length than the entry says.
    #[error("has {found} bytes, and the entry says {named}")]
    Length {
        /// How many it has.
        found: u64,
        /// How many the entry says.
        named: u64,
    },
    /// It is a payload and no text.
    #[error("is not text")]
    NotText,
}

fn gap(what: &str, count: u64) -> String {
    if count == 1 { what.to_owned() } else { format!("{what}, {count} entries from here") }
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self.flaw {
            Flaw::RowsOfNoRun { .. }
            | Flaw::Unused { .. }
            | Flaw::UseWithoutEntry { .. }
            | Flaw::HalfRemoved
            | Flaw::RepliesOfEndedRun { .. }
            | Flaw::StateOfNoRun { .. } => Severity::Leftover,
            _ => Severity::Damage,
        }
    }
}

impl Flaw {
    /// The kind of flaw in one word, for programs: it stays the same when its text changes.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Flaw::Database { .. } => "database",
            Flaw::Missing { .. } => "missing",
            Flaw::Unreadable { .. } => "unreadable",
            Flaw::Chain(_) => "chain",
            Flaw::Length { .. } => "length",
            Flaw::Head => "head",
            Flaw::Row { .. } => "row",
            Flaw::Impossible { .. } => "impossible",
            Flaw::Kept { .. } => "payload",
            Flaw::UseNotNoted { .. } => "use-not-noted",
            Flaw::Changed => "changed",
            Flaw::Value => "value",
            Flaw::Version => "version",
            Flaw::Counters { .. } => "counters",
            Flaw::Reply { .. } => "reply",
            Flaw::EntriesOfNoRun { .. } => "entries-of-no-run",
            Flaw::RowsOfNoRun { .. } => "rows-of-no-run",
            Flaw::Unused { .. } => "unused",
            Flaw::UseWithoutEntry { .. } => "use-without-entry",
            Flaw::HalfRemoved => "half-removed",
            Flaw::RepliesOfEndedRun { .. } => "replies-of-ended-run",
            Flaw::StateOfNoRun { .. } => "state-of-no-run",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File => f.write_str("file"),
            Place::Run(run) => write!(f, "run {run}"),
            Place::Entry { run, sequence } => write!(f, "run {run}, entry {sequence}"),
            Place::Blob(digest) => write!(f, "blob {}", digest.short()),
            Place::Scope { kind, name } => write!(f, "state {kind} {name}"),
            Place::Value { kind, name, key } => write!(f, "state {kind} {name}, key {key}"),
            Place::Workflow { workflow, number } => write!(f, "versions of {workflow}, number {number}"),
        }
    }
}
