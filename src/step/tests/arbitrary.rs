//! Any operation, any input, any state, any answers: each step suspends or ends.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Operations of the dispatcher that are no rows of the task table.
const OPERATIONS: &[&str] = &[
    "prepare",
    "signIn",
    "answer",
    "question",
    "session",
    "wake",
    "signOut",
    "beginRedirect",
    "finishRedirect",
    "signOutUrl",
    "updateAttributes",
    "deleteUser",
    "credentials",
    "sign",
    "registerPasskey",
];

/// Names of the operations: those above, and the rows of the task table.
fn operations() -> Vec<&'static str> {
    let rows = include_str!("../../protocol/task/rows.rs").split("    task(").skip(1);
    let rows = rows.filter_map(|row| row.split('"').nth(1));
    OPERATIONS.iter().copied().chain(rows).collect()
}

#[test]
fn the_list_has_every_operation_of_the_dispatcher() {
    let source = include_str!("../operations.rs");
    let arms = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
    let arms: BTreeSet<_> =
        arms.map(|(name, _)| name).filter(|name| *name != "srpVector").collect();

    assert_eq!(arms, OPERATIONS.iter().copied().collect());
    let rows = operations().split_off(OPERATIONS.len());
    assert!(rows.len() > 25, "{rows:?}");
    for row in rows {
        assert!(crate::protocol::task::find(row).is_some(), "{row}");
    }
}

/// Names of members that inputs, replies and the state have.
const NAMES: &[&str] = &[
    "username",
    "password",
    "code",
    "newPassword",
    "session",
    "authFlow",
    "preferredChallenge",
    "pending",
    "answer",
    "option",
    "responses",
    "credential",
    "email",
    "store",
    "id",
    "spare",
    "a",
    "public",
    "clientMetadata",
    "userContextData",
    "timeoutMs",
    "forceRefresh",
    "renew",
    "online",
    "message",
    "global",
    "timedOut",
    "oauth",
    "domain",
    "page",
    "kept",
    "response",
    "record",
    "attributes",
    "deviceKey",
    "name",
    "totp",
    "sms",
    "url",
    "method",
    "headers",
    "body",
    "region",
    "service",
    "seen",
    "over",
    "status",
    "copy",
    "cooling",
    "byFlow",
    "lookedForLegacy",
    "credentials",
    "token",
    "until",
    "failures",
    "failure",
    "filter",
    "limit",
    "scopes",
    "state",
    "ChallengeName",
    "Session",
    "ChallengeParameters",
    "AuthenticationResult",
    "AccessToken",
    "RefreshToken",
    "NewDeviceMetadata",
    "DeviceKey",
    "DeviceGroupKey",
    "SRP_B",
    "SALT",
    "SECRET_BLOCK",
    "USER_ID_FOR_SRP",
    "__type",
    "UserAttributes",
    "Devices",
    "CodeDeliveryDetails",
    "IdentityId",
    "Credentials",
    "Status",
    "CredentialCreationOptions",
    "challenge",
    "user",
    "rp",
];

const TEXTS: &[&str] = &[
    "",
    "alice",
    "secret",
    "4",
    "0",
    "5a17",
    "YmxvY2s=",
    "USER_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "PASSWORD_VERIFIER",
    "DEVICE_SRP_AUTH",
    "SMS_MFA",
    "WEB_AUTHN",
    "SELECT_CHALLENGE",
    "NEW_PASSWORD_REQUIRED",
    "NotAuthorizedException",
    "ExpiredCodeException",
    "CodeMismatchException",
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "session",
    "memory",
    "local",
    "https://example.com/callback?code=c&state=s",
    "https://app.example.com/",
    "auth.example.com",
    "GET",
    "eu-west-1",
    "s3",
    "signedOut signOut",
    "😀",
    "\u{0}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(TEXTS).prop_map(String::from),
        1 => vec(any::<char>(), 0..8).prop_map(String::from_iter),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![Just(0.0), Just(-1.5), Just(3600.0), Just(1e300), Just(NOW as f64)]
            .prop_map(Value::Number),
        text().prop_map(Value::String),
        Just(Value::parse(ALICE).unwrap()),
        Just(tokens(None)),
        Just(challenge("PASSWORD_VERIFIER")),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((select(NAMES), inner), 0..6).prop_map(object),
        ]
    })
}

