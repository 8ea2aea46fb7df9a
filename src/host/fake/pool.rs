//! A scripted pool: families of tokens, rotation with and without grace, revocation.

use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::Tokens;
use crate::protocol::text::base64url;

/// The pool's id.
pub(crate) const POOL_ID: &str = "eu-west-1_World";
/// The app client's id.
pub(crate) const CLIENT_ID: &str = "worldclient";
/// Stands in every token, so that a leak is found.
pub(crate) const CANARY: &str = "s3cr3t";

/// The service's side.
#[derive(Default)]
pub(crate) struct FakePool {
    /// Seconds of grace where refresh tokens rotate.
    pub(crate) rotation: Option<u64>,
    /// Whether `GetTokensFromRefreshToken` is unknown to it.
    pub(crate) is_old: bool,
    /// Access-token lifetime in seconds.
    pub(crate) lifetime: u64,
    /// Device key that refreshes must name.
    pub(crate) device_key: Option<String>,
    /// How long AWS credentials live.
    pub(crate) credential_seconds: u64,
    /// Identities that were deleted.
    pub(crate) forgotten_identities: Vec<String>,
    families: Vec<Family>,
    serial: u64,
}

const IDENTITY_REGION: &str = "eu-west-1:";

/// When the ID token among the logins ends.
fn login_end(input: &Value) -> Option<u64> {
    let (_, token) = input.get("Logins")?.members().first()?;
    Some(crate::protocol::jwt::claims(token.as_str()?).ok()?.number("exp")? as u64)
}

/// Whose ID token stands among the logins.
fn login_of(input: &Value) -> Option<String> {
    let (_, token) = input.get("Logins")?.members().first()?;
    crate::protocol::jwt::claims(token.as_str()?).ok()?.string("sub")
}

/// One sign-in and what came of it.
struct Family {
    sub: String,
    revoked: bool,
    /// Refresh tokens, with the time each was rotated out.
    tokens: Vec<(String, Option<u64>)>,
}

impl FakePool {
    /// Signs a person in.
    pub(crate) fn sign_in(&mut self, now: u64, sub: &str) -> Tokens {
        self.families.push(Family { sub: String::from(sub), revoked: false, tokens: Vec::new() });
        let family = self.families.len() - 1;
        self.issue(now, family, true)
    }

    /// Ends every session of a person.
    pub(crate) fn revoke_all(&mut self, sub: &str) {
        for family in self.families.iter_mut().filter(|family| family.sub == sub) {
            family.revoked = true;
        }
    }

    /// Ends a sign-in.
    pub(crate) fn revoke(&mut self, family: usize) {
        self.families[family].revoked = true;
    }

    /// The sign-in a refresh token is of.
    pub(crate) fn family_of(&self, token: &str) -> Option<usize> {
        self.families.iter().position(|family| family.tokens.iter().any(|(t, _)| t == token))
    }

    /// Whether the pool will never again take a token.
    pub(crate) fn is_dead(&self, now: u64, token: &str) -> bool {
        let Some(family) = self.family_of(token).map(|index| &self.families[index]) else {
            return true;
        };
        let rotated = family.tokens.iter().find(|(t, _)| t == token).and_then(|(_, at)| *at);
        family.revoked || rotated.is_some_and(|at| !self.is_in_grace(now, at))
    }

    /// Whether a token was exchanged for another.
    pub(crate) fn is_spent(&self, token: &str) -> bool {
        let mut all = self.families.iter().flat_map(|family| &family.tokens);
        all.any(|(known, rotated)| known == token && rotated.is_some())
    }

    /// Whether a sign-in was ended.
    pub(crate) fn is_revoked(&self, family: usize) -> bool {
        self.families[family].revoked
    }

    /// Answers a request, at the service's time.
    pub(crate) fn answer(
        &mut self,
        now: u64,
        request: &HttpRequest,
        log: &mut Vec<String>,
    ) -> HttpResponse {
        let target = request.headers.iter().find(|(name, _)| *name == "x-amz-target");
        let operation = target.and_then(|(_, value)| value.rsplit('.').next()).unwrap_or_default();
        log.push(String::from(operation));
        let input = Value::parse(request.body.expose("the pool reads it")).unwrap();
        match operation {
            "GetTokensFromRefreshToken" if self.is_old => no("UnsupportedOperationException", ""),
            "GetTokensFromRefreshToken" => {
                let device = input.string("DeviceKey");
                self.refresh(now, input.str("RefreshToken").unwrap(), device)
            }
            "InitiateAuth" if self.rotation.is_some() => {
                no("InvalidParameterException", "the client rotates refresh tokens")
            }
            "InitiateAuth" => {
                let parameters = input.get("AuthParameters").unwrap();
                let device = parameters.string("DEVICE_KEY");
                self.refresh(now, parameters.str("REFRESH_TOKEN").unwrap(), device)
            }
            "RevokeToken" => {
                if let Some(family) = self.family_of(input.str("Token").unwrap()) {
                    self.families[family].revoked = true;
                }
                yes(&Value::object())
            }
            "GlobalSignOut" => {
                let access = input.str("AccessToken").unwrap();
                match crate::protocol::jwt::claims(access).ok().and_then(|c| c.string("sub")) {
                    Some(sub) => self.revoke_all(&sub),
                    None => return no("NotAuthorizedException", "Invalid Access Token"),
                }
                yes(&Value::object())
            }
            "GetId" => self.identify(&input),
            "GetCredentialsForIdentity" => self.exchange(now, &input),
            _ => no("UnknownOperationException", ""),
        }
    }

