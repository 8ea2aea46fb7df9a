//! Attributes of somebody who exists: what may change, what may go, what an administrator may do on top.

use crate::refusal::Refusal;
use crate::schema::{READ_ONLY, STANDARD, check_values, check_writable, schema_of};
use crate::store::{Client, Policy, Pool, SchemaAttribute, Store, User};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Attributes that codes can verify.
pub(crate) const ADDRESSES: [&str; 2] = ["email", "phone_number"];

/// Who writes attributes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writer<'a> {
    /// The person, through an app client.
    Person(&'a Client),
    /// An administrator.
    Administrator,
}

/// Refuses what the schema or the client's permissions do not allow. `present` is the user as it stands; none
/// means that an administrator makes the user. An empty value deletes.
///
/// # Errors
/// `NotAuthorizedException` for an attribute the client may not write, else `InvalidParameterException`.
pub(crate) fn check_write(
    pool: &Pool,
    writer: Writer<'_>,
    present: Option<&User>,
    wanted: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    let policy = pool.policy();
    check_permission(&policy, writer, wanted)?;
    check_values(&policy, wanted)?;
    for (name, value) in wanted {
        check_change(&policy, present, name, value)?;
    }
    Ok(())
}

/// Refuses to delete an attribute that must stay or is not the client's to write.
pub(crate) fn check_delete(
    pool: &Pool,
    writer: Writer<'_>,
    names: &[String],
) -> Result<(), Refusal> {
    let policy = pool.policy();
    let emptied = names.iter().map(|name| (name.clone(), String::new())).collect();
    check_permission(&policy, writer, &emptied)?;
    check_values(&policy, &emptied)?;
    for name in names {
        let schema = schema_of(&policy, name);
        let is_bound = schema.is_some_and(|schema| schema.required || !is_mutable(schema));
        if is_bound || name == "sub" {
            let message = format!("user.{name}: Attribute cannot be deleted.");
            return Err(Refusal::invalid_parameter(message));
        }
    }
    Ok(())
}

/// Refuses an address or name that somebody else signs in with.
///
/// # Errors
/// `AliasExistsException`.
pub(crate) fn check_alias(
    store: &Store,
    pool: &Pool,
    username: &str,
    name: &str,
    value: &str,
) -> Result<(), Refusal> {
    let policy = pool.policy();
    let is_username = policy.username_attributes.iter().any(|alias| alias == name);
    let is_alias = policy.alias_attributes.iter().any(|alias| alias == name);
    if value.is_empty() || !(is_username || is_alias) {
        return Ok(());
    }
    let fold = !policy.username_configuration.case_sensitive;
    for other in store.usernames_with(&pool.id, name, value, fold)? {
        let is_taken = is_username
            || name == "preferred_username"
            || store.user(&pool.id, &other)?.is_some_and(|user| user.has_verified(name));
        if other != username && is_taken {
            let message = format!("An account with the {name} already exists.");
            return Err(Refusal::new("AliasExistsException", message));
        }
    }
    Ok(())
}

/// Writes attributes that were checked. Gives the addresses that want a code: changed ones that the pool
/// verifies. Where it wants that before the change, the old address stays until then.
pub(crate) fn apply(
    pool: &Pool,
    user: &mut User,
    wanted: &BTreeMap<String, String>,
) -> Vec<&'static str> {
    let policy = pool.policy();
    let waits = policy.user_attribute_update_settings.attributes_require_verification_before_update;
    let mut changed = Vec::new();
    for (name, value) in wanted {
        let address = ADDRESSES.into_iter().find(|address| address == name);
        let Some(address) = address.filter(|_| !value.is_empty()) else {
            remove(user, std::slice::from_ref(name));
            if !value.is_empty() {
                user.attributes.insert(name.clone(), value.clone());
            }
            continue;
        };
        user.pending_attributes.remove(name);
        let mark = format!("{name}_verified");
        let is_vouched_for = wanted.get(&mark).is_some_and(|mark| mark == "true");
        if user.attribute(name) == Some(value.as_str()) {
            continue;
        }
        if waits.contains(name) && user.has_verified(name) && !is_vouched_for {
            user.pending_attributes.insert(name.clone(), value.clone());
        } else {
            user.attributes.insert(name.clone(), value.clone());
            user.attributes.insert(mark, is_vouched_for.to_string());
        }
        let is_verified_by_pool =
            policy.auto_verified_attributes.contains(name) || waits.contains(name);
        if is_verified_by_pool && !is_vouched_for {
            changed.push(address);
        }
    }
    changed
}