fn object(members: Vec<(&'static str, Value)>) -> Value {
    let mut value = Value::object();
    for (name, member) in members {
        value.set(name, member);
    }
    value
}

/// An input: mostly an object that has something of everything.
fn input() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => json(),
        4 => vec((select(NAMES), json()), 0..16).prop_map(object),
    ]
}

/// What a host may answer, whatever the effect is: the right form for it is chosen by [`fitting`].
#[derive(Clone, Debug)]
struct Chance {
    which: u8,
    value: Value,
    text: String,
}

fn chance() -> impl Strategy<Value = Chance> {
    (any::<u8>(), json(), text()).prop_map(|(which, value, text)| Chance { which, value, text })
}

/// An answer of the form that the effect takes.
fn fitting(effect: &Value, chance: &Chance) -> Value {
    let Chance { which, value, text } = chance;
    let error =
        |names: &[&str]| Value::object().with("error", names[usize::from(*which) % names.len()]);
    let send_error = || error(&["offline", "network", "timeout", "aborted", ""]);
    let store_error = || error(&["timeout", "unavailable"]);
    match effect.str("kind").unwrap() {
        "send" if which % 5 == 0 => send_error(),
        "send" => {
            let status = [200.0, 200.0, 200.0, 400.0, 429.0, 500.0, 0.0][usize::from(which % 7)];
            let body = if which % 11 == 0 { text.clone() } else { value.write() };
            Value::object()
                .with("status", status)
                .with("body", body)
                .with_some("errorType", (which % 3 == 0).then_some(text.as_str()))
                .with_some("date", (which % 2 == 0).then_some(value.clone()))
        }
        "sleep" if which % 8 == 0 => error(&["aborted"]),
        "sleep" => Value::Null,
        "read" => {
            let one = |index: usize| match (usize::from(*which) + index) % 6 {
                0 => store_error(),
                1 => Value::String(text.clone()),
                2 => Value::String(value.write()),
                _ => Value::Null,
            };
            let items = effect.get("items").unwrap().items().len();
            Value::Array((0..items).map(one).collect())
        }
        "write" if which % 4 == 0 => store_error(),
        "write" => Value::Null,
        "lock" => ["held", "busy", "missing"][usize::from(which % 3)].into(),
        "verify" if which % 3 == 0 => send_error(),
        "verify" => Value::Bool(which % 2 == 0),
        "passkeyGet" | "passkeyCreate" if which % 2 == 0 => {
            Value::object().with("credential", value.write())
        }
        "passkeyGet" | "passkeyCreate" => error(&["cancelled", "aborted", "alreadyRegistered", ""]),
        kind => panic!("{kind}"),
    }
}

/// Enough for every path but waiting for a lease, whose steps `cost` bounds.
const MAX_STEPS: usize = 40;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_step_suspends_or_ends(
        operation in select(operations()),
        input in input(),
        state in prop_oneof![Just(Value::object()), input()],
        chances in vec(chance(), 1..12),
    ) {
        let machine = Clockwork::new();
        let mut call = Call::new("", "null");
        (call.operation, call.input, call.state) = (operation, input, state);

        let mut output = call.step(&machine);
        for chance in chances.iter().cycle().take(MAX_STEPS) {
            // By name: a result may be `null`.
            let ends = output.members().iter().map(|(name, _)| name.as_str());
            let ends = ends.filter(|name| matches!(*name, "done" | "failed" | "effect"));
            prop_assert_eq!(ends.count(), 1);
            if output.get("effect").is_none() {
                break;
            }
            let answer = fitting(effect(&output), chance);
            if kind(&output) == "sleep" {
                let ms = effect(&output).number("ms").unwrap() as u64;
                machine.now.set(machine.now.get() + ms);
            }
            output = call.go_on(&machine, &output, answer);
        }
    }
}
