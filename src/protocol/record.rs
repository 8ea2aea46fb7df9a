//! The stored form of a session: one versioned record, written in one step. `js/record.ts` reads it
//! too, so that a page with a live session needs no WebAssembly.

use super::json::Value;
use super::pool::Pool;
use super::secret::Secret;
use super::session::Session;

/// Name the record is stored under. The client id is public and tells pools apart.
pub fn key(pool: &Pool) -> String {
    ["lifeguard.", pool.client_id(), ".session"].concat()
}

/// The record of a session.
pub fn write(session: &Session, pool: &Pool) -> String {
    let text = |secret: &Secret<String>| secret.expose("the store keeps it").clone();
    Value::object()
        .with("v", VERSION)
        .with("pool", pool.id())
        .with("username", session.username.as_str())
        .with("sub", session.sub.as_str())
        .with("accessToken", text(&session.access))
        .with_some("idToken", session.id.as_ref().map(text))
        .with_some("refreshToken", session.refresh.as_ref().map(text))
        .with_some("deviceKey", session.device_key.as_deref())
        .with("receivedAt", session.received_at)
        .with("expiresAt", session.expires_at)
        .write()
}

/// Reads a record. `None` for a torn, foreign or newer one: it is left alone, not trusted.
pub fn read(text: &str, pool: &Pool) -> Option<Session> {
    let record = Value::parse(text)?;
    if record.number("v") != Some(VERSION) || record.str("pool") != Some(pool.id()) {
        return None;
    }
    let secret = |name| record.string(name).filter(|text| !text.is_empty()).map(Secret::new);
    Some(Session {
        access: secret("accessToken")?,
        id: secret("idToken"),
        refresh: secret("refreshToken"),
        username: record.string("username")?,
        sub: record.string("sub")?,
        device_key: record.string("deviceKey"),
        received_at: record.number("receivedAt")? as u64,
        expires_at: record.number("expiresAt")? as u64,
    })
}

const VERSION: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            access: Secret::new(String::from("a.b.c")),
            id: None,
            refresh: Some(Secret::new(String::from("r"))),
            username: String::from("alice \"quoted\""),
            sub: String::from("s"),
            device_key: Some(String::from("eu-west-1_x")),
            received_at: 1_780_000_000_000,
            expires_at: 1_780_003_600_000,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let pool = Pool::parse("eu-west-1_Ab12", "client1", None).unwrap();

        let read = read(&write(&session(), &pool), &pool).unwrap();

        assert_eq!(read.username, session().username);
        assert_eq!(read.expires_at, session().expires_at);
        assert_eq!(read.refresh.unwrap().expose("test"), "r");
        assert!(read.id.is_none());
    }

    #[test]
    fn torn_foreign_and_newer_records_are_left_alone() {
        let pool = Pool::parse("eu-west-1_Ab12", "client1", None).unwrap();
        let other = Pool::parse("eu-west-1_Other", "client1", None).unwrap();
        let text = write(&session(), &pool);

        for end in 0..text.len() {
            assert!(!text.is_char_boundary(end) || read(&text[..end], &pool).is_none());
        }
        assert!(read(&text, &other).is_none());
        assert!(read(&text.replace("\"v\":1", "\"v\":2"), &pool).is_none());
    }
}
