//! The keys by which anybody can check a pool's tokens.

use crate::keys::TokenUse;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use serde_json::{Value, json};

/// The keys of a pool, user or identity; made where it has none yet.
pub(crate) async fn jwks(server: &Server, pool_id: &str) -> Answer {
    let id = server.key(pool_id, TokenUse::Id).await?.jwk();
    let access = server.key(pool_id, TokenUse::Access).await?.jwk();
    Ok(json!({ "keys": [id, access] }))
}

/// The same of those it has.
pub(crate) fn at_hand(server: &Server, pool_id: &str) -> Answer {
    let mut keys: Vec<Value> = Vec::new();
    for token_use in [TokenUse::Id, TokenUse::Access] {
        keys.extend(server.key_at_hand(pool_id, token_use)?.map(|key| key.jwk()));
    }
    Ok::<_, Refusal>(json!({ "keys": keys }))
}
