//! Holds each value against its sum, the counters of scopes against the values, and remembered replies against their
//! runs. It does not know who may touch a scope.

use baton_journal::{Digest, StateReply, Timestamp};
use rusqlite::Row;

use super::{Checker, Flaw, Part, Place};
use crate::fault::Fault;
use crate::room;
use crate::state::Value;

impl Checker<'_> {
    pub(super) fn every_value(&mut self) -> Result<(), Fault> {
        let total = self.count("state");
        self.part(Place::File, |checker| {
            let query = "SELECT kind, name, key, value, expires, sum FROM state ORDER BY kind, name, key";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                checker.at(Part::Values, checker.summary.values, total);
                checker.summary.values += 1;
                let (kind, name, key) = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
                if !is_whole(row, (&kind, &name), &key) {
                    checker.found(Place::Value { kind, name, key }, Flaw::Value);
                }
            }
            Ok(())
        })
    }

    pub(super) fn counters(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT kind, name, coalesce(noted.keys, 0), coalesce(noted.bytes, 0), \
                         coalesce(found.keys, 0), coalesce(found.bytes, 0) FROM scopes AS noted FULL OUTER JOIN \
                         (SELECT kind, name, count(*) AS keys, sum(octet_length(key) + octet_length(value)) AS bytes \
                         FROM state GROUP BY kind, name) AS found USING (kind, name) ORDER BY kind, name";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
                let (keys, bytes, found_keys, found_bytes) = (number(2)?, number(3)?, number(4)?, number(5)?);
                if (keys, bytes) != (found_keys, found_bytes) {
                    let place = Place::Scope { kind: text(row, 0)?, name: text(row, 1)? };
                    checker.found(place, Flaw::Counters { keys, bytes, found_keys, found_bytes });
                }
            }
            Ok(())
        })?;
        self.state_of_no_run()
    }

    fn state_of_no_run(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT name, count(*) FROM state WHERE kind = 'run' AND name NOT IN (SELECT run FROM runs) \
                         GROUP BY name";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let place = Place::Scope { kind: "run".to_owned(), name: text(row, 0)? };
                checker.found(place, Flaw::StateOfNoRun { keys: row.get::<_, i64>(1)?.cast_unsigned() });
            }
            Ok(())
        })
    }

    pub(super) fn replies(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT runs.run, invocation, sequence, reply, request, sum FROM state_applied JOIN runs \
                         ON runs.number = state_applied.run";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if !is_whole_reply(row) {
                    let flaw = Flaw::Reply { invocation: text(row, 1)?, sequence: row.get(2)? };
                    checker.found(Place::Run(text(row, 0)?), flaw);
                }
            }
            Ok(())
        })?;
        self.replies_of_ended_runs()
    }

    fn replies_of_ended_runs(&mut self) -> Result<(), Fault> {
        self.part(Place::File, |checker| {
            let query = "SELECT runs.run, count(*) FROM state_applied JOIN runs ON runs.number = state_applied.run \
                         WHERE runs.status IN ('completed', 'failed') GROUP BY runs.number";
            let mut statement = checker.sql.prepare(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let rows = row.get::<_, i64>(1)?.cast_unsigned();
                checker.found(Place::Run(text(row, 0)?), Flaw::RepliesOfEndedRun { rows });
            }
            Ok(())
        })
    }
}

/// A text, also one whose bytes are damaged.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let bytes = row.get_ref(column)?.as_bytes()?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn is_whole_reply(row: &Row<'_>) -> bool {
    let read = || {
        let (run, invocation, reply) = (row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(3)?);
        let request = Digest::from_bytes(row.get(4)?);
        let sum = room::reply_sum((&run, &invocation, row.get(2)?), request, &reply);
        Ok::<_, rusqlite::Error>((sum, Digest::from_bytes(row.get(5)?), reply))
    };
    read().is_ok_and(|(sum, noted, reply)| sum == noted && serde_json::from_str::<StateReply>(&reply).is_ok())
}

fn is_whole(row: &Row<'_>, scope: (&str, &str), key: &str) -> bool {
    let value = || {
        let expires = row.get::<_, Option<i64>>(4)?.map(|expires| Timestamp(expires.cast_unsigned()));
        Ok::<_, rusqlite::Error>((Value { json: row.get(3)?, expires }, Digest::from_bytes(row.get(5)?)))
    };
    value().is_ok_and(|(value, noted)| room::sum(scope, key, &value) == noted)
}
