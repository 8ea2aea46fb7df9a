use super::*;
use crate::client::resume;
use crate::protocol::challenge::Challenge;

const VALID_MS: u64 = 180_000;

/// A page that lets sign-ins be resumed.
fn resuming() -> Client {
    let mut client = page();
    client.resume_ms = Some(VALID_MS);
    client
}

fn asked(client: &Client, script: &Script, name: &str, session: &str) -> Question {
    script.on("InitiateAuth", &challenge(name, session));
    question(sign_in(client, script))
}

fn waiting(client: &Client, script: &Script) -> Vec<Question> {
    now(resume::all(client, script))
}

#[test]
fn a_question_outlives_its_page_and_is_answered_in_the_next() {
    let script = Script::default();
    let first = asked(&resuming(), &script, "SMS_MFA", "s1");

    let reloaded = resuming();
    let mut found = waiting(&reloaded, &script);

    assert_eq!(found.len(), 1);
    let found = found.remove(0);
    assert_eq!(found.id, first.id);
    assert!(matches!(found.pending.challenge(), Challenge::Code { name: "SMS_MFA", .. }));
    script.sent();
    script.on("RespondToAuthChallenge", &tokens(None));
    let outcome = answer(&reloaded, &script, found, Some(Answer::Code(secret("123456"))));
    assert!(matches!(outcome, Ok(Outcome::SignedIn { .. })));
    assert_eq!(script.only_sent().str("Session"), Some("s1"));
    assert!(waiting(&reloaded, &script).is_empty());
    assert_eq!(script.stored(Store::Tab), "{}");
}

#[test]
fn nothing_is_kept_where_nobody_asked_for_it() {
    let script = Script::default();

    asked(&page(), &script, "SMS_MFA", "s1");

    assert_eq!(script.stored(Store::Tab), "{}");
    assert_eq!(script.stored(Store::Lasting), "{}");
    assert!(waiting(&resuming(), &script).is_empty());
}

#[test]
fn no_password_and_no_secret_of_an_app_is_kept() {
    let (script, client) = (Script::default(), resuming());
    let secret_code = Value::object().with("SecretCode", "JBSWY3DP").with("Session", "s2");
    script
        .on("InitiateAuth", &challenge("MFA_SETUP", "s1"))
        .on("AssociateSoftwareToken", &secret_code);

    let shown = question(sign_in(&client, &script));

    let stored = script.stored(Store::Tab);
    assert!(stored.contains("s2"), "{stored}");
    assert!(!stored.contains(PASSWORD) && !stored.contains("JBSWY3DP"), "{stored}");
    let Challenge::SoftwareTokenSetup { secret_code } = shown.pending.challenge() else {
        panic!("no set-up")
    };
    assert_eq!(secret_code, "JBSWY3DP");
    let resumed = waiting(&resuming(), &script).remove(0);
    assert!(matches!(resumed.pending.challenge(), Challenge::Select { name: "MFA_SETUP", .. }));
}

#[test]
fn two_sign_ins_wait_beside_each_other_and_one_can_be_cancelled() {
    let (script, client) = (Script::default(), resuming());
    let first = asked(&client, &script, "SMS_MFA", "s1");
    let second = asked(&client, &script, "EMAIL_OTP", "s2");
    assert_ne!(first.id, second.id);
    assert_eq!(waiting(&client, &script).len(), 2);

    now(resume::forget(&client, &script, &first.id));

    let left = waiting(&client, &script);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, second.id);
}

#[test]
fn an_answered_question_gives_way_to_the_next() {
    let (script, client) = (Script::default(), resuming());
    let first = asked(&client, &script, "SELECT_MFA_TYPE", "s1");
    script.on("RespondToAuthChallenge", &challenge("SMS_MFA", "s2"));

    let option = Some(Answer::Option(String::from("SMS_MFA"), None));
    let second = question(answer(&client, &script, first, option));

    let left = waiting(&client, &script);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, second.id);
}

#[test]
fn a_wrong_code_leaves_the_question_and_its_handle() {
    let (script, client) = (Script::default(), resuming());
    let first = asked(&client, &script, "SMS_MFA", "s1");
    script.refuse("RespondToAuthChallenge", "CodeMismatchException", "Invalid code");

    let wrong = answer(&client, &script, first.clone(), Some(Answer::Code(secret("1"))));

    assert!(matches!(wrong, Err(Error::Refused(_))));
    assert_eq!(waiting(&client, &script)[0].id, first.id);
}

