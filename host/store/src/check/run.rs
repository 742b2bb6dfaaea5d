//! Holds each run against its chain, its row, and what its entries name. It does not know what the entries mean.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{ChainFault, Digest, Event, Payload, Progress, RunId, Taken, Timestamp};
use rusqlite::{Row, params};

use super::chain::{Followed, Stored};
use super::{Checker, Flaw, Kept, Part, Place, damage};
use crate::blob;
use crate::fault::Fault;
use crate::run::{COLUMNS, GOING, RunRow, parse_status, status_text};

/// What was seen of a run.
struct Seen {
    run: RunId,
    number: i64,
    chain: Followed,
    progress: Progress,
    started: Timestamp,
    workflow: Option<String>,
    version: Option<u32>,
    /// Payloads and components that entries name.
    named: BTreeSet<Digest>,
    bytes: u64,
}

impl Checker<'_> {
    pub(super) fn every_run(&mut self) -> Result<(), Fault> {
        let mut numbers = Vec::new();
        self.part(Place::File, |checker| {
            let mut statement = checker.sql.prepare("SELECT number FROM runs ORDER BY number")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                numbers.push(row.get::<_, i64>(0)?);
            }
            Ok(())
        })?;
        let total = numbers.len() as u64;
        for (done, number) in (0..).zip(numbers) {
            self.at(Part::Runs, done, total);
            self.summary.runs += 1;
            self.part(Place::Run(format!("number {number}")), |checker| checker.run(number))?;
        }
        Ok(())
    }

    fn run(&mut self, number: i64) -> rusqlite::Result<()> {
        let query = format!("SELECT {COLUMNS}, run FROM runs WHERE number = ?1");
        let (row, name) = self
            .sql
            .prepare_cached(&query)?
            .query_row([number], |row| Ok((RunRow::from_row(row)?, row.get::<_, String>("run")?)))?;
        if row.status == GOING {
            self.found(Place::Run(name), Flaw::HalfRemoved);
            return Ok(());
        }
        if parse_status(&row.status).is_none() {
            let flaw = Flaw::Impossible { column: "status", found: row.status.clone() };
            self.found(Place::Run(name.clone()), flaw);
        }
        match name.parse::<RunId>() {
            Ok(run) if run.as_str() == name => self.entries(&row, run),
            _ => {
                self.found(Place::Run(name.clone()), Flaw::Impossible { column: "id", found: name });
                Ok(())
            }
        }
    }

    fn entries(&mut self, row: &RunRow, run: RunId) -> rusqlite::Result<()> {
        let before = self.summary.damage;
        let mut seen = Seen::of(run, row.number);
        let mut unreadable: Option<(u64, String)> = None;
        let mut from = 0;
        // A page that cannot be read ends a reading: the next one begins behind the entry at which it ended.
        while let Err(error) = self.entries_from(from, &mut seen, &mut unreadable) {
            let message = damage(error).map_err(|fault| match fault {
                Fault::Sql(error) => error,
                Fault::Refused(_) => rusqlite::Error::InvalidQuery,
            })?;
            from = from.max(seen.chain.next());
            unreadable.get_or_insert((from, message));
            from += 1;
            if from >= row.taken.entries {
                break;
            }
        }
        self.end_of_unreadable(&mut seen, &mut unreadable, from);
        self.length(row, &seen);
        if self.summary.damage > before {
            return Ok(()); // what the row says, and what is used, follows from entries that are not as they were
        }
        self.row(row, &seen);
        self.uses(&seen)
    }

    fn entries_from(
        &mut self,
        from: u64,
        seen: &mut Seen,
        unreadable: &mut Option<(u64, String)>,
    ) -> rusqlite::Result<()> {
        let from = if from == 0 { i64::MIN } else { from.cast_signed() };
        let query =
            "SELECT sequence, at, body, digest FROM entries WHERE run = ?1 AND sequence >= ?2 ORDER BY sequence";
        let mut statement = self.sql.prepare_cached(query)?;
        let mut rows = statement.query(params![seen.number, from])?;
        while let Some(row) = rows.next()? {
            let sequence = row.get::<_, i64>(0)?.cast_unsigned();
            self.summary.entries += 1;
            self.end_of_unreadable(seen, unreadable, sequence);
            self.entry(sequence, row, seen);
        }
        Ok(())
    }

    /// Tells of the entries before this one that could not be read.
    fn end_of_unreadable(&mut self, seen: &mut Seen, unreadable: &mut Option<(u64, String)>, sequence: u64) {
        if let Some((first, message)) = unreadable.take() {
            let count = sequence.saturating_sub(first);
            self.found(seen.entry(first), Flaw::Unreadable { count, message });
            seen.chain.skip_to(sequence);
        }
    }

    fn entry(&mut self, sequence: u64, row: &Row<'_>, seen: &mut Seen) {
        if sequence.cast_signed() < 0 {
            let flaw = Flaw::Impossible { column: "number of an entry", found: sequence.cast_signed().to_string() };
            self.found(Place::Run(seen.run.to_string()), flaw);
            return;
        }
        if sequence > seen.chain.next() {
            let (first, count) = (seen.chain.next(), sequence.saturating_sub(seen.chain.next()));
            self.found(seen.entry(first), Flaw::Missing { count, next: sequence });
            seen.chain.skip_to(sequence);
        }
        let place = seen.entry(sequence);
        match stored(sequence, row) {
            Ok(stored) => {
                let (event, fault) = seen.chain.take(&stored);
                fault.into_iter().for_each(|fault| self.found(place.clone(), flaw_of(fault)));
                event.into_iter().for_each(|event| self.event(&place, event, stored.body.len(), seen));
            }
            Err(error) => {
                self.found(place, Flaw::Database { message: error.to_string() });
                seen.chain.skip_to(sequence.saturating_add(1));
            }
        }
    }

    fn event(&mut self, place: &Place, mut event: Event, length: usize, seen: &mut Seen) {
        seen.progress.apply(&event);
        seen.bytes = seen.bytes.saturating_add(length as u64);
        if let Event::RunStarted(header) = &event {
            seen.workflow = Some(header.workflow.clone());
        }
        seen.version = event.version().map(|version| version.number).or(seen.version);
        event.components().into_iter().for_each(|digest| self.named(place, "component", digest, None, seen));
        seen.started = if seen.chain.next() == 1 { seen.chain.last_at() } else { seen.started };
        let mut payloads = BTreeMap::new();
        event.for_each_payload(|payload| {
            if let Payload::Stored { sha256, bytes } = payload {
                payloads.insert(*sha256, *bytes);
            }
        });
        payloads.into_iter().for_each(|(digest, bytes)| self.named(place, "payload", digest, Some(bytes), seen));
    }

    /// An entry names something that is kept by its digest.
    fn named(&mut self, place: &Place, what: &'static str, digest: Digest, bytes: Option<u64>, seen: &mut Seen) {
        self.blobs.unused.remove(&digest);
        if let Some(kept) = self.kept(digest, bytes) {
            self.found(place.clone(), Flaw::Kept { what, digest, kept });
        }
        if seen.named.insert(digest) {
            seen.bytes = seen.bytes.saturating_add(bytes.unwrap_or(0));
            if !blob::is_used(self.sql, seen.number, &digest).unwrap_or(true) {
                self.found(place.clone(), Flaw::UseNotNoted { digest });
            }
        }
    }

    pub(super) fn kept(&self, digest: Digest, bytes: Option<u64>) -> Option<Kept> {
        match (blob::length(self.sql, &digest).unwrap_or(None), bytes) {
            (None, _) => Some(Kept::Missing),
            _ if self.blobs.changed.contains(&digest) => Some(Kept::Changed),
            (Some(found), Some(named)) if found != named => Some(Kept::Length { found, named }),
            (_, Some(_)) if self.blobs.not_text.contains(&digest) => Some(Kept::NotText),
            _ => None,
        }
    }

    /// The chain can't show that its end was cut off; the run's row can.
    fn length(&mut self, row: &RunRow, seen: &Seen) {
        let (found, written) = (seen.chain.next(), row.taken.entries);
        if found != written {
            self.found(seen.entry(found.min(written)), Flaw::Length { written, found });
        } else if seen.chain.head().is_some_and(|head| head != row.head) {
            self.found(seen.entry(found.saturating_sub(1)), Flaw::Head);
        }
    }

    fn row(&mut self, row: &RunRow, seen: &Seen) {
        let Seen { progress, chain, .. } = seen;
        let columns = [
            ("workflow", seen.workflow.as_ref() == Some(&row.workflow)),
            ("version", seen.version == row.version),
            ("status", row.status == status_text(progress.status())),
            ("start", row.started == seen.started),
            ("last change", row.updated == chain.last_at()),
            ("number of bytes", row.taken == Taken { bytes: seen.bytes, entries: chain.next() }),
            ("open calls", (row.invocations, row.waits) == (progress.invocations, progress.waits)),
        ];
        for (column, _) in columns.into_iter().filter(|(_, fits)| !fits) {
            self.found(Place::Run(seen.run.to_string()), Flaw::Row { column });
        }
    }

    /// What is noted that the run uses, and no entry names.
    fn uses(&mut self, seen: &Seen) -> rusqlite::Result<()> {
        let mut statement = self.sql.prepare_cached("SELECT sha256 FROM uses WHERE run = ?1")?;
        let mut rows = statement.query([seen.number])?;
        while let Some(row) = rows.next()? {
            let digest = Digest::from_bytes(row.get(0)?);
            if !seen.named.contains(&digest) {
                self.found(Place::Run(seen.run.to_string()), Flaw::UseWithoutEntry { digest });
            }
        }
        Ok(())
    }
}

impl Seen {
    fn of(run: RunId, number: i64) -> Self {
        Seen {
            chain: Followed::of(&run),
            run,
            number,
            progress: Progress::default(),
            started: Timestamp(0),
            workflow: None,
            version: None,
            named: BTreeSet::new(),
            bytes: 0,
        }
    }

    fn entry(&self, sequence: u64) -> Place {
        Place::Entry { run: self.run.to_string(), sequence }
    }
}

fn flaw_of(fault: ChainFault) -> Flaw {
    match fault {
        ChainFault::Digest { .. } => Flaw::Changed,
        fault => Flaw::Chain(fault),
    }
}

fn stored<'r>(sequence: u64, row: &'r Row<'_>) -> rusqlite::Result<Stored<'r>> {
    let at = Timestamp(row.get::<_, i64>(1)?.cast_unsigned());
    let body = row.get_ref(2)?.as_str()?;
    Ok(Stored { sequence, at, body, digest: Digest::from_bytes(row.get(3)?) })
}
