use super::answer::{CreateChallenge, DefineChallenge, PreSignUp, TokenOverride, VerifyChallenge};
use super::call::Patience;
use super::{Occasion, Trigger};
use crate::refusal::Refusal;
use crate::store::Pool;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A developer's endpoint that answers with the given replies in turn and keeps what it was sent.
struct Endpoint {
    address: String,
    seen: Arc<Mutex<Vec<Value>>>,
}

type Replies = (Arc<Mutex<Vec<Value>>>, Arc<Mutex<Vec<(u16, String)>>>);

async fn endpoint(replies: &[(u16, String)]) -> Endpoint {
    async fn reply(State((seen, replies)): State<Replies>, body: String) -> (StatusCode, String) {
        seen.lock().unwrap().push(serde_json::from_str(&body).unwrap());
        let mut replies = replies.lock().unwrap();
        let (status, text) = if replies.len() > 1 { replies.remove(0) } else { replies[0].clone() };
        (StatusCode::from_u16(status).unwrap(), text)
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let state: Replies = (Arc::clone(&seen), Arc::new(Mutex::new(replies.to_vec())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let app = Router::new().route("/hook", post(reply)).with_state(state);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Endpoint { address, seen }
}

fn pool(config: Value) -> Pool {
    let settings = Map::from_iter([("LambdaConfig".to_owned(), config)]);
    Pool {
        id: "eu-west-1_Test".to_owned(),
        name: "test".to_owned(),
        aws_issuer: false,
        response_issuer: false,
        settings,
        mfa: Map::new(),
        risk: Map::new(),
        created: 0,
        modified: 0,
    }
}

async fn ask_at<T: DeserializeOwned + Default>(
    trigger: Trigger,
    address: &str,
) -> Result<Option<T>, Refusal> {
    let pool = pool(json!({ trigger.name(): address }));
    let occasion = Occasion {
        pool: &pool,
        client_id: "client",
        username: "alice",
        source: "Some_Source",
        request: json!({"userAttributes": {"email": "alice@example.com"}}),
    };
    trigger.ask_with(occasion, Patience { timeout: Duration::from_secs(5), tries: 3 }).await
}

async fn ask<T: DeserializeOwned + Default>(
    trigger: Trigger,
    status: u16,
    text: &str,
) -> Result<T, Refusal> {
    let endpoint = endpoint(&[(status, text.to_owned())]).await;
    ask_at(trigger, &endpoint.address).await.map(Option::unwrap)
}

#[tokio::test]
async fn event_is_the_documented_one() {
    let answer = json!({"response": {"autoConfirmUser": true}}).to_string();
    let endpoint = endpoint(&[(200, answer)]).await;

    let response: PreSignUp = ask_at(Trigger::PreSignUp, &endpoint.address).await.unwrap().unwrap();

    assert!(response.auto_confirm_user && !response.auto_verify_email);
    assert_eq!(
        *endpoint.seen.lock().unwrap(),
        [json!({
            "version": "1", "region": "eu-west-1", "userPoolId": "eu-west-1_Test", "userName": "alice",
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "client"},
            "triggerSource": "Some_Source",
            "request": {"userAttributes": {"email": "alice@example.com"}},
            "response": {"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false},
        })]
    );
}

#[tokio::test]
async fn answers_are_read_with_nulls_as_defaults() {
    let define: DefineChallenge = ask(
        Trigger::DefineAuthChallenge,
        200,
        r#"{"response": {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": null}}"#,
    )
    .await
    .unwrap();
    assert_eq!(define.challenge_name.as_deref(), Some("CUSTOM_CHALLENGE"));
    assert!(!define.fail_authentication);

    let create: CreateChallenge = ask(
        Trigger::CreateAuthChallenge,
        200,
        r#"{"response": {"publicChallengeParameters": {"hint": "x"}, "privateChallengeParameters": {"answer": "5"}}}"#,
    )
    .await
    .unwrap();
    assert_eq!(create.public_challenge_parameters["hint"], "x");
    assert_eq!(create.private_challenge_parameters["answer"], "5");

    let verify: VerifyChallenge =
        ask(Trigger::VerifyAuthChallengeResponse, 200, r#"{"response": {"answerCorrect": true}}"#)
            .await
            .unwrap();
    assert!(verify.answer_correct);

    let token: TokenOverride = ask(
        Trigger::PreTokenGeneration,
        200,
        r#"{"response": {"claimsOverrideDetails": {"claimsToAddOrOverride": {"a": "b"}, "claimsToSuppress": null}}}"#,
    )
    .await
    .unwrap();
    let claims = token.claims_override_details.unwrap().claims_to_add_or_override.unwrap();
    assert_eq!(claims["a"], "b");
}

#[tokio::test]
async fn trigger_that_threw_is_quoted() {
    for (status, text) in [
        (200, r#"{"errorMessage": "no guests", "errorType": "Error"}"#),
        (400, r#"{"errorMessage": "no guests"}"#),
        (500, "no guests\n"),
    ] {
        let refusal = ask::<PreSignUp>(Trigger::PreSignUp, status, text).await.unwrap_err();

        assert_eq!(refusal.name, "UserLambdaValidationException");
        assert_eq!(refusal.message, "PreSignUp failed with error no guests.");
    }
}

#[tokio::test]
async fn answer_of_the_wrong_shape_is_refused() {
    for text in [
        "",
        "hello",
        "{}",
        "[]",
        r#"{"response": 1}"#,
        r#"{"response": {"autoConfirmUser": "yes"}}"#,
    ] {
        let refusal = ask::<PreSignUp>(Trigger::PreSignUp, 200, text).await.unwrap_err();

        assert_eq!(refusal.name, "InvalidLambdaResponseException", "{text}");
    }
}

#[tokio::test]
async fn unavailable_trigger_is_tried_three_times() {
    let endpoint = endpoint(&[(503, String::new())]).await;

    let refusal = ask_at::<PreSignUp>(Trigger::PreSignUp, &endpoint.address).await.unwrap_err();

    assert_eq!(refusal.name, "UnexpectedLambdaException");
    assert_eq!(endpoint.seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn second_try_may_succeed() {
    let good = r#"{"response": {}}"#.to_owned();
    let endpoint = endpoint(&[(502, String::new()), (200, good)]).await;

    let answer = ask_at::<PreSignUp>(Trigger::PreSignUp, &endpoint.address).await.unwrap();

    assert_eq!(answer, Some(PreSignUp::default()));
}

#[tokio::test]
async fn silence_and_a_closed_port_are_unexpected() {
    // Listens but never answers: the connection waits in the backlog.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let pool = pool(json!({ "PreSignUp": address }));
    let occasion =
        Occasion { pool: &pool, client_id: "c", username: "a", source: "s", request: json!({}) };
    let patience = Patience { timeout: Duration::from_millis(30), tries: 2 };

    let silence = Trigger::PreSignUp.ask_with::<PreSignUp>(occasion, patience).await.unwrap_err();
    drop(silent);
    let closed = ask_at::<PreSignUp>(Trigger::PreSignUp, &address).await.unwrap_err();

    assert_eq!(silence.name, "UnexpectedLambdaException");
    assert_eq!(closed.name, "UnexpectedLambdaException");
}

#[test]
fn only_addresses_are_called_and_versions_are_read() {
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
    let none = pool(json!({ "PreSignUp": arn }));
    let secure = pool(json!({ "PreSignUp": "https://example.com/a" }));
    let old = pool(json!({ "PreTokenGeneration": "http://localhost/a" }));
    let new = pool(json!({ "PreTokenGenerationConfig":
        {"LambdaArn": "http://localhost/b", "LambdaVersion": "V2_0"} }));

    assert_eq!(Trigger::PreSignUp.configured(&none), None);
    assert_eq!(Trigger::PreSignUp.configured(&secure).unwrap().0, "https://example.com/a");
    assert_eq!(Trigger::PreTokenGeneration.configured(&old).unwrap().1, "1");
    let (address, version) = Trigger::PreTokenGeneration.configured(&new).unwrap();
    assert_eq!((address.as_str(), version.as_str()), ("http://localhost/b", "2"));
}
