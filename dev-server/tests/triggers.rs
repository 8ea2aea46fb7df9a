//! Triggers as HTTP endpoints: custom challenges, sign-up, tokens, migration, messages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::srp::Client;
use common::{PASSWORD, TestServer, claims, now};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Answers each event by `respond`: the `response`, or an error's text. Keeps the events.
struct Triggers {
    port: u16,
    events: Arc<Mutex<Vec<Value>>>,
}

impl Triggers {
    fn start(respond: fn(&Value) -> Result<Value, String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let events = Arc::new(Mutex::new(Vec::new()));
        let kept = events.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let mut event: Value = serde_json::from_slice(&body).unwrap();
                kept.lock().unwrap().push(event.clone());
                let answer = match respond(&event) {
                    Ok(response) => {
                        event["response"] = response;
                        event
                    }
                    Err(text) => json!({ "errorMessage": text }),
                };
                let text = answer.to_string();
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ";
                write!(stream, "{head}{}\r\n\r\n{text}", text.len()).unwrap();
            }
        });
        Self { port, events }
    }

    /// A server whose pool has the named triggers here.
    fn server(&self, names: &[&str]) -> TestServer {
        let mut toml = String::from(
            "[[pool]]\nid = \"eu-west-1_Test\"\n[pool.settings]\n\
             AutoVerifiedAttributes = [\"email\"]\n[pool.settings.LambdaConfig]\n",
        );
        for name in names {
            toml.push_str(&format!("{name} = \"http://127.0.0.1:{}/{name}\"\n", self.port));
        }
        toml.push_str(
            "[[pool.client]]\nid = \"testclient\"\n[pool.client.settings]\n\
             ExplicitAuthFlows = [\"ALLOW_CUSTOM_AUTH\", \"ALLOW_USER_SRP_AUTH\", \
             \"ALLOW_USER_PASSWORD_AUTH\", \"ALLOW_REFRESH_TOKEN_AUTH\"]\n\
             PreventUserExistenceErrors = \"ENABLED\"\n\
             [[pool.user]]\nusername = \"cora\"\npassword = \"Correct-Horse-9!\"\n\
             attributes = { email = \"cora@example.com\", email_verified = \"true\" }\n",
        );
        TestServer::with_config(&toml)
    }

    fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap().clone()
    }
}

