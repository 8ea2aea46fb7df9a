//! Attributes: what a pool's schema and a client allow, and names that must be one person's.

use crate::refusal::Refusal;
use crate::store::{ClientPolicy, Policy, Pool, SchemaAttribute, Store};
use std::collections::BTreeMap;

/// Refuses attributes that a user may not write through a client.
pub(crate) fn check_writable(
    policy: &Policy,
    client: &ClientPolicy,
    attributes: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    for name in attributes.keys() {
        let is_granted =
            client.write_attributes.is_empty() || client.write_attributes.contains(name);
        let is_dev_only = schema_of(policy, name).is_some_and(|s| s.developer_only_attribute);
        if READ_ONLY.contains(&name.as_str()) || !is_granted || is_dev_only {
            return Err(Refusal::not_authorized(
                "A client attempted to write unauthorized attribute",
            ));
        }
    }
    Ok(())
}

/// Refuses values the schema does not allow, and custom attributes the pool does not have.
pub(crate) fn check_values(
    policy: &Policy,
    attributes: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let nonconforming = |name: &str, why: &str| {
        Refusal::invalid_parameter(format!(
            "Attributes did not conform to the schema: {name}: {why}"
        ))
    };
    for (name, value) in attributes {
        let schema = schema_of(policy, name);
        if schema.is_none() && !STANDARD.contains(&name.as_str()) {
            return Err(nonconforming(name, "Attribute does not exist in the schema.\n"));
        }
        if value.is_empty() {
            continue;
        }
        if name == "email" && !is_email(value) {
            return Err(Refusal::invalid_parameter("Invalid email address format."));
        }
        if name == "phone_number" && !is_phone_number(value) {
            return Err(Refusal::invalid_parameter("Invalid phone number format."));
        }
        let broken = match schema {
            Some(schema) => broken_constraint(schema, value),
            None => broken_standard(name, value),
        };
        if let Some(why) = broken {
            return Err(nonconforming(name, why));
        }
    }
    Ok(())
}

/// Refuses when a required attribute is missing.
pub(crate) fn check_required(
    policy: &Policy,
    attributes: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    for schema in &policy.schema {
        let is_missing = attributes.get(&schema.name).is_none_or(String::is_empty);
        if schema.required && schema.name != "sub" && is_missing {
            return Err(Refusal::invalid_parameter(format!(
                "Attributes did not conform to the schema: {}: The attribute is required\n",
                schema.name
            )));
        }
    }
    Ok(())
}

/// Makes an address a sign-in name of one user: where another has it verified, refuses, or with
/// `forced` takes it away.
pub(crate) fn claim_alias(
    store: &Store,
    pool: &Pool,
    username: &str,
    attribute: &str,
    value: &str,
    forced: bool,
) -> Result<(), Refusal> {
    let policy = pool.policy();
    let is_name = |names: &[String]| names.iter().any(|name| name == attribute);
    if !is_name(&policy.alias_attributes) && !is_name(&policy.username_attributes) {
        return Ok(());
    }
    let fold = !policy.username_configuration.case_sensitive;
    for holder in store.usernames_with(&pool.id, attribute, value, fold)? {
        if holder == username {
            continue;
        }
        let Some(mut other) = store.user(&pool.id, &holder)? else { continue };
        if !other.has_verified(attribute) && !is_name(&policy.username_attributes) {
            continue;
        }
        if !forced {
            return Err(Refusal::new(
                "AliasExistsException",
                format!("An account with the {attribute} already exists."),
            ));
        }
        other.attributes.insert(format!("{attribute}_verified"), "false".to_owned());
        store.put_user(&other)?;
    }
    Ok(())
}

/// The schema's entry of an attribute: custom ones stand in it without their prefix.
pub(crate) fn schema_of<'a>(policy: &'a Policy, name: &str) -> Option<&'a SchemaAttribute> {
    let bare = name.strip_prefix("dev:").unwrap_or(name);
    let custom = bare.strip_prefix("custom:");
    policy.schema.iter().find(|schema| match custom {
        Some(custom) => {
            let own = schema.name.strip_prefix("custom:").unwrap_or(&schema.name);
            own == custom && !STANDARD.contains(&own)
        }
        None => schema.name == name && STANDARD.contains(&name),
    })
}

/// What every pool wants of a standard attribute that its schema does not name.
fn broken_standard(name: &str, value: &str) -> Option<&'static str> {
    let length = value.chars().count();
    match name {
        "updated_at" if value.parse::<u64>().is_err() => Some("Value is not a number"),
        "birthdate" if length != 10 => Some("String length is out of range"),
        _ => (length > 2048).then_some("String length is out of range"),
    }
}

