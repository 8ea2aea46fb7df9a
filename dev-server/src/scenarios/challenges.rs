//! A backend answers for people: `AdminRespondToAuthChallenge`, through every challenge.

use super::backend::admin;
use super::sessions::get_user;
use crate::passkey::authenticator::Authenticator;
use crate::refusal::Answer;
use crate::testing::{PASSWORD, POOL, World};
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[allow(dead_code, missing_docs, unreachable_pub, reason = "shared with the tests over the wire")]
#[path = "../../tests/common/srp.rs"]
mod srp;

const NEW: &str = "Better-Battery-7?";
const DEVICE: &str = "a password that a browser made up";
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Somebody for every challenge.
const PEOPLE: &str = r#"
[[pool]]
id = "eu-west-1_Test"
[pool.settings]
DeviceConfiguration = { ChallengeRequiredOnNewDevice = false, DeviceOnlyRememberedOnUserPrompt = false }
Policies = { SignInPolicy = { AllowedFirstAuthFactors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] } }
LambdaConfig = { DefineAuthChallenge = "{trigger}", CreateAuthChallenge = "{trigger}", VerifyAuthChallengeResponse = "{trigger}" }
[pool.mfa]
MfaConfiguration = "{mfa}"
SmsMfaConfiguration = {}
EmailMfaConfiguration = {}
SoftwareTokenMfaConfiguration = { Enabled = true }
WebAuthnConfiguration = { RelyingPartyId = "localhost", UserVerification = "preferred" }
[[pool.client]]
id = "testclient"
settings = { ExplicitAuthFlows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH"] }
[[pool.user]]
username = "alice"
password = "Correct-Horse-9!"
attributes = { email = "alice@example.com", email_verified = "true", phone_number = "+15555550100", phone_number_verified = "true" }
[[pool.user]]
username = "sam"
password = "Correct-Horse-9!"
attributes = { phone_number = "+15555550101", phone_number_verified = "true" }
mfa = ["SMS_MFA"]
[[pool.user]]
username = "emma"
password = "Correct-Horse-9!"
attributes = { email = "emma@example.com", email_verified = "true" }
mfa = ["EMAIL_OTP"]
[[pool.user]]
username = "tina"
password = "Correct-Horse-9!"
totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
mfa = ["SOFTWARE_TOKEN_MFA"]
[[pool.user]]
username = "mila"
password = "Correct-Horse-9!"
attributes = { email = "mila@example.com", email_verified = "true", phone_number = "+15555550102", phone_number_verified = "true" }
mfa = ["SMS_MFA", "EMAIL_OTP"]
[[pool.user]]
username = "nora"
password = "Correct-Horse-9!"
status = "FORCE_CHANGE_PASSWORD"
attributes = { email = "nora@example.com", email_verified = "true" }
"#;

/// One riddle, answered right or wrong.
async fn riddles() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let app = Router::new().route(
        "/",
        post(async |body: String| {
            let event: Value = serde_json::from_str(&body).unwrap();
            let session = event["request"]["session"].as_array().cloned().unwrap_or_default();
            let response = match event["triggerSource"].as_str().unwrap() {
                "DefineAuthChallenge_Authentication" => match session.last() {
                    None => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
                    Some(last) if last["challengeResult"] == true => json!({ "issueTokens": true }),
                    Some(_) => json!({ "failAuthentication": true }),
                },
                "CreateAuthChallenge_Authentication" => json!({
                    "publicChallengeParameters": {}, "privateChallengeParameters": { "answer": "42" },
                }),
                _ => json!({ "answerCorrect": event["request"]["challengeAnswer"] == "42" }),
            };
            json!({ "response": response }).to_string()
        }),
    );
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// What a backend does, and which challenges it has answered.
struct Backend {
    world: World,
    answered: BTreeSet<String>,
}

impl Backend {
    async fn new(mfa: &str) -> Self {
        let text = PEOPLE.replace("{mfa}", mfa).replace("{trigger}", &riddles().await);
        Self { world: World::of(toml::from_str(&text).unwrap()), answered: BTreeSet::new() }
    }

    /// Begins, and is asked this.
    async fn begin(&self, challenge: &str, flow: &str, parameters: Value) -> Value {
        let input = admin("AdminInitiateAuth", Some(flow), parameters);
        let asked = self.world.call("AdminInitiateAuth", input).await.unwrap();
        assert_eq!(asked["ChallengeName"], challenge, "{asked}");
        asked
    }

    /// The same with a password.
    async fn with_password(&self, challenge: &str, username: &str) -> Value {
        let given = json!({ "USERNAME": username, "PASSWORD": PASSWORD });
        self.begin(challenge, "ADMIN_USER_PASSWORD_AUTH", given).await
    }

    /// The same with a choice of the first factor.
    async fn choosing(&self, challenge: &str, further: Value) -> Value {
        let mut given = json!({ "USERNAME": "alice" });
        given.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        self.begin(challenge, "USER_AUTH", given).await
    }

    async fn respond(&self, asked: &Value, username: &str, mut responses: Value) -> Answer {
        responses["USERNAME"] = json!(username);
        let mut input = admin("AdminRespondToAuthChallenge", None, json!({}));
        input["ChallengeName"] = asked["ChallengeName"].clone();
        if asked["Session"].is_string() {
            input["Session"] = asked["Session"].clone();
        }
        input["ChallengeResponses"] = responses;
        self.world.call("AdminRespondToAuthChallenge", input).await
    }

    /// An answer that leads to the next challenge.
    async fn go_on(
        &mut self,
        asked: &Value,
        username: &str,
        responses: Value,
        next: &str,
    ) -> Value {
        let further = self.respond(asked, username, responses).await.unwrap();
        assert_eq!(further["ChallengeName"], next, "{further}");
        self.answered.insert(asked["ChallengeName"].as_str().unwrap().to_owned());
        further
    }

    /// An answer that is the last one.
    async fn finish(&mut self, asked: &Value, username: &str, responses: Value) -> Value {
        let name = asked["ChallengeName"].as_str().unwrap();
        let answer = self.respond(asked, username, responses).await;
        let mut answer = answer.unwrap_or_else(|refusal| panic!("{name}: {}", refusal.message));
        let result = answer["AuthenticationResult"].take();
        let token = result["AccessToken"].as_str().unwrap_or_else(|| panic!("{name}: {answer}"));
        assert_eq!(get_user(&self.world, token).await.unwrap()["Username"], username, "{name}");
        self.answered.insert(name.to_owned());
        result
    }

    async fn refuses(&self, refusal: &str, asked: &Value, username: &str, responses: Value) {
        let refused = self.respond(asked, username, responses).await.unwrap_err();
        assert_eq!(refused.name, refusal, "{}: {}", asked["ChallengeName"], refused.message);
    }

    fn now(&self) -> i64 {
        self.world.server.clock.now()
    }

    fn app_code(&self, secret: &str) -> String {
        let totp = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::SHA1)
            .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
            .build_noncompliant();
        totp.generate(u64::try_from(self.now()).unwrap()).to_string()
    }
}

