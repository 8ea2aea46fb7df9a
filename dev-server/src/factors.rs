//! Second factors: which a person may turn on, and how they are told.

use crate::refusal::Refusal;
use crate::store::{MfaPolicy, MfaPreference, Pool, User};
use serde::Deserialize;
use serde_json::{Value, json};

/// The shape of the settings of one factor.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Setting {
    enabled: Option<bool>,
    preferred_mfa: Option<bool>,
}

/// The shape of the settings of passkeys as a factor: none is preferred.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PasskeySetting {
    enabled: Option<bool>,
}

/// What a request says of each factor.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) sms: Option<Setting>,
    pub(crate) totp: Option<Setting>,
    pub(crate) email: Option<Setting>,
    pub(crate) passkey: Option<PasskeySetting>,
}

/// What the user's preference becomes with the settings of this request; those not named stay.
///
/// # Errors
/// `InvalidParameterException` for a factor that the user or the pool does not have, for two preferred ones, and
/// for turning the last one off where the pool requires one.
pub(crate) fn preference(
    pool: &Pool,
    user: &User,
    settings: Settings,
) -> Result<MfaPreference, Refusal> {
    let policy = pool.mfa_policy();
    let mut mfa = user.mfa.clone();
    let factors = [
        ("SMS_MFA", settings.sms),
        ("SOFTWARE_TOKEN_MFA", settings.totp),
        ("EMAIL_OTP", settings.email),
    ];
    let is_preferred =
        |setting: &Option<Setting>| setting.is_some_and(|it| it.preferred_mfa == Some(true));
    if factors.iter().filter(|(_, setting)| is_preferred(setting)).count() > 1 {
        return Err(Refusal::invalid_parameter("Only one MFA method can be preferred."));
    }
    for (factor, setting) in factors {
        let Some(setting) = setting else { continue };
        let is_enabled = setting.enabled.unwrap_or(false);
        if is_enabled {
            check_usable(&policy, user, factor)?;
        }
        *flag(&mut mfa, factor) = is_enabled;
        match setting.preferred_mfa {
            Some(true) if !is_enabled => {
                return Err(Refusal::invalid_parameter(
                    "An MFA method must be enabled to be preferred.",
                ));
            }
            Some(true) => mfa.preferred = Some(factor.to_owned()),
            _ if mfa.preferred.as_deref() == Some(factor) => mfa.preferred = None,
            _ => {}
        }
    }
    if let Some(is_enabled) = settings.passkey.and_then(|setting| setting.enabled) {
        if is_enabled {
            check_passkey_usable(&policy, &mfa)?;
        }
        mfa.passkey = is_enabled;
    }
    let has_any = mfa.sms || mfa.totp || mfa.email;
    if !has_any
        && policy.mfa_configuration == "ON"
        && (user.mfa.sms || user.mfa.totp || user.mfa.email)
    {
        return Err(Refusal::invalid_parameter(
            "The user pool requires MFA: at least one method must stay enabled.",
        ));
    }
    Ok(mfa)
}

fn check_usable(policy: &MfaPolicy, user: &User, factor: &str) -> Result<(), Refusal> {
    let has = |name: &str| user.attribute(name).is_some_and(|value| !value.is_empty());
    let (in_pool, of_user, told) = match factor {
        "SMS_MFA" => (
            policy.sms_mfa_configuration.is_some(),
            has("phone_number"),
            "User does not have a phone number for SMS MFA.",
        ),
        "EMAIL_OTP" => (
            policy.email_mfa_configuration.is_some(),
            has("email"),
            "User does not have an email address for email MFA.",
        ),
        _ => (
            policy.software_token_mfa_configuration.enabled,
            user.totp.as_ref().is_some_and(|totp| totp.verified),
            "User has not verified software token mfa",
        ),
    };
    if !in_pool {
        let told = format!("{factor} is not enabled for the user pool.");
        return Err(Refusal::invalid_parameter(told));
    }
    if !of_user {
        return Err(Refusal::invalid_parameter(told));
    }
    Ok(())
}

fn check_passkey_usable(policy: &MfaPolicy, mfa: &MfaPreference) -> Result<(), Refusal> {
    let factor = policy.web_authn_configuration.factor_configuration.as_deref();
    if factor != Some("MULTI_FACTOR_WITH_USER_VERIFICATION") {
        return Err(Refusal::invalid_parameter("Passkeys are not an MFA method of the user pool."));
    }
    if !(mfa.sms || mfa.totp || mfa.email) {
        return Err(Refusal::invalid_parameter("Passkey MFA needs another MFA method enabled."));
    }
    Ok(())
}

fn flag<'a>(mfa: &'a mut MfaPreference, factor: &str) -> &'a mut bool {
    match factor {
        "SMS_MFA" => &mut mfa.sms,
        "EMAIL_OTP" => &mut mfa.email,
        _ => &mut mfa.totp,
    }
}

/// Adds `UserMFASettingList` and `PreferredMfaSetting`, where there is something to tell.
pub(crate) fn add_mfa(user: &User, reply: &mut Value) {
    let on = [
        (user.mfa.sms, "SMS_MFA"),
        (user.mfa.totp, "SOFTWARE_TOKEN_MFA"),
        (user.mfa.email, "EMAIL_OTP"),
    ];
    let list: Vec<_> = on.iter().filter(|(is_on, _)| *is_on).map(|(_, name)| name).collect();
    let Some(reply) = reply.as_object_mut() else { return };
    if !list.is_empty() {
        reply.insert("UserMFASettingList".to_owned(), json!(list));
    }
    if let Some(preferred) = &user.mfa.preferred {
        reply.insert("PreferredMfaSetting".to_owned(), json!(preferred));
    }
}
