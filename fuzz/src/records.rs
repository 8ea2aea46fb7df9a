//! What lies in stores: our own records, and the sessions of other libraries. Any script of the page may write there.

use crate::fixture::{NOW, pool, token_or_claims};
use crate::host::Run;
use lifeguard::protocol::identity::{Credentials, IdentityPool};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::record::adopt::{self, Adopted};
use lifeguard::protocol::record::{Record, key};
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::session::{Cooling, Session};
use lifeguard::protocol::sign_in::Pending;

/// The whole input is each of our records in turn, and its lines are the six values that other libraries store. What
/// is read is written so that it reads the same.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(record) = Record::read(text, &pool()) {
        check_record(&record);
    }
    check_looked_at(text);
    check_pending(text);
    check_credentials(text);
    check_cooling(text);
    check_adopted(text);
}

fn check_record(record: &Record) {
    let Record { session, epoch } = record;
    let written = record.write(&pool());
    let again = Record::read(&written, &pool()).unwrap_or_else(|| panic!("not read: {written}"));

    let ((texts, times), (texts_again, times_again)) = (parts(session), parts(&again.session));
    assert_eq!(texts, texts_again);
    // The largest integer that JSON keeps stands for those beyond it.
    assert_eq!(times.map(|time| time.min((1 << 53) - 1)), times_again);
    assert_eq!(*epoch, again.epoch);
    assert_eq!(again.write(&pool()), written);
    for now in [0, NOW, u64::MAX] {
        let _ = (session.is_fresh(now), session.is_live(now), session.is_due(now));
        assert!(session.due_in_ms(now, u32::MAX) <= session.fresh_until);
    }
    assert!(session.is_same(&again.session) && !session.is_newer_than(&again.session));
}

type Parts<'a> = ([Option<&'a str>; 6], [u64; 3]);

fn parts(session: &Session) -> Parts<'_> {
    (
        [
            Some(session.access.expose("compared")),
            session.id.as_ref().map(|token| token.expose("compared").as_str()),
            session.refresh.as_ref().map(|token| token.expose("compared").as_str()),
            Some(&session.username),
            Some(&session.sub),
            session.device_key.as_deref(),
        ],
        [session.received_at, session.expires_at, session.fresh_until],
    )
}

/// The session of a store with this record: an answer, or a refresh; a record that is not ours is left where it is.
fn check_looked_at(text: &str) {
    let mut run = Run::new("session", Value::object());
    run.store(&key(&pool()), text);
    let output = run.until_send();
    match output.get("done").and_then(|done| done.str("record")) {
        Some(record) => assert!(Record::read(record, &pool()).is_some(), "{record}"),
        None if Record::read(text, &pool()).is_none() && output.get("effect").is_none() => {
            let left = run.stores().iter().find(|((_, name), _)| *name == key(&pool()));
            assert_eq!(left.map(|(_, value)| value.as_str()), Some(text));
        }
        None => {}
    }
}

fn check_pending(text: &str) {
    let Some(pending) = Value::parse(text).as_ref().and_then(Pending::read) else { return };
    let written = pending.write();
    let again = Pending::read(&written).expect("what is written is read");
    assert_eq!(again.write().write(), written.write());
    assert_eq!(again.tell().write(), pending.tell().write());
}

fn check_credentials(text: &str) {
    let id = "eu-west-1:01234567-89ab-cdef-0123-456789abcdef";
    let pool = IdentityPool::parse(id, None, true).map_err(|misuse| misuse.0).unwrap();
    let Some(read) = Credentials::read_stored(text, &pool, "epoch") else { return };
    let written = read.write(&pool, "epoch");
    let again =
        Credentials::read_stored(&written, &pool, "epoch").expect("what is written is read");
    assert_eq!(again.write(&pool, "epoch"), written);
    assert!(Credentials::read_stored(text, &pool, "other").is_none(), "another's credentials");
    for now in [0, NOW] {
        let _ = (read.is_fresh(now), read.service_time(now));
        assert!(!read.is_fresh(now) || read.is_live(now));
    }
}

fn check_cooling(text: &str) {
    let Some(cooling) = Value::parse(text).as_ref().and_then(Cooling::read) else { return };
    let written = cooling.write();
    let again = Cooling::read(&written).expect("what is written is read");
    assert_eq!(again.write().write(), written.write());
    let next = Cooling::after(Some(&cooling), &Secret::new(String::from("t")), Some(5), NOW, 7);
    assert!(next.until >= NOW && next.is_on(NOW));
}

fn check_adopted(text: &str) {
    let mut lines = text.split('\n').map(token_or_claims);
    let mut found: [Option<String>; 6] = std::array::from_fn(|_| lines.next());
    let Some(Adopted { session, .. }) = adopt::read(found.clone(), &pool(), NOW) else { return };
    assert!(session.refresh.is_some() || session.is_live(NOW));

    // It becomes a record of ours, and is kept in step for the library that it came from.
    check_record(&Record { session: session.clone(), epoch: String::from("e") });
    let pairs = adopt::layout(&session, &pool());
    for (part, value) in adopt::READ_PARTS.iter().zip(&mut found) {
        let key = adopt::key(&pool(), &session.username, part);
        let kept = pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone());
        // Devices are not in the layout: they outlive the session.
        *value =
            kept.or_else(|| value.take().filter(|_| part.to_ascii_lowercase().contains("device")));
    }
    let again = adopt::read(found, &pool(), NOW).expect("what is kept in step is adopted again");
    assert_eq!(parts(&again.session), parts(&session));
}
