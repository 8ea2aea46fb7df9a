//! Tokens: what their reader makes of any text, and which ones become a session.

use crate::fixture::{CLIENT_ID, ISSUERS, NONCE, NOW, flow, pool, token_or_claims};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::jwt;
use lifeguard::protocol::redirect::{Flow, id_token};
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::session::{Tokens, accept, user_claims};
use std::sync::LazyLock;

static FLOW: LazyLock<Flow> = LazyLock::new(|| Flow::read(&flow().write(), &pool()).unwrap());

/// The first line is an access token, the second an ID token; either is itself, or its claims. Tokens that are
/// accepted name this pool, this client, their use, and one user; a redirect's name its nonce.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.split('\n').map(token_or_claims);
    let (access, id) = (lines.next().unwrap_or_default(), lines.next());
    let tokens = Tokens {
        access: Secret::new(access.clone()),
        id: id.clone().map(Secret::new),
        refresh: None,
        expires_in: None,
        new_device: None,
    };
    let is_answer = id_token::check(&tokens, &FLOW, NOW / 1000).is_ok();
    if is_answer {
        let claims = jwt::claims(id.as_deref().expect("the flow wants one")).unwrap();
        assert_eq!(claims.str("nonce"), Some(NONCE));
    }

    let Ok(session) = accept(tokens, None, &pool(), NOW) else { return };

    let claims = check_token(&access, "access", "client_id");
    assert_eq!(claims.str("sub"), Some(session.sub.as_str()));
    if let Some(id) = &id {
        assert_eq!(check_token(id, "id", "aud").str("sub"), Some(session.sub.as_str()));
    }
    assert!(session.received_at == NOW && session.expires_at >= NOW);
    assert!(session.fresh_until <= session.expires_at);
    assert!(matches!(user_claims(&session), Value::Object(_)));
}

/// Reads the claims in another way and compares them.
fn check_token(token: &str, token_use: &str, client: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    let [_, _, signature] = parts.as_slice() else { panic!("not three parts: {token}") };
    assert!(!signature.is_empty());
    let claims = jwt::claims(token).unwrap();
    let issuer = claims.str("iss").expect("an issuer");
    assert!(ISSUERS.contains(&issuer), "{issuer}");
    assert_eq!(claims.str("token_use"), Some(token_use));
    assert_eq!(claims.str(client), Some(CLIENT_ID));
    assert!(claims.number("exp") > claims.number("iat"));
    claims
}
