//! Whether a file is one of this server's, found out before anything of it is changed.

use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What stands in the header of this server's files, as the application's mark: `Lfrd`.
pub(super) const APPLICATION_ID: i32 = 0x4c66_7264;

/// The tables of a file from before the mark.
const TABLES: &[&str] = &["documents", "attributes", "inbox", "attempts", "counters"];
/// What the first of them had from the beginning.
const COLUMNS: &[&str] = &["body", "id", "key", "kind", "owner", "pool_id"];

/// Whether a file may be opened and brought to the present form: one that is not there or has nothing in it, one with
/// the mark, and one that an older version wrote.
pub(super) fn is_ours(path: &Path, newest: i64) -> rusqlite::Result<bool> {
    // By hand: a connection would end what another program left half done in its file.
    match mark(path) {
        Ok(None) => return Ok(true),
        Ok(Some(mark)) if mark == APPLICATION_ID => return Ok(true),
        Ok(Some(0)) => {}
        Ok(Some(_)) => return Ok(false),
        // SQLite's words for it are better.
        Err(_) => {}
    }
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version: i64 = db.query_row("pragma user_version", [], |row| row.get(0))?;
    let tables = names(
        &db,
        "select name from sqlite_master where name not like 'sqlite%' and type in ('table', 'view')",
    )?;
    if tables.is_empty() {
        return Ok(version == 0);
    }
    let columns = names(&db, "select name from pragma_table_info('documents')")?;
    Ok((0..=newest).contains(&version)
        && tables.iter().all(|table| TABLES.contains(&table.as_str()))
        && COLUMNS.iter().all(|column| columns.iter().any(|known| known == column)))
}

/// The application's mark of a database; nothing when the file is not there or empty.
fn mark(path: &Path) -> io::Result<Option<i32>> {
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(HEADER).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if header.is_empty() {
        return Ok(None);
    }
    // https://www.sqlite.org/fileformat.html#the_database_header
    let mark = header.get(68..72).and_then(|bytes| bytes.try_into().ok()).map(i32::from_be_bytes);
    Ok(Some(mark.filter(|_| header.starts_with(b"SQLite format 3\0")).unwrap_or_default()))
}

/// Bytes of a database's header.
const HEADER: u64 = 100;

fn names(db: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    db.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
