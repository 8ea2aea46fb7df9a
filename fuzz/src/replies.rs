//! Whole calls against a service that answers anything.
//!
//! The first line is who is signed in (`nobody`, `alice`, `expired`), the operation and its input. Each further line
//! is one reply: `status exception body` with `-` for no exception, or `offline`, `network` and so on. `$A`, `$I` and
//! `$R` stand for tokens that are right.

use crate::fixture::{NOW, claims, pool, token};
use crate::host::Run;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::record::{Record, epoch_key, key};
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::session::Session;
use std::sync::LazyLock;

/// Every call ends, or waits for a service that says nothing more. A call that failed left the session as it was, or
/// ended it where the service refused to go on with it; and nothing secret is in what the page is told of a failure.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n');
    let Some(call) = lines.next() else { return };
    let mut words = call.splitn(3, ' ');
    let (Some(who), Some(operation)) = (words.next(), words.next()) else { return };
    let Some(input) = Value::parse(words.next().unwrap_or("{}")) else { return };
    let mut secrets = planted(&input);
    let mut run = Run::new(operation, input);
    begin(&mut run, who);
    let before = session(&run);

    let mut said = String::new();
    let output = run.run(&mut |_| {
        let reply = read_reply(lines.next()?, &mut said);
        secrets.extend(given(&reply));
        Some(reply)
    });

    // What the service puts into its own message is shown: it is for the user.
    secrets.retain(|secret| !said.contains(secret.as_str()));
    for url in &run.urls {
        check_silent("an address", url, &secrets);
    }
    for (_, name) in run.stores().keys() {
        check_silent("a key", name, &secrets);
    }
    for note in &run.notes {
        check_silent("a note", &note.write(), &secrets);
    }
    let failed = output.get("failed").or_else(|| output.get("done")?.get("failure"));
    let Some(failed) = failed else { return };
    check_silent("a failure", &without_question(failed), &secrets);
    check_left(operation, before.as_deref(), &run);
}

/// The secrets that stand in the input where they belong, and nowhere else.
fn planted(input: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let answer = input.get("answer");
    for place in [Some(input), answer, answer.and_then(|answer| answer.get("responses"))] {
        for (name, value) in place.map(Value::members).unwrap_or_default() {
            if SECRET.contains(&name.as_str())
                && let Some(text) = value.as_str()
            {
                found.push(String::from(text));
            }
        }
    }
    let whole = input.write();
    found.retain(|secret| is_made_up(secret) && whole.matches(secret.as_str()).count() == 1);
    found
}

/// The secrets of a reply, by their members.
fn given(reply: &Value) -> Vec<String> {
    let Some(body) = reply.str("body").and_then(Value::parse) else { return Vec::new() };
    let mut found = Vec::new();
    let result = body.get("AuthenticationResult");
    for place in [Some(&body), result, body.get("Credentials")] {
        for (name, value) in place.map(Value::members).unwrap_or_default() {
            if GIVEN.contains(&name.as_str())
                && let Some(text) = value.as_str().filter(|text| text.len() >= 12)
            {
                found.push(String::from(text));
            }
        }
    }
    // A reply that names its secret in another place has not kept it.
    let whole = body.write();
    found.retain(|secret| is_made_up(secret) && whole.matches(&**secret).count() == 1);
    found
}

/// Whether a text is one of the corpus's own secrets, and not a word that libFuzzer has learned from the code.
fn is_made_up(secret: &str) -> bool {
    MARKS.iter().any(|mark| secret.contains(mark))
        || [&ACCESS, &ID].iter().any(|token| secret.contains(token.as_str()))
}

