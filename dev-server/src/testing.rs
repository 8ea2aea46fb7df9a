//! A server in memory for tests of operations: no sockets, the same dispatch.

use crate::caller::Caller;
use crate::caller::Service;
use crate::config::Config;
use crate::dispatch::dispatch;
use crate::keys::{Key, TokenUse};
use crate::refusal::Answer;
use crate::server::Server;
use crate::sigv4::{Request, Signing};
use crate::store::{SigningKey, Store};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The pool of [`World::new`].
pub(crate) const POOL: &str = "eu-west-1_Test";
/// Its client.
pub(crate) const CLIENT: &str = "testclient";
/// The password of everybody in it.
pub(crate) const PASSWORD: &str = "Correct-Horse-9!";

/// Refusals that no model lists.
const FRAMEWORK: &[&str] = &[
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
];

/// The keys of [`POOL`]: made once, for making them is most of what a test would wait for.
fn signing_keys() -> &'static [SigningKey] {
    static KEYS: OnceLock<Vec<SigningKey>> = OnceLock::new();
    KEYS.get_or_init(|| {
        [TokenUse::Access, TokenUse::Id]
            .map(|token_use| Key::make().unwrap().document(POOL, token_use))
            .to_vec()
    })
}

/// A server with one pool of one client, alice, and bob.
pub(crate) struct World {
    pub(crate) server: Server,
}

impl World {
    /// `settings` and `mfa` are lines of TOML for the pool's tables of these names.
    pub(crate) fn new(settings: &str, mfa: &str) -> Self {
        Self::of(toml::from_str(&Self::text(settings, mfa, "", "")).unwrap())
    }

    /// The default configuration.
    pub(crate) fn seeded() -> Self {
        Self::of(Config::load(None).unwrap())
    }

    /// The tokens of somebody of the default configuration, who signs in with the usual password.
    pub(crate) async fn seeded_tokens(&self, username: &str) -> Value {
        let input = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": "lifeguarddemoclient0000001",
            "AuthParameters": { "USERNAME": username, "PASSWORD": PASSWORD },
        });
        self.call("InitiateAuth", input).await.unwrap()["AuthenticationResult"].take()
    }

    /// Further settings of the client.
    pub(crate) fn with_client(settings: &str) -> Self {
        Self::of(toml::from_str(&Self::text("", "", settings, "")).unwrap())
    }

    /// Further tables of the pool.
    pub(crate) fn with_pool(tables: &str) -> Self {
        Self::of(toml::from_str(&Self::text("", "", "", tables)).unwrap())
    }

    /// The configuration with further lines.
    pub(crate) fn text(settings: &str, mfa: &str, client: &str, tables: &str) -> String {
        let comma = if client.is_empty() { "" } else { ", " };
        format!(
            r#"
compromised_passwords = ["Leaked-Battery-7?"]
[[pool]]
id = "{POOL}"
settings = {{ {settings} }}
mfa = {{ {mfa} }}
{tables}
[[pool.client]]
id = "{CLIENT}"
settings = {{ ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]{comma}{client} }}
[[pool.user]]
username = "alice"
password = "{PASSWORD}"
attributes = {{ email = "alice@example.com", email_verified = "true", sub = "00000000-0000-4000-8000-00000000a11c" }}
[[pool.user]]
username = "bob"
password = "{PASSWORD}"
attributes = {{ email = "bob@example.com", email_verified = "true" }}
"#
        )
    }

    /// A server of any configuration.
    pub(crate) fn of(config: Config) -> Self {
        let store = Store::open(None).unwrap();
        for key in signing_keys() {
            store.put(key).unwrap();
        }
        let server = Server::new(store, config, "http://localhost:9320".to_owned()).unwrap();
        Self { server }
    }

    /// Calls an operation, signed by an administrator; open operations ignore that.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Answer {
        let mut request = Request::operation(&format!("X.{operation}"), &input.to_string());
        Signing::administrator().sign(&mut request, self.server.clock.now());
        self.send(Service::UserPools, operation, request).await
    }

    /// Calls an operation of identity pools.
    pub(crate) async fn identity(&self, operation: &str, input: Value) -> Answer {
        let request = Request::operation(&format!("X.{operation}"), &input.to_string());
        self.send(Service::IdentityPools, operation, request).await
    }

    /// Carries out a request as it is. A refusal must be one that the model lists for the operation, or the
    /// framework's own.
    pub(crate) async fn send(&self, service: Service, operation: &str, request: Request) -> Answer {
        let body = request.body.clone();
        let operation = operation.to_owned();
        let caller = Caller { service, operation, request, ..Caller::default() };
        let answer = dispatch(&self.server, &caller, &body).await;
        if let Err(refusal) = &answer {
            let listed = crate::shape::errors(&caller.operation);
            assert!(
                listed.iter().any(|name| name == refusal.name) || FRAMEWORK.contains(&refusal.name),
                "{} does not list {}",
                caller.operation,
                refusal.name
            );
        }
        answer
    }

    /// The same for a call that must be refused; gives the exception's name.
    pub(crate) async fn refused(&self, operation: &str, input: Value) -> &'static str {
        self.call(operation, input.clone()).await.expect_err(&format!("{operation} {input}")).name
    }

    /// An access token.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> String {
        let answer = self.try_sign_in(username, password).await.unwrap();
        answer["AuthenticationResult"]["AccessToken"].as_str().unwrap().to_owned()
    }

    /// The answer of InitiateAuth.
    pub(crate) async fn try_sign_in(&self, username: &str, password: &str) -> Answer {
        let input = json!({
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": CLIENT,
            "AuthParameters": { "USERNAME": username, "PASSWORD": password },
        });
        self.call("InitiateAuth", input).await
    }

    /// The newest code sent to an address.
    pub(crate) fn code(&self, to: &str) -> String {
        self.server.store().letters(Some(to), 0).unwrap().remove(0).code
    }

    /// One attribute of a user, as the store has it.
    pub(crate) fn attribute(&self, username: &str, name: &str) -> Option<String> {
        let user = self.server.store().user(POOL, username).unwrap()?;
        user.attributes.get(name).cloned()
    }
}
