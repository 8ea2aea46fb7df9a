//! Everything that can be under way with every kind of refusal.

use super::replies::{UNDER_WAY, under_way};
use super::*;

const REFUSALS: &[&str] = &[
    "incorrect credentials",
    "wrong code",
    "expired code",
    "session expired",
    "device unknown",
    "device key invalid",
    "pool unknown",
    "parameter invalid",
    "throttled",
    "not confirmed",
    "trigger refused",
    "new idea",
];

pub(super) fn refusal(name: &str) -> Refusal {
    let (kind, text) = match name {
        "incorrect credentials" => (Kind::IncorrectCredentials, "Incorrect username or password."),
        "wrong code" => (Kind::CodeMismatch, "Invalid code received for user"),
        "expired code" => (Kind::CodeExpired, "Your software token has already been used once."),
        "session expired" => (Kind::SessionExpired, "Invalid session for the user."),
        "device unknown" => (Kind::NotFound, "Device does not exist."),
        "device key invalid" => (Kind::InvalidParameter, "Invalid device key given."),
        "pool unknown" => (Kind::NotFound, "User pool client x does not exist."),
        "parameter invalid" => (Kind::InvalidParameter, "Missing required parameter USERNAME"),
        "throttled" => (Kind::Throttled, "Rate exceeded"),
        "not confirmed" => (Kind::UserNotConfirmed, "User is not confirmed."),
        "trigger refused" => (Kind::TriggerRefused, "PreAuthentication failed with error no."),
        "new idea" => (Kind::Other, ""),
        other => panic!("no refusal {other}"),
    };
    let text = String::from(text);
    Refusal {
        kind,
        name: String::from("X"),
        text,
        status: 400,
        retry_after_seconds: None,
        date: None,
    }
}

fn outcome(conversation: SignIn, input: &str) -> String {
    let Ending { device_is_gone, then } = conversation.refused(&refusal(input), &pool(), spare());
    let gone = if device_is_gone { ", device is gone" } else { "" };
    match then {
        Then::Again(conversation) => format!("again {}{gone}", call_told(conversation.call())),
        Then::Restart(pending) => format!("refused{gone}, ask {}", question_told(&pending)),
        Then::Over => format!("refused{gone}"),
    }
}

const TABLE: &str = "
selected proving, typed PASSWORD_SRP | session expired | again begin USER_AUTH: USERNAME=alice PREFERRED_CHALLENGE=PASSWORD_SRP SRP_A=80
selected sending, typed PASSWORD | session expired | again begin USER_AUTH: USERNAME=alice PREFERRED_CHALLENGE=PASSWORD PASSWORD=Correct-Horse-9!
selected code | session expired | again begin USER_AUTH: USERNAME=alice PREFERRED_CHALLENGE=EMAIL_OTP
USER_SRP_AUTH, proof, code, associate, verify, set up | session expired | refused, ask again PASSWORD_SRP
USER_PASSWORD_AUTH | session expired | refused, ask again PASSWORD
USER_AUTH proving, USER_AUTH proving only, USER_AUTH sending, CUSTOM_AUTH proving | session expired | refused, ask again PASSWORD_SRP
USER_AUTH, USER_AUTH for a code, CUSTOM_AUTH | session expired | refused, ask again RESTART
device A, device proof | session expired | refused, ask again PASSWORD
device A, device proof | incorrect credentials, device unknown, device key invalid | refused, device is gone, ask again PASSWORD
* | * | refused
";

#[test]
fn every_refusal_of_everything_under_way_ends_as_the_table_says() {
    check(TABLE, UNDER_WAY, REFUSALS, |state, input| outcome(under_way(state, None), input));
}

#[test]
fn a_device_that_the_service_forgot_is_left_out_and_the_message_sent_again() {
    for state in UNDER_WAY
        .iter()
        .filter(|state| !matches!(**state, "associate" | "verify" | "device A" | "device proof"))
    {
        let conversation = under_way(state, Some(device()));
        let message = call_told(conversation.call());
        assert!(message.ends_with(" DEVICE_KEY=eu-west-1_device"), "{message}");
        let without = message.trim_end_matches(" DEVICE_KEY=eu-west-1_device");

        for unknown in ["device unknown", "device key invalid"] {
            let again = outcome(under_way(state, Some(device())), unknown);
            assert_eq!(again, format!("again {without}, device is gone"), "{state}");
        }
    }
}

#[test]
fn a_device_is_left_out_only_once() {
    let ending = begun(Flow::Srp, password(), None, Some(device())).refused(
        &refusal("device unknown"),
        &pool(),
        spare(),
    );

    let Then::Again(conversation) = ending.then else { panic!("not sent again") };

    assert_eq!(outcome(*conversation, "device unknown"), "refused");
}

#[test]
fn a_message_that_began_again_does_not_begin_a_third_time() {
    let ending =
        under_way("selected proving", None).refused(&refusal("session expired"), &pool(), spare());

    let Then::Again(conversation) = ending.then else { panic!("did not begin again") };

    assert_eq!(
        outcome(*conversation, "session expired"),
        "refused, ask again SELECT_CHALLENGE of PASSWORD_SRP/PASSWORD/EMAIL_OTP/WEB_AUTHN"
    );
}