    /// The identity of a person, always the same; a guest is somebody new each time.
    fn identify(&mut self, input: &Value) -> HttpResponse {
        self.serial += 1;
        let identity = match login_of(input) {
            Some(sub) => [IDENTITY_REGION, &sub].concat(),
            None => format!("{IDENTITY_REGION}guest-{}", self.serial),
        };
        yes(&Value::object().with("IdentityId", identity))
    }

    fn exchange(&mut self, now: u64, input: &Value) -> HttpResponse {
        let identity = input.str("IdentityId").unwrap();
        if self.forgotten_identities.iter().any(|forgotten| forgotten == identity) {
            return no("ResourceNotFoundException", "Identity not found.");
        }
        if login_end(input).is_some_and(|end| end <= now / 1000) {
            return no("NotAuthorizedException", "Invalid login token. Token expired: 2 >= 1");
        }
        let holder = login_of(input).unwrap_or_else(|| String::from("guest"));
        if !identity.starts_with(&[IDENTITY_REGION, &holder].concat()) {
            return no("NotAuthorizedException", "Access to Identity is forbidden.");
        }
        self.serial += 1;
        let credentials = Value::object()
            .with("AccessKeyId", format!("ASIA{}-{holder}", self.serial))
            .with("SecretKey", format!("{CANARY}-secret-{}", self.serial))
            .with("SessionToken", format!("{CANARY}-session-{}", self.serial))
            .with("Expiration", now / 1000 + self.credential_seconds);
        let body = Value::object().with("IdentityId", identity).with("Credentials", credentials);
        HttpResponse { date: Some(now / 1000), ..yes(&body) }
    }

    fn refresh(&mut self, now: u64, token: &str, device: Option<String>) -> HttpResponse {
        let denied = |text| no("NotAuthorizedException", text);
        let Some(family) = self.family_of(token) else { return denied("Invalid Refresh Token.") };
        if device != self.device_key {
            return denied("Invalid Refresh Token.");
        }
        if self.families[family].revoked {
            return denied("Refresh Token has been revoked");
        }
        let Some(_) = self.rotation else {
            return self.tokens(now, family, false);
        };
        if self.is_dead(now, token) {
            return no("RefreshTokenReuseException", "Refresh token was used already");
        }
        let entry = self.families[family].tokens.iter_mut().find(|(t, _)| t == token);
        let rotated = &mut entry.unwrap().1;
        *rotated = Some(rotated.unwrap_or(now));
        self.tokens(now, family, true)
    }

    fn is_in_grace(&self, now: u64, rotated_at: u64) -> bool {
        self.rotation.is_some_and(|grace| now < rotated_at + grace * 1000)
    }

    fn tokens(&mut self, now: u64, family: usize, with_refresh: bool) -> HttpResponse {
        let tokens = self.issue(now, family, with_refresh);
        let text = |token: &Secret<String>| token.expose("sent").clone();
        let result = Value::object()
            .with("AccessToken", text(&tokens.access))
            .with_some("IdToken", tokens.id.as_ref().map(text))
            .with_some("RefreshToken", tokens.refresh.as_ref().map(text))
            .with("ExpiresIn", self.lifetime);
        yes(&Value::object().with("AuthenticationResult", result))
    }

    fn issue(&mut self, now: u64, family: usize, with_refresh: bool) -> Tokens {
        self.serial += 1;
        let sub = self.families[family].sub.clone();
        let refresh = with_refresh.then(|| format!("{CANARY}-refresh-{}", self.serial));
        self.families[family].tokens.extend(refresh.clone().map(|token| (token, None)));
        let claims = |token_use: &str| {
            Value::object()
                .with("iss", format!("https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"))
                .with("sub", sub.as_str())
                .with("token_use", token_use)
                .with("iat", now / 1000)
                .with("exp", now / 1000 + self.lifetime)
                .with("jti", self.serial)
                .with("family", family as f64)
        };
        let token = |claims: Value| {
            let part = base64url(claims.write().as_bytes());
            Secret::new([&base64url(b"{}"), ".", &part, ".", CANARY].concat())
        };
        Tokens {
            access: token(
                claims("access").with("client_id", CLIENT_ID).with("username", sub.as_str()),
            ),
            id: Some(token(claims("id").with("aud", CLIENT_ID))),
            refresh: refresh.map(Secret::new),
            expires_in: Some(self.lifetime),
            new_device: None,
        }
    }
}

fn yes(body: &Value) -> HttpResponse {
    HttpResponse {
        status: 200,
        error_type: None,
        error_message: None,
        retry_after: None,
        date: None,
        body: body.write(),
    }
}

fn no(name: &str, text: &str) -> HttpResponse {
    HttpResponse {
        status: 400,
        error_type: Some(String::from(name)),
        body: Value::object().with("message", text).write(),
        ..yes(&Value::object())
    }
}
