//! The rows: those that many operations share, then each operation's own.

mod account;
mod control;
mod sign_in;

use super::stage::{IDENTITIES, PASSWORD, POOL};
use super::{Row, Step};
use serde_json::{Value, json};

const NEW: &str = "Better-Battery-7?";
const DEVICE: &str = "eu-west-1_00000000-0000-4000-8000-000000000000";
const PROVIDER: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Test";

pub(super) fn all() -> Vec<Row> {
    let mut rows = of_tokens();
    rows.extend(of_clients());
    rows.extend(sign_in::of_sign_up());
    rows.extend(sign_in::of_sign_in());
    rows.extend(account::of_recovery());
    rows.extend(account::of_attributes());
    rows.extend(account::of_factors());
    rows.extend(account::of_devices());
    rows.extend(account::of_passkeys());
    rows.extend(control::of_administrators());
    rows.extend(control::of_identities());
    rows
}

fn row(operation: &'static str, error: &'static str, before: Vec<Step>, input: Value) -> Row {
    Row { operation, error, change: None, before, input }
}

fn in_pool(change: (&'static str, &'static str), row: Row) -> Row {
    Row { change: Some(change), ..row }
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

fn sign_in_by(client: &str, user: &str) -> Step {
    let parameters = json!({ "USERNAME": user, "PASSWORD": PASSWORD });
    let flow = "USER_PASSWORD_AUTH";
    ("InitiateAuth", json!({ "ClientId": client, "AuthFlow": flow, "AuthParameters": parameters }))
}

fn sign_in(user: &str) -> Step {
    sign_in_by("client", user)
}

fn named(user: &str) -> Value {
    json!({ "ClientId": "client", "Username": user })
}

fn of_alice() -> Value {
    json!({ "UserPoolId": POOL, "Username": "alice" })
}

fn tries(times: i64, operation: &str, input: &Value) -> Step {
    ("@tries", json!({ "times": times, "operation": operation, "input": input }))
}

fn respond(challenge: &str, user: &str, responses: Value) -> Value {
    json!({ "ClientId": "client", "ChallengeName": challenge, "Session": "{session}",
        "ChallengeResponses": with(json!({ "USERNAME": user }), responses) })
}

/// Every operation that takes an access token, with an otherwise right input.
fn token_inputs() -> Vec<(&'static str, Value)> {
    let device = json!({ "DeviceKey": DEVICE });
    [
        ("GlobalSignOut", json!({})),
        ("GetUser", json!({})),
        ("UpdateUserAttributes", json!({ "UserAttributes": [] })),
        ("DeleteUserAttributes", json!({ "UserAttributeNames": ["name"] })),
        ("GetUserAttributeVerificationCode", json!({ "AttributeName": "email" })),
        ("VerifyUserAttribute", json!({ "AttributeName": "email", "Code": "123456" })),
        ("ChangePassword", json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW })),
        ("DeleteUser", json!({})),
        ("AssociateSoftwareToken", json!({})),
        ("VerifySoftwareToken", json!({ "UserCode": "123456" })),
        ("SetUserMFAPreference", json!({})),
        ("GetUserAuthFactors", json!({})),
        ("ListDevices", json!({})),
        ("GetDevice", device.clone()),
        ("ForgetDevice", device.clone()),
        ("ConfirmDevice", device.clone()),
        ("UpdateDeviceStatus", device),
        ("StartWebAuthnRegistration", json!({})),
        ("CompleteWebAuthnRegistration", json!({ "Credential": {} })),
        ("ListWebAuthnCredentials", json!({})),
        ("DeleteWebAuthnCredential", json!({ "CredentialId": "AAAA" })),
    ]
    .into_iter()
    .map(|(name, input)| (name, with(input, json!({ "AccessToken": "{token}" }))))
    .collect()
}

fn of_tokens() -> Vec<Row> {
    let mut rows = Vec::new();
    for (operation, input) in token_inputs() {
        let forged = with(input.clone(), json!({ "AccessToken": "not.a.token" }));
        rows.push(row(operation, "NotAuthorizedException", vec![], forged));
        let short = with(input.clone(), json!({ "AccessToken": "no token" }));
        rows.push(row(operation, "InvalidParameterException", vec![], short));
        for (error, meanwhile) in [
            ("PasswordResetRequiredException", ("AdminResetUserPassword", of_alice())),
            (
                "UserNotConfirmedException",
                ("@state", json!({ "user": "alice", "state": "unconfirmed" })),
            ),
            ("UserNotFoundException", ("AdminDeleteUser", of_alice())),
            (
                "ResourceNotFoundException",
                ("DeleteUserPoolClient", json!({ "UserPoolId": POOL, "ClientId": "client" })),
            ),
        ] {
            let is_listed = crate::shape::errors(operation).iter().any(|name| name == error);
            let error = if is_listed { error } else { "NotAuthorizedException" };
            rows.push(row(operation, error, vec![sign_in("alice"), meanwhile], input.clone()));
        }
    }
    rows
}

/// Every operation that names a client, with an otherwise right input.
fn of_clients() -> Vec<Row> {
    let code = json!({ "ConfirmationCode": "123456" });
    let flow = json!({ "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD } });
    let answer = json!({ "ChallengeName": "SMS_MFA", "Session": "x".repeat(40),
        "ChallengeResponses": { "USERNAME": "alice", "SMS_MFA_CODE": "123456" } });
    let mut rows = Vec::new();
    for (operation, input) in [
        ("SignUp", json!({ "Username": "vera", "Password": PASSWORD })),
        ("ConfirmSignUp", with(code.clone(), json!({ "Username": "alice" }))),
        ("ResendConfirmationCode", json!({ "Username": "alice" })),
        ("ForgotPassword", json!({ "Username": "alice" })),
        ("ConfirmForgotPassword", with(code, json!({ "Username": "alice", "Password": NEW }))),
        ("InitiateAuth", flow),
        ("RespondToAuthChallenge", answer),
        ("GetTokensFromRefreshToken", json!({ "RefreshToken": "x.y" })),
    ] {
        let by = |client: &str| with(input.clone(), json!({ "ClientId": client }));
        rows.push(row(operation, "ResourceNotFoundException", vec![], by("nosuchclient")));
        rows.push(row(operation, "InvalidParameterException", vec![], input.clone()));
        // A client with a secret wants its proof; a flow that it does not have is refused before.
        let is_wrong_flow = operation == "InitiateAuth";
        let error =
            if is_wrong_flow { "InvalidParameterException" } else { "NotAuthorizedException" };
        rows.push(row(operation, error, vec![], by("secret")));
    }
    rows
}
