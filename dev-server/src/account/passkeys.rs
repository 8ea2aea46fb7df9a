//! Passkeys of the signed-in person: registered, listed, deleted.

use super::present::present_user;
use crate::caller::Caller;
use crate::input::{OnlyToken, filled, text};
use crate::refusal::{Answer, Refusal};
use crate::relying_party::relying_party;
use crate::server::Server;
use crate::store::{Passkey, Pool, document};
use crate::timestamp::seconds;
use crate::{paging, tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const LONGEST_PAGE: u32 = 20;
/// How long the options of StartWebAuthnRegistration can be answered.
const VALID_MS: i64 = 5 * 60_000;

/// A registration that waits for its credential; the key is the challenge.
#[derive(Debug, Serialize, Deserialize)]
struct PendingRegistration {
    pool_id: String,
    username: String,
    challenge: String,
    client_id: String,
    state: Value,
    /// Milliseconds since the epoch.
    expires: i64,
}

document!(PendingRegistration, "passkey_registration", challenge, username; ends |pending| pending.expires);

/// The input of CompleteWebAuthnRegistration.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Complete {
    access_token: String,
    credential: Value,
}

/// The input of ListWebAuthnCredentials.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    access_token: String,
    max_results: Option<u64>,
    next_token: Option<String>,
}

/// The input of DeleteWebAuthnCredential.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete {
    access_token: String,
    credential_id: String,
}

/// StartWebAuthnRegistration.
pub(crate) fn start(server: &Server, _: &Caller, input: OnlyToken) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    check_enabled(&bearer.pool)?;
    let party = relying_party(server, &bearer.pool)?;
    let store = server.store();
    let user = present_user(&store, &bearer)?;
    let present: Vec<Passkey> = store.owned(&user.pool_id, &user.username)?;
    let (options, state) = party.start_registration(&user.sub, &user.username, &present)?;
    let now = server.clock.now_ms();
    store.put(&PendingRegistration {
        pool_id: user.pool_id,
        username: user.username,
        challenge: text(&options, "challenge").unwrap_or_default().to_owned(),
        client_id: bearer.client.id,
        state,
        expires: now + VALID_MS,
    })?;
    Ok(json!({ "CredentialCreationOptions": options }))
}

/// CompleteWebAuthnRegistration.
pub(crate) fn complete(server: &Server, _: &Caller, input: Complete) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    check_enabled(&bearer.pool)?;
    let party = relying_party(server, &bearer.pool)?;
    let answer = &input.credential;
    let store = server.store();
    let user = present_user(&store, &bearer)?;
    let unknown = || {
        Refusal::new(
            "WebAuthnChallengeNotFoundException",
            "The challenge is unknown or has expired.",
        )
    };
    let challenge = challenge_of(answer)
        .ok_or_else(|| Refusal::invalid_parameter("Unable to parse the credential."))?;
    let now = server.clock.now_ms();
    let pending: PendingRegistration =
        store.find(&user.pool_id, &user.username, &challenge)?.ok_or_else(unknown)?;
    if pending.client_id != bearer.client.id {
        return Err(Refusal::new(
            "WebAuthnClientMismatchException",
            "The registration was started by another app client.",
        ));
    }
    let new = party.finish_registration(pending.state, answer)?;
    store.remove::<PendingRegistration>(&user.pool_id, &user.username, &challenge)?;
    if store.find_by_key::<Passkey>(&new.credential_id)?.is_some() {
        return Err(Refusal::invalid_parameter("The credential is already registered."));
    }
    let friendly_name = match new.attachment.as_deref() {
        Some("platform") => "Passkey on this device",
        Some("cross-platform") => "Security key",
        _ => "Passkey",
    };
    store.put(&Passkey {
        pool_id: user.pool_id,
        username: user.username,
        credential_id: new.credential_id,
        relying_party_id: party.id().to_owned(),
        friendly_name: friendly_name.to_owned(),
        attachment: new.attachment,
        transports: new.transports,
        sign_count: new.sign_count,
        credential: new.credential,
        created: now,
    })?;
    Ok(json!({}))
}

/// ListWebAuthnCredentials.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let passkeys: Vec<Passkey> = server.store().owned(&bearer.pool.id, &bearer.user.username)?;
    let limit = paging::limit(input.max_results, LONGEST_PAGE);
    let (passkeys, token) = paging::page(
        passkeys,
        |passkey| passkey.credential_id.clone(),
        input.next_token.as_deref(),
        limit,
    )?;
    let shown = passkeys.iter().map(describe).collect();
    Ok(paging::reply("Credentials", shown, "NextToken", token))
}

/// DeleteWebAuthnCredential.
pub(crate) fn delete(server: &Server, _: &Caller, input: Delete) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let id = filled(&input.credential_id, "CredentialId")?;
    let removed = server.store().remove::<Passkey>(&bearer.pool.id, &bearer.user.username, id)?;
    if !removed {
        return Err(Refusal::not_found("Passkey does not exist."));
    }
    Ok(json!({}))
}

fn check_enabled(pool: &Pool) -> Result<(), Refusal> {
    let allowed = pool.policy().policies.sign_in_policy.allowed_first_auth_factors;
    if allowed.iter().any(|factor| factor == "WEB_AUTHN") {
        return Ok(());
    }
    Err(Refusal::new("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool."))
}

/// The challenge that a credential says it answers.
fn challenge_of(answer: &Value) -> Option<String> {
    let encoded = answer.pointer("/response/clientDataJSON")?.as_str()?;
    let client_data = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    let client_data: Value = serde_json::from_slice(&client_data).ok()?;
    text(&client_data, "challenge").map(|text| text.trim_end_matches('=').to_owned())
}

fn describe(passkey: &Passkey) -> Value {
    // Absent rather than null where the browser did not say.
    let attachment = passkey
        .attachment
        .iter()
        .map(|attachment| ("AuthenticatorAttachment".to_owned(), json!(attachment)));
    let shown = json!({
        "CredentialId": passkey.credential_id,
        "FriendlyCredentialName": passkey.friendly_name,
        "RelyingPartyId": passkey.relying_party_id,
        "AuthenticatorTransports": passkey.transports,
        "CreatedAt": seconds(passkey.created),
    });
    shown.as_object().cloned().into_iter().flatten().chain(attachment).collect()
}