#[test]
fn a_wrong_first_code_of_an_app_keeps_the_handle_and_takes_the_newer_session() {
    let (script, client) = (Script::default(), resuming());
    let secret_code = Value::object().with("SecretCode", "JBSW").with("Session", "s2");
    let wrong = Value::object().with("Status", "ERROR").with("Session", "s3");
    script
        .on("InitiateAuth", &challenge("MFA_SETUP", "s1"))
        .on("AssociateSoftwareToken", &secret_code)
        .on("VerifySoftwareToken", &wrong);
    let shown = question(sign_in(&client, &script));
    let code = || Some(Answer::SoftwareToken(secret("123456"), None));

    let Err(Error::Restart(_, again)) = answer(&client, &script, shown.clone(), code()) else {
        panic!("not asked again");
    };

    assert_eq!(again.id, shown.id);
    assert!(matches!(again.pending.challenge(), Challenge::SoftwareTokenSetup { .. }));
    assert_eq!(waiting(&client, &script).len(), 1);
    script.sent();
    script
        .on("VerifySoftwareToken", &Value::object().with("Status", "SUCCESS").with("Session", "s4"))
        .on("RespondToAuthChallenge", &tokens(None));
    assert!(answer(&client, &script, *again, code()).is_ok());
    let sent = script.sent();
    assert_eq!((sent[0].1.str("Session"), sent[1].1.str("Session")), (Some("s3"), Some("s4")));
}

#[test]
fn an_expired_session_leaves_the_question_that_begins_again() {
    let (script, client) = (Script::default(), resuming());
    let first = asked(&client, &script, "SMS_MFA", "s1");
    let expired = "Invalid session for the user, session is expired.";
    script.refuse("RespondToAuthChallenge", "NotAuthorizedException", expired);

    let over = answer(&client, &script, first.clone(), Some(Answer::Code(secret("1"))));

    let Err(Error::Restart(_, again)) = over else { panic!("no restart") };
    assert_ne!(again.id, first.id);
    assert!(matches!(again.pending.challenge(), Challenge::Password { .. }));
    let left = waiting(&client, &script);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, again.id);
}

#[test]
fn a_question_is_dropped_when_the_services_session_is_over() {
    let script = Script::default();
    asked(&resuming(), &script, "SMS_MFA", "s1");

    script.pass(VALID_MS - 1);
    assert_eq!(waiting(&resuming(), &script).len(), 1);

    script.pass(1);
    assert!(waiting(&resuming(), &script).is_empty());
}

#[test]
fn a_clock_that_was_set_back_keeps_no_question_alive() {
    let script = Script::default();
    script.pass(3_600_000);
    asked(&resuming(), &script, "SMS_MFA", "s1");

    script.0.later_ms.set(0);

    assert!(waiting(&resuming(), &script).is_empty());
}

#[test]
fn a_record_of_another_pool_or_version_and_a_torn_one_are_left_alone() {
    let script = Script::default();
    asked(&resuming(), &script, "SMS_MFA", "s1");
    let key = "lifeguard.client1.pending";
    let text = now(script.load(Store::Tab, key)).unwrap().unwrap();

    for broken in [
        text.replace("eu-west-1_Ab12", "eu-west-1_Other"),
        text.replacen(r#""v":1"#, r#""v":2"#, 1),
        String::from(&text[..text.len() / 2]),
        String::from("[]"),
        String::new(),
    ] {
        now(script.save(Store::Tab, key, &broken)).unwrap();
        assert!(waiting(&resuming(), &script).is_empty(), "{broken}");
    }
}

#[test]
fn a_store_that_refuses_costs_the_resumption_and_not_the_sign_in() {
    let (script, client) = (Script::default(), resuming());
    script.0.is_store_broken.set(true);
    let first = asked(&client, &script, "SMS_MFA", "s1");
    assert!(waiting(&client, &script).is_empty());

    script.0.is_store_broken.set(false);
    script.on("RespondToAuthChallenge", &tokens(None));
    assert!(answer(&client, &script, first, Some(Answer::Code(secret("1")))).is_ok());
}

#[test]
fn no_more_are_kept_than_anybody_has() {
    let (script, client) = (Script::default(), resuming());
    let handles: Vec<_> = (0..20).map(|_| asked(&client, &script, "SMS_MFA", "s1").id).collect();

    let left: Vec<_> = waiting(&client, &script).into_iter().map(|kept| kept.id).collect();

    assert_eq!(left, handles[4..]);
}
