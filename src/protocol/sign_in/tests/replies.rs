//! Everything that can be under way with everything the service can reply.

use super::*;

const REPLIES: &[&str] = &[
    "tokens",
    "tokens with a new device",
    "PASSWORD_VERIFIER",
    "PASSWORD_VERIFIER without B",
    "PASSWORD_VERIFIER with B = 0",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "SMS_MFA",
    "EMAIL_OTP",
    "SMS_OTP",
    "SOFTWARE_TOKEN_MFA",
    "NEW_PASSWORD_REQUIRED",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "MFA_SETUP of an app",
    "MFA_SETUP of e-mail",
    "MFA_SETUP of SMS",
    "MFA_SETUP of what is new",
    "SELECT_CHALLENGE",
    "SELECT_CHALLENGE of PASSWORD",
    "SELECT_CHALLENGE of EMAIL_OTP",
    "PASSWORD",
    "PASSWORD_SRP",
    "WEB_AUTHN",
    "CUSTOM_CHALLENGE",
    "NEW_IDEA",
    "a secret code",
    "verified",
    "not verified",
    "nothing",
];

fn said(name: &str) -> Value {
    match name {
        "tokens" => tokens(),
        "tokens with a new device" => {
            let device = Value::object().with("DeviceKey", "new").with("DeviceGroupKey", "-g");
            let result = Value::object().with("AccessToken", "a.b.c");
            Value::object().with("AuthenticationResult", result.with("NewDeviceMetadata", device))
        }
        "a secret code" => Value::object().with("SecretCode", "JBSW").with("Session", "s9"),
        "verified" => Value::object().with("Status", "SUCCESS").with("Session", "s9"),
        "not verified" => Value::object().with("Status", "ERROR").with("Session", "s9"),
        "nothing" => Value::object(),
        name => challenge(name, "s9"),
    }
}

pub(super) const UNDER_WAY: &[&str] = &[
    "USER_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "USER_AUTH",
    "USER_AUTH proving",
    "USER_AUTH proving only",
    "USER_AUTH sending",
    "USER_AUTH for a code",
    "CUSTOM_AUTH",
    "CUSTOM_AUTH proving",
    "proof",
    "code",
    "selected proving",
    "selected sending",
    "selected code",
    "typed PASSWORD_SRP",
    "typed PASSWORD",
    "device A",
    "device proof",
    "associate",
    "verify",
    "set up",
];

/// A conversation that waits for a reply.
pub(super) fn under_way(name: &str, device: Option<Device>) -> SignIn {
    let begin = |flow, password, preferred| begun(flow, password, preferred, device.clone());
    let select = |option: &str, password: Option<Secret<String>>| {
        let select = asked(begin(Flow::Choice, None, None), &challenge("SELECT_CHALLENGE", "s1"));
        let option = Answer::Option(String::from(option), password);
        sent(answered(select, option, device.clone()).unwrap())
    };
    let typed = |name: &str| {
        let asked = asked(begin(Flow::Choice, None, None), &challenge(name, "s1"));
        sent(answered(asked, Answer::Password(secret(PASSWORD)), device.clone()).unwrap())
    };
    let next = |conversation: SignIn, name: &str| {
        sent(reply(conversation, &challenge(name, "s1")).unwrap())
    };
    let set_up = || next(begin(Flow::Srp, password(), None), "MFA_SETUP of an app");
    let verify = || {
        let secret_code = Value::object().with("SecretCode", "JBSW").with("Session", "s2");
        let asked = asked(set_up(), &secret_code);
        let code = Answer::SoftwareToken(secret("123456"), None);
        sent(answered(asked, code, device.clone()).unwrap())
    };
    match name {
        "USER_SRP_AUTH" => begin(Flow::Srp, password(), None),
        "USER_PASSWORD_AUTH" => begin(Flow::Password, password(), None),
        "USER_AUTH" => begin(Flow::Choice, None, None),
        "USER_AUTH proving" => begin(Flow::Choice, password(), None),
        "USER_AUTH proving only" => begin(Flow::Choice, password(), Some("PASSWORD_SRP")),
        "USER_AUTH sending" => begin(Flow::Choice, password(), Some("PASSWORD")),
        "USER_AUTH for a code" => begin(Flow::Choice, None, Some("EMAIL_OTP")),
        "CUSTOM_AUTH" => begin(Flow::Custom, None, None),
        "CUSTOM_AUTH proving" => begin(Flow::Custom, password(), None),
        "proof" => next(begin(Flow::Srp, password(), None), "PASSWORD_VERIFIER"),
        "code" => {
            let asked = asked(begin(Flow::Srp, password(), None), &challenge("SMS_MFA", "s1"));
            sent(answered(asked, Answer::Code(secret("123456")), device).unwrap())
        }
        "selected proving" => select("PASSWORD_SRP", password()),
        "selected sending" => select("PASSWORD", password()),
        "selected code" => select("EMAIL_OTP", None),
        "typed PASSWORD_SRP" => typed("PASSWORD_SRP"),
        "typed PASSWORD" => typed("PASSWORD"),
        "device A" => next(with_device(), "DEVICE_SRP_AUTH"),
        "device proof" => next(next(with_device(), "DEVICE_SRP_AUTH"), "DEVICE_PASSWORD_VERIFIER"),
        "associate" => set_up(),
        "verify" => verify(),
        "set up" => {
            let verified = Value::object().with("Status", "SUCCESS").with("Session", "s3");
            sent(reply(verify(), &verified).unwrap())
        }
        other => panic!("nothing is {other}"),
    }
}