/// Removes attributes; an address takes its mark with it.
pub(crate) fn remove(user: &mut User, names: &[String]) {
    for name in names {
        user.attributes.remove(name);
        if ADDRESSES.contains(&name.as_str()) {
            user.pending_attributes.remove(name);
            user.attributes.remove(&format!("{name}_verified"));
        }
    }
}

/// A list of `{Name, Value}`.
pub(crate) fn listed<'a>(attributes: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    attributes
        .into_iter()
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect::<Vec<_>>()
        .into()
}

/// `SchemaAttributes` as DescribeUserPool reports them: standard ones first, then the pool's own.
pub(crate) fn described(pool: &Pool) -> Vec<Value> {
    let policy = pool.policy();
    let standard = STANDARD.iter().filter(|name| **name != "identities").map(|name| {
        let schema = SchemaAttribute {
            required: *name == "sub",
            mutable: Some(*name != "sub"),
            attribute_data_type: standard_type(name).to_owned(),
            ..schema_of(&policy, name).cloned().unwrap_or_default()
        };
        let own = schema_of(&policy, name);
        let required = schema.required || own.is_some_and(|own| own.required);
        let mutable = own.map_or(schema.mutable, |own| Some(is_mutable(own)));
        describe(name, &SchemaAttribute { required, mutable, ..schema })
    });
    let custom = policy.schema.iter().filter(|schema| !STANDARD.contains(&schema.name.as_str()));
    let custom = custom.map(|schema| {
        let prefix = if schema.developer_only_attribute { "dev:custom:" } else { "custom:" };
        let bare = schema.name.trim_start_matches("dev:").trim_start_matches("custom:");
        describe(&format!("{prefix}{bare}"), schema)
    });
    standard.chain(custom).collect()
}

fn check_permission(
    policy: &Policy,
    writer: Writer<'_>,
    wanted: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    match writer {
        Writer::Person(client) => check_writable(policy, &client.policy(), wanted),
        Writer::Administrator => Ok(()),
    }
}

fn check_change(
    policy: &Policy,
    present: Option<&User>,
    name: &str,
    value: &str,
) -> Result<(), Refusal> {
    let schema = schema_of(policy, name);
    let held = present.and_then(|user| user.attribute(name));
    let is_fixed = schema.is_some_and(|schema| !is_mutable(schema)) && held.is_some();
    if (is_fixed && held != Some(value)) || matches!(name, "sub" | "identities") {
        let message = format!("user.{name}: Attribute cannot be updated.");
        return Err(Refusal::invalid_parameter(message));
    }
    if value.is_empty() && schema.is_some_and(|schema| schema.required) {
        let message = format!(
            "Attributes did not conform to the schema: {name}: The attribute is required\n"
        );
        return Err(Refusal::invalid_parameter(message));
    }
    Ok(())
}

fn is_mutable(schema: &SchemaAttribute) -> bool {
    schema.mutable.unwrap_or(true)
}

fn standard_type(name: &str) -> &'static str {
    match name {
        "updated_at" => "Number",
        _ if READ_ONLY.contains(&name) && name.ends_with("_verified") => "Boolean",
        _ => "String",
    }
}

