//! Calls as a host takes them: text in, text out, one effect after the other.

#[cfg(not(target_arch = "wasm32"))]
mod arbitrary;
mod cost;
mod traps;

use core::cell::Cell;
use std::collections::BTreeMap;

use super::step;
use crate::host::fake::pairs;
use crate::protocol::json::Value;
use crate::protocol::text::base64url;
use crate::transcript::Machine;

const NOW: u64 = 1_780_000_000_000;
const POOL: &str = r#"{"userPoolId":"eu-west-1_Ab12","clientId":"client1"}"#;
const ALICE: &str = r#"{"username":"alice","password":"secret"}"#;

/// A machine whose time goes on by what is slept, and whose random bytes count up.
struct Clockwork {
    now: Cell<u64>,
    draws: Cell<u8>,
}

impl Clockwork {
    fn new() -> Self {
        Self { now: Cell::new(NOW), draws: Cell::new(0) }
    }
}

impl Machine for Clockwork {
    fn now(&self) -> u64 {
        self.now.get()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.draws.set(self.draws.get().wrapping_add(1));
        bytes.fill(self.draws.get());
    }
}

/// A call under way, with what its host keeps of it.
struct Call {
    config: Value,
    operation: &'static str,
    input: Value,
    state: Value,
    transcript: Vec<Value>,
    /// Notes so far.
    notes: Vec<Value>,
    steps: usize,
}

impl Call {
    fn new(operation: &'static str, input: &str) -> Self {
        Self {
            config: Value::parse(POOL).unwrap(),
            operation,
            input: Value::parse(input).unwrap(),
            state: Value::object(),
            transcript: Vec::new(),
            notes: Vec::new(),
            steps: 0,
        }
    }

    fn message(&self) -> String {
        Value::object()
            .with("config", self.config.clone())
            .with("operation", self.operation)
            .with("input", self.input.clone())
            .with("state", self.state.clone())
            .with("transcript", self.transcript.clone())
            .write()
    }

    /// The next step.
    fn step(&mut self, machine: &Clockwork) -> Value {
        self.steps += 1;
        let output = Value::parse(&step(machine, &self.message())).unwrap();
        self.transcript.extend(output.get("entries").unwrap().items().iter().cloned());
        self.notes.extend(output.get("notes").unwrap().items().iter().cloned());
        if let Some(state) = output.get("state") {
            self.state = state.clone();
        }
        output
    }

    /// The step after an effect has been performed.
    fn go_on(&mut self, machine: &Clockwork, output: &Value, answer: Value) -> Value {
        let id = effect(output).get("id").unwrap().clone();
        self.transcript.push(Value::from(vec![id, answer]));
        self.step(machine)
    }

    /// Steps until a request is to be sent; nothing is in the stores.
    fn until_send(&mut self, machine: &Clockwork) -> Value {
        let mut output = self.step(machine);
        while kind(&output) == "read" {
            let answer = nothing(&output);
            output = self.go_on(machine, &output, answer);
        }
        assert_eq!(kind(&output), "send");
        output
    }

    /// Powers of the group that the transcript has: the only entries of this length.
    fn powers(&self) -> usize {
        let entries = self.transcript.iter();
        let is_power =
            |entry: &&Value| matches!(entry.items(), [_, Value::String(text)] if text.len() == 512);
        entries.filter(is_power).count()
    }
}

/// The effect that a step ended with.
fn effect(output: &Value) -> &Value {
    output.get("effect").unwrap_or_else(|| panic!("no effect: {}", output.write()))
}

fn kind(output: &Value) -> &str {
    effect(output).str("kind").unwrap()
}

fn body(output: &Value) -> &str {
    effect(output).str("body").unwrap()
}

fn code(output: &Value) -> Option<&str> {
    output.get("failed")?.str("code")
}

/// The answer of empty stores.
fn nothing(output: &Value) -> Value {
    let items = effect(output).get("items").unwrap().items();
    Value::from(items.iter().map(|_| Value::Null).collect::<Vec<_>>())
}

fn reply(status: u16, body: &Value) -> Value {
    Value::object().with("status", f64::from(status)).with("body", body.write())
}

