//! Identity pools: a person's ID token, or nobody, exchanged for temporary AWS credentials.

use super::date;
use super::error::{Misuse, Violation};
use super::http::HttpRequest;
use super::json::Value;
use super::pool::{self, Pool};
use super::secret::Secret;
use super::sigv4::Key;
use super::text;

/// An identity pool as one user pool's people, and guests, see it.
#[derive(Clone, Debug)]
pub struct IdentityPool {
    id: String,
    url: String,
    /// Whether those who are not signed in get credentials.
    pub guests: bool,
}

/// Temporary credentials, and what has to be known to keep and to use them.
#[derive(Clone)]
pub struct Credentials {
    /// Who they are for, in the identity pool.
    pub identity_id: String,
    /// What requests are signed with.
    pub key: Key,
    /// When they were received; Unix milliseconds of this device.
    pub received_at: u64,
    /// When they end; Unix milliseconds of this device.
    pub expires_at: u64,
    /// How far the service's clock is ahead of this device's, in milliseconds.
    pub ahead_ms: i64,
}

impl IdentityPool {
    /// Parses what the application configured; `endpoint` as for the user pool.
    ///
    /// # Errors
    /// `Misuse` with the fix.
    pub fn parse(id: &str, endpoint: Option<&str>, guests: bool) -> Result<Self, Misuse> {
        let region = region_of(id).ok_or(Misuse(
            "identityPool.id must look like region:uuid, for instance eu-west-1:11111111-2222-4333-8444-555555555555",
        ))?;
        let url = match endpoint {
            None => pool::service_url("cognito-identity", region),
            Some(custom) => String::from(pool::parse_endpoint(custom).ok_or(Misuse(
                "identityPool.endpoint must be an absolute https URL (http on localhost only) without query, fragment or password",
            ))?),
        };
        Ok(Self { id: String::from(id), url: [&url, "/"].concat(), guests })
    }

    /// The pool's id, `region:uuid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its region: the default of signatures.
    pub fn region(&self) -> &str {
        region_of(&self.id).unwrap_or_default()
    }

    /// `GetId`: the identity of a person, or a new one for a guest.
    pub fn identify(&self, logins: Option<Value>, timeout_ms: u32) -> HttpRequest {
        let input = Value::object().with("IdentityPoolId", self.id.as_str());
        self.request("GetId", input.with_some("Logins", logins), timeout_ms)
    }

    /// `GetCredentialsForIdentity`.
    pub fn exchange(&self, identity: &str, logins: Option<Value>, timeout_ms: u32) -> HttpRequest {
        let input = Value::object().with("IdentityId", identity).with_some("Logins", logins);
        self.request("GetCredentialsForIdentity", input, timeout_ms)
    }

    fn request(&self, operation: &str, input: Value, timeout_ms: u32) -> HttpRequest {
        HttpRequest {
            post: true,
            url: self.url.clone(),
            headers: vec![
                ("content-type", String::from("application/x-amz-json-1.1")),
                ("x-amz-target", ["AWSCognitoIdentityService.", operation].concat()),
                ("cache-control", String::from("no-store")),
            ],
            body: Secret::new(input.write()),
            timeout_ms,
            keep_alive: false,
        }
    }
}

/// The proof that a person of the user pool is signed in.
pub fn logins(pool: &Pool, id_token: &Secret<String>) -> Value {
    Value::object().with(pool.provider(), id_token.expose("proves who asks").as_str())
}

/// Reads what `GetId` answers.
///
/// # Errors
/// There is no identity.
pub fn read_identity(reply: &Value) -> Result<String, Violation> {
    reply.string("IdentityId").ok_or(Violation::MissingMember("IdentityId"))
}

