//! Any sequence of replies and answers: no panic, no loop, no secret where it must not be.

use proptest::prelude::*;

use super::*;

/// Planted values that must not be seen.
const START_PASSWORD: &str = "planted-start-password";
const TYPED_PASSWORD: &str = "planted-typed-password";
const CODE: &str = "planted-734912";
const DEVICE_PASSWORD: &str = "planted-device-password";
const EXPONENT: [u8; 8] = [0x5e, 0xc2, 0xe7, 0x5e, 0xc2, 0xe7, 0x5e, 0xc3];

const NAMES: &[&str] = &[
    "PASSWORD_VERIFIER",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "SMS_MFA",
    "EMAIL_OTP",
    "SMS_OTP",
    "SOFTWARE_TOKEN_MFA",
    "NEW_PASSWORD_REQUIRED",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "SELECT_CHALLENGE",
    "PASSWORD",
    "PASSWORD_SRP",
    "WEB_AUTHN",
    "CUSTOM_CHALLENGE",
    "ADMIN_NO_SRP_AUTH",
    "RESTART",
    "EMAIL_SETUP",
    "SOFTWARE_TOKEN_SETUP",
    "",
];

const FACTORS: &[&str] = &[
    "PASSWORD",
    "PASSWORD_SRP",
    "EMAIL_OTP",
    "SMS_OTP",
    "WEB_AUTHN",
    "SMS_MFA",
    "SOFTWARE_TOKEN_MFA",
    "",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(NAMES).prop_map(String::from), 1 => "[A-Z_]{0,12}"]
}

fn factor() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(FACTORS).prop_map(String::from), 1 => ".{0,8}"]
}

