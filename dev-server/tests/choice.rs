//! Choice-based sign-in: what may be chosen, one's mind changed, sign-in straight after sign-up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::srp::Client;
use common::{PASSWORD, Reply, TestServer, claims, merged, now};
use serde_json::{Value, json};

const CLIENT: &str = "lifeguardchoiceclient00001";

fn start(server: &TestServer, person: &str, further: Value) -> Value {
    let reply =
        server.initiate(CLIENT, "USER_AUTH", merged(json!({ "USERNAME": person }), &further));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

fn answer(server: &TestServer, name: &str, asked: &Value, person: &str, further: Value) -> Reply {
    let responses = merged(json!({ "USERNAME": person }), &further);
    server.answer(CLIENT, name, &asked["Session"], responses)
}

fn tokens(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let result = reply.json()["AuthenticationResult"].take();
    assert!(result["AccessToken"].is_string(), "{}", reply.body);
    result
}

#[test]
fn without_a_preference_the_choice_is_put() {
    let server = TestServer::start();

    let asked = start(&server, "olga", json!({}));

    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    let all = json!(["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"]);
    assert_eq!(asked["AvailableChallenges"], all);
    assert_eq!(asked["ChallengeParameters"], json!({}));
    let asked = start(&server, "paul", json!({ "PREFERRED_CHALLENGE": "WEB_AUTHN" }));
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE", "he has no passkey");
    assert_eq!(asked["AvailableChallenges"], json!(["EMAIL_OTP"]), "nor a password");
}

#[test]
fn a_preferred_password_signs_in_at_once() {
    let server = TestServer::start();
    let preferred = |password: &str| {
        server.initiate(
            CLIENT,
            "USER_AUTH",
            json!({
                "USERNAME": "olga", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": password,
            }),
        )
    };

    tokens(&preferred(PASSWORD));
    assert_eq!(preferred("wrong").refusal().0, "NotAuthorizedException");
}

#[test]
fn a_password_is_proved_by_srp_with_a_session() {
    let server = TestServer::start();
    let exchange = Client::start();
    let further = json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": exchange.a_public() });
    let asked = start(&server, "olga", further);
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    assert!(asked["Session"].is_string());
    let parameters = &asked["ChallengeParameters"];
    let proof = exchange.answer("LifeGuardChoice", PASSWORD, parameters, now());

    let without = server.answer(CLIENT, "PASSWORD_VERIFIER", &Value::Null, proof);
    assert_eq!(without.refusal().0, "NotAuthorizedException", "the session is part of it");

    let exchange = Client::start();
    let further = json!({ "PREFERRED_CHALLENGE": "PASSWORD_SRP", "SRP_A": exchange.a_public() });
    let asked = start(&server, "olga", further);
    let parameters = &asked["ChallengeParameters"];
    let proof = exchange.answer("LifeGuardChoice", PASSWORD, parameters, now());
    tokens(&server.answer(CLIENT, "PASSWORD_VERIFIER", &asked["Session"], proof));
}

#[test]
fn a_choice_may_carry_its_proof_or_be_asked_for_it() {
    let server = TestServer::start();
    let choose = |further: Value| {
        let asked = start(&server, "olga", json!({}));
        answer(&server, "SELECT_CHALLENGE", &asked, "olga", further)
    };

    tokens(&choose(json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD })));
    let asked = choose(json!({ "ANSWER": "PASSWORD" })).json();
    assert_eq!(asked["ChallengeName"], "PASSWORD");
    tokens(&answer(&server, "PASSWORD", &asked, "olga", json!({ "PASSWORD": PASSWORD })));
    let asked = choose(json!({ "ANSWER": "PASSWORD_SRP" })).json();
    assert_eq!(asked["ChallengeName"], "PASSWORD_SRP");
    let exchange = Client::start();
    let further = json!({ "SRP_A": exchange.a_public() });
    let asked = answer(&server, "PASSWORD_SRP", &asked, "olga", further).json();
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    let parameters = &asked["ChallengeParameters"];
    let proof = exchange.answer("LifeGuardChoice", PASSWORD, parameters, now());
    tokens(&server.answer(CLIENT, "PASSWORD_VERIFIER", &asked["Session"], proof));
    // The guide answers SELECT_CHALLENGE under the name of the choice too.
    let asked = start(&server, "olga", json!({}));
    tokens(&answer(&server, "PASSWORD", &asked, "olga", json!({ "PASSWORD": PASSWORD })));
    assert_eq!(choose(json!({ "ANSWER": "WEB_AUTHN" })).refusal().0, "InvalidParameterException");
}

