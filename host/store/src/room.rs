//! State in SQLite, and the memory of host calls that changed it. It does not know what an operation means.

use baton_journal::{CallId, Claim, Digest, Scope, StateReply, StateRequest, StoreError, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::fault::Fault;
use crate::run;
use crate::state::{self, Room, Used, Value};
use crate::writer::Writing;

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

    fn sum(&self, key: &str, value: &Value) -> Digest {
        sum((self.kind, self.name), key, value)
    }

    fn set_used(&self, used: Used) -> rusqlite::Result<()> {
        let replace = "INSERT OR REPLACE INTO scopes (kind, name, keys, bytes) VALUES (?1, ?2, ?3, ?4)";
        let values = params![self.kind, self.name, used.keys.cast_signed(), used.bytes.cast_signed()];
        self.sql.prepare_cached(replace)?.execute(values).map(drop)
    }
}

impl Room for SqlRoom<'_> {
    type Error = Fault;

    fn get(&self, key: &str) -> Result<Option<Value>, Fault> {
        let query = "SELECT value, expires, sum FROM state WHERE kind = ?1 AND name = ?2 AND key = ?3";
        let found = self
            .sql
            .prepare_cached(query)?
            .query_row([self.kind, self.name, key], |row| {
                let expires = row.get::<_, Option<i64>>(1)?.map(|expires| Timestamp(expires.cast_unsigned()));
                Ok((Value { json: row.get(0)?, expires }, row.get(2)?))
            })
            .optional()?;
        let Some((value, sum)) = found else { return Ok(None) };
        if self.sum(key, &value) != Digest::from_bytes(sum) {
            let what = format!("the value of `{key}` in the state of {} `{}`", self.kind, self.name);
            return Err(StoreError::Corrupt { what }.into());
        }
        Ok(Some(value))
    }

    fn keys(&self, now: Timestamp, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Fault> {
        // From where the keys with the prefix would begin; texts are compared by their bytes, so they are together.
        let query = "SELECT key FROM state WHERE kind = ?1 AND name = ?2 AND key >= ?3 AND key > ?4 \
                     AND (expires IS NULL OR expires > ?5) ORDER BY key";
        let mut statement = self.sql.prepare_cached(query)?;
        let values = params![self.kind, self.name, prefix, after.unwrap_or(""), now.0.cast_signed()];
        let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
        let with_prefix = rows.take_while(|key| key.as_ref().map_or(true, |key| key.starts_with(prefix)));
        Ok(with_prefix.take(limit as usize).collect::<rusqlite::Result<_>>()?)
    }

    fn used(&self) -> Result<Used, Fault> {
        let query = "SELECT keys, bytes FROM scopes WHERE kind = ?1 AND name = ?2";
        let used = self.sql.prepare_cached(query)?.query_row([self.kind, self.name], used_of_row);
        Ok(used.optional()?.unwrap_or_default())
    }

    fn put(&mut self, key: &str, value: &Value, used: Used) -> Result<(), Fault> {
        let replace = "INSERT OR REPLACE INTO state (kind, name, key, value, expires, sum) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let expires = value.expires.map(|expires| expires.0.cast_signed());
        let sum = self.sum(key, value);
        let values = params![self.kind, self.name, key, value.json, expires, sum.as_bytes()];
        self.sql.prepare_cached(replace)?.execute(values)?;
        Ok(self.set_used(used)?)
    }

    fn remove(&mut self, key: &str, used: Used) -> Result<(), Fault> {
        let delete = "DELETE FROM state WHERE kind = ?1 AND name = ?2 AND key = ?3";
        self.sql.prepare_cached(delete)?.execute([self.kind, self.name, key])?;
        Ok(self.set_used(used)?)
    }

    fn expire(&mut self, now: Timestamp) -> Result<(), Fault> {
        let query = "SELECT count(*), coalesce(sum(octet_length(key) + octet_length(value)), 0) FROM state \
                     WHERE kind = ?1 AND name = ?2 AND expires <= ?3";
        let values = params![self.kind, self.name, now.0.cast_signed()];
        let expired = self.sql.prepare_cached(query)?.query_row(values, used_of_row)?;
        if expired.keys == 0 {
            return Ok(());
        }
        let delete = "DELETE FROM state WHERE kind = ?1 AND name = ?2 AND expires <= ?3";
        self.sql.prepare_cached(delete)?.execute(values)?;
        let used = self.used()?;
        let (keys, bytes) = (used.keys.saturating_sub(expired.keys), used.bytes.saturating_sub(expired.bytes));
        Ok(self.set_used(Used { keys, bytes })?)
    }
}

