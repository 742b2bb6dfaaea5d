//! Holds each payload and component against its digest. It does not know which entry names it.

use baton_journal::Digest;
use rusqlite::OptionalExtension;

use super::{Checker, Flaw, Part, Place, damage};
use crate::fault::Fault;

impl Checker<'_> {
    pub(super) fn every_blob(&mut self) -> Result<(), Fault> {
        let total = self.count("blobs");
        self.part(Place::File, |checker| {
            let mut last = i64::MIN;
            while let Some((number, digest)) = checker.blob_after(last)? {
                checker.at(Part::Blobs, checker.summary.blobs, total);
                checker.summary.blobs += 1;
                checker.blob(number, digest)?;
                last = number;
                if last == i64::MAX {
                    break;
                }
            }
            Ok(())
        })
    }

    fn blob_after(&self, last: i64) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
        let query = "SELECT rowid, sha256 FROM blobs WHERE rowid > ?1 ORDER BY rowid LIMIT 1";
        self.sql.prepare_cached(query)?.query_row([last], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    }

    fn blob(&mut self, number: i64, digest: Vec<u8>) -> rusqlite::Result<()> {
        let Ok(digest) = <[u8; 32]>::try_from(digest).map(Digest::from_bytes) else {
            let found = format!("row {number}");
            self.found(Place::File, Flaw::Impossible { column: "digest of a blob", found });
            return Ok(());
        };
        let query = "SELECT bytes, EXISTS (SELECT 1 FROM uses WHERE uses.sha256 = blobs.sha256) OR \
                     EXISTS (SELECT 1 FROM version_uses WHERE version_uses.sha256 = blobs.sha256) FROM blobs \
                     WHERE rowid = ?1";
        let read = self.sql.prepare_cached(query)?.query_row([number], |row| {
            let bytes = row.get_ref(0)?.as_blob()?;
            let state = (Digest::of(bytes) == digest, std::str::from_utf8(bytes).is_ok(), bytes.len() as u64);
            Ok((state, row.get::<_, bool>(1)?))
        });
        match read {
            Ok(((whole, text, bytes), used)) => self.blob_is(digest, (whole, text), bytes, used),
            Err(error) => self.blob_is_unreadable(digest, error)?,
        }
        Ok(())
    }

    fn blob_is(&mut self, digest: Digest, (whole, text): (bool, bool), bytes: u64, used: bool) {
        if !whole {
            self.blobs.changed.insert(digest);
            self.found(Place::Blob(digest), Flaw::Changed);
        } else if !text {
            self.blobs.not_text.insert(digest);
        }
        if !used {
            self.blobs.unused.insert(digest, bytes);
        }
    }

    fn blob_is_unreadable(&mut self, digest: Digest, error: rusqlite::Error) -> rusqlite::Result<()> {
        match damage(error) {
            Ok(message) => {
                self.blobs.changed.insert(digest);
                self.found(Place::Blob(digest), Flaw::Database { message });
                Ok(())
            }
            Err(Fault::Sql(error)) => Err(error),
            Err(Fault::Refused(_)) => Ok(()),
        }
    }

    /// What no run uses, by what is noted, and no entry names.
    pub(super) fn unused_blobs(&mut self) {
        for (digest, bytes) in std::mem::take(&mut self.blobs.unused) {
            self.found(Place::Blob(digest), Flaw::Unused { bytes });
        }
    }
}
