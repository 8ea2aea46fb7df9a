//! InitiateAuth, and the renewal that has an operation of its own.

use super::context::Context;
use super::verdict::Verdict;
use super::{choice, custom, migrate, password, step};
use crate::caller::Caller;
use crate::input::{required, text};
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::risk::ContextData;
use crate::server::Server;
use crate::store::{Flow, RefreshToken, User};
use crate::tokens::{self, Renewal, fingerprint};
use crate::trigger::{Nothing, Occasion, Trigger};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The input of InitiateAuth.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InitiateAuth {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Map<String, Value>,
    session: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// The input of AdminInitiateAuth.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminInitiateAuth {
    user_pool_id: String,
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: Map<String, Value>,
    session: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    context_data: Option<ContextData>,
}

/// The input of GetTokensFromRefreshToken.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TokensFromRefreshToken {
    client_id: String,
    client_secret: Option<String>,
    refresh_token: String,
    device_key: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// InitiateAuth.
pub(crate) async fn initiate_auth(server: &Server, _: &Caller, input: InitiateAuth) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let asked = Asked {
        flow: input.auth_flow,
        parameters: input.auth_parameters.into(),
        session: input.session,
    };
    begin(server, context, asked, Door::Client).await
}

/// AdminInitiateAuth: the same for a backend, which may also send a password as it is.
pub(crate) async fn admin_initiate_auth(
    server: &Server,
    _: &Caller,
    input: AdminInitiateAuth,
) -> Answer {
    let context = Context::open_in_pool(server, &input.user_pool_id, &input.client_id)?
        .with(input.client_metadata, input.context_data.as_ref());
    let asked = Asked {
        flow: input.auth_flow,
        parameters: input.auth_parameters.into(),
        session: input.session,
    };
    begin(server, context, asked, Door::Administrator).await
}

/// How a sign-in is to begin.
struct Asked {
    flow: String,
    parameters: Value,
    session: Option<String>,
}

/// By which of the two operations a sign-in begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Client,
    Administrator,
}

/// The flow that a name means at a door.
fn named(flow: &str, door: Door) -> Option<&'static str> {
    match (flow, door) {
        ("REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH", _) => Some("REFRESH_TOKEN_AUTH"),
        ("USER_SRP_AUTH", _) => Some("USER_SRP_AUTH"),
        ("CUSTOM_AUTH", _) => Some("CUSTOM_AUTH"),
        ("USER_AUTH", _) => Some("USER_AUTH"),
        ("USER_PASSWORD_AUTH", Door::Client) => Some("USER_PASSWORD_AUTH"),
        ("ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH", Door::Administrator) => {
            Some("ADMIN_USER_PASSWORD_AUTH")
        }
        _ => None,
    }
}

async fn begin(server: &Server, mut context: Context, asked: Asked, door: Door) -> Answer {
    let Asked { flow, parameters, session } = asked;
    let flow_name = named(&flow, door).ok_or_else(|| {
        Refusal::invalid_parameter(format!("Initiate Auth method not supported: {flow}"))
    })?;
    if flow_name == "REFRESH_TOKEN_AUTH" {
        context.metadata.clear();
        return refresh(server, &context, &parameters).await;
    }
    context.check_flow(flow_name)?;
    let is_plain = ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"].contains(&flow_name);
    let typed = required(&parameters, "USERNAME")?;
    context.check_secret_hash(typed, text(&parameters, "SECRET_HASH"))?;
    let user = context.resolve(server, typed)?;
    let flow = Flow {
        auth_flow: flow_name.to_owned(),
        device_key: text(&parameters, "DEVICE_KEY").map(str::to_owned),
        ..Flow::default()
    };
    if let Some(user) = &user {
        before_authentication(&context, user).await?;
    } else if !context.hides_users() && !is_plain {
        return Err(Refusal::user_not_found());
    }
    // Only the triggers so far, and the one of migration, see the metadata of this operation.
    let metadata = std::mem::take(&mut context.metadata);
    let verdict = match flow_name {
        "USER_SRP_AUTH" => {
            let a_public = required(&parameters, "SRP_A")?;
            let user = user.as_ref();
            password::start_srp(server, &context, user, typed, flow, a_public, false)
                .await
                .map(Verdict::Asked)?
        }
        "CUSTOM_AUTH" => custom::start(user, typed, flow, &parameters)?,
        "USER_AUTH" => {
            let session = session.as_deref();
            choice::start(server, &context, user, typed, flow, &parameters, session)?
        }
        _ => {
            let given = required(&parameters, "PASSWORD")?;
            let user = match user {
                Some(user) => Some(user),
                None => migrate::migrate(server, &context, typed, Some(given), metadata).await?,
            };
            Verdict::Password(password::check(server, &context, user, given).await?, flow)
        }
    };
    step::next(server, &context, verdict).await
}

/// GetTokensFromRefreshToken.
pub(crate) async fn tokens_from_refresh_token(
    server: &Server,
    _: &Caller,
    input: TokensFromRefreshToken,
) -> Answer {
    let context = Context::open(server, &input.client_id)?;
    context.check_secret(input.client_secret.as_deref())?;
    let renewal = Renewal {
        pool: &context.pool,
        client: &context.client,
        token: &input.refresh_token,
        device_key: input.device_key.as_deref(),
        metadata: input.client_metadata,
    };
    let result = tokens::renew(server, renewal).await?;
    Ok(json!({ "AuthenticationResult": result }))
}

async fn refresh(server: &Server, context: &Context, parameters: &Value) -> Answer {
    context.check_flow("REFRESH_TOKEN_AUTH")?;
    let token = required(parameters, "REFRESH_TOKEN")?;
    if context.client.secret.is_some() {
        let held: Option<RefreshToken> = server.store().find_by_key(&fingerprint(token))?;
        let username = held.map(|held| held.username).unwrap_or_default();
        context.check_secret_hash(&username, text(parameters, "SECRET_HASH"))?;
    }
    let rotation = context.client_policy.refresh_token_rotation.as_ref();
    if rotation.is_some_and(|rotation| rotation.feature == "ENABLED") {
        return Err(Refusal::new(
            "UnsupportedOperationException",
            "Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken",
        ));
    }
    let renewal = Renewal {
        pool: &context.pool,
        client: &context.client,
        token,
        device_key: text(parameters, "DEVICE_KEY"),
        metadata: context.metadata.clone(),
    };
    let result = tokens::renew(server, renewal).await?;
    Ok(json!({ "ChallengeParameters": {}, "AuthenticationResult": result }))
}

pub(super) async fn before_authentication(context: &Context, user: &User) -> Result<(), Refusal> {
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: &user.username,
        source: "PreAuthentication_Authentication",
        request: json!({
            "userAttributes": event_attributes(user),
            // The service hands the client metadata over under this name here.
            "validationData": context.metadata,
            "userNotFound": false,
        }),
    };
    let _: Option<Nothing> = Trigger::PreAuthentication.ask(occasion).await?;
    Ok(())
}