const CLIENT: &str = "testclient";
const CUSTOM: &[&str] =
    &["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];

/// Two riddles right, three tries in all; after a password where one was proved.
fn riddles(event: &Value) -> Result<Value, String> {
    let session = event["request"]["session"].as_array().cloned().unwrap_or_default();
    let source = event["triggerSource"].as_str().unwrap_or_default();
    let riddles: Vec<_> =
        session.iter().filter(|entry| entry["challengeName"] == "CUSTOM_CHALLENGE").collect();
    let right = riddles.iter().filter(|entry| entry["challengeResult"] == true).count();
    match source {
        "DefineAuthChallenge_Authentication" => {
            let last = session.last().map(|entry| entry["challengeName"].clone());
            Ok(if last == Some(json!("SRP_A")) {
                json!({ "challengeName": "PASSWORD_VERIFIER" })
            } else if right == 2 {
                json!({ "issueTokens": true })
            } else if riddles.len() >= 3 {
                json!({ "failAuthentication": true })
            } else {
                json!({ "challengeName": "CUSTOM_CHALLENGE" })
            })
        }
        "CreateAuthChallenge_Authentication" => Ok(json!({
            "publicChallengeParameters": { "riddle": format!("number {}", riddles.len()) },
            "privateChallengeParameters": { "answer": "forty-two" },
            "challengeMetadata": "RIDDLE",
        })),
        _ => {
            let answer = &event["request"]["challengeAnswer"];
            if answer == "explode" {
                return Err("it went off".to_owned());
            }
            let right = answer == &event["request"]["privateChallengeParameters"]["answer"];
            Ok(json!({ "answerCorrect": right }))
        }
    }
}

#[test]
fn a_custom_challenge_is_repeated_until_the_trigger_is_content() {
    let triggers = Triggers::start(riddles);
    let server = triggers.server(CUSTOM);
    let answer = |asked: &Value, answer: &str| {
        let responses = json!({ "USERNAME": "cora", "ANSWER": answer });
        server.answer(CLIENT, "CUSTOM_CHALLENGE", &asked["Session"], responses)
    };

    let asked = server.initiate(CLIENT, "CUSTOM_AUTH", json!({ "USERNAME": "cora" })).json();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    let parameters = json!({ "riddle": "number 0", "USERNAME": "cora" });
    assert_eq!(asked["ChallengeParameters"], parameters);
    let asked = answer(&asked, "wrong").json();
    assert_eq!(asked["ChallengeParameters"]["riddle"], "number 1");
    let asked = answer(&asked, "forty-two").json();
    let result = answer(&asked, "forty-two").json();

    assert!(result["AuthenticationResult"]["AccessToken"].is_string(), "{result}");
    let seen = triggers.events();
    let last = seen.iter().rfind(|event| event["request"]["session"].is_array()).unwrap();
    let metadata = &last["request"]["session"][0]["challengeMetadata"];
    assert_eq!(metadata, "RIDDLE");
    assert_eq!(last["userName"], "cora");
    assert_eq!(last["userPoolId"], "eu-west-1_Test");
}

#[test]
fn a_trigger_can_fail_a_sign_in_and_can_throw() {
    let triggers = Triggers::start(riddles);
    let server = triggers.server(CUSTOM);
    let start = || server.initiate(CLIENT, "CUSTOM_AUTH", json!({ "USERNAME": "cora" })).json();
    let answer = |asked: &Value, answer: &str| {
        let responses = json!({ "USERNAME": "cora", "ANSWER": answer });
        server.answer(CLIENT, "CUSTOM_CHALLENGE", &asked["Session"], responses)
    };
    let mut asked = start();
    for _ in 0..2 {
        asked = answer(&asked, "wrong").json();
    }

    let (name, message) = answer(&asked, "wrong").refusal();
    assert_eq!(name, "NotAuthorizedException");
    assert_eq!(message, "Incorrect username or password.");
    let (name, message) = answer(&start(), "explode").refusal();
    assert_eq!(name, "UserLambdaValidationException");
    assert_eq!(message, "VerifyAuthChallengeResponse failed with error it went off.");
}

#[test]
fn a_password_may_come_before_a_custom_challenge() {
    let triggers = Triggers::start(riddles);
    let server = triggers.server(CUSTOM);
    let exchange = Client::start();
    let parameters = json!({
        "USERNAME": "cora", "CHALLENGE_NAME": "SRP_A", "SRP_A": exchange.a_public(),
    });

    let asked = server.initiate(CLIENT, "CUSTOM_AUTH", parameters).json();
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    assert!(asked["Session"].is_string());
    let proof = exchange.answer("Test", PASSWORD, &asked["ChallengeParameters"], now());
    let mut asked = server.answer(CLIENT, "PASSWORD_VERIFIER", &asked["Session"], proof).json();
    for _ in 0..2 {
        assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE", "{asked}");
        let responses = json!({ "USERNAME": "cora", "ANSWER": "forty-two" });
        let session = asked["Session"].clone();
        asked = server.answer(CLIENT, "CUSTOM_CHALLENGE", &session, responses).json();
    }

    assert!(asked["AuthenticationResult"]["AccessToken"].is_string(), "{asked}");
}

#[test]
fn an_unknown_person_reaches_the_triggers_marked_as_such() {
    let triggers = Triggers::start(riddles);
    let server = triggers.server(CUSTOM);

    let parameters = json!({ "USERNAME": "nobody" });
    let mut asked = server.initiate(CLIENT, "CUSTOM_AUTH", parameters).json();
    for _ in 0..1 {
        let responses = json!({ "USERNAME": "nobody", "ANSWER": "forty-two" });
        let session = asked["Session"].clone();
        asked = server.answer(CLIENT, "CUSTOM_CHALLENGE", &session, responses).json();
    }
    let responses = json!({ "USERNAME": "nobody", "ANSWER": "forty-two" });
    let reply = server.answer(CLIENT, "CUSTOM_CHALLENGE", &asked["Session"], responses);

    assert_eq!(reply.refusal().0, "NotAuthorizedException", "no tokens, whatever the trigger says");
    assert!(triggers.events().iter().all(|event| event["request"]["userNotFound"] == true));
}

#[test]
fn a_pool_without_triggers_has_no_custom_challenges() {
    let triggers = Triggers::start(riddles);
    let server = triggers.server(&[]);

    let reply = server.initiate(CLIENT, "CUSTOM_AUTH", json!({ "USERNAME": "cora" }));

    assert_eq!(reply.refusal().0, "InvalidParameterException");
}

fn everything(event: &Value) -> Result<Value, String> {
    match event["triggerSource"].as_str().unwrap_or_default() {
        "PreSignUp_SignUp" => {
            if event["request"]["validationData"]["invitation"] != "yes" {
                return Err("by invitation only".to_owned());
            }
            Ok(
                json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": false }),
            )
        }
        "PreAuthentication_Authentication" => {
            if event["request"]["validationData"]["mood"] == "bad" {
                return Err("not today".to_owned());
            }
            Ok(json!({}))
        }
        source if source.starts_with("TokenGeneration_") => Ok(json!({
            "claimsOverrideDetails": {
                "claimsToAddOrOverride": { "tenant": source, "sub": "somebody else" },
                "claimsToSuppress": ["email"],
            }
        })),
        "UserMigration_Authentication" => {
            if event["request"]["password"] != "Old-System-Pass-1!" {
                return Err("bad password".to_owned());
            }
            Ok(json!({
                "userAttributes": { "email": "old@example.com", "email_verified": "true" },
                "finalUserStatus": "CONFIRMED",
                "messageAction": "SUPPRESS",
            }))
        }
        "UserMigration_ForgotPassword" if event["userName"] == "forgetful" => Ok(json!({
            "userAttributes": { "email": "forgetful@example.com", "email_verified": "true" },
            "finalUserStatus": "RESET_REQUIRED",
        })),
        source if source.starts_with("CustomMessage_") => Ok(json!({
            "emailMessage": format!("{source}: {{####}}"),
            "emailSubject": format!("about {source}"),
        })),
        _ => Ok(json!({})),
    }
}

const EVERYTHING: &[&str] = &[
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "PreTokenGeneration",
    "UserMigration",
    "CustomMessage",
];

#[test]
fn a_pre_sign_up_trigger_refuses_or_confirms() {
    let triggers = Triggers::start(everything);
    let server = triggers.server(EVERYTHING);
    let sign_up = |invitation: &str| {
        server.call(
            "SignUp",
            json!({
                "ClientId": CLIENT,
                "Username": "vera",
                "Password": PASSWORD,
                "UserAttributes": [{ "Name": "email", "Value": "vera@example.com" }],
                "ValidationData": [{ "Name": "invitation", "Value": invitation }],
            }),
        )
    };

    let (name, message) = sign_up("no").refusal();
    assert_eq!(name, "UserLambdaValidationException");
    assert_eq!(message, "PreSignUp failed with error by invitation only.");
    let reply = sign_up("yes").json();
    assert_eq!(reply["UserConfirmed"], true);
    assert!(reply.get("CodeDeliveryDetails").is_none());
    let sources: Vec<_> =
        triggers.events().iter().map(|event| event["triggerSource"].clone()).collect();
    assert!(sources.contains(&json!("PostConfirmation_ConfirmSignUp")), "{sources:?}");
}

#[test]
fn triggers_stand_before_and_after_a_sign_in_and_change_claims() {
    let triggers = Triggers::start(everything);
    let server = triggers.server(EVERYTHING);
    let sign_in = |mood: &str| {
        server.call(
            "InitiateAuth",
            json!({
                "ClientId": CLIENT,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "cora", "PASSWORD": PASSWORD },
                "ClientMetadata": { "mood": mood },
            }),
        )
    };

    assert_eq!(sign_in("bad").refusal().1, "PreAuthentication failed with error not today.");
    let result = sign_in("good").json()["AuthenticationResult"].take();

    let id = claims(&result["IdToken"]);
    assert_eq!(id["tenant"], "TokenGeneration_Authentication");
    assert!(id.get("email").is_none(), "suppressed");
    assert_ne!(id["sub"], "somebody else", "whose it is cannot be changed");
    let renewed = server.ok(
        "GetTokensFromRefreshToken",
        json!({ "ClientId": CLIENT, "RefreshToken": result["RefreshToken"] }),
    );
    let id = claims(&renewed["AuthenticationResult"]["IdToken"]);
    assert_eq!(id["tenant"], "TokenGeneration_RefreshTokens");
    let sources: Vec<_> =
        triggers.events().iter().map(|event| event["triggerSource"].clone()).collect();
    assert!(sources.contains(&json!("PostAuthentication_Authentication")), "{sources:?}");
}

