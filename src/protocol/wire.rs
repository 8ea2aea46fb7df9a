//! Operations as they travel: what is asked, and how the answer is read. One dynamic path
//! ([`Value`]) serves them all; each function here is the shape of one operation.

pub mod auth;
pub mod factors;
pub mod passkeys;
pub mod session;

use super::http::HttpRequest;
use super::json::Value;
use super::pool::Pool;
use super::secret::Secret;

/// An operation with its input, ready to be sent.
#[derive(Clone)]
pub struct Call {
    /// Operation name, the last part of `x-amz-target`.
    pub operation: &'static str,
    /// Input; may hold secrets.
    pub input: Value,
}

/// Extras that every call may carry.
#[derive(Clone, Default)]
pub struct Extras {
    /// `ClientMetadata`: for the pool's triggers.
    pub metadata: Vec<(String, String)>,
    /// `UserContextData.EncodedData`: of the service's threat-protection script.
    pub context: Option<String>,
}

impl Call {
    /// A call with the members every unsigned operation has.
    pub fn new(operation: &'static str, pool: &Pool, extras: &Extras) -> Self {
        let mut input = Value::object().with("ClientId", pool.client_id());
        if !extras.metadata.is_empty() {
            input = input.with("ClientMetadata", Value::from_pairs(&extras.metadata));
        }
        if let Some(context) = &extras.context {
            input = input
                .with("UserContextData", Value::object().with("EncodedData", context.as_str()));
        }
        Self { operation, input }
    }

    /// A call of a signed-in person: the access token and nothing else.
    pub fn of_person(operation: &'static str, access: &Secret<String>) -> Self {
        let token = access.expose("sent in the body, as the operation takes it").as_str();
        Self { operation, input: Value::object().with("AccessToken", token) }
    }

    /// The call with one member more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.input = self.input.with(name, value);
        self
    }

    /// The call with one member more where there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The HTTP request that carries the call (protocol page: JSON 1.1 over `POST /`).
    pub fn request(&self, pool: &Pool, timeout_ms: u32) -> HttpRequest {
        HttpRequest {
            post: true,
            url: pool.operations_url(),
            headers: vec![
                ("content-type", String::from("application/x-amz-json-1.1")),
                ("x-amz-target", [TARGET_PREFIX, self.operation].concat()),
                (
                    "x-amz-user-agent",
                    String::from(concat!("lifeguard/", env!("CARGO_PKG_VERSION"))),
                ),
                ("cache-control", String::from("no-store")),
            ],
            body: Secret::new(self.input.write()),
            timeout_ms,
            // A sign-out is often the last thing a page does.
            keep_alive: matches!(self.operation, "RevokeToken" | "GlobalSignOut"),
        }
    }
}

const TARGET_PREFIX: &str = "AWSCognitoIdentityProviderService.";

/// Attributes as the service lists them: `[{ "Name": …, "Value": … }]`.
pub fn attributes(pairs: &[(String, String)]) -> Value {
    let attribute = |(name, value): &(String, String)| {
        Value::object().with("Name", name.as_str()).with("Value", value.as_str())
    };
    Value::from(pairs.iter().map(attribute).collect::<Vec<_>>())
}
