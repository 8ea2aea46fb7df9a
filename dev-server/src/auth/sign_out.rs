//! RevokeToken and GlobalSignOut.

use super::context::Context;
use crate::caller::Caller;
use crate::input::OnlyToken;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::RefreshToken;
use crate::tokens::{self, fingerprint};
use serde::Deserialize;
use serde_json::json;

/// The input of RevokeToken.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RevokeToken {
    client_id: String,
    client_secret: Option<String>,
    token: String,
}

/// RevokeToken: ends one sign-in. A token nobody knows is revoked already.
pub(crate) fn revoke_token(server: &Server, _: &Caller, input: RevokeToken) -> Answer {
    let unauthorized = |text: &str| Refusal::new("UnauthorizedException", text);
    let context =
        Context::open(server, &input.client_id).map_err(|_| unauthorized("Invalid client"))?;
    context
        .check_secret(input.client_secret.as_deref())
        .map_err(|refusal| unauthorized(&refusal.message))?;
    if context.client_policy.enable_token_revocation == Some(false) {
        return Err(Refusal::new(
            "UnsupportedOperationException",
            "Token revocation is not enabled for this client",
        ));
    }
    let token = input.token.as_str();
    if token.split('.').count() == 3 {
        return Err(Refusal::new("UnsupportedTokenTypeException", "Token type is not supported"));
    }
    let store = server.store();
    let Some(held) = store.find_by_key::<RefreshToken>(&fingerprint(token))? else {
        return Ok(json!({}));
    };
    if held.client_id != context.client.id {
        return Err(unauthorized("Token was not issued to this client"));
    }
    tokens::revoke_family(&store, &held)?;
    Ok(json!({}))
}

/// GlobalSignOut: ends all sign-ins of the person.
pub(crate) fn global_sign_out(server: &Server, _: &Caller, input: OnlyToken) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let mut user = bearer.user;
    tokens::sign_out_everywhere(&mut user, server.clock.now_ms());
    server.store().put_user(&user)?;
    Ok(json!({}))
}
