//! Bytes under their digest, each stored once. It does not know what they are.

use std::collections::HashMap;
use std::sync::Arc;

use baton_journal::{Digest, Event, Payload, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault::Fault;

/// The most bytes of one blob: the largest component anybody has shown us is a tenth of it, and SQLite takes twice as
/// much memory to write one.
pub(crate) const MOST: usize = 256 << 20;

/// Stores bytes under their digest unless they are there.
pub(crate) fn put(sql: &Connection, digest: &Digest, bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() > MOST {
        let message = format!("{} bytes are more than the {MOST} that a blob may have", bytes.len());
        return Err(StoreError::Refused(message).into());
    }
    let insert = "INSERT INTO blobs (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    sql.prepare_cached(insert)?.execute(params![digest.as_bytes(), bytes])?;
    Ok(())
}

/// The bytes of a digest, checked against it.
pub(crate) fn get(sql: &Connection, digest: &Digest) -> Result<Vec<u8>, Fault> {
    let found = sql
        .prepare_cached("SELECT bytes FROM blobs WHERE sha256 = ?1")?
        .query_row([digest.as_bytes()], |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    let corrupt = |what: &str| StoreError::Corrupt { what: format!("blob {digest} {what}") };
    let bytes = found.ok_or_else(|| corrupt("is missing"))?;
    if Digest::of(&bytes) != *digest {
        return Err(corrupt("has other content").into());
    }
    Ok(bytes)
}

/// Refuses a reference to what was never stored, or has another length.
pub(crate) fn require(sql: &Connection, what: &str, digest: &Digest, named: Option<u64>) -> Result<(), Fault> {
    let found = length(sql, digest)?;
    let Some(found) = found else {
        return Err(StoreError::Refused(format!("{what} {digest} was not stored before")).into());
    };
    match named {
        Some(named) if named != found => {
            let message = format!("{what} {digest} has {found} bytes, and is named with {named}");
            Err(StoreError::Refused(message).into())
        }
        _ => Ok(()),
    }
}

/// The length of a blob in bytes, if it is there.
pub(crate) fn length(sql: &Connection, digest: &Digest) -> rusqlite::Result<Option<u64>> {
    let query = "SELECT octet_length(bytes) FROM blobs WHERE sha256 = ?1";
    let found = sql.prepare_cached(query)?.query_row([digest.as_bytes()], |row| row.get::<_, i64>(0)).optional()?;
    Ok(found.map(i64::cast_unsigned))
}

/// Whether a run's entries refer to a blob.
pub(crate) fn is_used(sql: &Connection, run: i64, digest: &Digest) -> rusqlite::Result<bool> {
    let query = "SELECT 1 FROM uses WHERE sha256 = ?1 AND run = ?2";
    sql.prepare_cached(query)?.exists(params![digest.as_bytes(), run])
}

/// Notes that a run's entry refers to a blob.
pub(crate) fn note_use(sql: &Connection, run: i64, digest: &Digest) -> rusqlite::Result<()> {
    let insert = "INSERT INTO uses (sha256, run) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    sql.prepare_cached(insert)?.execute(params![digest.as_bytes(), run]).map(drop)
}

/// Loads payloads, each text once.
pub(crate) struct Loader<'c> {
    sql: &'c Connection,
    loaded: HashMap<Digest, Arc<str>>,
}

impl<'c> Loader<'c> {
    pub(crate) fn new(sql: &'c Connection) -> Self {
        Loader { sql, loaded: HashMap::new() }
    }

    /// Replaces the references of an event by the texts.
    pub(crate) fn load(&mut self, event: &mut Event) -> Result<(), Fault> {
        let mut result = Ok(());
        event.for_each_payload(|payload| {
            if result.is_ok() {
                result = self.replace(payload);
            }
        });
        result
    }

    fn replace(&mut self, payload: &mut Payload) -> Result<(), Fault> {
        let Payload::Stored { sha256, bytes } = payload else { return Ok(()) };
        let text = match self.loaded.get(sha256) {
            Some(text) => Arc::clone(text),
            None => self.text(sha256)?,
        };
        if text.len() as u64 != *bytes {
            let what = format!("blob {sha256} has {} bytes, and its entry says {bytes}", text.len());
            return Err(StoreError::Corrupt { what }.into());
        }
        *payload = Payload::Text(text);
        Ok(())
    }

    fn text(&mut self, digest: &Digest) -> Result<Arc<str>, Fault> {
        let text = String::from_utf8(get(self.sql, digest)?)
            .map_err(|_| StoreError::Corrupt { what: format!("blob {digest} is not text") })?;
        let text = Arc::<str>::from(text);
        self.loaded.insert(*digest, Arc::clone(&text));
        Ok(text)
    }
}
