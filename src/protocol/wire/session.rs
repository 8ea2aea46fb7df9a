//! The life of a session on the wire: refresh, revocation, sign-out everywhere.

use super::{Call, Extras, auth};
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::session::Tokens;

/// `GetTokensFromRefreshToken`: works with rotation on and off. A token that is bound to a
/// remembered device is refused without its key.
pub fn refresh(
    pool: &Pool,
    token: &Secret<String>,
    device_key: Option<&str>,
    extras: &Extras,
) -> Call {
    Call::new("GetTokensFromRefreshToken", pool, extras)
        .with("RefreshToken", token.expose("exchanged for new tokens").as_str())
        .with_some("DeviceKey", device_key)
}

/// `InitiateAuth` with `REFRESH_TOKEN_AUTH`, for pools that do not have the operation.
pub fn refresh_by_flow(
    pool: &Pool,
    token: &Secret<String>,
    device_key: Option<&str>,
    extras: &Extras,
) -> Call {
    let parameters = Value::object()
        .with("REFRESH_TOKEN", token.expose("exchanged for new tokens").as_str())
        .with_some("DEVICE_KEY", device_key);
    auth::initiate(pool, "REFRESH_TOKEN_AUTH", parameters, None, extras)
}

/// Reads what both ways of refreshing answer.
///
/// # Errors
/// There are no tokens.
pub fn read_refreshed(reply: &Value) -> Result<Tokens, Violation> {
    let result = reply
        .get("AuthenticationResult")
        .ok_or(Violation::MissingMember("AuthenticationResult"))?;
    auth::read_tokens(result)
}

/// `RevokeToken`: ends one sign-in, its access tokens included.
pub fn revoke(pool: &Pool, token: &Secret<String>) -> Call {
    Call::new("RevokeToken", pool, &Extras::default())
        .with("Token", token.expose("revoked").as_str())
}

/// `GlobalSignOut`: ends every session of the person.
pub fn global_sign_out(access: &Secret<String>) -> Call {
    Call::of_person("GlobalSignOut", access)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_key_travels_where_each_operation_wants_it() {
        let pool = Pool::parse("eu-west-1_Ab12", "client1", None).unwrap();
        let token = Secret::new(String::from("r1"));

        let new = refresh(&pool, &token, Some("d1"), &Extras::default()).input;
        let old = refresh_by_flow(&pool, &token, Some("d1"), &Extras::default()).input;

        assert_eq!((new.str("RefreshToken"), new.str("DeviceKey")), (Some("r1"), Some("d1")));
        let parameters = old.get("AuthParameters").unwrap();
        assert_eq!(parameters.str("REFRESH_TOKEN"), Some("r1"));
        assert_eq!(parameters.str("DEVICE_KEY"), Some("d1"));
    }
}
