//! The database file: opened by one process at a time, brought to the present form of its tables.

use super::held::Held;
use super::ours::{APPLICATION_ID, is_ours};
use rusqlite::{Connection, ErrorCode};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;

/// The form of the tables and documents that this version writes. Raised together with a step in [`migrate`].
const VERSION: i64 = 2;

/// Opens a file, or memory when there is none.
pub(super) fn open(file: Option<&Path>) -> Result<(Connection, Option<Held>), String> {
    let Some(path) = file else {
        let db = Connection::open_in_memory().map_err(|error| error.to_string())?;
        prepare(&db).and_then(|()| migrate(&db)).map_err(|error| error.to_string())?;
        return Ok((db, None));
    };
    let held = Held::take(path)
        .ok_or_else(|| format!("{} is in use by another server of this process", path.display()))?;
    let named = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{} is in use by another process", path.display())
        }
        Some(ErrorCode::NotADatabase) => format!("{} is no database", path.display()),
        _ => format!("cannot open {}: {}", path.display(), cause(path, &error)),
    };
    if !is_ours(path, VERSION).map_err(named)? {
        return Err(format!(
            "{} is a database of another program; nothing in it was changed. --data takes a file that this server wrote, or a new one",
            path.display()
        ));
    }
    let db = Connection::open(path).map_err(named)?;
    db.busy_timeout(std::time::Duration::ZERO).map_err(named)?;
    // Held from the first access to the end of the process, however that comes: two servers over one file would each
    // overwrite what the other knows.
    db.query_row("pragma locking_mode = exclusive", [], |_| Ok(())).map_err(named)?;
    let version = version(&db).map_err(named)?;
    if version > VERSION {
        return Err(format!(
            "{} was written by a newer version of this server (form {version}, known is {VERSION})",
            path.display()
        ));
    }
    // Before the log is turned on: from here on the file itself says whose it is, however this process ends.
    prepare(&db).map_err(named)?;
    db.query_row("pragma journal_mode = wal", [], |_| Ok(())).map_err(named)?;
    db.execute_batch("pragma synchronous = normal; begin immediate; commit").map_err(named)?;
    migrate(&db).map_err(named)?;
    Ok((db, Some(held)))
}

/// Why a file cannot be used. SQLite calls a folder, or a file that others may not write, an I/O error of the disk.
fn cause(path: &Path, error: &rusqlite::Error) -> String {
    match OpenOptions::new().read(true).write(true).open(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => cause.to_string(),
        _ => error.to_string(),
    }
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("pragma user_version", [], |row| row.get(0))
}

/// Marks a database as this server's, and lets it give back pages of what was deleted.
fn prepare(db: &Connection) -> rusqlite::Result<()> {
    let vacuum: i64 = db.query_row("pragma auto_vacuum", [], |row| row.get(0))?;
    if vacuum != INCREMENTAL {
        // With the second statement in a file that already has tables, without it in a new one.
        db.execute_batch("pragma auto_vacuum = incremental; vacuum")?;
    }
    db.pragma_update(None, "application_id", APPLICATION_ID)
}

/// As `pragma auto_vacuum` spells it.
const INCREMENTAL: i64 = 2;

/// Gives some of the pages back that nothing is on any more; says whether there are more than are soon needed again.
pub(super) fn shrink(db: &Connection) -> rusqlite::Result<bool> {
    let free: i64 = db.query_row("pragma freelist_count", [], |row| row.get(0))?;
    if free <= SPARE_PAGES {
        return Ok(false);
    }
    let pages = (free - SPARE_PAGES).min(PAGES_AT_ONCE);
    // One step gives one page back.
    let mut statement = db.prepare(&format!("pragma incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(free - pages > SPARE_PAGES)
}

/// Pages that are kept for what is written next.
const SPARE_PAGES: i64 = 256;
/// Pages that are given back while everybody else waits.
const PAGES_AT_ONCE: i64 = 256;

/// Brings the tables from whatever form they have to the present one, all or nothing.
fn migrate(db: &Connection) -> rusqlite::Result<()> {
    let version = version(db)?;
    if version == VERSION {
        return Ok(());
    }
    let is_old = db.query_row(
        "select count(*) from sqlite_master where type = 'table' and name = 'documents'",
        [],
        |row| row.get::<_, i64>(0),
    )? > 0;
    let work = db.unchecked_transaction()?;
    if is_old {
        for (_, step) in STEPS.iter().filter(|(from, _)| *from >= version) {
            work.execute_batch(step)?;
        }
    }
    work.execute_batch(TABLES)?;
    work.pragma_update(None, "user_version", VERSION)?;
    work.commit()
}

/// From which form, and how, to the next one.
const STEPS: &[(i64, &str)] = &[(0, FROM_0), (1, FROM_1)];

/// The form without a number knew no ends, and had keys in a form of its own: new ones are made, and apps renew their
/// tokens.
const FROM_0: &str = "
alter table documents add column expires integer;
update documents set expires = json_extract(body, '$.expires')
    where kind in ('code', 'authorization_code', 'browser_session', 'departure', 'passkey_registration');
update documents set expires = json_extract(body, '$.expires') + 604800000
    where kind in ('challenge', 'refresh_token', 'aws_credentials');
delete from documents where kind in ('saml_delivery', 'spent_assertion', 'signing_key');
";

/// Mails had no subject.
const FROM_1: &str = "alter table inbox add column subject text;";

const TABLES: &str = "
create table if not exists documents (
    id integer primary key,
    kind text not null,
    pool_id text not null,
    owner text not null,
    key text not null,
    body text not null,
    expires integer,
    unique (kind, pool_id, owner, key)
);
create index if not exists documents_by_key on documents (kind, key);
create index if not exists documents_by_end on documents (expires) where expires is not null;
create table if not exists attributes (
    pool_id text not null,
    username text not null,
    name text not null,
    value text not null,
    primary key (pool_id, username, name)
);
create index if not exists attributes_by_value on attributes (pool_id, name, value);
create table if not exists inbox (
    id integer primary key autoincrement,
    pool_id text not null,
    username text not null,
    recipient text not null,
    medium text not null,
    purpose text not null,
    code text not null,
    body text not null,
    sent_at integer not null,
    subject text
);
create index if not exists inbox_by_recipient on inbox (recipient, id);
create table if not exists attempts (
    pool_id text not null,
    username text not null,
    kind text not null,
    at integer not null
);
create index if not exists attempts_by_user on attempts (pool_id, username, kind, at);
create index if not exists attempts_by_time on attempts (at);
create table if not exists counters (operation text primary key, calls integer not null);
";