/// One reply; what it says of an error goes to `said`.
fn read_reply(line: &str, said: &mut String) -> Value {
    let mut words = line.splitn(3, ' ');
    let first = words.next().unwrap_or_default();
    let Ok(status) = first.parse::<u16>() else { return Value::object().with("error", first) };
    let exception = words.next().filter(|name| *name != "-");
    let body = words.next().unwrap_or_default();
    let body = body.replace("$A", &ACCESS).replace("$I", &ID).replace("$R", REFRESH);
    said.push_str(exception.unwrap_or_default());
    match Value::parse(&body) {
        Some(read) => {
            for name in MESSAGES {
                said.push_str(read.str(name).unwrap_or_default());
            }
        }
        None => said.push_str(&body),
    }
    Value::object()
        .with("status", f64::from(status))
        .with("body", body)
        .with("date", NOW / 1000)
        .with_some("errorType", exception)
}

fn begin(run: &mut Run, who: &str) {
    let expired = match who {
        "alice" => false,
        "expired" => true,
        _ => return,
    };
    let received = if expired { NOW - 7_200_000 } else { NOW - 60_000 };
    let session = Session {
        access: Secret::new(ACCESS.clone()),
        id: Some(Secret::new(ID.clone())),
        refresh: Some(Secret::new(String::from("the-refresh-token-before"))),
        username: String::from("alice"),
        sub: String::from("sub-of-alice"),
        device_key: None,
        received_at: received,
        expires_at: received + 3_600_000,
        fresh_until: received + 3_600_000,
    };
    let record = Record { session, epoch: String::from("epoch") };
    run.store(&key(&pool()), &record.write(&pool()));
    run.store(&epoch_key(&pool()), "epoch");
}

/// The stored session, whichever store it is in.
fn session(run: &Run) -> Option<String> {
    let name = key(&pool());
    run.stores().iter().find(|((_, key), _)| *key == name).map(|(_, value)| value.clone())
}

fn check_left(operation: &str, before: Option<&str>, run: &Run) {
    let after = session(run);
    if after.as_deref() == before {
        return;
    }
    assert!(
        !matches!(operation, "signIn" | "answer" | "finishRedirect"),
        "a sign-in that failed changed the session"
    );
    let Some(before) = before.and_then(|text| Record::read(text, &pool())) else {
        panic!("a call that failed made a session");
    };
    match after {
        // Refreshed on the way: the same user's.
        Some(after) => {
            let after = Record::read(&after, &pool()).expect("a record");
            assert_eq!(after.session.sub, before.session.sub);
            assert_eq!(after.epoch, before.epoch);
        }
        None => assert!(
            run.notes
                .iter()
                .any(|note| note.get("notify").and_then(|it| it.str("type")) == Some("signedOut")),
            "a session that ended and nobody was told"
        ),
    }
}

/// A failure as text, without the service's session in the question that goes on: that is the wrapper's to keep.
fn without_question(failed: &Value) -> String {
    let mut shown = failed.clone();
    shown.set("pending", Value::Null);
    shown.set("challenge", Value::Null);
    shown.write()
}

fn check_silent(place: &str, text: &str, secrets: &[String]) {
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{place} has a secret: {text}");
    }
}

/// Members of an input that are secret.
const SECRET: &[&str] =
    &["password", "newPassword", "previousPassword", "code", "SMS_MFA_CODE", "EMAIL_OTP_CODE"];
/// Members of a reply that are secret.
const GIVEN: &[&str] = &[
    "AccessToken",
    "IdToken",
    "RefreshToken",
    "Session",
    "SecretKey",
    "SessionToken",
    "access_token",
    "id_token",
    "refresh_token",
    "SecretCode",
];
/// Members of a reply that are for the user to read.
const MESSAGES: &[&str] =
    &["message", "Message", "__type", "code", "error", "error_description", "error_message"];
/// Parts of secrets that occur nowhere else.
const MARKS: &[&str] =
    &["lanted-", "731905", "the-challenge-session", "the-refresh-token", "GEZDGNBVGY3TQOJQ"];
const REFRESH: &str = "the-refresh-token-of-a-reply";
static ACCESS: LazyLock<String> = LazyLock::new(|| token(&claims("access").write()));
static ID: LazyLock<String> = LazyLock::new(|| token(&claims("id").write()));