#[test]
fn codes_by_mail_and_sms_have_eight_digits() {
    let server = TestServer::start();
    for (factor, medium, to) in
        [("EMAIL_OTP", "EMAIL", "olga@example.com"), ("SMS_OTP", "SMS", "+15555550103")]
    {
        let asked = start(&server, "olga", json!({ "PREFERRED_CHALLENGE": factor }));
        assert_eq!(asked["ChallengeName"], factor);
        assert!(asked["AvailableChallenges"].is_array());
        assert_eq!(asked["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"], medium);
        let code = server.code(to);
        assert_eq!(code.len(), 8);
        let name = format!("{factor}_CODE");

        let wrong = answer(&server, factor, &asked, "olga", json!({ &name: "1" }));
        assert_eq!(wrong.refusal().0, "CodeMismatchException");
        tokens(&answer(&server, factor, &asked, "olga", json!({ &name: code })));
    }
}

#[test]
fn one_may_change_ones_mind_midway() {
    let server = TestServer::start();
    let asked = start(&server, "olga", json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" }));

    let further = json!({ "ANSWER": "SMS_OTP" });
    let asked = answer(&server, "SELECT_CHALLENGE", &asked, "olga", further).json();

    assert_eq!(asked["ChallengeName"], "SMS_OTP");
    tokens(&answer(&server, "PASSWORD", &asked, "olga", json!({ "PASSWORD": PASSWORD })));
}

#[test]
fn a_name_may_be_an_alias() {
    let server = TestServer::start();
    let asked = start(&server, "olga@example.com", json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" }));
    let code = server.code("olga@example.com");

    let further = json!({ "EMAIL_OTP_CODE": code });
    let result = tokens(&answer(&server, "EMAIL_OTP", &asked, "olga@example.com", further));

    assert_eq!(claims(&result["AccessToken"])["username"], "olga");
}

#[test]
fn an_unknown_person_gets_a_likeness() {
    let server = TestServer::start();

    let further = json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    let asked = start(&server, "nobody@example.com", further);

    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    assert_eq!(asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "n***@e***");
    assert_eq!(server.get("/_dev/inbox"), json!([]));
    let guess = json!({ "EMAIL_OTP_CODE": "12345678" });
    let reply = answer(&server, "EMAIL_OTP", &asked, "nobody@example.com", guess);
    assert_eq!(reply.refusal().0, "CodeMismatchException");
    let asked = start(&server, "nobody", json!({}));
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
}

#[test]
fn a_person_without_a_password_signs_up_confirms_and_is_in() {
    let server = TestServer::start();
    let signed_up = server.ok(
        "SignUp",
        json!({
            "ClientId": CLIENT,
            "Username": "quinn",
            "UserAttributes": [{ "Name": "email", "Value": "quinn@example.com" }],
        }),
    );
    let code = server.code("quinn@example.com");

    let confirmed = server.ok(
        "ConfirmSignUp",
        json!({
            "ClientId": CLIENT,
            "Username": "quinn",
            "ConfirmationCode": code,
            "Session": signed_up["Session"],
        }),
    );
    let sign_in = |session: &Value| {
        server.call(
            "InitiateAuth",
            json!({
                "ClientId": CLIENT,
                "AuthFlow": "USER_AUTH",
                "AuthParameters": { "USERNAME": "quinn" },
                "Session": session,
            }),
        )
    };

    assert_eq!(sign_in(&signed_up["Session"]).refusal().0, "NotAuthorizedException");
    let result = tokens(&sign_in(&confirmed["Session"]));
    assert_eq!(claims(&result["IdToken"])["email_verified"], true);
    assert_eq!(sign_in(&confirmed["Session"]).refusal().0, "NotAuthorizedException");
}

#[test]
fn a_code_confirms_who_never_confirmed() {
    let server = TestServer::start();
    server.ok(
        "SignUp",
        json!({
            "ClientId": CLIENT,
            "Username": "quinn",
            "UserAttributes": [{ "Name": "email", "Value": "quinn@example.com" }],
        }),
    );
    let asked = start(&server, "quinn", json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" }));
    let code = server.code("quinn@example.com");

    tokens(&answer(&server, "EMAIL_OTP", &asked, "quinn", json!({ "EMAIL_OTP_CODE": code })));
}
