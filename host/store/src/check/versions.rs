//! Holds each version of a workflow, and each line of the histories, against its sum, and looks for the blobs that versions
//! need. It does not know what is in a version.

use baton_journal::Digest;
use rusqlite::Row;

use super::{Checker, Flaw, Place};
use crate::fault::Fault;
use crate::versions::{LINE, VERSION, line_of, version_of};

impl Checker<'_> {
    pub(super) fn every_version(&mut self) -> Result<(), Fault> {
        self.rows_with_sums("versions", VERSION, |row| Ok(version_of(row)?.is_some()))?;
        self.rows_with_sums("deployments", LINE, |row| Ok(line_of(row)?.is_some()))?;
        self.needed_by_versions()?;
        self.loose_rows("version_uses", "version", "SELECT id FROM versions")
    }

    /// Each row begins with a workflow and a number.
    fn rows_with_sums(
        &mut self,
        table: &str,
        columns: &str,
        is_whole: impl Fn(&Row<'_>) -> rusqlite::Result<bool>,
    ) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let mut statement = checker.sql.prepare(&format!("SELECT {columns} FROM {table}"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if !is_whole(row).unwrap_or(false) {
                    let place = Place::Workflow { workflow: text(row)?, number: row.get(1).unwrap_or_default() };
                    checker.found(place, Flaw::Version);
                }
            }
            Ok(())
        })
    }

    fn needed_by_versions(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT workflow, number, sha256 FROM version_uses JOIN versions ON id = version \
                         ORDER BY workflow, number, sha256";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let digest = Digest::from_bytes(row.get(2)?);
                if let Some(kept) = checker.kept(digest, None) {
                    let place = Place::Workflow { workflow: text(row)?, number: row.get(1)? };
                    checker.found(place, Flaw::Kept { what: "part", digest, kept });
                }
            }
            Ok(())
        })
    }
}

/// The first column, also where its bytes are damaged.
fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(0)?.as_bytes()?).into_owned())
}
