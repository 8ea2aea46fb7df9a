//! Sessions that other libraries stored: amazon-cognito-identity-js, Amplify 5 and 6 and
//! amazon-cognito-passwordless-auth share one layout of keys, in `localStorage`, `sessionStorage`,
//! cookies or a store of the application's.

use crate::protocol::device::Device;
use crate::protocol::jwt;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Session, Tokens};

/// A session that was found, and what else belongs to this browser.
pub struct Adopted {
    /// The session; its times are those of the tokens, since nobody wrote down when they came.
    pub session: Session,
    /// The remembered device.
    pub device: Option<Device>,
}

/// Key of the name under which the rest is stored.
pub fn last_user_key(pool: &Pool) -> String {
    [PREFIX, pool.client_id(), ".LastAuthUser"].concat()
}

/// Key of a part of what is stored for a name.
pub fn key(pool: &Pool, user: &str, part: &str) -> String {
    [PREFIX, pool.client_id(), ".", user, ".", part].concat()
}

/// Every part that ends with the session. The device keys are not among them: they outlive it.
pub const SESSION_PARTS: [&str; 9] = [
    ACCESS,
    ID,
    REFRESH,
    "clockDrift",
    "userData",
    "signInDetails",
    "oauthMetadata",
    "oidcProvider",
    "tokenScopesString",
];

/// The parts that are read.
pub const READ_PARTS: [&str; 6] = [ACCESS, ID, REFRESH, DEVICE, DEVICE_GROUP, DEVICE_PASSWORD];

/// Makes a session of what was found under [`READ_PARTS`], in their order. `None` when it is no
/// session, or not one of this pool: the keys name the client only.
pub fn read(found: [Option<String>; 6], pool: &Pool, now: u64) -> Option<Adopted> {
    let [access, id, refresh, device, group, password] =
        found.map(|value| value.filter(|text| is_there(text)));
    let tokens = Tokens {
        access: Secret::new(access?),
        id: id.map(Secret::new),
        refresh: refresh.map(Secret::new),
        expires_in: None,
        new_device: None,
    };
    let claims = jwt::claims(tokens.access.expose("its times are read")).ok()?;
    let issued = (claims.number("iat")? * 1000.0) as u64;
    let session = session::accept(tokens, None, pool, issued).ok()?;
    // Without a refresh token there is nothing to gain from a session that has ended.
    if session.refresh.is_none() && !session.is_live(now) {
        return None;
    }
    let device_key = session.device_key.clone().or_else(|| device.clone());
    let device = match (device, group, password) {
        (Some(key), Some(group_key), Some(password)) => {
            Some(Device { key, group_key, password: Secret::new(password) })
        }
        _ => None,
    };
    Some(Adopted { session: Session { device_key, ..session }, device })
}

/// What those libraries would have stored for a session: keys and values, the name last.
pub fn layout(session: &Session, pool: &Pool) -> Vec<(String, String)> {
    let user = session.username.as_str();
    let text = |secret: &Secret<String>| secret.expose("kept in step").clone();
    let mut pairs = vec![
        (key(pool, user, ACCESS), text(&session.access)),
        // One of them counts it in seconds, another in milliseconds: nothing is the same in both.
        (key(pool, user, "clockDrift"), String::from("0")),
    ];
    pairs.extend(session.id.as_ref().map(|id| (key(pool, user, ID), text(id))));
    pairs.extend(session.refresh.as_ref().map(|token| (key(pool, user, REFRESH), text(token))));
    pairs.push((last_user_key(pool), String::from(user)));
    pairs
}

/// Some write the words instead of nothing.
fn is_there(value: &str) -> bool {
    !matches!(value, "" | "null" | "undefined")
}

const PREFIX: &str = "CognitoIdentityServiceProvider.";
const ACCESS: &str = "accessToken";
const ID: &str = "idToken";
const REFRESH: &str = "refreshToken";
const DEVICE: &str = "deviceKey";
const DEVICE_GROUP: &str = "deviceGroupKey";
const DEVICE_PASSWORD: &str = "randomPasswordKey";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::json::Value;
    use crate::protocol::text::base64url;

    const NOW: u64 = 1_780_000_000_000;

    fn pool() -> Pool {
        Pool::parse("eu-west-1_Ab12", "client1", None).unwrap()
    }

    fn token(token_use: &str, pool_id: &str) -> String {
        let claims = Value::object()
            .with("iss", format!("https://cognito-idp.eu-west-1.amazonaws.com/{pool_id}"))
            .with("token_use", token_use)
            .with("sub", "person-1")
            .with("username", "a.b@c")
            .with("client_id", "client1")
            .with("aud", "client1")
            .with("iat", NOW / 1000 - 100)
            .with("exp", NOW / 1000 + 3_500);
        [&base64url(b"{}"), ".", &base64url(claims.write().as_bytes()), ".sig"].concat()
    }

    fn stored(pool_id: &str) -> [Option<String>; 6] {
        let device = ["eu-west-1_d", "group", "password"].map(String::from).map(Some);
        let [key, group, password] = device;
        let (access, id) = (token("access", pool_id), token("id", pool_id));
        [Some(access), Some(id), Some(String::from("r")), key, group, password]
    }

    #[test]
    fn a_stored_session_is_taken_with_its_device() {
        let Adopted { session, device } = read(stored("eu-west-1_Ab12"), &pool(), NOW).unwrap();

        assert_eq!((session.username.as_str(), session.sub.as_str()), ("a.b@c", "person-1"));
        assert_eq!(session.expires_at, NOW + 3_500_000);
        assert_eq!(session.device_key.as_deref(), Some("eu-west-1_d"));
        assert!(session.is_fresh(NOW) && session.refresh.is_some());
        assert_eq!(device.unwrap().group_key, "group");
    }

    #[test]
    fn another_pools_session_and_no_session_are_left_alone() {
        assert!(read(stored("eu-west-1_Other"), &pool(), NOW).is_none());
        for absent in ["", "null", "undefined"] {
            let mut found = stored("eu-west-1_Ab12");
            found[0] = Some(String::from(absent));
            assert!(read(found, &pool(), NOW).is_none());
        }
    }

    #[test]
    fn what_has_ended_is_adopted_only_with_a_refresh_token() {
        let later = NOW + 3_600_000;
        assert!(read(stored("eu-west-1_Ab12"), &pool(), later).is_some());

        let mut found = stored("eu-west-1_Ab12");
        found[2] = Some(String::new());
        assert!(read(found, &pool(), later).is_none());
    }

    #[test]
    fn what_is_kept_in_step_is_adopted_again() {
        let Adopted { session, .. } = read(stored("eu-west-1_Ab12"), &pool(), NOW).unwrap();

        let pairs = layout(&session, &pool());

        let find = |name: &str| {
            let key = key(&pool(), "a.b@c", name);
            pairs.iter().find(|(other, _)| *other == key).map(|(_, value)| value.clone())
        };
        assert_eq!(pairs.last().unwrap().0, "CognitoIdentityServiceProvider.client1.LastAuthUser");
        assert!(read(READ_PARTS.map(find), &pool(), NOW).is_some());
    }
}
