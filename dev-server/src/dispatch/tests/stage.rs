//! Plays a row: a pool with somebody in every state, and names for what earlier calls answered.

use super::{Row, Step};
use crate::passkey::authenticator::Authenticator;
use crate::refusal::{Answer, Refusal};
use crate::store::{Passkey, UserStatus};
use crate::testing::World;
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::collections::HashMap;

pub(super) const POOL: &str = "eu-west-1_Test";
pub(super) const IDENTITIES: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
pub(super) const PASSWORD: &str = "Correct-Horse-9!";
/// The secret of tina's app.
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// One pool for all rows.
pub(super) const CONFIG: &str = r#"
[[pool]]
id = "eu-west-1_Test"
[pool.settings]
AutoVerifiedAttributes = ["email"]
AliasAttributes = ["email", "preferred_username"]
DeviceConfiguration = { DeviceOnlyRememberedOnUserPrompt = true }
Policies = { PasswordPolicy = { PasswordHistorySize = 2 }, SignInPolicy = { AllowedFirstAuthFactors = ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] } }
[pool.mfa]
MfaConfiguration = "OPTIONAL"
SoftwareTokenMfaConfiguration = { Enabled = true }
WebAuthnConfiguration = { RelyingPartyId = "localhost", UserVerification = "required" }
[[pool.client]]
id = "client"
settings = { ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }
[[pool.client]]
id = "other"
settings = { ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH"], EnableTokenRevocation = false }
[[pool.client]]
id = "secret"
secret = "0123456789"
[[pool.client]]
id = "rotating"
settings = { ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], RefreshTokenRotation = { Feature = "ENABLED", RetryGracePeriodSeconds = 0 } }
[[pool.user]]
username = "alice"
password = "Correct-Horse-9!"
attributes = { email = "alice@example.com", email_verified = "true" }
[[pool.user]]
username = "bob"
password = "Correct-Horse-9!"
attributes = { email = "bob@example.com", email_verified = "true" }
[[pool.user]]
username = "nora"
password = "Temporary-Pass-1!"
status = "FORCE_CHANGE_PASSWORD"
[[pool.user]]
username = "una"
password = "Correct-Horse-9!"
status = "UNCONFIRMED"
[[pool.user]]
username = "rita"
password = "Correct-Horse-9!"
status = "RESET_REQUIRED"
attributes = { email = "rita@example.com", email_verified = "true" }
[[pool.user]]
username = "tina"
password = "Correct-Horse-9!"
totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
mfa = ["SOFTWARE_TOKEN_MFA"]
[[identity_pool]]
id = "eu-west-1:11111111-2222-4333-8444-555555555555"
settings = { AllowUnauthenticatedIdentities = true, CognitoIdentityProviders = [{ ProviderName = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Test", ClientId = "client" }] }
"#;

/// A server, and what its answers gave names to.
pub(super) struct Stage {
    world: World,
    names: HashMap<String, Value>,
    /// What tina's app showed first: a row that uses a code twice must not meet the next one.
    code_of_app: OnceCell<String>,
}

impl Stage {
    pub(super) fn of(config: &str) -> Self {
        Self {
            world: World::of(toml::from_str(config).unwrap()),
            names: HashMap::new(),
            code_of_app: OnceCell::new(),
        }
    }

    /// The name of the refusal that a row ends in.
    pub(super) async fn play(row: &Row) -> &'static str {
        let config = match row.change {
            Some((what, instead)) => {
                assert!(CONFIG.contains(what), "{what}");
                CONFIG.replace(what, instead)
            }
            None => CONFIG.to_owned(),
        };
        let mut stage = Self::of(&config);
        for step in &row.before {
            stage.take(step).await;
        }
        stage.refusal(row.operation, &row.input).await.name
    }

    pub(super) async fn refusal(&self, operation: &str, input: &Value) -> Refusal {
        let answer = self.call(operation, input).await;
        answer.expect_err(&format!("{operation} {input} is accepted"))
    }

    pub(super) async fn take(&mut self, (operation, input): &Step) {
        match *operation {
            "@clock" => self.world.server.clock.set_offset(input.as_i64().unwrap()),
            "@state" => self.change_user(input),
            "@tries" => {
                for _ in 0..input["times"].as_i64().unwrap() {
                    let operation = input["operation"].as_str().unwrap();
                    let _ = self.call(operation, &input["input"]).await;
                }
            }
            "@name" => {
                let value = self.names[input["from"].as_str().unwrap()].clone();
                self.names.insert(input["to"].as_str().unwrap().to_owned(), value);
            }
            "@passkeys" => self.fill_passkeys(),
            "@passkey" => self.make_passkey(input).await,
            _ => {
                let answer = self.call(operation, input).await;
                let answer = answer
                    .unwrap_or_else(|refusal| panic!("{operation} {input}: {}", refusal.message));
                self.remember(&answer);
            }
        }
    }

    async fn call(&self, operation: &str, input: &Value) -> Answer {
        let input = self.filled(input);
        let is_identity = crate::dispatch::IDENTITY_POOLS.iter().any(|row| row.name == operation);
        if is_identity {
            return self.world.identity(operation, input).await;
        }
        self.world.call(operation, input).await
    }

    fn remember(&mut self, answer: &Value) {
        let result = &answer["AuthenticationResult"];
        for (name, value) in [
            ("session", &answer["Session"]),
            ("token", &result["AccessToken"]),
            ("id", &result["IdToken"]),
            ("refresh", &result["RefreshToken"]),
            ("device", &result["NewDeviceMetadata"]["DeviceKey"]),
            ("identity", &answer["IdentityId"]),
        ] {
            if !value.is_null() {
                self.names.insert(name.to_owned(), value.clone());
            }
        }
    }

    /// The input with `{token}`, `{code alice@example.com}` and the like filled in.
    fn filled(&self, input: &Value) -> Value {
        match input {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::String(text) => match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                Some("totp") => json!(self.code_of_app.get_or_init(|| self.totp())),
                Some(name) => match name.strip_prefix("code ") {
                    Some(to) => json!(self.world.code(to)),
                    None => self.names.get(name).unwrap_or_else(|| panic!("no {name}")).clone(),
                },
                None => input.clone(),
            },
            other => other.clone(),
        }
    }

    /// What tina's app shows now.
    fn totp(&self) -> String {
        let totp = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::SHA1)
            .with_secret(totp_rs::Secret::try_from_base32(SECRET).unwrap())
            .build_noncompliant();
        totp.generate(u64::try_from(self.world.server.clock.now()).unwrap()).to_string()
    }

    /// Names an endpoint, which CreateUserPool would not take: at the service it is an ARN.
    pub(super) fn set_trigger(&self, trigger: &str, address: &str) {
        let store = self.world.server.store();
        let mut pool = store.pool(POOL).unwrap();
        pool.settings.insert("LambdaConfig".to_owned(), json!({ trigger: address }));
        store.put(&pool).unwrap();
    }

    fn change_user(&self, input: &Value) {
        let store = self.world.server.store();
        let mut user = store.user(POOL, input["user"].as_str().unwrap()).unwrap().unwrap();
        match input["state"].as_str().unwrap() {
            "no app" => user.totp = None,
            "unconfirmed" => user.status = UserStatus::Unconfirmed,
            other => panic!("{other}"),
        }
        store.put_user(&user).unwrap();
    }

    /// As many passkeys as alice may have.
    fn fill_passkeys(&self) {
        let store = self.world.server.store();
        for number in 0..20 {
            let passkey = Passkey {
                pool_id: POOL.to_owned(),
                username: "alice".to_owned(),
                credential_id: format!("AAAA{number:02}"),
                relying_party_id: "localhost".to_owned(),
                friendly_name: String::new(),
                attachment: None,
                transports: Vec::new(),
                sign_count: 0,
                credential: Value::Null,
                created: 0,
            };
            store.put(&passkey).unwrap();
        }
    }

    /// Starts a registration and makes the `{credential}` that a page would send.
    async fn make_passkey(&mut self, input: &Value) {
        let bearer = json!({"AccessToken": "{token}"});
        let mut started = self.call("StartWebAuthnRegistration", &bearer).await.unwrap();
        let options = started["CredentialCreationOptions"].take();
        let text = |name: &str, usual: &str| input[name].as_str().unwrap_or(usual).to_owned();
        let mut device =
            Authenticator::new(&text("origin", "http://localhost"), &text("party", "localhost"));
        device.is_user_verified = input["unverified"].is_null();
        self.names.insert("credential".to_owned(), device.create(&options));
    }
}
