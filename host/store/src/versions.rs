//! Versions of workflows in SQLite: which there are, what they need, and the history of which one new runs take. It does
//! not know what is in a version.

use std::collections::BTreeSet;

use baton_journal::version::fulfil;
use baton_journal::{
    Canary, Deed, Deployed, Deployment, Digest, NewVersion, StoreError, Timestamp, Traffic, Version, Weight, Wish,
};
use rusqlite::{Connection, Row, params};

use crate::blob;
use crate::fault::Fault;

/// The columns that [`version_of`] reads.
pub(crate) const VERSION: &str = "workflow, number, digest, content, at, by, sum";

/// The columns that [`line_of`] reads.
pub(crate) const LINE: &str = "workflow, sequence, at, by, deed, current, canary, weight, sum";

/// Stores a version unless it is there, and has new runs take it. What is refused writes nothing.
pub(crate) fn deploy(
    sql: &Connection,
    new: &NewVersion,
    weight: Weight,
    at: Timestamp,
    by: &str,
) -> Result<Deployed, Fault> {
    new.uses.iter().try_for_each(|digest| blob::require(sql, "what a version needs", digest, None))?;
    let versions = of_workflow(sql, &new.workflow)?;
    let last = versions.last().map_or(0, |version| version.number);
    let known = versions.into_iter().find(|version| version.digest == new.digest);
    let is_new = known.is_none();
    let version = known.unwrap_or_else(|| Version {
        workflow: new.workflow.clone(),
        number: last.saturating_add(1),
        digest: new.digest,
        content: new.content,
        at,
        by: by.to_owned(),
    });
    let wish = Wish::Deploy { version: version.number, weight };
    let line = next_line(sql, &new.workflow, wish, (at, by), last.max(version.number))?;
    if is_new {
        insert_version(sql, &version, &new.uses)?;
    }
    line.iter().try_for_each(|line| insert_line(sql, line))?;
    Ok(Deployed { version, is_new, line })
}

/// Changes which version new runs take.
pub(crate) fn redeploy(
    sql: &Connection,
    workflow: &str,
    wish: Wish,
    at: Timestamp,
    by: &str,
) -> Result<Option<Deployment>, Fault> {
    let last = of_workflow(sql, workflow)?.last().map_or(0, |version| version.number);
    let line = next_line(sql, workflow, wish, (at, by), last)?;
    line.iter().try_for_each(|line| insert_line(sql, line))?;
    Ok(line)
}

fn next_line(
    sql: &Connection,
    workflow: &str,
    wish: Wish,
    (at, by): (Timestamp, &str),
    last: u32,
) -> Result<Option<Deployment>, Fault> {
    let history = history(sql, workflow)?;
    let traffic = fulfil(wish, workflow, &history, last).map_err(StoreError::from)?;
    let sequence = history.last().map_or(0, |line| line.sequence).saturating_add(1);
    let (workflow, by, deed) = (workflow.to_owned(), by.to_owned(), wish.deed());
    Ok(traffic.map(|traffic| Deployment { workflow, sequence, at, by, deed, traffic }))
}

fn insert_version(sql: &Connection, version: &Version, uses: &BTreeSet<Digest>) -> rusqlite::Result<()> {
    let insert =
        "INSERT INTO versions (workflow, number, digest, content, at, by, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Version { workflow, number, digest, content, at, by } = version;
    let (digest, content, at, sum) = (digest.as_bytes(), content.as_bytes(), at.0.cast_signed(), version_sum(version));
    let values = params![workflow, number, digest, content, at, by, sum.as_bytes()];
    sql.prepare_cached(insert)?.execute(values)?;
    let row = sql.last_insert_rowid();
    let insert = "INSERT INTO version_uses (sha256, version) VALUES (?1, ?2)";
    uses.iter().try_for_each(|used| sql.prepare_cached(insert)?.execute(params![used.as_bytes(), row]).map(drop))
}

fn insert_line(sql: &Connection, line: &Deployment) -> rusqlite::Result<()> {
    let insert = "INSERT INTO deployments (workflow, sequence, at, by, deed, current, canary, weight, sum) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let Deployment { workflow, sequence, at, by, deed, traffic: Traffic { current, canary } } = line;
    let (at, sum) = (at.0.cast_signed(), line_sum(line));
    let (tried, weight) = (canary.map(|canary| canary.version), canary.map(|canary| canary.weight.get()));
    let values = params![workflow, sequence, at, by, deed.as_str(), current, tried, weight, sum.as_bytes()];
    sql.prepare_cached(insert)?.execute(values).map(drop)
}