/// Each with a wrong answer and with the right one.
#[tokio::test]
async fn backend_answers_every_challenge_that_the_model_names() {
    let mut backend = Backend::new("OPTIONAL").await;
    codes(&mut backend).await;
    passwords(&mut backend).await;
    choices(&mut backend).await;
    passkeys(&mut backend).await;
    riddle(&mut backend).await;
    devices(&mut backend).await;
    let mut strict = Backend::new("ON").await;
    set_up(&mut strict).await;

    let answered: BTreeSet<String> = backend.answered.union(&strict.answered).cloned().collect();
    let mut known: BTreeSet<String> =
        crate::shape::values("AdminRespondToAuthChallenge", "ChallengeName");
    // A flow of old, which nothing asks.
    assert!(known.remove("ADMIN_NO_SRP_AUTH"));
    assert_eq!(answered, known);
}

async fn codes(backend: &mut Backend) {
    for (name, username, to) in
        [("SMS_MFA", "sam", "+15555550101"), ("EMAIL_OTP", "emma", "emma@example.com")]
    {
        let asked = backend.with_password(name, username).await;
        let member = format!("{name}_CODE");
        let wrong = json!({ &member: "000000x" });
        backend.refuses("CodeMismatchException", &asked, username, wrong).await;
        let code = backend.world.code(to);
        backend.finish(&asked, username, json!({ &member: code })).await;
    }
    let asked = backend.with_password("SOFTWARE_TOKEN_MFA", "tina").await;
    let code = backend.app_code(SECRET);
    let wrong =
        json!({ "SOFTWARE_TOKEN_MFA_CODE": if code == "123456" { "123457" } else { "123456" } });
    backend.refuses("CodeMismatchException", &asked, "tina", wrong).await;
    backend.finish(&asked, "tina", json!({ "SOFTWARE_TOKEN_MFA_CODE": code })).await;
    let asked = backend.with_password("SELECT_MFA_TYPE", "mila").await;
    let pigeon = json!({ "ANSWER": "CARRIER_PIGEON" });
    backend.refuses("InvalidParameterException", &asked, "mila", pigeon).await;
    let asked = backend.go_on(&asked, "mila", json!({ "ANSWER": "SMS_MFA" }), "SMS_MFA").await;
    let code = backend.world.code("+15555550102");
    backend.finish(&asked, "mila", json!({ "SMS_MFA_CODE": code })).await;
}

