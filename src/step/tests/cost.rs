//! What running again costs: steps and bytes of each call, bounded. `cargo test --lib
//! step::tests::cost -- --nocapture` prints the table of `docs/`.

use super::*;
use crate::protocol::pool::Pool;
use crate::protocol::record::{self, Record};

/// Steps of a call, bytes of its transcript at the end, and bytes of all its messages together.
#[derive(Clone, Copy, Debug)]
struct Cost {
    steps: usize,
    transcript: usize,
    messages: usize,
}

/// Takes a call to its end, and measures.
fn measure(host: &mut Host, call: &mut Call) -> (Cost, Value) {
    let mut messages = call.message().len();
    let mut output = call.step(&host.machine);
    while output.get("effect").is_some() {
        let answer = host.perform(effect(&output));
        let id = effect(&output).get("id").unwrap().clone();
        call.transcript.push(Value::from(vec![id, answer]));
        messages += call.message().len();
        output = call.step(&host.machine);
    }
    let transcript = Value::from(call.transcript.clone()).write().len();
    (Cost { steps: call.steps, transcript, messages }, output)
}

/// A host with a user signed in, whose access token has expired where that is asked for.
fn signed_in(expired: bool, replies: Vec<Value>) -> Host {
    let mut host = Host::new(vec![reply(200, &tokens(None))]);
    let input = r#"{"username":"alice","password":"secret","authFlow":"USER_PASSWORD_AUTH"}"#;
    let output = host.run(&mut Call::new("signIn", input));
    assert_eq!(output.get("done").unwrap().str("status"), Some("signedIn"));
    if expired {
        let pool = Pool::parse("eu-west-1_Ab12", "client1", None).unwrap();
        let place = (String::from("local"), record::key(&pool));
        let mut stored = Record::read(&host.values[&place], &pool).unwrap();
        stored.session.expires_at = NOW - 1_000;
        stored.session.fresh_until = NOW - 60_000;
        host.values.insert(place, stored.write(&pool));
    }
    host.replies = replies;
    host
}

fn refreshed() -> Value {
    reply(200, &tokens(None))
}

/// The calls of the table. Each says how it must end.
fn calls() -> Vec<(&'static str, Cost)> {
    let mut rows = Vec::new();
    let mut row = |name, mut host: Host, mut call: Call, end: &str| {
        let (cost, output) = measure(&mut host, &mut call);
        assert!(output.write().contains(end), "{name}: {}", output.write());
        rows.push((name, cost));
        output
    };

    row("prepare", Host::new(vec![]), Call::new("prepare", "{}"), "spare");
    let replies = vec![reply(200, &challenge("PASSWORD_VERIFIER")), reply(200, &tokens(None))];
    row("signIn", Host::new(replies), Call::new("signIn", ALICE), "signedIn");
    let replies = vec![
        reply(200, &challenge("PASSWORD_VERIFIER")),
        reply(200, &challenge("SOFTWARE_TOKEN_MFA")),
    ];
    let asked =
        row("signIn, second factor", Host::new(replies), Call::new("signIn", ALICE), "challenge");
    let replies = vec![reply(200, &tokens(Some("eu-west-1_device"))), reply(200, &Value::object())];
    let mut answer = Call::new("answer", r#"{"answer":{"code":"123456"},"store":"local"}"#);
    answer.input.put("pending", asked.get("done").unwrap().get("pending").unwrap().clone());
    row("answer, new device", Host::new(replies), answer, "signedIn");

    row("session, fresh", signed_in(false, vec![]), Call::new("session", "{}"), "record");
    row(
        "session, refresh",
        signed_in(true, vec![refreshed()]),
        Call::new("session", "{}"),
        "record",
    );
    let mut busy = signed_in(true, vec![refreshed()]);
    busy.locked = "busy";
    row("session, lock busy", busy, Call::new("session", "{}"), "timeout");
    let mut no_locks = signed_in(true, vec![refreshed()]);
    no_locks.locked = "missing";
    row("session, no locks", no_locks, Call::new("session", "{}"), "record");
    row("session, no locks, a dead lease", leased(), Call::new("session", "{}"), "record");
    row("wake", signed_in(false, vec![]), Call::new("wake", r#"{"renew":true}"#), "againMs");
    row(
        "signOut",
        signed_in(false, vec![reply(200, &Value::object())]),
        Call::new("signOut", "{}"),
        "cleared",
    );
    let task = vec![reply(200, &Value::object().with("UserAttributes", Value::from(vec![])))];
    row("attributes", signed_in(false, task), Call::new("attributes", "{}"), "done");
    rows
}

/// Another tab died with its lease, in a browser without locks.
fn leased() -> Host {
    let mut host = signed_in(true, vec![refreshed()]);
    host.locked = "missing";
    let lease = format!("other {}", NOW + 29_000);
    host.values.insert((String::from("local"), String::from("lifeguard.client1.lease")), lease);
    host
}

#[test]
#[allow(clippy::print_stdout, reason = "the table is for docs/internals")]
fn steps_and_memory_of_a_call_are_bounded() {
    let rows = calls();

    println!("| call | steps | transcript, bytes | all messages, bytes |\n|---|---|---|---|");
    for (name, Cost { steps, transcript, messages }) in &rows {
        println!("| {name} | {steps} | {transcript} | {messages} |");
    }
    for (name, steps, transcript, messages) in BOUNDS {
        let (_, cost) = rows.iter().find(|(row, _)| row == name).unwrap();
        assert!(cost.steps <= *steps, "{name}: {cost:?}");
        assert!(cost.transcript <= *transcript, "{name}: {cost:?}");
        assert!(cost.messages <= *messages, "{name}: {cost:?}");
    }
    assert_eq!(rows.len(), BOUNDS.len(), "a row without a bound");
}

/// A bit above what was measured: steps, bytes of the transcript, and of all messages together,
/// which the memory of one instance grows with.
const BOUNDS: &[(&str, usize, usize, usize)] = &[
    ("prepare", 17, 650, 6_200),
    ("signIn", 17, 4_000, 47_000),
    ("signIn, second factor", 6, 2_600, 5_300),
    ("answer, new device", 19, 2_900, 39_000),
    ("session, fresh", 3, 850, 1_700),
    ("session, refresh", 15, 3_600, 37_000),
    ("session, lock busy", 6, 2_100, 7_300),
    ("session, no locks", 15, 3_200, 32_000),
    ("session, no locks, a dead lease", 90, 7_000, 320_000),
    ("wake", 3, 900, 1_800),
    ("signOut", 7, 1_600, 9_800),
    ("attributes", 4, 900, 3_200),
];