/// All versions, by workflow and number.
pub(crate) fn versions(sql: &Connection) -> Result<Vec<Version>, Fault> {
    let query = format!("SELECT {VERSION} FROM versions ORDER BY workflow, number");
    read(sql, &query, params![], version_of)
}

fn of_workflow(sql: &Connection, workflow: &str) -> Result<Vec<Version>, Fault> {
    let query = format!("SELECT {VERSION} FROM versions WHERE workflow = ?1 ORDER BY number");
    read(sql, &query, params![workflow], version_of)
}

/// The history of a workflow.
pub(crate) fn history(sql: &Connection, workflow: &str) -> Result<Vec<Deployment>, Fault> {
    let query = format!("SELECT {LINE} FROM deployments WHERE workflow = ?1 ORDER BY sequence");
    read(sql, &query, params![workflow], line_of)
}

fn read<T>(
    sql: &Connection,
    query: &str,
    values: impl rusqlite::Params,
    of_row: impl Fn(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Result<Vec<T>, Fault> {
    let mut statement = sql.prepare_cached(query)?;
    let (mut rows, mut found) = (statement.query(values)?, Vec::new());
    while let Some(row) = rows.next()? {
        let damaged = || StoreError::Corrupt { what: "the list of versions".to_owned() };
        found.push(of_row(row)?.ok_or_else(damaged)?);
    }
    Ok(found)
}

/// The version of a row; none: the row is not what was written.
pub(crate) fn version_of(row: &Row<'_>) -> rusqlite::Result<Option<Version>> {
    let version = Version {
        workflow: row.get(0)?,
        number: row.get(1)?,
        digest: Digest::from_bytes(row.get(2)?),
        content: Digest::from_bytes(row.get(3)?),
        at: Timestamp(row.get::<_, i64>(4)?.cast_unsigned()),
        by: row.get(5)?,
    };
    let is_whole = version_sum(&version) == Digest::from_bytes(row.get(6)?);
    Ok(is_whole.then_some(version))
}

/// The line of a row; none: the row is not what was written.
pub(crate) fn line_of(row: &Row<'_>) -> rusqlite::Result<Option<Deployment>> {
    let (deed, version): (String, Option<u32>) = (row.get(4)?, row.get(6)?);
    let weight = row.get::<_, Option<u8>>(7)?.map(Weight::percent).transpose();
    let (Ok(deed), Ok(weight)) = (deed.parse::<Deed>(), weight) else { return Ok(None) };
    let canary = version.zip(weight).map(|(version, weight)| Canary { version, weight });
    let line = Deployment {
        workflow: row.get(0)?,
        sequence: row.get(1)?,
        at: Timestamp(row.get::<_, i64>(2)?.cast_unsigned()),
        by: row.get(3)?,
        deed,
        traffic: Traffic { current: row.get(5)?, canary },
    };
    let is_whole = line_sum(&line) == Digest::from_bytes(row.get(8)?);
    Ok(is_whole.then_some(line))
}

/// The digest of all that a version's row says.
fn version_sum(version: &Version) -> Digest {
    let Version { workflow, number, digest, content, at, by } = version;
    let (number, at) = (number.to_le_bytes(), at.0.to_le_bytes());
    Digest::of_parts([workflow.as_bytes(), &number, digest.as_bytes(), content.as_bytes(), &at, by.as_bytes()])
}

/// The digest of all that a line says.
fn line_sum(line: &Deployment) -> Digest {
    let Deployment { workflow, sequence, at, by, deed, traffic } = line;
    let (sequence, at, current) = (sequence.to_le_bytes(), at.0.to_le_bytes(), traffic.current.to_le_bytes());
    let (tried, weight) = traffic.canary.map_or((0, 0), |canary| (canary.version, canary.weight.get()));
    let (deed, tried) = (deed.as_str().as_bytes(), tried.to_le_bytes());
    Digest::of_parts([workflow.as_bytes(), &sequence, &at, by.as_bytes(), deed, &current, &tried, &[weight]])
}
