//! The stored form of a session: one versioned record, written in one step. `js/session/stored-session.ts` reads it
//! too, so that a page with a live session needs no WebAssembly.

pub mod adopt;

use super::generated::{
    CREDENTIALS_KEY, EPOCH_KEY, KEY_PREFIX, PENDING_KEY, RECORD_VERSION, SESSION_KEY,
};
use super::json::Value;
use super::pool::Pool;
use super::secret::Secret;
use super::session::Session;

/// A session as it is stored.
#[derive(Clone)]
pub struct Record {
    /// The session.
    pub session: Session,
    /// Which sign-in it belongs to. Sign-ins and sign-outs store a new epoch beside the record, and
    /// a record of another epoch is void: a refresh that ends late cannot bring a session back.
    pub epoch: String,
}

/// Name the record is stored under. The client id is public and tells pools apart.
pub fn key(pool: &Pool) -> String {
    [KEY_PREFIX, pool.client_id(), SESSION_KEY].concat()
}

/// Name the epoch is stored under.
pub fn epoch_key(pool: &Pool) -> String {
    [KEY_PREFIX, pool.client_id(), EPOCH_KEY].concat()
}

/// Name under which a person's AWS credentials are kept, beside their session.
pub fn credentials_key(pool: &Pool) -> String {
    [KEY_PREFIX, pool.client_id(), CREDENTIALS_KEY].concat()
}

/// Name under which a tab keeps its half-finished sign-ins.
pub fn pending_key(pool: &Pool) -> String {
    [KEY_PREFIX, pool.client_id(), PENDING_KEY].concat()
}

impl Record {
    /// Whether the record counts, with this epoch beside it. No epoch voids nothing: a sign-out
    /// always leaves one, so a missing one was removed by others.
    pub fn is_valid(&self, epoch: Option<&str>) -> bool {
        epoch.is_none_or(|epoch| epoch == self.epoch)
    }

    /// The stored text.
    pub fn write(&self, pool: &Pool) -> String {
        let session = &self.session;
        let text = |secret: &Secret<String>| secret.expose("the store keeps it").clone();
        Value::object()
            .with("v", RECORD_VERSION)
            .with("pool", pool.id())
            .with("epoch", self.epoch.as_str())
            .with("username", session.username.as_str())
            .with("sub", session.sub.as_str())
            .with("accessToken", text(&session.access))
            .with_some("idToken", session.id.as_ref().map(text))
            .with_some("refreshToken", session.refresh.as_ref().map(text))
            .with_some("deviceKey", session.device_key.as_deref())
            .with("receivedAt", session.received_at)
            .with("expiresAt", session.expires_at)
            .with("freshUntil", session.fresh_until)
            .write()
    }

    /// Reads a stored text. `None` for a torn, foreign or newer one: it is left alone, not trusted.
    pub fn read(text: &str, pool: &Pool) -> Option<Self> {
        let record = Value::parse(text)?;
        if record.number("v") != Some(RECORD_VERSION as f64)
            || record.str("pool") != Some(pool.id())
        {
            return None;
        }
        let secret = |name| record.string(name).filter(|text| !text.is_empty()).map(Secret::new);
        let session = Session {
            access: secret("accessToken")?,
            id: secret("idToken"),
            refresh: secret("refreshToken"),
            username: record.string("username")?,
            sub: record.string("sub")?,
            device_key: record.string("deviceKey"),
            received_at: record.number("receivedAt")? as u64,
            expires_at: record.number("expiresAt")? as u64,
            fresh_until: record.number("freshUntil")? as u64,
        };
        Some(Self { session, epoch: record.string("epoch")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> Pool {
        Pool::parse("eu-west-1_Ab12", "client1", None).unwrap()
    }

    fn record() -> Record {
        let session = Session {
            access: Secret::new(String::from("a.b.c")),
            id: None,
            refresh: Some(Secret::new(String::from("r"))),
            username: String::from("alice \"quoted\""),
            sub: String::from("s"),
            device_key: Some(String::from("eu-west-1_x")),
            received_at: 1_780_000_000_000,
            expires_at: 1_780_003_600_000,
            fresh_until: 1_780_003_000_000,
        };
        Record { session, epoch: String::from("e") }
    }

    #[test]
    fn what_is_written_is_read() {
        let Record { session, epoch } = Record::read(&record().write(&pool()), &pool()).unwrap();

        let written = record().session;
        assert_eq!(session.username, written.username);
        assert_eq!(session.device_key, written.device_key);
        assert_eq!(
            (session.received_at, session.expires_at, session.fresh_until),
            (written.received_at, written.expires_at, written.fresh_until)
        );
        assert_eq!(session.refresh.unwrap().expose("test"), "r");
        assert!(session.id.is_none());
        assert_eq!(epoch, "e");
    }

    #[test]
    fn the_readers_of_rust_and_typescript_agree() {
        let all = include_str!("../../tests/vectors/session_times.json");
        let table = Value::parse(all).unwrap();
        let (id, client) = (table.str("poolId").unwrap(), table.str("clientId").unwrap());
        let pool = Pool::parse(id, client, None).unwrap();
        let cases = table.get("cases").unwrap().items();
        assert!(cases.len() > 30);
        for case in cases {
            let name = case.str("name").unwrap();
            let found = case.str("record").and_then(|text| Record::read(text, &pool));
            let found = found.filter(|record| record.is_valid(case.str("epoch")));

            assert_eq!(found.is_some(), case.is_true("valid"), "{name}");
            let Some(Record { session, .. }) = found else { continue };
            let now = case.number("now").unwrap() as u64;
            assert_eq!(session.is_fresh(now), case.is_true("fresh"), "{name}");
            let [Value::Number(least), Value::Number(greatest)] =
                case.get("dueInMs").unwrap().items()
            else {
                panic!("{name}")
            };
            for dice in [0, 1, 12_345, u32::MAX] {
                let due = session.due_in_ms(now, dice) as f64;
                assert!((least - 1.0..=greatest + 1.0).contains(&due), "{name}: {due}");
            }
        }
    }

    #[test]
    fn times_beyond_all_clocks_are_written_so_that_they_are_read() {
        let text = record().write(&pool()).replace("1780003600000", "1e300");

        let read = Record::read(&text, &pool()).unwrap();
        let again = Record::read(&read.write(&pool()), &pool()).unwrap();

        assert_eq!(again.session.expires_at, (1 << 53) - 1);
        assert_eq!(again.session.fresh_until, read.session.fresh_until);
    }

    #[test]
    fn torn_foreign_and_newer_records_are_left_alone() {
        let other = Pool::parse("eu-west-1_Other", "client1", None).unwrap();
        let text = record().write(&pool());

        for end in 0..text.len() {
            assert!(!text.is_char_boundary(end) || Record::read(&text[..end], &pool()).is_none());
        }
        assert!(Record::read(&text, &other).is_none());
        assert!(Record::read(&text.replace("\"v\":1", "\"v\":2"), &pool()).is_none());
    }

    #[test]
    fn another_epoch_voids_a_record_and_a_missing_one_does_not() {
        assert!(record().is_valid(Some("e")));
        assert!(record().is_valid(None));
        assert!(!record().is_valid(Some("f")));
        assert!(!record().is_valid(Some("")));
    }
}
