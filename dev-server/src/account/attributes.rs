//! Attributes of the signed-in person, and the codes that verify addresses.

use super::present::present_user;
use crate::attributes::{self, ADDRESSES, Writer};
use crate::caller::Caller;
use crate::input::{Attribute, by_name, filled};
use crate::messages::Message;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::User;
use crate::{codes, tokens};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const CODES_PER_HOUR: u32 = 5;
const TRIES_PER_HOUR: u32 = 15;

/// The input of UpdateUserAttributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Update {
    access_token: String,
    user_attributes: Vec<Attribute>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// The input of DeleteUserAttributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete {
    access_token: String,
    user_attribute_names: Vec<String>,
}

/// The input of GetUserAttributeVerificationCode.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SendCode {
    access_token: String,
    attribute_name: String,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// The input of VerifyUserAttribute.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Verify {
    access_token: String,
    attribute_name: String,
    code: String,
}

/// UpdateUserAttributes.
pub(crate) async fn update(server: &Server, _: &Caller, input: Update) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let wanted = by_name(input.user_attributes);
    let (user, changed) = write(server, &bearer, &wanted)?;
    let mut deliveries = Vec::new();
    for attribute in changed {
        let Some(to) = wanted.get(attribute) else { continue };
        let message = Message {
            pool: &bearer.pool,
            client_id: &bearer.client.id,
            user: &user,
            attribute,
            to,
            purpose: "UpdateUserAttribute",
            metadata: &input.client_metadata,
        };
        deliveries.push(
            codes::send(server, &message, &codes::attribute_purpose(attribute), codes::DAY_MS)
                .await?,
        );
    }
    Ok(json!({ "CodeDeliveryDetailsList": deliveries }))
}

/// Checks and writes; gives the user and the addresses that want a code.
fn write(
    server: &Server,
    bearer: &tokens::Bearer,
    wanted: &BTreeMap<String, String>,
) -> Result<(User, Vec<&'static str>), Refusal> {
    let pool = &bearer.pool;
    let store = server.store();
    let mut user = present_user(&store, bearer)?;
    attributes::check_write(pool, Writer::Person(&bearer.client), Some(&user), wanted)?;
    for (name, value) in wanted {
        attributes::check_alias(&store, pool, &user.username, name, value)?;
    }
    let changed = attributes::apply(pool, &mut user, wanted);
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok((user, changed))
}

/// DeleteUserAttributes.
pub(crate) fn delete(server: &Server, _: &Caller, input: Delete) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let names = input.user_attribute_names;
    let store = server.store();
    let mut user = present_user(&store, &bearer)?;
    attributes::check_delete(&bearer.pool, Writer::Person(&bearer.client), &names)?;
    attributes::remove(&mut user, &names);
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// GetUserAttributeVerificationCode.
pub(crate) async fn send_code(server: &Server, _: &Caller, input: SendCode) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let attribute = address(&input.attribute_name)?;
    let user = {
        let store = server.store();
        let user = present_user(&store, &bearer)?;
        let now = server.clock.now_ms();
        store.spend(&user.pool_id, &user.username, "attribute_code", CODES_PER_HOUR, now)?;
        user
    };
    let to = user.pending_attributes.get(attribute).map(String::as_str);
    let to = to.or_else(|| user.attribute(attribute)).ok_or_else(|| {
        Refusal::invalid_parameter(format!("User does not have a {attribute} to verify."))
    })?;
    let message = Message {
        pool: &bearer.pool,
        client_id: &bearer.client.id,
        user: &user,
        attribute,
        to,
        purpose: "VerifyUserAttribute",
        metadata: &input.client_metadata,
    };
    let details =
        codes::send(server, &message, &codes::attribute_purpose(attribute), codes::DAY_MS).await?;
    Ok(json!({ "CodeDeliveryDetails": details }))
}

/// VerifyUserAttribute: the address the code went to is verified, and takes effect if it waited for that.
pub(crate) fn verify(server: &Server, _: &Caller, input: Verify) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let attribute = address(&input.attribute_name)?;
    let typed = filled(&input.code, "Code")?;
    let store = server.store();
    let mut user = present_user(&store, &bearer)?;
    let now = server.clock.now_ms();
    store.spend(&user.pool_id, &user.username, "verify_attribute", TRIES_PER_HOUR, now)?;
    let code = codes::spend(
        &store,
        &user.pool_id,
        &user.username,
        &codes::attribute_purpose(attribute),
        typed,
        now,
    )?;
    let waiting = user.pending_attributes.get(attribute) == Some(&code.destination);
    if !waiting && user.attribute(attribute) != Some(&code.destination) {
        return Err(codes::expired());
    }
    attributes::check_alias(&store, &bearer.pool, &user.username, attribute, &code.destination)?;
    user.pending_attributes.remove(attribute);
    user.attributes.insert(attribute.to_owned(), code.destination);
    user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
    user.modified = now;
    store.put_user(&user)?;
    Ok(json!({}))
}

fn address(name: &str) -> Result<&'static str, Refusal> {
    let name = filled(name, "AttributeName")?;
    ADDRESSES.into_iter().find(|address| *address == name).ok_or_else(|| {
        Refusal::invalid_parameter("Only email and phone_number can be verified by a code.")
    })
}