fn describe(name: &str, schema: &SchemaAttribute) -> Value {
    let data_type = match schema.attribute_data_type.as_str() {
        "" => "String",
        given => given,
    };
    let mut shown = Map::new();
    shown.insert("Name".to_owned(), name.into());
    shown.insert("AttributeDataType".to_owned(), data_type.into());
    shown.insert("DeveloperOnlyAttribute".to_owned(), schema.developer_only_attribute.into());
    shown.insert("Mutable".to_owned(), is_mutable(schema).into());
    shown.insert("Required".to_owned(), schema.required.into());
    let is_standard = STANDARD.contains(&name);
    let (member, defaults, given) = match data_type {
        "String" => {
            let defaults = match name {
                "birthdate" => json!({"MinLength": "10", "MaxLength": "10"}),
                "sub" => json!({"MinLength": "1", "MaxLength": "2048"}),
                _ if is_standard => json!({"MinLength": "0", "MaxLength": "2048"}),
                _ => json!({}),
            };
            ("StringAttributeConstraints", defaults, &schema.string_attribute_constraints)
        }
        "Number" => {
            let defaults = if is_standard { json!({"MinValue": "0"}) } else { json!({}) };
            ("NumberAttributeConstraints", defaults, &schema.number_attribute_constraints)
        }
        _ => return shown.into(),
    };
    let mut constraints = defaults.as_object().cloned().unwrap_or_default();
    constraints.extend(given.clone());
    shown.insert(member.to_owned(), constraints.into());
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(extra: Value) -> Pool {
        let mut settings = json!({"AutoVerifiedAttributes": ["email"], "Schema": [
            {"Name": "email", "Required": true, "Mutable": true},
            {"Name": "role", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "5"}},
            {"Name": "born", "AttributeDataType": "String", "Mutable": false},
            {"Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true},
        ]});
        settings.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        Pool {
            id: "eu-west-1_T".to_owned(),
            name: String::new(),
            aws_issuer: false,
            response_issuer: false,
            settings: settings.as_object().unwrap().clone(),
            mfa: Map::new(),
            risk: Map::new(),
            created: 0,
            modified: 0,
        }
    }

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn alice() -> User {
        let attributes = pairs(&[
            ("sub", "s"),
            ("email", "a@b.c"),
            ("email_verified", "true"),
            ("custom:born", "x"),
        ]);
        User::new("eu-west-1_T", "alice", "s", attributes, 0)
    }

    fn refused(wanted: &[(&str, &str)]) -> Option<Refusal> {
        let pool = pool(json!({}));
        let (user, wanted) = (alice(), pairs(wanted));
        check_write(&pool, Writer::Administrator, Some(&user), &wanted).err()
    }

    #[test]
    fn what_must_stay_cannot_be_changed_or_emptied() {
        for (name, value) in
            [("sub", "t"), ("custom:born", "y"), ("email", ""), ("custom:none", "x")]
        {
            assert_eq!(
                refused(&[(name, value)]).unwrap().name,
                "InvalidParameterException",
                "{name}"
            );
        }
        assert_eq!(refused(&[("custom:born", "x"), ("email_verified", "true")]), None);
        let names = |name: &str| vec![name.to_owned()];
        let delete =
            |name: &str| check_delete(&pool(json!({})), Writer::Administrator, &names(name));
        assert!(
            delete("email").is_err() && delete("custom:born").is_err() && delete("sub").is_err()
        );
        assert!(delete("custom:role").is_ok());
    }

    #[test]
    fn changed_address_loses_its_mark_and_wants_a_code() {
        let mut user = alice();

        let changed = apply(&pool(json!({})), &mut user, &pairs(&[("email", "new@b.c")]));

        assert_eq!(changed, ["email"]);
        assert_eq!(user.attribute("email"), Some("new@b.c"));
        assert!(!user.has_verified("email"));
    }

    #[test]
    fn pool_may_keep_the_old_address_until_the_code() {
        let waits = json!({"UserAttributeUpdateSettings":
            {"AttributesRequireVerificationBeforeUpdate": ["email"]}});
        let mut user = alice();

        let changed = apply(&pool(waits), &mut user, &pairs(&[("email", "new@b.c")]));

        assert_eq!(changed, ["email"]);
        assert_eq!(user.attribute("email"), Some("a@b.c"));
        assert_eq!(user.pending_attributes["email"], "new@b.c");
        assert!(user.has_verified("email"));
    }

    #[test]
    fn address_that_an_administrator_vouches_for_wants_no_code() {
        let mut user = alice();
        let wanted = pairs(&[("email", "new@b.c"), ("email_verified", "true")]);

        let changed = apply(&pool(json!({})), &mut user, &wanted);

        assert!(changed.is_empty() && user.has_verified("email"));
    }

    #[test]
    fn same_address_again_changes_nothing() {
        let mut user = alice();

        let changed = apply(&pool(json!({})), &mut user, &pairs(&[("email", "a@b.c")]));

        assert!(changed.is_empty() && user.has_verified("email"));
    }

    #[test]
    fn description_has_standard_and_own_attributes() {
        let shown = described(&pool(json!({})));
        let find = |name: &str| shown.iter().find(|shown| shown["Name"] == name).unwrap();

        assert_eq!(shown.len(), 20 + 3);
        assert_eq!(find("custom:role")["StringAttributeConstraints"]["MaxLength"], "5");
        assert_eq!(find("email")["Required"], true);
        assert_eq!(find("sub")["Mutable"], false);
        assert_eq!(find("email_verified")["AttributeDataType"], "Boolean");
        assert_eq!(find("dev:custom:secret")["DeveloperOnlyAttribute"], true);
    }
}
