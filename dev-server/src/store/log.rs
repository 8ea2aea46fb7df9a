//! What happened: letters sent, attempts counted against a budget, calls counted for tests.

use super::Store;
use crate::refusal::Refusal;
use rusqlite::params;
use serde::Serialize;
use std::collections::BTreeMap;

/// A message that would have gone by mail or SMS.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Letter {
    /// Rises with every letter.
    pub(crate) id: i64,
    pub(crate) user_pool_id: String,
    pub(crate) username: String,
    pub(crate) to: String,
    /// `EMAIL` or `SMS`.
    pub(crate) medium: String,
    pub(crate) purpose: String,
    pub(crate) code: String,
    /// Only mails have one.
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    /// Seconds since the epoch, with a fraction.
    pub(crate) sent_at: f64,
}

/// Older letters are thrown away.
const MOST_LETTERS: i64 = 5000;

/// What of a letter its sender knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLetter<'a> {
    pub(crate) pool_id: &'a str,
    pub(crate) username: &'a str,
    pub(crate) to: &'a str,
    pub(crate) medium: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) code: &'a str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) text: &'a str,
    /// Milliseconds since the epoch.
    pub(crate) sent: i64,
}

impl Store {
    /// Puts a letter into the inbox.
    pub(crate) fn post(&self, letter: NewLetter<'_>) -> Result<(), Refusal> {
        self.db.execute(
            "insert into inbox
             (pool_id, username, recipient, medium, purpose, code, subject, body, sent_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                letter.pool_id,
                letter.username,
                letter.to,
                letter.medium,
                letter.purpose,
                letter.code,
                letter.subject,
                letter.text,
                letter.sent
            ],
        )?;
        self.db
            .prepare_cached("delete from inbox where id <= ?")?
            .execute([self.db.last_insert_rowid() - MOST_LETTERS])?;
        Ok(())
    }

    /// The letters to one address, or all, that came after another one; newest first.
    pub(crate) fn letters(&self, to: Option<&str>, after: i64) -> Result<Vec<Letter>, Refusal> {
        let mut statement = self.db.prepare_cached(
            "select pool_id, username, recipient, medium, purpose, code, body, sent_at, id,
                    subject
             from inbox where (?1 is null or recipient = ?1) and id > ?2 order by id desc",
        )?;
        let letters = statement
            .query_map(params![to, after], |row| {
                Ok(Letter {
                    id: row.get(8)?,
                    user_pool_id: row.get(0)?,
                    username: row.get(1)?,
                    to: row.get(2)?,
                    medium: row.get(3)?,
                    purpose: row.get(4)?,
                    code: row.get(5)?,
                    subject: row.get(9)?,
                    text: row.get(6)?,
                    #[allow(clippy::cast_precision_loss, reason = "milliseconds fit 53 bits")]
                    sent_at: row.get::<_, i64>(7)? as f64 / 1000.0,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(letters)
    }

    /// Counts an attempt against an hourly budget; refuses when it is spent.
    pub(crate) fn spend(
        &self,
        pool_id: &str,
        username: &str,
        kind: &str,
        per_hour: u32,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let used: u32 = self.db.query_row(
            "select count(*) from attempts
             where pool_id = ? and username = ? and kind = ? and at > ?",
            params![pool_id, username, kind, now_ms - 3_600_000],
            |row| row.get(0),
        )?;
        if used >= per_hour {
            return Err(Refusal::limit_exceeded());
        }
        self.db.execute(
            "insert into attempts values (?, ?, ?, ?)",
            params![pool_id, username, kind, now_ms],
        )?;
        Ok(())
    }

    /// Counts a call of an operation.
    pub(crate) fn count(&self, operation: &str) -> Result<(), Refusal> {
        self.db
            .prepare_cached(
                "insert into counters values (?, 1)
                 on conflict (operation) do update set calls = calls + 1",
            )?
            .execute([operation])?;
        Ok(())
    }

    /// Calls per operation since the start or the last reset.
    pub(crate) fn counters(&self) -> Result<BTreeMap<String, i64>, Refusal> {
        let mut statement = self.db.prepare("select operation, calls from counters")?;
        let counters = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(counters)
    }
}
