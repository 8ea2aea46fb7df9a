//! Every question with every answer.

use super::*;

const ANSWERS: &[&str] = &[
    "code",
    "app code",
    "new password",
    "PASSWORD",
    "PASSWORD with it",
    "PASSWORD_SRP",
    "PASSWORD_SRP with it",
    "EMAIL_OTP",
    "EMAIL_OTP with password",
    "SOFTWARE_TOKEN_MFA",
    "SMS_MFA",
    "e-mail",
    "password",
    "credential",
    "custom",
    "restart",
    "restart with password",
    "responses",
];

fn answer(name: &str) -> Answer {
    let option = |name: &str, password| Answer::Option(String::from(name), password);
    match name {
        "code" => Answer::Code(secret("123456")),
        "app code" => Answer::SoftwareToken(secret("123456"), Some(String::from("phone"))),
        "new password" => Answer::NewPassword(secret("New-1!"), vec![pair("name", "Alice")]),
        "PASSWORD" => option("PASSWORD", None),
        "PASSWORD with it" => option("PASSWORD", password()),
        "PASSWORD_SRP" => option("PASSWORD_SRP", None),
        "PASSWORD_SRP with it" => option("PASSWORD_SRP", password()),
        "EMAIL_OTP" => option("EMAIL_OTP", None),
        "EMAIL_OTP with password" => option("EMAIL_OTP", password()),
        "SOFTWARE_TOKEN_MFA" => option("SOFTWARE_TOKEN_MFA", None),
        "SMS_MFA" => option("SMS_MFA", None),
        "e-mail" => Answer::Email(String::from("a@example.com")),
        "password" => Answer::Password(secret(PASSWORD)),
        "credential" => Answer::Credential(secret("{}")),
        "custom" => Answer::Custom(secret("42")),
        "restart" => Answer::Restart(None),
        "restart with password" => Answer::Restart(password()),
        "responses" => Answer::Responses(vec![pair("X", "y")]),
        other => panic!("no answer {other}"),
    }
}

const QUESTIONS: &[&str] = &[
    "SMS_MFA",
    "EMAIL_OTP as second factor",
    "SOFTWARE_TOKEN_MFA",
    "NEW_PASSWORD_REQUIRED",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "app set-up",
    "e-mail set-up",
    "SELECT_CHALLENGE",
    "PASSWORD",
    "PASSWORD_SRP",
    "chosen PASSWORD",
    "chosen PASSWORD_SRP",
    "EMAIL_OTP",
    "SMS_OTP",
    "WEB_AUTHN",
    "CUSTOM_CHALLENGE",
    "NEW_IDEA",
    "again PASSWORD_SRP of SRP",
    "again PASSWORD",
    "again SELECT_CHALLENGE",
    "again PASSWORD_SRP of choice",
    "again PASSWORD_SRP of custom",
    "again without password",
    "other factor PASSWORD",
];

