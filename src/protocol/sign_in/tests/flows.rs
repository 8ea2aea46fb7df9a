//! Whole conversations, and what must hold along the way.

use super::*;

fn session_of(step: &Step) -> Option<&str> {
    match step {
        Step::Send(conversation) => conversation.call().input.str("Session"),
        _ => panic!("nothing was sent"),
    }
}

fn code() -> Answer {
    Answer::Code(secret("123456"))
}

#[test]
fn a_password_is_proved_and_never_sent() {
    let start = beginning(Flow::Srp, password(), None, None);
    let conversation = start_with(start);
    let first = conversation.call().input.write();
    assert_eq!(call_told(conversation.call()), "begin USER_SRP_AUTH: USERNAME=alice SRP_A=80");

    // In this flow the service keeps its state in the secret block.
    let mut verifier = challenge("PASSWORD_VERIFIER", "");
    if let Value::Object(members) = &mut verifier {
        members.retain(|(name, _)| name != "Session");
    }
    let Ok(Step::Send(conversation)) = reply(conversation, &verifier) else { panic!() };
    let proof = conversation.call();

    assert_eq!(proof.input.str("Session"), None);
    let said = [first, proof.input.write()].concat();
    assert!(!said.contains(PASSWORD));
    assert_eq!(told(reply(*conversation, &tokens())), "done");
}

#[test]
fn the_newest_session_is_the_one_that_is_sent() {
    let asked = asked(begun(Flow::Srp, password(), None, None), &challenge("MFA_SETUP", "s1"));
    let option = Answer::Option(String::from("SOFTWARE_TOKEN_MFA"), None);
    let associate = answered(asked, option, None).unwrap();
    assert_eq!(session_of(&associate), Some("s1"));

    let secret_code = Value::object().with("SecretCode", "JBSW").with("Session", "s2");
    let shown = super::asked(sent(associate), &secret_code);
    let wrong = Answer::SoftwareToken(secret("000000"), None);
    let verify = answered(shown, wrong, None).unwrap();
    assert_eq!(session_of(&verify), Some("s2"));

    let wrong = Value::object().with("Status", "ERROR").with("Session", "s3");
    let Ok(Step::WrongCode(shown)) = reply(sent(verify), &wrong) else { panic!() };
    let right = Answer::SoftwareToken(secret("123456"), None);
    let verify = answered(*shown, right, None).unwrap();
    assert_eq!(session_of(&verify), Some("s3"));

    let right = Value::object().with("Status", "SUCCESS").with("Session", "s4");
    let respond = reply(sent(verify), &right).unwrap();
    assert_eq!(session_of(&respond), Some("s4"));

    let pending = super::asked(sent(respond), &challenge("SOFTWARE_TOKEN_MFA", "s5"));
    assert_eq!(session_of(&answered(pending, code(), None).unwrap()), Some("s5"));
}

#[test]
fn an_association_without_a_session_of_its_own_leaves_the_older_in_force() {
    let set_up = begun(Flow::Srp, password(), None, None);
    let associate = reply(set_up, &challenge("MFA_SETUP of an app", "s1")).unwrap();

    let shown = asked(sent(associate), &Value::object().with("SecretCode", "JBSW"));

    let answer = Answer::SoftwareToken(secret("123456"), None);
    assert_eq!(session_of(&answered(shown, answer, None).unwrap()), Some("s1"));
}

#[test]
fn a_wrong_code_leaves_the_question_as_it_was() {
    let pending = asked(begun(Flow::Srp, password(), None, None), &challenge("SMS_MFA", "s1"));
    let before = pending.write().write();

    let conversation = sent(answered(pending.clone(), code(), None).unwrap());
    let ending = conversation.refused(&refusals::refusal("wrong code"), &pool(), spare());

    assert!(matches!(ending, Ending { device_is_gone: false, then: Then::Over }));
    assert_eq!(pending.write().write(), before);
    assert_eq!(session_of(&answered(pending, code(), None).unwrap()), Some("s1"));
}