async fn passwords(backend: &mut Backend) {
    let asked = backend.with_password("NEW_PASSWORD_REQUIRED", "nora").await;
    let short = json!({ "NEW_PASSWORD": "short" });
    backend.refuses("InvalidPasswordException", &asked, "nora", short).await;
    let asked = backend.with_password("NEW_PASSWORD_REQUIRED", "nora").await;
    backend.finish(&asked, "nora", json!({ "NEW_PASSWORD": NEW })).await;
    for (password, is_right) in [("Wrong-Horse-9!", false), (PASSWORD, true)] {
        let exchange = srp::Client::start();
        let given = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
        let asked = backend.begin("PASSWORD_VERIFIER", "USER_SRP_AUTH", given).await;
        let parameters = &asked["ChallengeParameters"];
        let proof = exchange.answer("Test", password, parameters, backend.now());
        if is_right {
            backend.finish(&asked, "alice", proof).await;
        } else {
            backend.refuses("NotAuthorizedException", &asked, "alice", proof).await;
        }
    }
}

async fn choices(backend: &mut Backend) {
    for (name, to) in [("EMAIL_OTP", "alice@example.com"), ("SMS_OTP", "+15555550100")] {
        let asked = backend.choosing(name, json!({ "PREFERRED_CHALLENGE": name })).await;
        let member = format!("{name}_CODE");
        let wrong = json!({ &member: "0000000x" });
        backend.refuses("CodeMismatchException", &asked, "alice", wrong).await;
        let code = backend.world.code(to);
        backend.finish(&asked, "alice", json!({ &member: code })).await;
    }
    let asked = backend.choosing("SELECT_CHALLENGE", json!({})).await;
    let pigeon = json!({ "ANSWER": "CARRIER_PIGEON" });
    backend.refuses("InvalidParameterException", &asked, "alice", pigeon).await;
    let asked = backend.go_on(&asked, "alice", json!({ "ANSWER": "PASSWORD" }), "PASSWORD").await;
    let wrong = json!({ "PASSWORD": "Wrong-Horse-9!" });
    backend.refuses("NotAuthorizedException", &asked, "alice", wrong).await;
    let asked = backend.choosing("SELECT_CHALLENGE", json!({})).await;
    let asked = backend.go_on(&asked, "alice", json!({ "ANSWER": "PASSWORD" }), "PASSWORD").await;
    backend.finish(&asked, "alice", json!({ "PASSWORD": PASSWORD })).await;
    let asked = backend.choosing("SELECT_CHALLENGE", json!({})).await;
    let srp = json!({ "ANSWER": "PASSWORD_SRP" });
    let asked = backend.go_on(&asked, "alice", srp, "PASSWORD_SRP").await;
    let exchange = srp::Client::start();
    let start = json!({ "SRP_A": exchange.a_public() });
    let asked = backend.go_on(&asked, "alice", start, "PASSWORD_VERIFIER").await;
    let proof = exchange.answer("Test", PASSWORD, &asked["ChallengeParameters"], backend.now());
    backend.finish(&asked, "alice", proof).await;
}

