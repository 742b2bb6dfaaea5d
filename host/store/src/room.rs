//! State in SQLite, and the memory of host calls that changed it. It does not know what an operation means.

use baton_journal::{CallId, Digest, RunStatus, Scope, StateOp, StateReply, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault::Fault;
use crate::run::{RunRow, status_text};
use crate::state::{self, Room, Used};

/// The values of one scope.
pub(crate) struct SqlRoom<'c> {
    sql: &'c Connection,
    kind: &'static str,
    name: &'c str,
}

impl<'c> SqlRoom<'c> {
    pub(crate) fn of(sql: &'c Connection, scope: &'c Scope) -> Self {
        let (kind, name) = state::columns(scope);
        SqlRoom { sql, kind, name }
    }

    fn sum(&self, key: &str, value: &str) -> Digest {
        Digest::of_parts([self.kind.as_bytes(), self.name.as_bytes(), key.as_bytes(), value.as_bytes()])
    }

    fn set_used(&self, used: Used) -> rusqlite::Result<()> {
        let replace = "INSERT OR REPLACE INTO scopes (kind, name, keys, bytes) VALUES (?1, ?2, ?3, ?4)";
        let values = params![self.kind, self.name, used.keys.cast_signed(), used.bytes.cast_signed()];
        self.sql.prepare_cached(replace)?.execute(values).map(drop)
    }
}

impl Room for SqlRoom<'_> {
    type Error = Fault;

    fn get(&self, key: &str) -> Result<Option<String>, Fault> {
        let query = "SELECT value, sum FROM state WHERE kind = ?1 AND name = ?2 AND key = ?3";
        let found = self
            .sql
            .prepare_cached(query)?
            .query_row([self.kind, self.name, key], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
            .optional()?;
        let Some((value, sum)) = found else { return Ok(None) };
        if self.sum(key, &value) != Digest::from_bytes(sum) {
            let what = format!("the value of `{key}` in the state of {} `{}`", self.kind, self.name);
            return Err(StoreError::Corrupt { what }.into());
        }
        Ok(Some(value))
    }

    fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
        // From where the keys with the prefix would begin; texts are compared by their bytes, so they are together.
        let after = after.unwrap_or("");
        let query = "SELECT key FROM state WHERE kind = ?1 AND name = ?2 AND key >= ?3 AND key > ?4 ORDER BY key";
        let mut statement = self.sql.prepare_cached(query)?;
        let rows = statement.query_map([self.kind, self.name, prefix, after], |row| row.get::<_, String>(0))?;
        let with_prefix = rows.take_while(|key| key.as_ref().map_or(true, |key| key.starts_with(prefix)));
        Ok(with_prefix.take(limit as usize).collect::<rusqlite::Result<_>>()?)
    }

    fn used(&self) -> Result<Used, Fault> {
        let query = "SELECT keys, bytes FROM scopes WHERE kind = ?1 AND name = ?2";
        let used = self.sql.prepare_cached(query)?.query_row([self.kind, self.name], |row| {
            Ok(Used { keys: row.get::<_, i64>(0)?.cast_unsigned(), bytes: row.get::<_, i64>(1)?.cast_unsigned() })
        });
        Ok(used.optional()?.unwrap_or_default())
    }

    fn put(&mut self, key: &str, value: &str, used: Used) -> Result<(), Fault> {
        let replace = "INSERT OR REPLACE INTO state (kind, name, key, value, sum) VALUES (?1, ?2, ?3, ?4, ?5)";
        let sum = self.sum(key, value);
        self.sql.prepare_cached(replace)?.execute(params![self.kind, self.name, key, value, sum.as_bytes()])?;
        Ok(self.set_used(used)?)
    }

    fn remove(&mut self, key: &str, used: Used) -> Result<(), Fault> {
        let delete = "DELETE FROM state WHERE kind = ?1 AND name = ?2 AND key = ?3";
        self.sql.prepare_cached(delete)?.execute([self.kind, self.name, key])?;
        Ok(self.set_used(used)?)
    }
}

/// Changes state once for each host call: a repeated one gets the reply it had.
pub(crate) fn change(sql: &Connection, call: &CallId, scope: &Scope, op: &StateOp) -> Result<StateReply, Fault> {
    let request = state::request_digest(scope, op);
    let run = open_run(sql, call)?;
    if let Some(number) = run
        && let Some(reply) = remembered(sql, number, call, request)?
    {
        return Ok(reply);
    }
    let reply = state::perform(&mut SqlRoom::of(sql, scope), op)?;
    if let Some(number) = run {
        remember(sql, number, call, request, &reply)?;
    }
    Ok(reply)
}

/// A run that is not in the store, or has ended, repeats nothing: its calls need no memory.
fn open_run(sql: &Connection, call: &CallId) -> rusqlite::Result<Option<i64>> {
    let row = RunRow::find(sql, &call.run)?;
    let open = [RunStatus::Running, RunStatus::Parked].map(status_text);
    Ok(row.filter(|row| open.contains(&row.status.as_str())).map(|row| row.number))
}

fn remembered(sql: &Connection, run: i64, call: &CallId, request: Digest) -> Result<Option<StateReply>, Fault> {
    let query = "SELECT reply FROM state_applied \
                 WHERE run = ?1 AND invocation = ?2 AND sequence = ?3 AND request = ?4";
    let values = params![run, call.invocation.as_str(), call.sequence, request.as_bytes()];
    let found = sql.prepare_cached(query)?.query_row(values, |row| row.get::<_, String>(0)).optional()?;
    let reply = found.map(|reply| serde_json::from_str(&reply)).transpose();
    reply.map_err(|error| {
        let what = format!("the reply to call {} of {} in run {}: {error}", call.sequence, call.invocation, call.run);
        StoreError::Corrupt { what }.into()
    })
}

fn remember(sql: &Connection, run: i64, call: &CallId, request: Digest, reply: &StateReply) -> Result<(), Fault> {
    let replace = "INSERT OR REPLACE INTO state_applied (run, invocation, sequence, request, reply) \
                   VALUES (?1, ?2, ?3, ?4, ?5)";
    let reply = serde_json::to_string(reply).expect("a reply serialises because it holds only texts");
    let values = params![run, call.invocation.as_str(), call.sequence, request.as_bytes(), reply];
    sql.prepare_cached(replace)?.execute(values)?;
    Ok(())
}