/// Binds a value to its place and its time.
pub(crate) fn sum((kind, name): (&str, &str), key: &str, value: &Value) -> Digest {
    let expires = value.expires.map(|expires| expires.0.to_be_bytes());
    let expires = expires.as_ref().map_or(&[][..], |bytes| bytes.as_slice());
    Digest::of_parts([kind.as_bytes(), name.as_bytes(), key.as_bytes(), value.json.as_bytes(), expires])
}

fn used_of_row(row: &Row<'_>) -> rusqlite::Result<Used> {
    Ok(Used { keys: row.get::<_, i64>(0)?.cast_unsigned(), bytes: row.get::<_, i64>(1)?.cast_unsigned() })
}

/// Changes state once for each host call: a repeated one gets the reply it had.
pub(crate) fn change(writing: &Writing<'_>, claim: &Claim, request: &StateRequest) -> Result<StateReply, Fault> {
    let sql = writing.sql;
    let run = run::held(writing, claim)?.number;
    // It is remembered for the run that is held, whatever the call says.
    let call = &CallId { run: claim.run.clone(), ..request.call.clone() };
    let digest = state::request_digest(&request.scope, &request.op);
    if let Some(reply) = remembered(sql, run, call, digest)? {
        return Ok(reply);
    }
    let reply = state::perform(&mut SqlRoom::of(sql, &request.scope), request)?;
    remember(sql, run, call, digest, &reply)?;
    Ok(reply)
}

fn remembered(sql: &Connection, run: i64, call: &CallId, request: Digest) -> Result<Option<StateReply>, Fault> {
    let query = "SELECT reply, sum FROM state_applied \
                 WHERE run = ?1 AND invocation = ?2 AND sequence = ?3 AND request = ?4";
    let values = params![run, call.invocation.as_str(), call.sequence, request.as_bytes()];
    let found = sql.prepare_cached(query)?.query_row(values, |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
    let Some((reply, sum)) = found.optional()? else { return Ok(None) };
    let whole = reply_sum(place(call), request, &reply) == Digest::from_bytes(sum);
    let read = whole.then(|| serde_json::from_str(&reply).ok()).flatten();
    let what = || format!("run {}, the reply to call {} of {}", call.run, call.sequence, call.invocation);
    read.map(Some).ok_or_else(|| StoreError::Corrupt { what: what() }.into())
}

fn remember(sql: &Connection, run: i64, call: &CallId, request: Digest, reply: &StateReply) -> Result<(), Fault> {
    let replace = "INSERT OR REPLACE INTO state_applied (run, invocation, sequence, request, reply, sum) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let reply = serde_json::to_string(reply).expect("a reply serialises because it holds only texts");
    let sum = reply_sum(place(call), request, &reply);
    let values = params![run, call.invocation.as_str(), call.sequence, request.as_bytes(), reply, sum.as_bytes()];
    sql.prepare_cached(replace)?.execute(values)?;
    Ok(())
}

/// Binds a remembered reply to its call.
pub(crate) fn reply_sum((run, invocation, sequence): (&str, &str, u32), request: Digest, reply: &str) -> Digest {
    let sequence = sequence.to_be_bytes();
    let parts = [run.as_bytes(), invocation.as_bytes(), &sequence, request.as_bytes(), reply.as_bytes()];
    Digest::of_parts(parts)
}

fn place(call: &CallId) -> (&str, &str, u32) {
    (call.run.as_str(), call.invocation.as_str(), call.sequence)
}