async fn passkeys(backend: &mut Backend) {
    let asked = backend.choosing("SELECT_CHALLENGE", json!({})).await;
    let given = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let token = backend.finish(&asked, "alice", given).await["AccessToken"].clone();
    let started = json!({ "AccessToken": token });
    let started = backend.world.call("StartWebAuthnRegistration", started).await.unwrap();
    let mut authenticator = Authenticator::new("http://localhost:5173", "localhost");
    let credential = authenticator.create(&started["CredentialCreationOptions"]);
    let complete = json!({ "AccessToken": token, "Credential": credential });
    backend.world.call("CompleteWebAuthnRegistration", complete).await.unwrap();
    let preferred = json!({ "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    for origin in ["https://evil.example", "http://localhost:5173"] {
        let asked = backend.choosing("WEB_AUTHN", preferred.clone()).await;
        let options = &asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"];
        origin.clone_into(&mut authenticator.origin);
        let credential = authenticator.get(options.as_str().unwrap()).to_string();
        let proof = json!({ "CREDENTIAL": credential });
        if origin.contains("evil") {
            backend.refuses("NotAuthorizedException", &asked, "alice", proof).await;
        } else {
            backend.finish(&asked, "alice", proof).await;
        }
    }
}

async fn riddle(backend: &mut Backend) {
    let given = json!({ "USERNAME": "alice" });
    let asked = backend.begin("CUSTOM_CHALLENGE", "CUSTOM_AUTH", given.clone()).await;
    backend.refuses("NotAuthorizedException", &asked, "alice", json!({ "ANSWER": "41" })).await;
    let asked = backend.begin("CUSTOM_CHALLENGE", "CUSTOM_AUTH", given).await;
    backend.finish(&asked, "alice", json!({ "ANSWER": "42" })).await;
}

async fn devices(backend: &mut Backend) {
    let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let input = admin("AdminInitiateAuth", Some("ADMIN_USER_PASSWORD_AUTH"), given);
    let answer = backend.world.call("AdminInitiateAuth", input).await.unwrap();
    let result = &answer["AuthenticationResult"];
    let metadata = &result["NewDeviceMetadata"];
    let [key, group] =
        ["DeviceKey", "DeviceGroupKey"].map(|name| metadata[name].as_str().unwrap().to_owned());
    let confirm = json!({
        "AccessToken": result["AccessToken"], "DeviceKey": key,
        "DeviceSecretVerifierConfig": srp::device_verifier(&group, &key, DEVICE),
    });
    backend.world.call("ConfirmDevice", confirm).await.unwrap();
    for password in ["another password", DEVICE] {
        let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD, "DEVICE_KEY": key });
        let asked = backend.begin("DEVICE_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", given).await;
        let exchange = srp::Client::start();
        let start = json!({ "DEVICE_KEY": key, "SRP_A": exchange.a_public() });
        let asked = backend.go_on(&asked, "alice", start, "DEVICE_PASSWORD_VERIFIER").await;
        let parameters = &asked["ChallengeParameters"];
        let time = srp::timestamp(backend.now());
        let proof = json!({
            "DEVICE_KEY": key, "TIMESTAMP": time,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": exchange.sign(&group, &key, password, parameters, &time),
        });
        if password == DEVICE {
            backend.finish(&asked, "alice", proof).await;
        } else {
            backend.refuses("NotAuthorizedException", &asked, "alice", proof).await;
        }
    }
}

async fn set_up(backend: &mut Backend) {
    let asked = backend.with_password("NEW_PASSWORD_REQUIRED", "nora").await;
    let given = json!({ "NEW_PASSWORD": NEW });
    let asked = backend.go_on(&asked, "nora", given, "EMAIL_OTP").await;
    let code = backend.world.code("nora@example.com");
    backend.finish(&asked, "nora", json!({ "EMAIL_OTP_CODE": code })).await;
    let create = json!({ "UserPoolId": POOL, "Username": "una", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS" });
    backend.world.call("AdminCreateUser", create).await.unwrap();
    let keep =
        json!({ "UserPoolId": POOL, "Username": "una", "Password": PASSWORD, "Permanent": true });
    backend.world.call("AdminSetUserPassword", keep).await.unwrap();

    let asked = backend.with_password("MFA_SETUP", "una").await;
    backend.refuses("InvalidParameterException", &asked, "una", json!({})).await;
    let begin = json!({ "Session": asked["Session"] });
    let begun = backend.world.call("AssociateSoftwareToken", begin).await.unwrap();
    let code = backend.app_code(begun["SecretCode"].as_str().unwrap());
    let verify = json!({ "Session": begun["Session"], "UserCode": code });
    let verified = backend.world.call("VerifySoftwareToken", verify).await.unwrap();
    let asked = json!({ "ChallengeName": "MFA_SETUP", "Session": verified["Session"] });
    backend.finish(&asked, "una", json!({})).await;
}
