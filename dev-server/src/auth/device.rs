//! Tracked devices: found at sign-in, asked to prove themselves, confirmed afterwards.

use super::claim;
use super::context::Context;
use super::pending::{self, Asked};
use super::verdict::Verdict;
use crate::caller::Caller;
use crate::input::required;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Device, Flow, PendingChallenge, Question, User, Verifier};
use crate::tokens;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The confirmed and remembered device that the sign-in named, if the pool tracks devices.
///
/// # Errors
/// `ResourceNotFoundException` for a device the person does not have.
pub(super) fn remembered(
    server: &Server,
    context: &Context,
    user: &User,
    flow: &Flow,
) -> Result<Option<Device>, Refusal> {
    let (Some(_), Some(key)) = (&context.policy.device_configuration, &flow.device_key) else {
        return Ok(None);
    };
    let device: Option<Device> = server.store().find(&context.pool.id, &user.username, key)?;
    let device = device.ok_or_else(|| Refusal::not_found("Device does not exist."))?;
    Ok(Some(device).filter(|device| device.verifier.is_some() && device.remembered))
}

/// The device key that goes into the tokens and, for a device not seen before, its metadata.
pub(super) fn track(
    server: &Server,
    context: &Context,
    user: &User,
    flow: &Flow,
) -> Result<(Option<String>, Option<Value>), Refusal> {
    if context.policy.device_configuration.is_none() {
        return Ok((None, None));
    }
    let now = server.clock.now_ms();
    if let Some(key) = &flow.device_key {
        let store = server.store();
        let device: Option<Device> = store.find(&context.pool.id, &user.username, key)?;
        if let Some(mut device) = device {
            device.last_authenticated = now;
            store.put(&device)?;
            return Ok((Some(device.device_key), None));
        }
    }
    let device_key = format!("{}_{}", context.pool.region(), random::uuid()?);
    let group_key = format!("-{}", random::alphanumeric(8)?);
    server.store().put(&Device {
        pool_id: context.pool.id.clone(),
        username: user.username.clone(),
        device_key: device_key.clone(),
        group_key: group_key.clone(),
        verifier: None,
        name: String::new(),
        remembered: false,
        last_ip: String::new(),
        created: now,
        modified: now,
        last_authenticated: now,
    })?;
    let metadata = json!({ "DeviceKey": device_key, "DeviceGroupKey": group_key });
    Ok((Some(device_key), Some(metadata)))
}

/// Puts `DEVICE_SRP_AUTH`.
pub(super) fn ask(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    device: &Device,
) -> Answer {
    let device_key = device.device_key.clone();
    let mut parameters = Map::new();
    parameters.insert("USERNAME".to_owned(), json!(user.username));
    parameters.insert("DEVICE_KEY".to_owned(), json!(device_key));
    let question = Question::DeviceSrp { device_key };
    pending::ask(server, context, user.into(), flow, question, parameters)
}

/// Answers the device's `SRP_A` with `DEVICE_PASSWORD_VERIFIER`.
pub(super) async fn answer_srp(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    device_key: &str,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let device = named_device(server, context, &user, device_key, responses)?;
    let Some(verifier) = device.verifier else { return Err(no_such_device()) };
    let exchange = claim::make_exchange(verifier, required(responses, "SRP_A")?).await?;
    let mut parameters = Map::new();
    for (name, value) in [
        ("SALT", &exchange.verifier.salt),
        ("SECRET_BLOCK", &exchange.secret_block),
        ("SRP_B", &exchange.b_public),
        ("USERNAME", &user.username),
        ("DEVICE_KEY", &device.device_key),
    ] {
        parameters.insert(name.to_owned(), json!(value));
    }
    let question = Question::DeviceVerifier { device_key: device.device_key, exchange };
    pending::ask(server, context, Asked::from(&user), pending.flow, question, parameters)
        .map(Verdict::Asked)
}

/// Judges an answer to `DEVICE_PASSWORD_VERIFIER`.
pub(super) async fn answer_verifier(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let PendingChallenge { question, mut flow, .. } = pending;
    let Question::DeviceVerifier { device_key, exchange } = question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let stated = claim::stated_time(responses)?;
    let device = named_device(server, context, &user, &device_key, responses)?;
    let is_proved = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")? == exchange.secret_block
        && device.verifier.as_ref() == Some(&exchange.verifier)
        && claim::is_fresh(stated, server.clock.now())
        && claim::is_signed(&exchange, &device.group_key, &device.device_key, responses).await?;
    if !is_proved {
        return Err(Refusal::wrong_password());
    }
    flow.device_done = true;
    flow.second_factor_done = true;
    flow.device_key = Some(device.device_key);
    Ok(Verdict::Proved(user, flow))
}

/// The input of ConfirmDevice.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Confirm {
    access_token: String,
    device_key: String,
    device_name: Option<String>,
    #[serde(default)]
    device_secret_verifier_config: SecretVerifier,
}

/// The shape `DeviceSecretVerifierConfigType`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretVerifier {
    #[serde(default)]
    salt: String,
    #[serde(default)]
    password_verifier: String,
}

/// ConfirmDevice: keeps the verifier of a device that a sign-in just found.
pub(crate) fn confirm(server: &Server, caller: &Caller, input: Confirm) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let policy = bearer.pool.policy();
    let Some(configuration) = policy.device_configuration else {
        return Err(Refusal::new(
            "InvalidUserPoolConfigurationException",
            "Device tracking is not enabled for this user pool",
        ));
    };
    let key = input.device_key.as_str();
    let store = server.store();
    let device: Option<Device> = store.find(&bearer.pool.id, &bearer.user.username, key)?;
    let device = device.filter(|_| bearer.claim("device_key") == Some(key));
    let Some(mut device) = device else {
        return Err(Refusal::invalid_parameter("Invalid device key given."));
    };
    if device.verifier.is_some() {
        return Err(Refusal::new("DeviceKeyExistsException", "Device already exists"));
    }
    device.verifier = Some(read_verifier(&input.device_secret_verifier_config)?);
    device.name = input.device_name.unwrap_or_else(|| caller.user_agent.clone());
    device.remembered = !configuration.device_only_remembered_on_user_prompt;
    device.last_ip = caller.ip.clone();
    device.modified = server.clock.now_ms();
    store.put(&device)?;
    Ok(json!({ "UserConfirmationNecessary": !device.remembered }))
}

fn read_verifier(config: &SecretVerifier) -> Result<Verifier, Refusal> {
    let part = |name: &str, text: &str, longest: usize| {
        claim::from_base64(text)
            .filter(|bytes| !bytes.is_empty() && bytes.len() <= longest)
            .map(|bytes| hex::encode(&bytes).trim_start_matches('0').to_owned())
            .ok_or_else(|| {
                Refusal::invalid_parameter(format!("Invalid device secret verifier: {name}"))
            })
    };
    Ok(Verifier {
        salt: part("Salt", &config.salt, 64)?,
        verifier: part("PasswordVerifier", &config.password_verifier, 385)?,
    })
}

fn named_device(
    server: &Server,
    context: &Context,
    user: &User,
    expected: &str,
    responses: &Value,
) -> Result<Device, Refusal> {
    if required(responses, "DEVICE_KEY")? != expected {
        return Err(no_such_device());
    }
    server.store().find(&context.pool.id, &user.username, expected)?.ok_or_else(no_such_device)
}

fn no_such_device() -> Refusal {
    Refusal::not_found("Device does not exist.")
}
