//! Gives pages that nothing uses any more back to the file system. It does not know what was on them.

use rusqlite::Connection;

/// Pages that one transaction gives back: 4 MiB, some milliseconds.
const PAGES: u32 = 1_000;

/// Gives some pages back; how many bytes of them are left.
pub(crate) fn give_back_some(sql: &Connection) -> rusqlite::Result<u64> {
    let before = free_pages(sql)?;
    let mut statement = sql.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut pages = statement.query([])?;
    while pages.next()?.is_some() {} // each step gives one back
    let after = free_pages(sql)?;
    if after >= before {
        return Ok(0); // a file that was not made to shrink
    }
    let size: u64 = sql.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))?.into();
    Ok(after.saturating_mul(size))
}

fn free_pages(sql: &Connection) -> rusqlite::Result<u64> {
    sql.pragma_query_value(None, "freelist_count", |row| row.get::<_, u32>(0)).map(u64::from)
}
