//! The tables of the store, format 1. It does not know who reads or writes them.
//!
//! | table | a row is | written |
//! |---|---|---|
//! | `runs` | a run: its claim epoch, the head of its chain, and what can be derived from its entries for lists and for its quota | with each entry |
//! | `entries` | a journal entry: the body is [`baton_journal::Entry::body`], the predecessor's digest is the row before | once |
//! | `blobs` | bytes under their SHA-256 | once |
//! | `uses` | a payload or component that a run's entries name, so that a removed run takes along what only it used | with the entry |
//! | `state` | a value and when it expires; `sum` is the digest of scope, key, value and that time | by state operations |
//! | `scopes` | what a scope's values take up | with the values |
//! | `state_applied` | the reply to a host call that changed state, until its run ends; `sum` is the digest of call, request and reply | with the change |
//! | `versions` | a version of a workflow; `content` is the blob that says what it is, `sum` the digest of the row | once |
//! | `version_uses` | a blob that a version needs, so that no removal takes it | with the version |
//! | `deployments` | a line of a workflow's history: which version is current from then on, and which is tried; `sum` is the digest of the row | once |
//! | `signals` | what is wanted of a run, until its driver takes it; `sum` is the digest of run, time and body | by anybody |
//! | `events` | an event that was published, under its key; `sum` is the digest of time and body | once |
//! | `cursors` | how far a reader of events, or of a schedule, has come | by its reader |
//! | `turns` | a run with a concurrency key, and whether it has the turn | until its run ends |
//! | `spending` | what a run sets aside of the budget of all runs, and what it has cost; it stays when the run is removed | with what costs something |
//! | `circuits` | what is known of the health of a thing that runs call; lost, it is found out again | when it fails, or is back |
//! | `flushes` | one counter, so that a flush with nothing else to write still commits | by flushes |
//!
//! Times are milliseconds since the Unix epoch. Unsigned numbers are stored as the signed number of the same bits.
//! A run that is being removed has the status `removed` until all it took up is freed; nobody sees it. Pages that are
//! freed are given back to the file system on request (`auto_vacuum` is incremental).
//! A scope and a key are columns, never joined into one text. A format is never changed, only followed by a new one:
//! `user_version` has its number, `application_id` says that the file is Baton's. A file of each format lies in
//! `tests/store/golden` and is read by each later version.

/// The newest format that this version reads, and the one that it writes.
pub const FORMAT: u32 = 1;

/// "Batn": marks a SQLite file as a store of Baton.
pub(crate) const APPLICATION_ID: i32 = 0x4261_746e;

/// The oldest SQLite that is safe here: before 3.51.3 two connections could corrupt the file when the log was reset
/// (<https://sqlite.org/wal.html#walresetbug>).
pub(crate) const OLDEST_SQLITE: i32 = 3_051_003;

/// Whether a run has not ended: the condition of the index `open`, word for word, so that SQLite takes it.
pub(crate) const IS_OPEN: &str = "status NOT IN ('completed', 'failed', 'cancelled', 'removed')";

/// The tables and the indexes, in the order in which they are made.
pub(crate) const TABLES: [&str; 23] = [
    "CREATE TABLE runs (number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, workflow TEXT NOT NULL, \
     epoch INTEGER NOT NULL, status TEXT NOT NULL, started INTEGER NOT NULL, updated INTEGER NOT NULL, \
     entries INTEGER NOT NULL, bytes INTEGER NOT NULL, head BLOB NOT NULL, invocations INTEGER NOT NULL, waits INTEGER NOT NULL, \
     version INTEGER) STRICT",
    "CREATE INDEX open ON runs (run) WHERE status NOT IN ('completed', 'failed', 'cancelled', 'removed')",
    "CREATE TABLE entries (run INTEGER NOT NULL REFERENCES runs (number), sequence INTEGER NOT NULL, \
     at INTEGER NOT NULL, body TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (run, sequence)) STRICT, WITHOUT ROWID",
    "CREATE TABLE blobs (sha256 BLOB NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
    "CREATE TABLE uses (sha256 BLOB NOT NULL, run INTEGER NOT NULL REFERENCES runs (number), \
     PRIMARY KEY (sha256, run)) STRICT, WITHOUT ROWID",
    "CREATE INDEX used ON uses (run)",
    "CREATE TABLE state (kind TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, \
     expires INTEGER, sum BLOB NOT NULL, PRIMARY KEY (kind, name, key)) STRICT, WITHOUT ROWID",
    "CREATE INDEX expiring ON state (kind, name, expires) WHERE expires IS NOT NULL",
    "CREATE TABLE scopes (kind TEXT NOT NULL, name TEXT NOT NULL, keys INTEGER NOT NULL, bytes INTEGER NOT NULL, \
     PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID",
    "CREATE TABLE state_applied (run INTEGER NOT NULL REFERENCES runs (number), invocation TEXT NOT NULL, \
     sequence INTEGER NOT NULL, request BLOB NOT NULL, reply TEXT NOT NULL, sum BLOB NOT NULL, \
     PRIMARY KEY (run, invocation, sequence)) STRICT, WITHOUT ROWID",
    "CREATE TABLE versions (id INTEGER PRIMARY KEY, workflow TEXT NOT NULL, number INTEGER NOT NULL, \
     digest BLOB NOT NULL, content BLOB NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, sum BLOB NOT NULL, \
     UNIQUE (workflow, number), UNIQUE (workflow, digest)) STRICT",
    "CREATE TABLE version_uses (sha256 BLOB NOT NULL, version INTEGER NOT NULL REFERENCES versions (id), \
     PRIMARY KEY (sha256, version)) STRICT, WITHOUT ROWID",
    "CREATE TABLE deployments (workflow TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL, \
     deed TEXT NOT NULL, current INTEGER NOT NULL, canary INTEGER, weight INTEGER, sum BLOB NOT NULL, \
     PRIMARY KEY (workflow, sequence)) STRICT, WITHOUT ROWID",
    "CREATE TABLE signals (number INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs (number), \
     at INTEGER NOT NULL, body TEXT NOT NULL, sum BLOB NOT NULL) STRICT",
    "CREATE INDEX mailboxes ON signals (run)",
    "CREATE TABLE events (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, \
     body TEXT NOT NULL, sum BLOB NOT NULL) STRICT",
    "CREATE TABLE cursors (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE turns (run INTEGER PRIMARY KEY REFERENCES runs (number), workflow TEXT NOT NULL, \
     key TEXT NOT NULL, priority INTEGER NOT NULL, taken INTEGER NOT NULL) STRICT",
    "CREATE INDEX queues ON turns (workflow, key)",
    "CREATE TABLE spending (run TEXT NOT NULL PRIMARY KEY, began INTEGER NOT NULL, reserved INTEGER NOT NULL, \
     spent INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX spent ON spending (began)",
    "CREATE TABLE circuits (name TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE flushes (id INTEGER PRIMARY KEY CHECK (id = 1), count INTEGER NOT NULL) STRICT",
];
