//! Everything the server remembers, in SQLite: typed documents in one table, keyed by what they are,
//! whose they are and what they are called; the attributes of users a second time for look-ups.

mod credentials;
mod file;
mod held;
mod log;
mod ours;
mod policy;
mod pool;
mod sign_in;
mod user;

pub(crate) use credentials::IssuedCredentials;
pub(crate) use log::NewLetter;
pub(crate) use policy::*;
pub(crate) use pool::*;
pub(crate) use sign_in::*;
pub(crate) use user::*;

use self::held::Held;
use crate::clock::Clock;
use crate::refusal::Refusal;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;
use std::sync::Arc;

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
    /// When it is as if it had never been, in milliseconds since the epoch; never when absent.
    fn ends(&self) -> Option<i64> {
        None
    }
}

/// How long what has expired is still known, where a refusal says that it has expired. Milliseconds.
pub(crate) const TOLD_MS: i64 = 7 * 86_400_000;

/// Makes a type of a pool a [`Document`]: its kind, the member that is its key, the member that names its owner, if
/// it has one, and when it ends, if it does.
macro_rules! document {
    ($name:ident, $kind:literal, $key:ident $(, $owner:ident)? $(; ends $ends:expr)?) => {
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
            $(fn ends(&self) -> Option<i64> {
                let ends: fn(&Self) -> i64 = $ends;
                Some(ends(self))
            })?
        }
    };
}
pub(crate) use document;

/// The database.
#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
    /// Given up after the connection is closed.
    _held: Option<Held>,
    clock: Arc<Clock>,
}

impl Store {
    /// Opens a file, or memory when there is none.
    ///
    /// # Errors
    /// A sentence that names the file: somebody else has it, or it is none of ours.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, String> {
        let (db, held) = file::open(file)?;
        Ok(Self { db, _held: held, clock: Arc::default() })
    }

    /// By which it is judged what has ended.
    pub(crate) fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// Begins to write; what is not committed at the end of the returned guard is as if it had never been. Nothing to
    /// begin within another one.
    pub(crate) fn begin(&self) -> Result<Transaction<'_>, Refusal> {
        let is_first = self.db.is_autocommit();
        if is_first {
            self.db.execute_batch("begin immediate")?;
        }
        Ok(Transaction { db: &self.db, is_open: is_first })
    }

    /// Forgets everything but the signing keys.
    pub(crate) fn clear(&self) -> rusqlite::Result<()> {
        self.db.execute_batch(
            "delete from documents where kind not in ('signing_key', 'pool_secret');
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
        let mut savepoint = Savepoint { db: &self.db, end: "rollback to work; release work" };
        let result = work();
        if result.is_ok() {
            savepoint.end = "release work";
        }
        savepoint.finish()?;
        result
    }

    /// Deletes some of what ended before a moment; says whether there may be more.
    pub(crate) fn forget(&self, before_ms: i64) -> Result<bool, Refusal> {
        let gone = self.db.execute(
            "delete from documents where id in
             (select id from documents where expires <= ? limit ?)",
            params![before_ms, FORGOTTEN_AT_ONCE],
        )?;
        let attempts = self.db.execute(
            "delete from attempts where rowid in (select rowid from attempts where at <= ? limit ?)",
            params![before_ms.saturating_sub(3_600_000), FORGOTTEN_AT_ONCE],
        )?;
        Ok(gone.max(attempts) >= FORGOTTEN_AT_ONCE)
    }

    /// Makes the file a little smaller by what was deleted; says whether there is more to give back.
    pub(crate) fn shrink(&self) -> Result<bool, Refusal> {
        Ok(file::shrink(&self.db)?)
    }

    /// Writes a document, in the place of an older one of the same name.
    pub(crate) fn put<T: Document>(&self, document: &T) -> Result<(), Refusal> {
        self.db
            .prepare_cached(
                "insert into documents (kind, pool_id, owner, key, body, expires)
             values (?, ?, ?, ?, ?, ?)
             on conflict (kind, pool_id, owner, key)
             do update set body = excluded.body, expires = excluded.expires",
            )?
            .execute(params![
                T::KIND,
                document.pool_id(),
                document.owner(),
                document.key(),
                serde_json::to_string(document)?,
                document.ends()
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
                 where kind = ? and pool_id = ? and owner = ? and key = ?
                 and (expires is null or expires > ?)",
            )?
            .query_row(params![T::KIND, pool_id, owner, key, self.clock.now_ms()], |row| row.get(0))
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// One document whose key is unique among all pools and owners: a client, a session, a token.
    pub(crate) fn find_by_key<T: Document>(&self, key: &str) -> Result<Option<T>, Refusal> {
        let body: Option<String> = self
            .db
            .prepare_cached(
                "select body from documents
                 where kind = ? and key = ? and (expires is null or expires > ?)",
            )?
            .query_row(params![T::KIND, key, self.clock.now_ms()], |row| row.get(0))
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// All documents of a kind in a pool, oldest first.
    pub(crate) fn all<T: Document>(&self, pool_id: &str) -> Result<Vec<T>, Refusal> {
        self.list(
            "select body from documents where kind = ? and pool_id = ?
             and (expires is null or expires > ?) order by id",
            params![T::KIND, pool_id, self.clock.now_ms()],
        )
    }

    /// All documents of a kind that a user owns, oldest first.
    pub(crate) fn owned<T: Document>(&self, pool_id: &str, owner: &str) -> Result<Vec<T>, Refusal> {
        self.list(
            "select body from documents where kind = ? and pool_id = ? and owner = ?
             and (expires is null or expires > ?) order by id",
            params![T::KIND, pool_id, owner, self.clock.now_ms()],
        )
    }

    /// All documents of a kind anywhere, oldest first.
    pub(crate) fn everything<T: Document>(&self) -> Result<Vec<T>, Refusal> {
        self.list(
            "select body from documents where kind = ?
             and (expires is null or expires > ?) order by id",
            params![T::KIND, self.clock.now_ms()],
        )
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

    /// How many rows there are of what can end.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> i64 {
        let sql = "select (select count(*) from documents) + (select count(*) from attempts)";
        self.db.query_row(sql, [], |row| row.get(0)).unwrap()
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

/// Rows that are deleted while everybody else waits.
const FORGOTTEN_AT_ONCE: usize = 500;

/// Writes that are kept or not kept together.
#[must_use]
pub(crate) struct Transaction<'a> {
    db: &'a Connection,
    is_open: bool,
}

impl Transaction<'_> {
    /// Keeps what was written.
    pub(crate) fn commit(mut self) -> Result<(), Refusal> {
        if self.is_open {
            // When this fails, on a full disk for instance, the transaction may still be open: dropping rolls it back.
            // Left open, it would swallow all that is written later.
            self.db.execute_batch("commit")?;
            self.is_open = false;
        }
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.is_open {
            let _ = self.db.execute_batch("rollback");
        }
    }
}

/// Part of a transaction that a panic must not leave open.
struct Savepoint<'a> {
    db: &'a Connection,
    end: &'static str,
}

impl Savepoint<'_> {
    fn finish(mut self) -> Result<(), Refusal> {
        Ok(self.db.execute_batch(std::mem::take(&mut self.end))?)
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        let _ = self.db.execute_batch(self.end);
    }
}

#[cfg(test)]
mod tests;