#[test]
fn a_confirmed_sign_up_signs_in_with_its_session_and_nothing_else() {
    let mut start = beginning(Flow::Choice, None, None, None);
    start.session = Some(String::from("from-confirmation"));

    let conversation = start_with(start);

    assert_eq!(
        call_told(conversation.call()),
        "begin USER_AUTH in from-confirmation: USERNAME=alice"
    );
    assert_eq!(told(reply(conversation, &tokens())), "done");
}

#[test]
fn an_expired_confirmation_begins_again_without_its_session() {
    let mut start = beginning(Flow::Choice, None, None, None);
    start.session = Some(String::from("from-confirmation"));
    let conversation = start_with(start);

    let expired = refusals::refusal("session expired");
    let ending = conversation.refused(&expired, &pool(), spare());
    let Then::Restart(pending) = ending.then else { panic!("no restart") };

    assert!(matches!(pending.challenge(), Challenge::Restart));
    let step = answered(*pending, Answer::Restart(None), None).map(|step| told(Ok(step)));
    assert_eq!(step.ok().unwrap(), "begin USER_AUTH: USERNAME=alice");
}

#[test]
fn metadata_and_context_go_with_every_message_until_an_answer_brings_its_own() {
    let mut start = beginning(Flow::Custom, None, None, None);
    start.extras.metadata = vec![pair("locale", "fr")];
    start.extras.context = Some(String::from("context"));
    let conversation = start_with(start);
    let metadata = |call: &Call| call.input.get("ClientMetadata").map(Value::write);
    assert_eq!(metadata(conversation.call()).unwrap(), r#"{"locale":"fr"}"#);

    let pending = asked(conversation, &challenge("CUSTOM_CHALLENGE", "s1"));
    let answer = || Answer::Custom(secret("42"));
    let Ok(Step::Send(conversation)) = answered(pending.clone(), answer(), None) else { panic!() };
    let call = conversation.call();
    assert_eq!(metadata(call).unwrap(), r#"{"locale":"fr"}"#);
    let context = call.input.get("UserContextData").unwrap();
    assert_eq!(context.str("EncodedData"), Some("context"));

    let pending = pending.with_metadata(vec![pair("step", "2")]);
    let Ok(Step::Send(conversation)) = answered(pending, answer(), None) else { panic!() };
    let call = conversation.call();
    assert_eq!(metadata(call).unwrap(), r#"{"step":"2"}"#);
}

#[test]
fn a_custom_challenge_may_come_again_and_again() {
    let mut conversation = begun(Flow::Custom, None, None, None);
    for round in 0..30 {
        let pending = asked(conversation, &challenge("CUSTOM_CHALLENGE", &format!("s{round}")));
        let step = answered(pending, Answer::Custom(secret("42")), None).unwrap();
        assert_eq!(session_of(&step), Some(format!("s{round}").as_str()));
        conversation = sent(step);
    }
    assert_eq!(told(reply(conversation, &tokens())), "done");
}

#[test]
fn a_device_known_by_the_name_the_service_tells_is_named_from_then_on() {
    let conversation = begun(Flow::Srp, password(), None, None);
    let verifier = challenge("PASSWORD_VERIFIER", "s1");

    assert_eq!(conversation.device_wanted(&verifier).as_deref(), Some("alice-id"));
    let Ok(Step::Send(conversation)) = reply(conversation.with_device(device()), &verifier) else {
        panic!("nothing was sent");
    };

    assert!(call_told(conversation.call()).ends_with(" DEVICE_KEY=eu-west-1_device"));
    assert_eq!(conversation.device_wanted(&challenge("SMS_MFA", "s2")), None);
    assert_eq!(told(reply(*conversation, &tokens())), "done with eu-west-1_device");
}

#[test]
fn a_device_whose_data_has_gone_from_this_browser_begins_again() {
    let known = begun(Flow::Srp, password(), None, Some(device()));
    let pending = asked(known, &challenge("SMS_MFA", "s1"));

    let conversation = sent(answered(pending, code(), None).unwrap());
    let step = reply(conversation, &challenge("DEVICE_SRP_AUTH", "s2"));

    assert_eq!(told(step), "ask again PASSWORD_SRP");
}

#[test]
fn another_device_than_the_conversation_named_has_no_part_in_it() {
    let known = begun(Flow::Srp, password(), None, Some(device()));
    let pending = asked(known, &challenge("SMS_MFA", "s1"));
    let other = Device { key: String::from("eu-west-1_other"), ..device() };

    let step = answered(pending, code(), Some(other)).unwrap();

    assert!(!told(Ok(step)).contains("DEVICE_KEY"));
}

#[test]
fn a_device_step_that_names_the_device_does_not_rename_the_person() {
    let known = begun(Flow::Srp, password(), None, Some(device()));
    let proved = sent(reply(known, &challenge("PASSWORD_VERIFIER", "s1")).unwrap());
    let mut device_a = challenge("DEVICE_SRP_AUTH", "s2");
    if let Value::Object(members) = &mut device_a {
        members.retain(|(name, _)| name != "ChallengeParameters");
    }
    let parameters = Value::object().with("USERNAME", "eu-west-1_device");

    let step = reply(proved, &device_a.with("ChallengeParameters", parameters));

    assert!(told(step).contains("USERNAME=alice-id "));
}

#[test]
fn steps_that_ask_nobody_come_to_an_end() {
    let mut conversation = begun(Flow::Srp, password(), None, Some(device()));
    for _ in 0..MAX_STEPS {
        let step = reply(conversation, &challenge("DEVICE_SRP_AUTH", "s1"));
        conversation = sent(step.unwrap());
    }

    let step = reply(conversation, &challenge("DEVICE_SRP_AUTH", "s1"));

    assert_eq!(told(step), "violation too-many-steps");
}

#[test]
fn what_cannot_begin_says_the_fix() {
    let refused = |start| super::start(start, &pool(), spare()).err().map(|misuse| misuse.0);
    let mut nobody = beginning(Flow::Srp, password(), None, None);
    nobody.username.clear();

    assert_eq!(refused(nobody), Some("username is empty"));
    let srp = beginning(Flow::Srp, None, None, None);
    assert_eq!(refused(srp), Some("USER_SRP_AUTH needs a password"));
    let plain = beginning(Flow::Password, None, None, None);
    assert_eq!(refused(plain), Some("USER_PASSWORD_AUTH needs a password"));
}

#[test]
fn a_password_is_not_sent_with_a_factor_that_needs_none() {
    let conversation = start_with(beginning(Flow::Choice, password(), Some("EMAIL_OTP"), None));

    assert_eq!(
        call_told(conversation.call()),
        "begin USER_AUTH: USERNAME=alice PREFERRED_CHALLENGE=EMAIL_OTP"
    );
}

#[test]
fn a_service_that_calls_a_challenge_by_our_words_is_not_mistaken_for_us() {
    for name in ["RESTART", "EMAIL_SETUP", "SOFTWARE_TOKEN_SETUP"] {
        let pending = asked(begun(Flow::Choice, None, None, None), &challenge(name, "s1"));

        assert_eq!(pending.challenge(), Challenge::Other);
        assert_eq!(pending.tell().str("challengeName"), Some(name));
    }
}

#[test]
fn torn_foreign_and_newer_records_are_no_pending_sign_ins() {
    let pending = asked(begun(Flow::Srp, password(), None, None), &challenge("SMS_MFA", "s1"));
    let text = pending.write().write();

    for end in 0..text.len() {
        assert!(Value::parse(&text[..end]).is_none());
    }
    let newer = text.replace(r#""v":2"#, r#""v":3"#);
    for other in [newer.as_str(), "{}", "[]", "null", r#"{"v":2}"#, r#"{"v":2,"talk":[]}"#] {
        assert!(Pending::read(&Value::parse(other).unwrap()).is_none(), "{other}");
    }
}

fn start_with(start: Start) -> SignIn {
    super::start(start, &pool(), spare()).ok().unwrap()
}
