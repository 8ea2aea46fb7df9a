//! People whom the pool does not know, but its migration trigger does.

use super::context::Context;
use crate::attributes;
use crate::messages;
use crate::refusal::Refusal;
use crate::schema;
use crate::server::Server;
use crate::store::{User, UserStatus};
use crate::trigger::{Migration, Occasion, Trigger};
use crate::work::compute;
use crate::{random, srp};
use serde_json::{Map, Value, json};

/// Asks the migration trigger for a person the pool does not know; `given` is the password of a sign-in,
/// nothing when it was forgotten.
pub(super) async fn migrate(
    server: &Server,
    context: &Context,
    typed: &str,
    given: Option<&str>,
    metadata: Map<String, Value>,
) -> Result<Option<User>, Refusal> {
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: typed,
        source: match given {
            Some(_) => "UserMigration_Authentication",
            None => "UserMigration_ForgotPassword",
        },
        request: json!({
            "password": given,
            "validationData": metadata,
            "clientMetadata": metadata,
        }),
    };
    let migrated: Option<Migration> = match Trigger::UserMigration.ask(occasion).await {
        // A trigger that throws does not know the person either.
        Err(refusal) if refusal.name == "UserLambdaValidationException" => None,
        answered => answered?,
    };
    let Some(migration) = migrated else { return Ok(None) };
    let Some(mut user) = made(server, context, typed, &migration)? else { return Ok(None) };
    if let Some(given) = given {
        let (group, name, given) =
            (context.pool.srp_name().to_owned(), user.username.clone(), given.to_owned());
        user.password = Some(compute(move || srp::make_verifier(&group, &name, &given)).await?);
        user.password_set = user.created;
    }
    // Somebody else may have brought the same person meanwhile.
    if let Some(user) = context.resolve(server, typed)? {
        return Ok(Some(user));
    }
    let store = server.store();
    for name in attributes::ADDRESSES {
        let Some(value) = user.attribute(name) else { continue };
        let is_forced = migration.force_alias_creation;
        if user.has_verified(name) || !context.policy.username_attributes.is_empty() {
            schema::claim_alias(&store, &context.pool, &user.username, name, value, is_forced)?;
        }
    }
    store.put_user(&user)?;
    welcome(server, context, &user, &migration)?;
    Ok(Some(user))
}

/// By SMS where the trigger does not say otherwise, as the service has it.
fn welcome(
    server: &Server,
    context: &Context,
    user: &User,
    migration: &Migration,
) -> Result<(), Refusal> {
    if migration.message_action.as_deref() == Some("SUPPRESS") {
        return Ok(());
    }
    let wanted = &migration.desired_delivery_mediums;
    for (attribute, medium) in [("email", "EMAIL"), ("phone_number", "SMS")] {
        let is_wanted = wanted.iter().any(|known| known == medium);
        if is_wanted || (wanted.is_empty() && medium == "SMS") {
            messages::welcome(server, &context.pool, user, attribute)?;
        }
    }
    Ok(())
}

/// The person that the trigger's answer describes, if it describes one.
fn made(
    server: &Server,
    context: &Context,
    typed: &str,
    migration: &Migration,
) -> Result<Option<User>, Refusal> {
    let Some(mut attributes) = migration.user_attributes.clone() else { return Ok(None) };
    attributes.remove("username");
    attributes.remove("sub");
    // What the schema does not know or allow is a mistake of the trigger's.
    schema::check_values(&context.policy, &attributes)
        .map_err(|refusal| Refusal::new("InvalidLambdaResponseException", refusal.message))?;
    let sub = random::uuid()?;
    attributes.insert("sub".to_owned(), sub.clone());
    let username = if context.policy.username_attributes.is_empty() { typed } else { &sub };
    let mut user = User::new(&context.pool.id, username, &sub, attributes, server.clock.now_ms());
    user.status = match migration.final_user_status.as_deref() {
        Some("RESET_REQUIRED") => UserStatus::ResetRequired,
        _ => UserStatus::Confirmed,
    };
    user.mfa.sms = migration.enable_sms_mfa && user.attribute("phone_number").is_some();
    Ok(Some(user))
}
