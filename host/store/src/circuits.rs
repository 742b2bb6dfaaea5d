//! What is noted of the health of the things that runs call. It does not know what the texts say.

use rusqlite::{Connection, params};

use crate::fault::Fault;

/// All that is noted, by name.
pub(crate) fn all(sql: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = sql.prepare_cached("SELECT name, body FROM circuits ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes something, if what is noted is still that. Says whether it was.
pub(crate) fn note(sql: &Connection, name: &str, was: Option<&str>, is: &str) -> Result<bool, Fault> {
    let changed = match was {
        Some(was) => {
            let update = "UPDATE circuits SET body = ?3 WHERE name = ?1 AND body = ?2";
            sql.prepare_cached(update)?.execute(params![name, was, is])?
        }
        None => {
            let insert = "INSERT INTO circuits (name, body) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
            sql.prepare_cached(insert)?.execute(params![name, is])?
        }
    };
    Ok(changed == 1)
}
