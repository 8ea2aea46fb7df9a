//! What triggers are told after the fact.

use super::context::Context;
use crate::messages::event_attributes;
use crate::refusal::Refusal;
use crate::store::User;
use crate::trigger::{Nothing, Occasion, Trigger};
use serde_json::json;

/// Tells the post confirmation trigger.
pub(super) async fn ask_post_confirmation(
    context: &Context,
    user: &User,
    source: &str,
) -> Result<(), Refusal> {
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: &user.username,
        source,
        request: json!({
            "userAttributes": event_attributes(user),
            "clientMetadata": context.metadata,
        }),
    };
    let _: Option<Nothing> = Trigger::PostConfirmation.ask(occasion).await?;
    Ok(())
}
