//! Everything the server remembers, in SQLite: typed documents in one table, keyed by what they are,
//! whose they are and what they are called; the attributes of users a second time for look-ups.

mod log;
mod pool;
mod sign_in;
mod user;

pub(crate) use log::NewLetter;
pub(crate) use pool::*;
pub(crate) use sign_in::*;
pub(crate) use user::*;

use crate::refusal::Refusal;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// Something kept as JSON under a kind, a pool, an owner (a user name, or nothing) and a key.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// The document's kind, one per type.
    const KIND: &'static str;
    /// The pool it belongs to.
    fn pool_id(&self) -> &str;
    /// The user it belongs to and dies with; empty when it is nobody's.
    fn owner(&self) -> &str {
        ""
    }
    /// Its name among the owner's documents of this kind.
    fn key(&self) -> &str;
}

/// Makes a type of a pool a [`Document`]: its kind, the member that is its key, and the member that names its owner, if
/// it has one.
macro_rules! document {
    ($name:ident, $kind:literal, $key:ident $(, $owner:ident)?) => {
        impl $crate::store::Document for $name {
            const KIND: &'static str = $kind;
            fn pool_id(&self) -> &str {
                &self.pool_id
            }
            $(fn owner(&self) -> &str {
                &self.$owner
            })?
            fn key(&self) -> &str {
                &self.$key
            }
        }
    };
}
pub(crate) use document;

/// The database.
#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
}

impl Store {
    /// Opens a file, or memory when there is none.
    pub(crate) fn open(file: Option<&Path>) -> rusqlite::Result<Self> {
        let db = match file {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        if file.is_some() {
            db.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
            db.execute_batch("pragma synchronous = normal")?;
        }
        db.execute_batch(SCHEMA)?;
        Ok(Self { db })
    }

    /// Forgets everything but the signing keys.
    pub(crate) fn clear(&self) -> rusqlite::Result<()> {
        self.db.execute_batch(
            "delete from documents where kind <> 'signing_key';
             delete from attributes; delete from inbox;
             delete from attempts; delete from counters;",
        )
    }

    /// Runs `work` so that either all it writes is kept or nothing.
    pub(crate) fn atomically<T>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.db.execute_batch("savepoint work")?;
        let result = work();
        let end = if result.is_ok() { "release work" } else { "rollback to work; release work" };
        self.db.execute_batch(end)?;
        result
    }

    /// Writes a document, in the place of an older one of the same name.
    pub(crate) fn put<T: Document>(&self, document: &T) -> Result<(), Refusal> {
        self.db
            .prepare_cached(
                "insert into documents (kind, pool_id, owner, key, body) values (?, ?, ?, ?, ?)
             on conflict (kind, pool_id, owner, key) do update set body = excluded.body",
            )?
            .execute(params![
                T::KIND,
                document.pool_id(),
                document.owner(),
                document.key(),
                serde_json::to_string(document)?
            ])?;
        Ok(())
    }

    /// One document.
    pub(crate) fn find<T: Document>(
        &self,
        pool_id: &str,
        owner: &str,
        key: &str,
    ) -> Result<Option<T>, Refusal> {
        let body: Option<String> = self
            .db
            .prepare_cached(
                "select body from documents
                 where kind = ? and pool_id = ? and owner = ? and key = ?",
            )?
            .query_row(params![T::KIND, pool_id, owner, key], |row| row.get(0))
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// One document whose key is unique among all pools and owners: a client, a session, a token.
    pub(crate) fn find_by_key<T: Document>(&self, key: &str) -> Result<Option<T>, Refusal> {
        let body: Option<String> = self
            .db
            .prepare_cached("select body from documents where kind = ? and key = ?")?
            .query_row(params![T::KIND, key], |row| row.get(0))
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// All documents of a kind in a pool, oldest first.
    pub(crate) fn all<T: Document>(&self, pool_id: &str) -> Result<Vec<T>, Refusal> {
        self.list(
            "select body from documents where kind = ? and pool_id = ? order by id",
            params![T::KIND, pool_id],
        )
    }

    /// All documents of a kind that a user owns, oldest first.
    pub(crate) fn owned<T: Document>(&self, pool_id: &str, owner: &str) -> Result<Vec<T>, Refusal> {
        self.list(
            "select body from documents where kind = ? and pool_id = ? and owner = ? order by id",
            params![T::KIND, pool_id, owner],
        )
    }

    /// All documents of a kind anywhere, oldest first.
    pub(crate) fn everything<T: Document>(&self) -> Result<Vec<T>, Refusal> {
        self.list("select body from documents where kind = ? order by id", params![T::KIND])
    }

    /// Removes one document; says whether there was one.
    pub(crate) fn remove<T: Document>(
        &self,
        pool_id: &str,
        owner: &str,
        key: &str,
    ) -> Result<bool, Refusal> {
        let removed = self.db.execute(
            "delete from documents where kind = ? and pool_id = ? and owner = ? and key = ?",
            params![T::KIND, pool_id, owner, key],
        )?;
        Ok(removed > 0)
    }

    /// Removes a pool with all that is in it.
    pub(crate) fn remove_pool(&self, pool_id: &str) -> Result<(), Refusal> {
        for table in ["documents", "attributes", "inbox", "attempts"] {
            self.db.execute(&format!("delete from {table} where pool_id = ?"), [pool_id])?;
        }
        Ok(())
    }

    fn list<T: Document>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<T>, Refusal> {
        let mut statement = self.db.prepare_cached(sql)?;
        let bodies = statement
            .query_map(values, |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }
}

const SCHEMA: &str = "
create table if not exists documents (
    id integer primary key,
    kind text not null,
    pool_id text not null,
    owner text not null,
    key text not null,
    body text not null,
    unique (kind, pool_id, owner, key)
);
create index if not exists documents_by_key on documents (kind, key);
create table if not exists attributes (
    pool_id text not null,
    username text not null,
    name text not null,
    value text not null,
    primary key (pool_id, username, name)
);
create index if not exists attributes_by_value on attributes (pool_id, name, value);
create table if not exists inbox (
    id integer primary key,
    pool_id text not null,
    username text not null,
    recipient text not null,
    medium text not null,
    purpose text not null,
    code text not null,
    body text not null,
    sent_at integer not null
);
create table if not exists attempts (
    pool_id text not null,
    username text not null,
    kind text not null,
    at integer not null
);
create index if not exists attempts_by_user on attempts (pool_id, username, kind, at);
create table if not exists counters (operation text primary key, calls integer not null);
";
