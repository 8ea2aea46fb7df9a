//! The three errors of triggers, for every operation that asks one.

use super::Step;
use super::stage::{CONFIG, PASSWORD, POOL, Stage};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};

/// Shows each; gives operation and error.
pub(super) async fn shown() -> Vec<(&'static str, &'static str)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new()
        .route("/throws", post(async || r#"{"errorMessage": "no"}"#))
        .route("/nonsense", post(async || r#"{"response": []}"#))
        .route("/fails", post(async || StatusCode::BAD_GATEWAY));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut shown = Vec::new();
    for (trigger, before, operation, input) in asking() {
        for (path, error) in [
            ("throws", "UserLambdaValidationException"),
            ("nonsense", "InvalidLambdaResponseException"),
            ("fails", "UnexpectedLambdaException"),
        ] {
            // Earlier steps must not meet the trigger: it is there only after them.
            let mut stage = Stage::of(CONFIG);
            for step in &before {
                stage.take(step).await;
            }
            stage.set_trigger(trigger, &format!("{address}/{path}"));
            let name = stage.refusal(operation, &input).await.name;
            assert_eq!(name, error, "{operation}");
            shown.push((operation, error));
        }
    }
    shown
}

/// Trigger, what comes before, the operation that asks it, its input.
fn asking() -> Vec<(&'static str, Vec<Step>, &'static str, Value)> {
    let sign_in = |user: &str| {
        json!({ "ClientId": "client", "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": user, "PASSWORD": PASSWORD } })
    };
    let alice = || vec![("InitiateAuth", sign_in("alice"))];
    let vera = json!({ "ClientId": "client", "Username": "vera", "Password": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "vera@example.com" }] });
    let named = |user: &str| json!({ "ClientId": "client", "Username": user });
    let email = json!([{ "Name": "email", "Value": "new@example.com" }]);
    let signed_up = || vec![("SignUp", vera.clone())];
    vec![
        ("PreSignUp", vec![], "SignUp", vera.clone()),
        (
            "PostConfirmation",
            signed_up(),
            "ConfirmSignUp",
            json!({ "ClientId": "client", "Username": "vera", "ConfirmationCode": "{code vera@example.com}" }),
        ),
        ("CustomMessage", signed_up(), "ResendConfirmationCode", named("vera")),
        ("PreAuthentication", vec![], "InitiateAuth", sign_in("alice")),
        (
            "PostAuthentication",
            vec![("InitiateAuth", sign_in("tina"))],
            "RespondToAuthChallenge",
            json!({ "ClientId": "client", "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "{session}",
                "ChallengeResponses": { "USERNAME": "tina", "SOFTWARE_TOKEN_MFA_CODE": "{totp}" } }),
        ),
        (
            "PreTokenGeneration",
            alice(),
            "GetTokensFromRefreshToken",
            json!({ "ClientId": "client", "RefreshToken": "{refresh}", "DeviceKey": "{device}" }),
        ),
        (
            "CustomMessage",
            alice(),
            "UpdateUserAttributes",
            json!({ "AccessToken": "{token}", "UserAttributes": email.clone() }),
        ),
        (
            "CustomMessage",
            alice(),
            "GetUserAttributeVerificationCode",
            json!({ "AccessToken": "{token}", "AttributeName": "email" }),
        ),
        ("CustomMessage", vec![], "ForgotPassword", named("alice")),
        (
            "PostConfirmation",
            vec![("ForgotPassword", named("alice"))],
            "ConfirmForgotPassword",
            json!({ "ClientId": "client", "Username": "alice", "ConfirmationCode": "{code alice@example.com}",
                "Password": "Better-Battery-7?" }),
        ),
        (
            "CustomMessage",
            vec![],
            "AdminUpdateUserAttributes",
            json!({ "UserPoolId": POOL, "Username": "alice", "UserAttributes": email }),
        ),
    ]
}