/// A value as the parameters of a challenge may have it, right, wrong or hostile.
fn parameter() -> impl Strategy<Value = (String, Value)> {
    let names = [
        "SRP_B",
        "SALT",
        "SECRET_BLOCK",
        "USER_ID_FOR_SRP",
        "USERNAME",
        "DEVICE_KEY",
        "MFAS_CAN_SETUP",
        "MFAS_CAN_CHOOSE",
        "requiredAttributes",
        "userAttributes",
        "CREDENTIAL_REQUEST_OPTIONS",
        "CODE_DELIVERY_DESTINATION",
    ];
    let lists = r#"["SOFTWARE_TOKEN_MFA"]"#;
    let value = prop_oneof![
        Just(Value::from("4")),
        Just(Value::from("0")),
        Just(Value::from("5a17")),
        Just(Value::from("YmxvY2s=")),
        Just(Value::from("alice-id")),
        Just(Value::from("eu-west-1_device")),
        Just(Value::from(lists)),
        Just(Value::from(r#"["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]"#)),
        Just(Value::from(r#"{"challenge":"AA"}"#)),
        Just(Value::Null),
        Just(Value::Number(7.0)),
        ".{0,20}".prop_map(Value::from),
    ];
    (prop::sample::select(names.to_vec()), value)
        .prop_map(|(name, value)| (String::from(name), value))
}

/// Everything a verifier needs, so that proofs are computed often enough.
fn verifier() -> Value {
    Value::object().with("SRP_B", "4").with("SALT", "5a17").with("SECRET_BLOCK", "YmxvY2s=")
}

fn any_reply() -> impl Strategy<Value = Value> {
    let parameters =
        (any::<bool>(), prop::collection::vec(parameter(), 0..4)).prop_map(|(whole, pairs)| {
            let start = if whole { verifier() } else { Value::object() };
            pairs.into_iter().fold(start, |all, (name, value)| all.with(&name, value))
        });
    let challenge = (
        name(),
        prop::option::of("s[0-9]{1,3}"),
        parameters,
        prop::collection::vec(factor(), 0..4),
    )
        .prop_map(|(name, session, parameters, available)| {
            Value::object()
                .with("ChallengeName", name)
                .with_some("Session", session)
                .with("ChallengeParameters", parameters)
                .with("AvailableChallenges", Value::from_strings(&available))
        });
    prop_oneof![
        12 => challenge,
        1 => Just(tokens()),
        2 => Just(Value::object().with("SecretCode", "JBSW").with("Session", "s7")),
        2 => Just(Value::object().with("Status", "SUCCESS")),
        1 => Just(Value::object().with("Status", "ERROR").with("Session", "s8")),
        1 => Just(Value::object()),
        1 => Just(Value::object().with("AuthenticationResult", Value::Null)),
        1 => Just(Value::object().with("AuthenticationResult", "x")),
    ]
}

fn any_refusal() -> impl Strategy<Value = Refusal> {
    let names =
        ["incorrect credentials", "wrong code", "session expired", "device unknown", "throttled"];
    prop::sample::select(names.to_vec()).prop_map(refusals::refusal)
}

/// What an answer is made of; answers themselves cannot be cloned or printed, on purpose.
type Raw = (u8, String, bool);

fn answer((kind, option, with_password): &Raw) -> Answer {
    let typed = || secret(TYPED_PASSWORD);
    match kind {
        0 => Answer::Code(secret(CODE)),
        1 => Answer::SoftwareToken(secret(CODE), Some(String::from("phone"))),
        2 => Answer::NewPassword(typed(), vec![pair("name", "Alice")]),
        3 => Answer::Option(option.clone(), with_password.then(typed)),
        4 => Answer::Email(String::from("a@example.com")),
        5 => Answer::Password(typed()),
        6 => Answer::Credential(secret(CODE)),
        7 => Answer::Custom(secret(CODE)),
        8 => Answer::Restart(with_password.then(typed)),
        _ => Answer::Responses(vec![pair("X", "y")]),
    }
}

/// The answer that fits, so that sequences get somewhere.
fn fitting(pending: &Pending, (_, option, with_password): &Raw) -> Answer {
    let kind = match pending.challenge() {
        Challenge::SmsMfa | Challenge::EmailOtp | Challenge::SmsOtp | Challenge::SoftwareToken => 0,
        Challenge::SoftwareTokenSetup => 1,
        Challenge::NewPassword => 2,
        Challenge::SelectMfaType | Challenge::MfaSetup | Challenge::SelectChallenge => 3,
        Challenge::EmailSetup => 4,
        Challenge::Password | Challenge::PasswordSrp => 5,
        Challenge::WebAuthn => 6,
        Challenge::Custom => 7,
        Challenge::Restart => 8,
        _ => 9,
    };
    answer(&(kind, option.clone(), *with_password))
}

#[derive(Clone, Debug)]
struct Event {
    reply: Value,
    refusal: Option<Refusal>,
    raw: Raw,
    is_fitting: bool,
}

fn event() -> impl Strategy<Value = Event> {
    let refusal = prop::option::weighted(0.15, any_refusal());
    let raw = (0u8..10, factor(), any::<bool>());
    (any_reply(), refusal, raw, prop::bool::weighted(0.8))
        .prop_map(|(reply, refusal, raw, is_fitting)| Event { reply, refusal, raw, is_fitting })
}

fn planted_device() -> Device {
    Device { password: secret(DEVICE_PASSWORD), ..device() }
}

fn exponent() -> Spare<'static> {
    let ephemeral = Ephemeral::new(Secret::new(EXPONENT.to_vec()));
    Spare { ephemeral, arithmetic: &Direct }
}

fn assert_clean(text: &str, what: &str) {
    let exponent = crate::protocol::text::hex(&EXPONENT);
    for planted in [START_PASSWORD, TYPED_PASSWORD, CODE, DEVICE_PASSWORD, &exponent] {
        assert!(!text.contains(planted), "{planted} is in {what}: {text}");
    }
}

/// What the page gets of a question, and its storage less of.
fn assert_question_is_clean(pending: &Pending) {
    assert_clean(&pending.write().write(), "what the page keeps");
    assert_clean(&question_told(pending), "the question");
}

enum Now {
    Sent(Box<SignIn>),
    Asked(Box<Pending>),
    Over,
}

/// Takes a step, looks at what comes out of it, and counts messages that asked nobody.
fn take(step: Result<Step, Violation>, is_proof: bool, silent: &mut u32) -> Now {
    match step {
        Err(violation) => {
            assert_clean(&format!("{violation:?} {}", violation.rule()), "a violation");
            Now::Over
        }
        Ok(Step::Done { login, device_key, .. }) => {
            assert_clean(&format!("{login} {device_key:?}"), "the end");
            Now::Over
        }
        Ok(Step::Ask(pending) | Step::WrongCode(pending)) => {
            *silent = 0;
            assert_question_is_clean(&pending);
            Now::Asked(pending)
        }
        Ok(Step::Send(conversation)) => {
            *silent += 1;
            assert_message_keeps(conversation.call(), is_proof);
            Now::Sent(conversation)
        }
    }
}

/// SRP values and the device's password never travel, nor does a password that is proved.
fn assert_message_keeps(call: &Call, is_proof: bool) {
    let text = call.input.write();
    assert!(!text.contains(DEVICE_PASSWORD), "{text}");
    assert!(!text.contains(&crate::protocol::text::hex(&EXPONENT)), "{text}");
    assert!(!(is_proof && text.contains(START_PASSWORD)), "a proved password was sent: {text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_conversation_ends_or_asks_and_shows_no_secret(
        flow in prop::sample::select(vec![Flow::Srp, Flow::Password, Flow::Choice, Flow::Custom]),
        preferred in prop::option::of(factor()),
        has_device in any::<bool>(),
        events in prop::collection::vec(event(), 1..24),
    ) {
        let is_proof = flow != Flow::Password
            && (flow != Flow::Choice || preferred.as_deref() == Some("PASSWORD_SRP"));
        let device = has_device.then(planted_device);
        let mut start = beginning(flow, Some(secret(START_PASSWORD)), None, device.clone());
        start.preferred = preferred;
        let conversation = super::start(start, &pool(), exponent()).unwrap();
        assert_message_keeps(conversation.call(), is_proof);

        let mut silent = 1;
        let mut now = Now::Sent(Box::new(conversation));
        for event in events {
            // An answer, its own steps, and one beginning anew with its own steps.
            prop_assert!(silent <= 2 * (MAX_STEPS + 2), "{silent} messages in a row");
            now = match now {
                Now::Over => break,
                Now::Asked(pending) => {
                    let answer = if event.is_fitting { fitting(&pending, &event.raw) } else { answer(&event.raw) };
                    match pending.clone().answer(answer, device.clone(), &pool(), exponent()) {
                        Ok(step) => take(Ok(step), is_proof, &mut silent),
                        Err(misuse) => {
                            assert_clean(misuse.0, "a misuse");
                            Now::Asked(pending)
                        }
                    }
                }
                Now::Sent(conversation) => match event.refusal {
                    None => {
                        let step = conversation.reply(&event.reply, &pool(), NOW, exponent());
                        take(step, is_proof, &mut silent)
                    }
                    Some(refusal) => match conversation.refused(&refusal, &pool(), exponent()).then
                    {
                        Then::Again(conversation) => {
                            take(Ok(Step::Send(conversation)), is_proof, &mut silent)
                        }
                        Then::Restart(pending) => {
                            take(Ok(Step::Ask(pending)), is_proof, &mut silent)
                        }
                        Then::Over => Now::Over,
                    },
                },
            };
        }
    }

    #[test]
    fn the_same_silent_challenge_for_ever_is_a_violation(reply in any_reply(), has_device in any::<bool>()) {
        let device = has_device.then(planted_device);
        let mut conversation = begun(Flow::Choice, Some(secret(START_PASSWORD)), None, device);
        let mut messages = 0;
        while let Ok(Step::Send(next)) = conversation.reply(&reply, &pool(), NOW, exponent()) {
            conversation = *next;
            messages += 1;
            prop_assert!(messages <= MAX_STEPS);
        }
    }
}