fn broken_constraint(schema: &SchemaAttribute, value: &str) -> Option<&'static str> {
    let bound = |map: &serde_json::Map<String, serde_json::Value>, name: &str| {
        map.get(name).and_then(|bound| match bound {
            serde_json::Value::String(text) => text.parse::<i64>().ok(),
            other => other.as_i64(),
        })
    };
    let length = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
    match schema.attribute_data_type.as_str() {
        "Number" => {
            let Ok(number) = value.parse::<i64>() else { return Some("Value is not a number") };
            let limits = &schema.number_attribute_constraints;
            let is_low = bound(limits, "MinValue").is_some_and(|min| number < min);
            let is_high = bound(limits, "MaxValue").is_some_and(|max| number > max);
            (is_low || is_high).then_some("Number is out of range")
        }
        "Boolean" if value != "true" && value != "false" => Some("Value is not a boolean"),
        _ => {
            let limits = &schema.string_attribute_constraints;
            let is_short = bound(limits, "MinLength").is_some_and(|min| length < min);
            let is_long = bound(limits, "MaxLength").unwrap_or(2048) < length;
            (is_short || is_long).then_some("String length is out of range")
        }
    }
}

/// Whether a text has the form of an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

/// Whether a text has the form of a phone number: `+` and digits.
pub(crate) fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Written by the service alone.
pub(crate) const READ_ONLY: &[&str] =
    &["sub", "email_verified", "phone_number_verified", "identities"];

/// What every pool has.
pub(crate) const STANDARD: &[&str] = &[
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "identities",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy() -> Policy {
        serde_json::from_value(json!({ "Schema": [
            { "Name": "email", "Required": true },
            { "Name": "name", "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "4" } },
            { "Name": "age", "AttributeDataType": "Number", "NumberAttributeConstraints": { "MinValue": "18", "MaxValue": "120" } },
            { "Name": "member", "AttributeDataType": "Boolean" },
            { "Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true },
        ] }))
        .unwrap()
    }

    fn one(name: &str, value: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn values_keep_within_the_schema() {
        for (name, value, is_taken) in [
            ("custom:age", "18", true),
            ("custom:age", "120", true),
            ("custom:age", "17", false),
            ("custom:age", "121", false),
            ("custom:age", "old", false),
            ("custom:member", "true", true),
            ("custom:member", "yes", false),
            ("name", "Bo", true),
            ("name", "B", false),
            ("name", "Robert", false),
            // Characters count, not bytes; an empty value deletes.
            ("name", "Zoë!", true),
            ("name", "", true),
            ("nickname", &"x".repeat(2048), true),
            ("nickname", &"x".repeat(2049), false),
            ("birthdate", "2000-02-29", true),
            ("birthdate", "29.2.2000", false),
            ("updated_at", "1700000000", true),
            ("updated_at", "now", false),
            ("age", "18", false),
            ("custom:none", "x", false),
            ("custom:email", "x", false),
            ("dev:custom:secret", "x", true),
            ("email", "a@b", true),
            ("email", "a@b@c", false),
            ("email", "a b@c", false),
            ("phone_number", "+491", true),
            ("phone_number", "491", false),
            ("phone_number", "+49 1", false),
        ] {
            let judged = check_values(&policy(), &one(name, value));
            assert_eq!(judged.is_ok(), is_taken, "{name}: {judged:?}");
            if let Err(refusal) = judged {
                assert_eq!(refusal.name, "InvalidParameterException");
            }
        }
    }

    #[test]
    fn required_ones_must_be_there() {
        assert!(check_required(&policy(), &one("email", "a@b")).is_ok());
        for missing in [one("email", ""), one("name", "Bob")] {
            let refusal = check_required(&policy(), &missing).unwrap_err();
            assert!(refusal.message.contains("email: The attribute is required"));
        }
    }

    #[test]
    fn client_writes_what_it_may_and_nobody_what_the_service_keeps() {
        let client = |names: &[&str]| ClientPolicy {
            write_attributes: names.iter().map(|name| (*name).to_owned()).collect(),
            ..ClientPolicy::default()
        };
        for (names, name, is_taken) in [
            (&[][..], "name", true),
            (&[], "email_verified", false),
            (&[], "sub", false),
            (&[], "dev:custom:secret", false),
            (&["email"], "email", true),
            (&["email"], "name", false),
            (&["sub"], "sub", false),
        ] {
            let judged = check_writable(&policy(), &client(names), &one(name, "x"));
            assert_eq!(judged.is_ok(), is_taken, "{names:?} {name}");
            if let Err(refusal) = judged {
                assert_eq!(refusal.name, "NotAuthorizedException");
            }
        }
    }
}