#[test]
fn a_person_of_an_older_system_is_taken_over() {
    let triggers = Triggers::start(everything);
    let server = triggers.server(EVERYTHING);
    let sign_in = |password: &str| {
        let parameters = json!({ "USERNAME": "oldtimer", "PASSWORD": password });
        server.initiate(CLIENT, "USER_PASSWORD_AUTH", parameters)
    };

    assert_eq!(sign_in("guess").refusal().1, "Incorrect username or password.");
    assert_eq!(sign_in("Old-System-Pass-1!").status, 200);
    let reply = server.srp(CLIENT, "eu-west-1_Test", "oldtimer", "Old-System-Pass-1!");
    assert_eq!(reply.status, 200, "known from now on: {}", reply.body);
}

#[test]
fn a_person_of_an_older_system_who_forgot_the_password_is_taken_over() {
    let triggers = Triggers::start(everything);
    let server = triggers.server(EVERYTHING);
    let named = |further: Value| {
        common::merged(json!({ "ClientId": CLIENT, "Username": "forgetful" }), &further)
    };

    server.ok("ForgotPassword", named(json!({})));
    let code = server.code("forgetful@example.com");
    let further = json!({ "ConfirmationCode": code, "Password": "Brand-New-Pass-2!" });
    server.ok("ConfirmForgotPassword", named(further));

    let reply = server.srp(CLIENT, "eu-west-1_Test", "forgetful", "Brand-New-Pass-2!");
    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[test]
fn messages_are_worded_by_the_trigger() {
    let triggers = Triggers::start(everything);
    let server = triggers.server(EVERYTHING);

    server.ok("ForgotPassword", json!({ "ClientId": CLIENT, "Username": "cora" }));

    let letter = server.get("/_dev/inbox?to=cora@example.com")[0].take();
    let text = format!("CustomMessage_ForgotPassword: {}", letter["code"].as_str().unwrap());
    assert_eq!(letter["text"], json!(text));
    assert_eq!(letter["subject"], "about CustomMessage_ForgotPassword");

    let plain = triggers.server(&[]);
    plain.ok("ForgotPassword", json!({ "ClientId": CLIENT, "Username": "cora" }));
    let letter = plain.get("/_dev/inbox?to=cora@example.com")[0].take();
    assert_eq!(letter["subject"], "Your verification code");
}
