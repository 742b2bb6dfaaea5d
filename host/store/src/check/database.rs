//! Lets SQLite look at its own pages, and finds rows whose run is not there. It does not know what the rows say.

use super::{Checker, Flaw, Part, Place};
use crate::fault::Fault;

/// The most messages that SQLite is asked for: a file with more is beyond reading them.
const MESSAGES: u32 = 1_000;

impl Checker<'_> {
    pub(super) fn pages(&mut self) -> Result<(), Fault> {
        self.at(Part::Pages, 0, 1);
        self.part(Place::File, |checker| {
            let mut statement = checker.sql.prepare(&format!("PRAGMA integrity_check({MESSAGES})"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let message = row.get::<_, String>(0)?;
                let lines = message.lines().filter(|line| *line != "ok" && !line.starts_with("***"));
                lines.for_each(|line| checker.found(Place::File, Flaw::Database { message: line.to_owned() }));
            }
            Ok(())
        })
    }

    pub(super) fn rows_of_no_run(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT run, count(*) FROM entries WHERE run NOT IN (SELECT number FROM runs) GROUP BY run";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (number, rows) = (row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned());
                checker.found(Place::File, Flaw::EntriesOfNoRun { number, rows });
            }
            Ok(())
        })?;
        let tables = ["uses", "state_applied"];
        tables.into_iter().try_for_each(|table| self.loose_rows(table, "run", "SELECT number FROM runs"))
    }

    /// Rows that belong to something that is not there.
    pub(super) fn loose_rows(
        &mut self,
        table: &'static str,
        column: &'static str,
        owners: &'static str,
    ) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = format!("SELECT count(*) FROM {table} WHERE {column} NOT IN ({owners})");
            let rows = checker.sql.query_row(&query, [], |row| row.get::<_, i64>(0))?.cast_unsigned();
            if rows > 0 {
                checker.found(Place::File, Flaw::RowsOfNoRun { table, rows });
            }
            Ok(())
        })
    }
}