fn with_device() -> SignIn {
    begun(Flow::Password, password(), None, Some(device()))
}

/// Without a device but in the device's own steps. First row that fits tells.
const TABLE: &str = "
associate | a secret code | ask app set-up with JBSW
associate | * | violation SecretCode
verify | verified | respond MFA_SETUP in s9: USERNAME=alice-id
verify | not verified | wrong code, ask app set-up with JBSW
verify | * | violation Status

device A, device proof | tokens | done with eu-west-1_device
* | tokens | done
* | tokens with a new device | done with new
* | a secret code, verified, not verified, nothing | violation ChallengeName

USER_SRP_AUTH, USER_AUTH proving, USER_AUTH proving only, CUSTOM_AUTH proving, selected proving, typed PASSWORD_SRP | PASSWORD_VERIFIER | respond PASSWORD_VERIFIER in s9: USERNAME=alice-id PASSWORD_CLAIM_SECRET_BLOCK PASSWORD_CLAIM_SIGNATURE TIMESTAMP
USER_SRP_AUTH, USER_AUTH proving, USER_AUTH proving only, CUSTOM_AUTH proving, selected proving, typed PASSWORD_SRP | PASSWORD_VERIFIER without B | violation SRP_B
USER_SRP_AUTH, USER_AUTH proving, USER_AUTH proving only, CUSTOM_AUTH proving, selected proving, typed PASSWORD_SRP | PASSWORD_VERIFIER with B = 0 | violation srp-b
* | PASSWORD_VERIFIER, PASSWORD_VERIFIER without B, PASSWORD_VERIFIER with B = 0 | violation unexpected-challenge
device A | DEVICE_PASSWORD_VERIFIER | respond DEVICE_PASSWORD_VERIFIER in s9: USERNAME=alice-id PASSWORD_CLAIM_SECRET_BLOCK PASSWORD_CLAIM_SIGNATURE TIMESTAMP DEVICE_KEY=eu-west-1_device
device A, device proof | DEVICE_SRP_AUTH | respond DEVICE_SRP_AUTH in s9: USERNAME=alice-id SRP_A=80 DEVICE_KEY=eu-west-1_device
* | DEVICE_SRP_AUTH, DEVICE_PASSWORD_VERIFIER | violation unexpected-challenge