/// What a pool answers to the right password; a device among it where it remembers them.
fn tokens(device: Option<&str>) -> Value {
    let seconds = (NOW / 1_000) as f64;
    let claims = Value::object()
        .with("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        .with("token_use", "access")
        .with("client_id", "client1")
        .with("sub", "person-1")
        .with("username", "alice-id")
        .with("iat", seconds)
        .with("exp", seconds + 3_600.0);
    let token = ["e30.", &base64url(claims.write().as_bytes()), ".sig"].concat();
    let device =
        device.map(|key| Value::object().with("DeviceKey", key).with("DeviceGroupKey", "-group"));
    let result = Value::object()
        .with("AccessToken", token)
        .with("RefreshToken", "refresh")
        .with("ExpiresIn", 3600.0)
        .with_some("NewDeviceMetadata", device);
    Value::object().with("AuthenticationResult", result)
}

fn challenge(name: &str) -> Value {
    let parameters = Value::object()
        .with("USER_ID_FOR_SRP", "alice-id")
        .with("SRP_B", "4")
        .with("SALT", "5a17")
        .with("SECRET_BLOCK", "YmxvY2s=");
    Value::object()
        .with("ChallengeName", name)
        .with("Session", "a-session-of-a-challenge")
        .with("ChallengeParameters", parameters)
}

/// The stores of a page, a service that answers in order, and locks as they are told to be.
struct Host {
    machine: Clockwork,
    values: BTreeMap<(String, String), String>,
    replies: Vec<Value>,
    locked: &'static str,
    /// What was written, by key.
    written: Vec<String>,
}

impl Host {
    fn new(replies: Vec<Value>) -> Self {
        let (machine, values) = (Clockwork::new(), BTreeMap::new());
        Self { machine, values, replies, locked: "held", written: Vec::new() }
    }

    /// Takes a call to its end.
    fn run(&mut self, call: &mut Call) -> Value {
        let mut output = call.step(&self.machine);
        while output.get("effect").is_some() {
            let answer = self.perform(effect(&output));
            output = call.go_on(&self.machine, &output, answer);
        }
        output
    }

    fn perform(&mut self, effect: &Value) -> Value {
        let text = |name| effect.string(name).unwrap();
        match effect.str("kind").unwrap() {
            "read" => {
                let items = effect.get("items").unwrap().items().iter();
                let load = |item: &Value| {
                    let [store, key] = item.strings().try_into().unwrap();
                    self.values.get(&(store, key)).map_or(Value::Null, Value::from)
                };
                Value::from(items.map(load).collect::<Vec<_>>())
            }
            "write" => {
                let place = |key: &String| (text("store"), key.clone());
                let [expected, changes] = ["expected", "changes"].map(|name| pairs(effect, name));
                let is_met = |(key, value): &(String, Option<String>)| {
                    self.values.get(&place(key)) == value.as_ref()
                };
                if !expected.iter().all(is_met) {
                    return Value::Bool(false);
                }
                for (key, value) in changes {
                    self.written.push(key.clone());
                    match value {
                        Some(value) => self.values.insert(place(&key), value),
                        None => self.values.remove(&place(&key)),
                    };
                }
                Value::Bool(true)
            }
            "sleep" => {
                let ms = effect.number("ms").unwrap() as u64;
                self.machine.now.set(self.machine.now.get() + ms);
                Value::Null
            }
            "lock" => self.locked.into(),
            "send" => self.replies.remove(0),
            kind => panic!("{kind}"),
        }
    }
}

#[test]
fn what_is_nested_too_deeply_is_misuse() {
    let input = ["[".repeat(70), "]".repeat(70)].concat();
    let message = format!(r#"{{"config":{POOL},"operation":"signUp","input":{input}}}"#);

    let output = Value::parse(&super::step(&Clockwork::new(), &message)).unwrap();

    let failed = output.get("failed").unwrap();
    assert_eq!(failed.str("code"), Some("misuse"));
    assert_eq!(failed.str("detail"), Some("an argument is nested too deeply"));
    assert!(output.get("entries").unwrap().items().is_empty());
}

#[test]
fn a_text_that_was_cut_in_the_middle_of_a_character_is_read() {
    let message =
        format!(r#"{{"config":{POOL},"operation":"signUp","input":{{"username":"ab\ud83d"}}}}"#);

    let output = Value::parse(&super::step(&Clockwork::new(), &message)).unwrap();

    assert!(output.get("failed").is_none());
    assert!(output.get("effect").is_some());
}

#[test]
fn misuses_are_data() {
    for (config, operation, input) in [
        (r#"{"userPoolId":"x","clientId":"y"}"#, "prepare", "{}"),
        ("null", "prepare", "{}"),
        (POOL, "doWhatIMean", "{}"),
        (POOL, "signUp", "{}"),
        (POOL, "answer", r#"{"pending":{}}"#),
        (POOL, "signIn", "null"),
    ] {
        let mut call = Call::new(operation, input);
        call.config = Value::parse(config).unwrap();

        let output = call.step(&Clockwork::new());

        assert_eq!(code(&output), Some("misuse"), "{operation}");
    }
}

#[test]
fn a_message_that_is_no_message_is_a_misuse() {
    for message in ["", "null", "{", "[]", r#"{"config":1,"transcript":2}"#] {
        let output = Value::parse(&step(&Clockwork::new(), message)).unwrap();

        assert_eq!(code(&output), Some("misuse"), "{message}");
    }
}

#[test]
fn a_malformed_configuration_is_a_misuse_that_says_the_fix() {
    for (config, word) in [
        ("{}", "userPoolId"),
        (r#"{"userPoolId":"x","clientId":"y"}"#, "userPoolId"),
        (r#"{"userPoolId":"eu-west-1_Ab12"}"#, "clientId"),
        (r#"{"userPoolId":"eu-west-1_Ab12","clientId":"a b"}"#, "clientId"),
        (
            r#"{"userPoolId":"eu-west-1_Ab12","clientId":"y","endpoint":"http://example.com"}"#,
            "endpoint",
        ),
        (r#"{"userPoolId":"eu-west-1_Ab12","clientId":"y","clientSecret":true}"#, "secret"),
        ("null", "userPoolId"),
        ("42", "userPoolId"),
    ] {
        let mut call = Call::new("session", "{}");
        call.config = Value::parse(config).unwrap();

        let output = call.step(&Clockwork::new());

        assert_eq!(code(&output), Some("misuse"), "{config}");
        let detail = output.get("failed").unwrap().str("detail").unwrap();
        assert!(detail.contains(word), "{config}: {detail}");
    }
}

#[test]
fn nobody_signed_in_is_null() {
    let output = Host::new(vec![]).run(&mut Call::new("session", "null"));

    assert!(output.write().contains(r#""done":null"#), "{}", output.write());
}

#[test]
fn a_call_needs_one_effect_after_the_other_and_several_calls_do_not_mix() {
    let machine = Clockwork::new();
    let mut calls = ["alice", "bob"].map(|name| {
        let input = Value::object().with("username", name).with("password", "secret");
        (name, Call::new("signIn", &input.write()))
    });

    let reads = calls.each_mut().map(|(_, call)| call.step(&machine));
    for ((name, call), read) in calls.iter_mut().zip(&reads) {
        assert_eq!(kind(read), "read");
        let sent = call.go_on(&machine, read, nothing(read));
        assert_eq!(kind(&sent), "send");
        assert!(body(&sent).contains(*name));
        assert!(!body(&sent).contains("secret"), "the password stays here");
    }
    // The first ends; the second does not notice.
    let [(_, alice), (_, bob)] = &mut calls;
    let (first, second) = (alice.step(&machine), bob.step(&machine));
    let ended = alice.go_on(&machine, &first, Value::object().with("error", "aborted"));
    assert_eq!(code(&ended), Some("aborted"));
    let mut next = bob.go_on(&machine, &second, reply(200, &challenge("SMS_MFA")));
    while next.get("effect").is_some() {
        next = bob.go_on(&machine, &next, nothing(&next));
    }
    assert_eq!(next.get("done").unwrap().str("status"), Some("challenge"));
}

#[test]
fn a_call_that_runs_again_goes_the_same_way() {
    let machine = Clockwork::new();
    let mut call = Call::new("signIn", ALICE);
    let sent = call.until_send(&machine);

    let busy = Value::object()
        .with("status", 429.0)
        .with("errorType", "TooManyRequestsException")
        .with("body", "{}");
    let waits = call.go_on(&machine, &sent, busy);
    assert_eq!(kind(&waits), "sleep");
    let again = call.go_on(&machine, &waits, Value::Null);

    assert_eq!(kind(&again), "send");
    assert!(body(&sent).contains("SRP_A"));
    assert_eq!(body(&again), body(&sent), "the same ephemeral");
    assert_eq!(call.powers(), 1, "computed once");
}

#[test]
fn a_step_that_is_repeated_by_another_instance_comes_to_the_same() {
    let mut call = Call::new("signIn", ALICE);
    let sent = call.until_send(&Clockwork::new());

    let other = Clockwork { now: Cell::new(NOW + 60_000), draws: Cell::new(99) };
    let again = call.step(&other);

    assert_eq!(again.get("effect"), sent.get("effect"));
    assert!(again.get("entries").unwrap().items().is_empty());
    assert!(again.get("notes").unwrap().items().is_empty());
}

#[test]
fn others_are_notified_once() {
    let input = r#"{"username":"alice","password":"secret","authFlow":"USER_PASSWORD_AUTH"}"#;
    let mut call = Call::new("signIn", input);
    // As after a look at the session, which found nobody.
    call.state = Value::object().with("seen", "");
    let mut host = Host::new(vec![reply(200, &tokens(None))]);

    let output = host.run(&mut call);

    assert_eq!(output.get("done").unwrap().str("status"), Some("signedIn"), "{}", output.write());
    assert!(host.written.iter().any(|key| key == "lifeguard.client1.session"));
    assert!(host.written.iter().any(|key| key == "lifeguard.client1.epoch"));
    let notes = |name| call.notes.iter().filter(|note| note.get(name).is_some()).count();
    assert_eq!(notes("broadcast"), 1, "{:?}", call.notes);
    let events = call.notes.iter().filter_map(|note| note.get("notify")?.str("type"));
    assert_eq!(events.filter(|name| *name == "signedIn").count(), 1, "{:?}", call.notes);
}

#[test]
fn the_time_limit_of_a_call_is_the_one_of_its_requests() {
    let limit = |input: &str| {
        let sent = Call::new("signIn", input).until_send(&Clockwork::new());
        effect(&sent).number("timeoutMs")
    };

    assert_eq!(limit(ALICE), Some(15_000.0));
    assert_eq!(limit(r#"{"username":"alice","password":"secret","timeoutMs":30}"#), Some(30.0));
}

/// An ephemeral made ahead of time.
fn spare(machine: &Clockwork) -> Value {
    let mut call = Call::new("prepare", "{}");
    let mut output = call.step(machine);
    while output.get("effect").is_some() {
        assert_eq!((kind(&output), effect(&output).number("ms")), ("sleep", Some(0.0)));
        output = call.go_on(machine, &output, Value::Null);
    }
    output.get("done").unwrap().get("spare").unwrap().clone()
}

#[test]
fn the_first_request_of_a_prepared_sign_in_needs_no_arithmetic() {
    let machine = Clockwork::new();
    let spare = spare(&machine);
    let mut prepared = Call::new("signIn", ALICE);
    prepared.input.put("spare", spare);
    let mut other = Call::new("signIn", ALICE);

    let sent = prepared.until_send(&machine);
    other.until_send(&machine);

    assert!(body(&sent).contains("SRP_A"));
    assert_eq!(prepared.powers(), 0);
    assert_eq!(other.powers(), 1, "this one was not prepared");
}

#[test]
fn a_prepared_ephemeral_is_the_one_that_would_have_been_computed() {
    let machine = Clockwork::new();
    let a = spare(&machine);
    let b = spare(&machine);
    assert_ne!(a.str("public"), b.str("public"), "each is another");

    // The counting bytes of a fresh machine: what `prepare` drew first, a sign-in draws first.
    let mut prepared = Call::new("signIn", ALICE);
    prepared.input.put("spare", spare(&Clockwork::new()));
    let mut other = Call::new("signIn", ALICE);
    let sent = prepared.until_send(&machine);

    assert_eq!(body(&sent), body(&other.until_send(&Clockwork::new())));
}

#[test]
fn calls_without_a_prepared_exponent_draw_one_each() {
    let machine = Clockwork::new();
    let public = || String::from(body(&Call::new("signIn", ALICE).until_send(&machine)));

    assert_ne!(public(), public());
}

#[test]
fn a_user_name_is_sent_without_the_white_space_around_it_and_metadata_only_as_text() {
    let mut host = Host::new(vec![]);
    let input =
        r#"{"username":"\ufeff alice\u00a0","password":"secret","authFlow":"USER_PASSWORD_AUTH"}"#;
    let mut call = Call::new("signIn", input);
    let mut output = call.step(&host.machine);
    while effect(&output).str("kind") != Some("send") {
        let answer = host.perform(effect(&output));
        output = call.go_on(&host.machine, &output, answer);
    }
    assert!(effect(&output).str("body").unwrap().contains(r#""USERNAME":"alice""#));

    let input = r#"{"username":"alice","password":"secret","clientMetadata":{"k":1}}"#;
    let output = Call::new("signIn", input).step(&host.machine);
    assert_eq!(output.get("failed").unwrap().str("code"), Some("misuse"));
}
