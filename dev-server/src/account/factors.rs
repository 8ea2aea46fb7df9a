//! Second factors turned on and off, and the list of what a person has set up.

use super::present::present_user;
use crate::caller::Caller;
use crate::factors::{PasskeySetting, Setting, Settings, add_mfa, preference};
use crate::input::OnlyToken;
use crate::refusal::Answer;
use crate::server::Server;
use crate::store::{Passkey, Pool, User};
use crate::tokens;
use serde::Deserialize;
use serde_json::json;

/// The input of SetUserMFAPreference.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetPreference {
    access_token: String,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Setting>,
    software_token_mfa_settings: Option<Setting>,
    email_mfa_settings: Option<Setting>,
    web_authn_mfa_settings: Option<PasskeySetting>,
}

/// SetUserMFAPreference.
pub(crate) fn set_preference(server: &Server, _: &Caller, input: SetPreference) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let store = server.store();
    let mut user = present_user(&store, &bearer)?;
    let settings = Settings {
        sms: input.sms_mfa_settings,
        totp: input.software_token_mfa_settings,
        email: input.email_mfa_settings,
        passkey: input.web_authn_mfa_settings,
    };
    user.mfa = preference(&bearer.pool, &user, settings)?;
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// GetUserAuthFactors.
pub(crate) fn show(server: &Server, _: &Caller, input: OnlyToken) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let store = server.store();
    let user = present_user(&store, &bearer)?;
    let passkeys: Vec<Passkey> = store.owned(&user.pool_id, &user.username)?;
    let mut shown = json!({
        "Username": user.username,
        "ConfiguredUserAuthFactors": configured(&bearer.pool, &user, !passkeys.is_empty()),
    });
    add_mfa(&user, &mut shown);
    Ok(shown)
}

fn configured(pool: &Pool, user: &User, has_passkey: bool) -> Vec<&'static str> {
    let allowed = pool.policy().policies.sign_in_policy.allowed_first_auth_factors;
    let is_allowed = |factor: &str| allowed.iter().any(|allowed| allowed == factor);
    let has_totp = user.totp.as_ref().is_some_and(|totp| totp.verified);
    [
        ("PASSWORD", user.password.is_some()),
        ("EMAIL_OTP", is_allowed("EMAIL_OTP") && user.has_verified("email")),
        ("SMS_OTP", is_allowed("SMS_OTP") && user.has_verified("phone_number")),
        ("WEB_AUTHN", has_passkey),
        ("SOFTWARE_TOKEN", has_totp),
    ]
    .into_iter()
    .filter(|(_, is_set_up)| *is_set_up)
    .map(|(factor, _)| factor)
    .collect()
}
