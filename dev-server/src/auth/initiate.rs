//! InitiateAuth, and the renewal that has an operation of its own.

use super::{Context, choice, custom, password, step};
use crate::input::{self, required, text};
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::server::{Caller, Server};
use crate::store::{Flow, RefreshToken, User};
use crate::tokens::{self, Renewal, fingerprint};
use crate::trigger::{Nothing, Occasion, Trigger};
use serde_json::{Value, json};

/// InitiateAuth.
pub(crate) async fn initiate_auth(server: &Server, _: &Caller, input: Value) -> Answer {
    let mut context = Context::open(server, &input)?;
    let flow_name = text(&input, "AuthFlow").unwrap_or_default();
    let parameters = Value::Object(input::map(&input, "AuthParameters"));
    let flow_name = match flow_name {
        "REFRESH_TOKEN" | "REFRESH_TOKEN_AUTH" => {
            context.metadata.clear();
            return refresh(server, &context, &parameters).await;
        }
        "USER_SRP_AUTH" | "USER_PASSWORD_AUTH" | "CUSTOM_AUTH" | "USER_AUTH" => flow_name,
        _ => {
            return Err(Refusal::invalid_parameter(format!(
                "Initiate Auth method not supported: {flow_name}"
            )));
        }
    };
    context.check_flow(flow_name)?;
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
    } else if !context.hides_users() && flow_name != "USER_PASSWORD_AUTH" {
        return Err(Refusal::user_not_found());
    }
    // Only the triggers so far, and the one of migration, see the metadata of this operation.
    let metadata = std::mem::take(&mut context.metadata);
    match flow_name {
        "USER_SRP_AUTH" => {
            let a_public = required(&parameters, "SRP_A")?;
            password::start_srp(server, &context, user.as_ref(), typed, flow, a_public, false)
        }
        "USER_PASSWORD_AUTH" => {
            let given = required(&parameters, "PASSWORD")?;
            let user = match user {
                Some(user) => Some(user),
                None => password::migrate(server, &context, typed, Some(given), metadata).await?,
            };
            let user = password::check(server, &context, user, given)?;
            step::after_password(server, &context, user, flow).await
        }
        "CUSTOM_AUTH" => custom::start(server, &context, user, typed, flow, &parameters).await,
        _ => {
            let session = text(&input, "Session");
            choice::start(server, &context, user, typed, flow, &parameters, session).await
        }
    }
}

/// GetTokensFromRefreshToken.
pub(crate) async fn tokens_from_refresh_token(server: &Server, _: &Caller, input: Value) -> Answer {
    let context = Context::open(server, &input)?;
    context.check_secret(text(&input, "ClientSecret"))?;
    let renewal = Renewal {
        pool: &context.pool,
        client: &context.client,
        token: text(&input, "RefreshToken").unwrap_or_default(),
        device_key: text(&input, "DeviceKey"),
        metadata: context.metadata.clone(),
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