impl Credentials {
    /// Reads what `GetCredentialsForIdentity` answers. `now`: Unix milliseconds of this device;
    /// `service_date`: the reply's `Date` in Unix seconds, so that a wrong clock neither ends the credentials early
    /// nor keeps them too long.
    ///
    /// # Errors
    /// A part is missing.
    pub fn read(reply: &Value, now: u64, service_date: Option<u64>) -> Result<Self, Violation> {
        let missing = Violation::MissingMember;
        let given = reply.get("Credentials").ok_or(missing("Credentials"))?;
        let text = |name: &'static str| given.string(name).ok_or(missing(name));
        let expiration = given.number("Expiration").ok_or(missing("Expiration"))?;
        let ahead_ms = match service_date {
            Some(_) => {
                let agreed = date::agreed(now / 1000, service_date);
                (agreed as i64 - (now / 1000) as i64) * 1000
            }
            None => 0,
        };
        Ok(Self {
            identity_id: read_identity(reply)?,
            key: Key {
                access_key_id: text("AccessKeyId")?,
                secret_access_key: Secret::new(text("SecretKey")?),
                session_token: Some(Secret::new(text("SessionToken")?)),
            },
            received_at: now,
            expires_at: ((expiration * 1000.0) as u64).saturating_add_signed(-ahead_ms),
            ahead_ms,
        })
    }

    /// Whether they can be handed out as they are: long enough that an AWS SDK, which wants others
    /// five minutes before the end, does not ask again at once.
    pub fn is_fresh(&self, now: u64) -> bool {
        let margin = (self.expires_at.saturating_sub(self.received_at) / 6).min(MARGIN_MS);
        self.received_at <= now + CLOCK_STEP_MS && now + margin < self.expires_at
    }

    /// Whether they still work.
    pub fn is_live(&self, now: u64) -> bool {
        self.received_at <= now + CLOCK_STEP_MS && now < self.expires_at
    }

    /// The service's time when this device's clock says `now`, both in Unix milliseconds.
    pub fn service_time(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.ahead_ms)
    }

    /// The stored form. `holder` is whom they are for: a sign-in's epoch, or nothing for a guest.
    pub fn write(&self, pool: &IdentityPool, holder: &str) -> String {
        let secret = |secret: &Secret<String>| secret.expose("the store keeps it").clone();
        Value::object()
            .with("v", VERSION)
            .with("pool", pool.id())
            .with("holder", holder)
            .with("identityId", self.identity_id.as_str())
            .with("accessKeyId", self.key.access_key_id.as_str())
            .with("secretAccessKey", secret(&self.key.secret_access_key))
            .with_some("sessionToken", self.key.session_token.as_ref().map(secret))
            .with("receivedAt", self.received_at)
            .with("expiresAt", self.expires_at)
            .with("aheadMs", self.ahead_ms as f64)
            .write()
    }

    /// Reads the stored form; `None` where it is of another pool or holder, or not ours.
    pub fn read_stored(text: &str, pool: &IdentityPool, holder: &str) -> Option<Self> {
        let value = Value::parse(text)?;
        let is_theirs = value.number("v") == Some(VERSION)
            && value.str("pool") == Some(pool.id())
            && value.str("holder") == Some(holder);
        if !is_theirs {
            return None;
        }
        let time = |name| value.number(name).map(|ms| ms as u64);
        Some(Self {
            identity_id: value.string("identityId")?,
            key: Key {
                access_key_id: value.string("accessKeyId")?,
                secret_access_key: Secret::new(value.string("secretAccessKey")?),
                session_token: value.string("sessionToken").map(Secret::new),
            },
            received_at: time("receivedAt")?,
            expires_at: time("expiresAt")?,
            ahead_ms: value.number("aheadMs").filter(|ms| ms.abs() < MAX_AHEAD_MS)? as i64,
        })
    }
}

/// The region of `region:uuid`.
fn region_of(id: &str) -> Option<&str> {
    let (region, uuid) = text::cut(id, b':')?;
    let is_region = text::has(region, "-")
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_uuid = uuid.len() == 36
        && uuid.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'-'));
    (is_region && is_uuid).then_some(region)
}

const VERSION: f64 = 1.0;
const MARGIN_MS: u64 = 6 * 60_000;
const CLOCK_STEP_MS: u64 = 5_000;
/// No clock is further off: thirty thousand years.
const MAX_AHEAD_MS: f64 = 1e15;

#[cfg(test)]
mod tests;