USER_AUTH proving, USER_AUTH sending, USER_SRP_AUTH, CUSTOM_AUTH proving, selected proving, typed PASSWORD_SRP, USER_AUTH proving only | SELECT_CHALLENGE | respond SELECT_CHALLENGE in s9: USERNAME=alice-id ANSWER=PASSWORD_SRP SRP_A=80
USER_AUTH proving, USER_AUTH sending | SELECT_CHALLENGE of PASSWORD | respond SELECT_CHALLENGE in s9: USERNAME=alice-id ANSWER=PASSWORD PASSWORD=Correct-Horse-9!
USER_AUTH proving, USER_AUTH sending, USER_SRP_AUTH, CUSTOM_AUTH proving, selected proving, typed PASSWORD_SRP, USER_AUTH proving only | PASSWORD_SRP | respond PASSWORD_SRP in s9: USERNAME=alice-id SRP_A=80
USER_AUTH proving, USER_AUTH sending | PASSWORD | respond PASSWORD in s9: USERNAME=alice-id PASSWORD=Correct-Horse-9!
* | SELECT_CHALLENGE | ask SELECT_CHALLENGE of PASSWORD_SRP/PASSWORD/EMAIL_OTP/WEB_AUTHN
* | SELECT_CHALLENGE of PASSWORD | ask SELECT_CHALLENGE of PASSWORD
* | SELECT_CHALLENGE of EMAIL_OTP | ask SELECT_CHALLENGE of EMAIL_OTP
* | PASSWORD | ask PASSWORD
* | PASSWORD_SRP | ask PASSWORD_SRP

* | MFA_SETUP of an app | AssociateSoftwareToken in s9
* | MFA_SETUP of e-mail | ask e-mail set-up
* | MFA_SETUP of SMS | ask MFA_SETUP of
* | MFA_SETUP of what is new | ask MFA_SETUP of SMELL_MFA
* | MFA_SETUP | ask MFA_SETUP of SOFTWARE_TOKEN_MFA/EMAIL_OTP
* | SELECT_MFA_TYPE | ask SELECT_MFA_TYPE of SMS_MFA/SOFTWARE_TOKEN_MFA
* | SMS_MFA | ask SMS_MFA
* | EMAIL_OTP | ask EMAIL_OTP
* | SMS_OTP | ask SMS_OTP
* | SOFTWARE_TOKEN_MFA | ask SOFTWARE_TOKEN_MFA
* | NEW_PASSWORD_REQUIRED | ask NEW_PASSWORD_REQUIRED
* | WEB_AUTHN | ask WEB_AUTHN
* | CUSTOM_CHALLENGE | ask CUSTOM_CHALLENGE
* | NEW_IDEA | ask NEW_IDEA
";

#[test]
fn every_reply_to_everything_under_way_leads_where_the_table_says() {
    check(TABLE, UNDER_WAY, REPLIES, |state, input| {
        String::from(told(reply(under_way(state, None), &said(input))).trim_end())
    });
}

/// After every factor the service may want the device's proof instead of a second one.
#[test]
fn a_device_proves_itself_after_everything_that_can_be_answered() {
    for state in UNDER_WAY.iter().filter(|state| !matches!(**state, "associate" | "verify")) {
        let asked_for_a = reply(under_way(state, Some(device())), &said("DEVICE_SRP_AUTH"));
        let Ok(Step::Send(conversation)) = asked_for_a else { panic!("{state}") };
        assert_eq!(
            call_told(conversation.call()),
            "respond DEVICE_SRP_AUTH in s9: USERNAME=alice-id SRP_A=80 DEVICE_KEY=eu-west-1_device",
            "{state}"
        );

        let proof = reply(*conversation, &said("DEVICE_PASSWORD_VERIFIER"));
        let Ok(Step::Send(conversation)) = proof else { panic!("{state}") };
        assert_eq!(
            call_told(conversation.call()),
            "respond DEVICE_PASSWORD_VERIFIER in s9: USERNAME=alice-id PASSWORD_CLAIM_SECRET_BLOCK \
             PASSWORD_CLAIM_SIGNATURE TIMESTAMP DEVICE_KEY=eu-west-1_device",
            "{state}"
        );
        assert_eq!(told(reply(*conversation, &tokens())), "done with eu-west-1_device", "{state}");
    }
}