/// A question as a conversation comes to it. A device, where there is one, is known from the start.
fn question(name: &str, device: Option<Device>) -> Pending {
    let srp = || begun(Flow::Srp, password(), None, device.clone());
    let choice = || begun(Flow::Choice, None, None, device.clone());
    let expired = |conversation: SignIn| {
        let refusal = refusals::refusal("session expired");
        match conversation.refused(&refusal, &pool(), spare()).then {
            Then::Restart(pending) => *pending,
            _ => panic!("no restart"),
        }
    };
    let set_up = |option: &str| {
        let option = Answer::Option(String::from(option), None);
        answered(question("MFA_SETUP", device.clone()), option, device.clone()).unwrap()
    };
    match name {
        "SMS_MFA"
        | "SOFTWARE_TOKEN_MFA"
        | "NEW_PASSWORD_REQUIRED"
        | "SELECT_MFA_TYPE"
        | "MFA_SETUP" => asked(srp(), &challenge(name, "s1")),
        "EMAIL_OTP as second factor" => asked(srp(), &challenge("EMAIL_OTP", "s1")),
        "app set-up" => {
            let secret = Value::object().with("SecretCode", "JBSW").with("Session", "s2");
            asked(sent(set_up("SOFTWARE_TOKEN_MFA")), &secret)
        }
        "e-mail set-up" => match set_up("EMAIL_OTP") {
            Step::Ask(pending) => *pending,
            other => panic!("{}", told(Ok(other))),
        },
        "chosen PASSWORD" | "chosen PASSWORD_SRP" => {
            let option = Answer::Option(String::from(name.trim_start_matches("chosen ")), None);
            match answered(question("SELECT_CHALLENGE", device.clone()), option, device) {
                Ok(Step::Ask(pending)) => *pending,
                _ => panic!("not asked for the password"),
            }
        }
        "again PASSWORD_SRP of SRP" => expired(srp()),
        "again PASSWORD" => expired(begun(Flow::Password, password(), None, device)),
        "again SELECT_CHALLENGE" => {
            let code = Answer::Code(secret("1"));
            let select = question("SELECT_CHALLENGE", device.clone());
            let option = Answer::Option(String::from("EMAIL_OTP"), None);
            let chosen = sent(answered(select, option, device.clone()).unwrap());
            let asked = asked(chosen, &challenge("EMAIL_OTP", "s2"));
            expired(sent(answered(asked, code, device).unwrap()))
        }
        "again PASSWORD_SRP of choice" => expired(begun(Flow::Choice, password(), None, device)),
        "again PASSWORD_SRP of custom" => expired(begun(Flow::Custom, password(), None, device)),
        "again without password" => expired(begun(Flow::Custom, None, None, device)),
        "other factor PASSWORD" => {
            let option = Answer::Option(String::from("PASSWORD"), None);
            match answered(question("EMAIL_OTP", device.clone()), option, device) {
                Ok(Step::Ask(pending)) => *pending,
                _ => panic!("not asked for the password"),
            }
        }
        "CUSTOM_CHALLENGE" => {
            asked(begun(Flow::Custom, None, None, device), &challenge(name, "s1"))
        }
        _ => asked(choice(), &challenge(name, "s1")),
    }
}

/// `U` stands for the user name the service told, `A` for the one that was typed.
const TABLE: &str = "
SMS_MFA | code | respond SMS_MFA in s1: U SMS_MFA_CODE=123456
SMS_MFA | responses | respond SMS_MFA in s1: U X=y
EMAIL_OTP as second factor | code | respond EMAIL_OTP in s1: U EMAIL_OTP_CODE=123456
EMAIL_OTP as second factor | responses | respond EMAIL_OTP in s1: U X=y
SOFTWARE_TOKEN_MFA | code | respond SOFTWARE_TOKEN_MFA in s1: U SOFTWARE_TOKEN_MFA_CODE=123456
SOFTWARE_TOKEN_MFA | responses | respond SOFTWARE_TOKEN_MFA in s1: U X=y
NEW_PASSWORD_REQUIRED | new password | respond NEW_PASSWORD_REQUIRED in s1: U NEW_PASSWORD=New-1! userAttributes.name=Alice
NEW_PASSWORD_REQUIRED | responses | respond NEW_PASSWORD_REQUIRED in s1: U X=y
SELECT_MFA_TYPE | PASSWORD, PASSWORD with it | respond SELECT_MFA_TYPE in s1: U ANSWER=PASSWORD
SELECT_MFA_TYPE | PASSWORD_SRP, PASSWORD_SRP with it | respond SELECT_MFA_TYPE in s1: U ANSWER=PASSWORD_SRP
SELECT_MFA_TYPE | EMAIL_OTP, EMAIL_OTP with password | respond SELECT_MFA_TYPE in s1: U ANSWER=EMAIL_OTP
SELECT_MFA_TYPE | SOFTWARE_TOKEN_MFA | respond SELECT_MFA_TYPE in s1: U ANSWER=SOFTWARE_TOKEN_MFA
SELECT_MFA_TYPE | SMS_MFA | respond SELECT_MFA_TYPE in s1: U ANSWER=SMS_MFA
SELECT_MFA_TYPE | responses | respond SELECT_MFA_TYPE in s1: U X=y
MFA_SETUP | SOFTWARE_TOKEN_MFA | AssociateSoftwareToken in s1
MFA_SETUP | EMAIL_OTP, EMAIL_OTP with password | ask e-mail set-up
MFA_SETUP | responses | respond MFA_SETUP in s1: U X=y
MFA_SETUP | SMS_MFA, PASSWORD, PASSWORD with it, PASSWORD_SRP, PASSWORD_SRP with it | misuse: this factor cannot be set up while signing in
app set-up | app code | VerifySoftwareToken in s2: UserCode=123456 FriendlyDeviceName=phone
e-mail set-up | e-mail | respond MFA_SETUP in s1: U EMAIL=a@example.com

SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | PASSWORD | ask for chosen PASSWORD
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | PASSWORD_SRP | ask for chosen PASSWORD_SRP
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | PASSWORD with it | respond SELECT_CHALLENGE in s1: U ANSWER=PASSWORD PASSWORD=Correct-Horse-9!
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | PASSWORD_SRP with it | respond SELECT_CHALLENGE in s1: U ANSWER=PASSWORD_SRP SRP_A=80
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | EMAIL_OTP, EMAIL_OTP with password | respond SELECT_CHALLENGE in s1: U ANSWER=EMAIL_OTP
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | SOFTWARE_TOKEN_MFA | respond SELECT_CHALLENGE in s1: U ANSWER=SOFTWARE_TOKEN_MFA
SELECT_CHALLENGE, chosen PASSWORD, chosen PASSWORD_SRP | SMS_MFA | respond SELECT_CHALLENGE in s1: U ANSWER=SMS_MFA
SELECT_CHALLENGE | responses | respond SELECT_CHALLENGE in s1: U X=y
chosen PASSWORD | password | respond SELECT_CHALLENGE in s1: U ANSWER=PASSWORD PASSWORD=Correct-Horse-9!
chosen PASSWORD_SRP | password | respond SELECT_CHALLENGE in s1: U ANSWER=PASSWORD_SRP SRP_A=80
PASSWORD | password | respond PASSWORD in s1: U PASSWORD=Correct-Horse-9!
PASSWORD | responses | respond PASSWORD in s1: U X=y
PASSWORD_SRP | password | respond PASSWORD_SRP in s1: U SRP_A=80
PASSWORD_SRP | responses | respond PASSWORD_SRP in s1: U X=y
EMAIL_OTP | code | respond EMAIL_OTP in s1: U EMAIL_OTP_CODE=123456
EMAIL_OTP | responses | respond EMAIL_OTP in s1: U X=y
SMS_OTP | code | respond SMS_OTP in s1: U SMS_OTP_CODE=123456
SMS_OTP | responses | respond SMS_OTP in s1: U X=y
WEB_AUTHN | credential | respond WEB_AUTHN in s1: U CREDENTIAL={}
WEB_AUTHN | responses | respond WEB_AUTHN in s1: U X=y
CUSTOM_CHALLENGE | custom | respond CUSTOM_CHALLENGE in s1: U ANSWER=42
CUSTOM_CHALLENGE | responses | respond CUSTOM_CHALLENGE in s1: U X=y
NEW_IDEA | responses | respond NEW_IDEA in s1: U X=y

EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | PASSWORD | ask again PASSWORD
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | PASSWORD_SRP | ask again PASSWORD_SRP
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | PASSWORD with it | begin USER_AUTH: A PREFERRED_CHALLENGE=PASSWORD PASSWORD=Correct-Horse-9!
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | PASSWORD_SRP with it | begin USER_AUTH: A PREFERRED_CHALLENGE=PASSWORD_SRP SRP_A=80
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | EMAIL_OTP, EMAIL_OTP with password | begin USER_AUTH: A PREFERRED_CHALLENGE=EMAIL_OTP
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | SOFTWARE_TOKEN_MFA | begin USER_AUTH: A PREFERRED_CHALLENGE=SOFTWARE_TOKEN_MFA
EMAIL_OTP, SMS_OTP, WEB_AUTHN, PASSWORD, PASSWORD_SRP, again SELECT_CHALLENGE, again PASSWORD_SRP of choice, other factor PASSWORD | SMS_MFA | begin USER_AUTH: A PREFERRED_CHALLENGE=SMS_MFA

again PASSWORD_SRP of SRP | password | begin USER_SRP_AUTH: A SRP_A=80
again PASSWORD | password | begin USER_PASSWORD_AUTH: A PASSWORD=Correct-Horse-9!
again PASSWORD_SRP of choice | password | begin USER_AUTH: A PREFERRED_CHALLENGE=PASSWORD_SRP SRP_A=80
again PASSWORD_SRP of custom | password | begin CUSTOM_AUTH: A CHALLENGE_NAME=SRP_A SRP_A=80
other factor PASSWORD | password | begin USER_AUTH: A PREFERRED_CHALLENGE=PASSWORD PASSWORD=Correct-Horse-9!
again without password | restart | begin CUSTOM_AUTH: A
again without password | restart with password | begin CUSTOM_AUTH: A CHALLENGE_NAME=SRP_A SRP_A=80

* | * | misuse: this answer does not fit the challenge: see AnswerTo
";

fn outcome(state: &str, input: &str, device: Option<Device>) -> String {
    match answered(question(state, device.clone()), answer(input), device) {
        Err(Misuse(text)) => format!("misuse: {text}"),
        Ok(step) => told(Ok(step)).replace("USERNAME=alice-id", "U").replace("USERNAME=alice", "A"),
    }
}

#[test]
fn every_answer_to_every_question_leads_where_the_table_says() {
    check(TABLE, QUESTIONS, ANSWERS, |state, input| outcome(state, input, None));
}

#[test]
fn a_remembered_device_is_named_in_every_message_and_changes_nothing_else() {
    for state in QUESTIONS {
        for input in ANSWERS {
            let mut expected = outcome(state, input, None);
            if expected.starts_with("respond") || expected.starts_with("begin") {
                expected.push_str(" DEVICE_KEY=eu-west-1_device");
            }

            assert_eq!(outcome(state, input, Some(device())), expected, "{state} + {input}");
        }
    }
}

#[test]
fn a_question_that_was_written_and_read_leads_to_the_same() {
    for state in QUESTIONS {
        for input in ANSWERS {
            let asked = question(state, Some(device()));
            let read = Pending::read(&Value::parse(&asked.write().write()).unwrap()).unwrap();

            let led =
                |pending| answered(pending, answer(input), Some(device())).map(|s| told(Ok(s)));
            assert_eq!(led(read).ok(), led(asked).ok(), "{state} + {input}");
        }
    }
}

#[test]
fn a_set_up_that_outlived_its_page_makes_a_new_secret() {
    let asked = question("app set-up", None);

    let Value::Object(mut stored) = asked.write() else { panic!("no object") };
    stored.retain(|(name, _)| name != "secret");

    let stored = Value::Object(stored);
    assert!(asked.write().write().contains("JBSW"));
    assert!(!stored.write().contains("JBSW"));
    let read = Pending::read(&stored).unwrap();
    assert_eq!(question_told(&read), "MFA_SETUP of SOFTWARE_TOKEN_MFA/EMAIL_OTP");
    let option = Answer::Option(String::from("SOFTWARE_TOKEN_MFA"), None);
    let step = answered(read, option, None).ok().unwrap();
    assert_eq!(told(Ok(step)), "AssociateSoftwareToken in s2");
}
