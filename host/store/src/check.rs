//! Goes over everything in a store and tells what is not as it was written, with its place. It never writes, and goes on
//! after each finding: what is whole stays usable, and is told from what is not.
//!
//! SQLite looks at its own pages first; then each blob is held against its digest, each run against its chain, its
//! row and its payloads, each value and each version against its sum. A chain that breaks at one entry is taken up behind it, so that
//! every damaged entry is found and not only the first.

mod blobs;
mod chain;
mod database;
mod finding;
mod run;
mod state;
mod versions;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use baton_journal::{Digest, StoreError};
use rusqlite::Connection;

use crate::fault::{Fault, Severity as Failure, severity};
use crate::read_only::ReadOnlyStore;

pub use finding::{Finding, Flaw, Kept, Place, Severity};

/// What is told while a store is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Something is not as it should be.
    Found(Finding),
    /// How far the check is.
    At(Progress),
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is looked at.
    pub part: Part,
    /// How many of them were.
    pub done: u64,
    /// How many there are.
    pub total: u64,
}

/// A part of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The pages of the file.
    Pages,
    /// Payloads and components.
    Blobs,
    /// Runs.
    Runs,
    /// Values that are kept.
    Values,
}

/// What was looked at, and how much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Runs.
    pub runs: u64,
    /// Entries.
    pub entries: u64,
    /// Payloads and components.
    pub blobs: u64,
    /// Values.
    pub values: u64,
    /// Findings of damage.
    pub damage: u64,
    /// Findings of leftovers.
    pub leftovers: u64,
}

/// Checks the store at this path; `tell` hears of each finding at once. A file that is no store, or too damaged to be
/// opened, is a finding too.
///
/// # Errors
/// [`StoreError::Io`] if the file cannot be read, [`StoreError::FromTheFuture`], and [`StoreError::Locked`] if somebody
/// began to write to a closed store meanwhile.
pub fn check(path: &Path, tell: &mut dyn FnMut(News)) -> Result<Summary, StoreError> {
    let mut summary = Summary::default();
    let checked = ReadOnlyStore::open(path).and_then(|store| {
        store.look_once(|sql| Checker { sql, tell, summary: &mut summary, blobs: Blobs::default() }.everything())
    });
    match checked {
        Err(StoreError::Corrupt { what }) => {
            summary.damage += 1;
            tell(News::Found(Finding { place: Place::File, flaw: Flaw::Database { message: what } }));
        }
        checked => checked?,
    }
    Ok(summary)
}

/// Goes over a store.
struct Checker<'a> {
    sql: &'a Connection,
    tell: &'a mut dyn FnMut(News),
    summary: &'a mut Summary,
    blobs: Blobs,
}

/// What is known of the blobs before the entries that name them are looked at.
#[derive(Debug, Default)]
struct Blobs {
    changed: HashSet<Digest>,
    not_text: HashSet<Digest>,
    /// Those that no run and no version is noted to use, with their lengths.
    unused: BTreeMap<Digest, u64>,
}

impl Checker<'_> {
    fn everything(&mut self) -> Result<(), Fault> {
        self.pages()?;
        self.every_blob()?;
        self.every_run()?;
        self.every_version()?;
        self.unused_blobs();
        self.rows_of_no_run()?;
        self.every_value()?;
        self.counters()?;
        self.replies()
    }

    fn found(&mut self, place: Place, flaw: Flaw) {
        let finding = Finding { place, flaw };
        match finding.severity() {
            Severity::Damage => self.summary.damage += 1,
            Severity::Leftover => self.summary.leftovers += 1,
        }
        (self.tell)(News::Found(finding));
    }

    fn at(&mut self, part: Part, done: u64, total: u64) {
        (self.tell)(News::At(Progress { part, done, total }));
    }

    /// Does a part of the check. What SQLite cannot read is a finding, and the next part goes on.
    fn part(&mut self, place: Place, part: impl FnOnce(&mut Self) -> rusqlite::Result<()>) -> Result<(), Fault> {
        match part(self) {
            Ok(()) => Ok(()),
            Err(error) => {
                let flaw = Flaw::Database { message: damage(error)? };
                self.found(place, flaw);
                Ok(())
            }
        }
    }

    fn count(&self, table: &str) -> u64 {
        let query = format!("SELECT count(*) FROM {table}");
        self.sql.query_row(&query, [], |row| row.get::<_, i64>(0)).map_or(0, i64::cast_unsigned)
    }
}

/// What SQLite says of damage; any other failure ends the check.
fn damage(error: rusqlite::Error) -> Result<String, Fault> {
    match severity(&error) {
        Failure::Damaged => Ok(error.to_string()),
        Failure::Busy | Failure::NoRoom | Failure::Fatal => Err(Fault::Sql(error)),
    }
}
