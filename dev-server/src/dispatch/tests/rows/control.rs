//! Administrators and identity pools.

use super::*;

pub(super) fn of_administrators() -> Vec<Row> {
    let email = json!({ "UserAttributes": [
        { "Name": "email", "Value": "bob@example.com" }, { "Name": "email_verified", "Value": "true" }] });
    let mut rows = vec![row(
        "AdminUpdateUserAttributes",
        "AliasExistsException",
        vec![],
        with(of_alice(), email.clone()),
    )];
    for (operation, input) in [
        ("AdminGetUser", of_alice()),
        ("AdminUpdateUserAttributes", with(of_alice(), email)),
        ("ListUsers", json!({ "UserPoolId": POOL })),
    ] {
        let elsewhere = with(input.clone(), json!({ "UserPoolId": "eu-west-1_Elsewhere" }));
        let nobody = with(input, json!({ "Username": "nobody" }));
        rows.push(row(operation, "ResourceNotFoundException", vec![], elsewhere));
        rows.push(row(operation, "InvalidParameterException", vec![], json!({})));
        if operation != "ListUsers" {
            rows.push(row(operation, "UserNotFoundException", vec![], nobody));
        }
    }
    rows
}

pub(super) fn of_identities() -> Vec<Row> {
    let nowhere = "eu-west-1:00000000-0000-4000-8000-000000000000";
    let logins = |token: &str| json!({ "Logins": { PROVIDER: token } });
    let pool = json!({ "IdentityPoolId": IDENTITIES });
    let identity = json!({ "IdentityId": "{identity}" });
    // The same pool by its two names: two logins of two people.
    let local = "localhost:9320/eu-west-1_Test";
    let member = |user: &str| vec![sign_in(user), ("GetId", with(pool.clone(), logins("{id}")))];
    let mut rows = vec![row(
        "GetId",
        "NotAuthorizedException",
        vec![],
        with(pool.clone(), logins("not.a.token")),
    )];
    rows.push(row("GetId", "InvalidParameterException", vec![], json!({})));
    rows.push(row(
        "GetId",
        "ResourceNotFoundException",
        vec![],
        json!({ "IdentityPoolId": nowhere }),
    ));
    let mut both = vec![("GetId", pool.clone())];
    both.extend(member("bob"));
    both.push(("@name", json!({ "from": "id", "to": "bob" })));
    both.extend(member("alice"));
    let two = json!({ "Logins": { PROVIDER: "{id}", local: "{bob}" } });
    rows.push(row(
        "GetId",
        "ResourceConflictException",
        both.clone(),
        with(pool.clone(), two.clone()),
    ));
    for operation in ["GetCredentialsForIdentity", "GetOpenIdToken"] {
        rows.push(row(operation, "NotAuthorizedException", member("alice"), identity.clone()));
        rows.push(row(operation, "InvalidParameterException", vec![], json!({})));
        let missing = json!({ "IdentityId": nowhere });
        rows.push(row(operation, "ResourceNotFoundException", vec![], missing));
        let conflict = with(identity.clone(), two.clone());
        rows.push(row(operation, "ResourceConflictException", both.clone(), conflict));
    }
    rows.push(row(
        "GetCredentialsForIdentity",
        "InvalidIdentityPoolConfigurationException",
        member("alice"),
        with(identity, logins("{id}")),
    ));
    rows
}
