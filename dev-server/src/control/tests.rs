use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::{Value, json};

const NEW: &str = "Better-Battery-7?";

fn world() -> World {
    World::new("AutoVerifiedAttributes = ['email']", "")
}

fn of(username: &str) -> Value {
    json!({"UserPoolId": POOL, "Username": username})
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

#[tokio::test]
async fn pool_is_made_reported_changed_and_removed() {
    let world = world();
    let wish = json!({
        "PoolName": "mine", "AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"],
        "Policies": {"PasswordPolicy": {"MinimumLength": 10}},
        "Schema": [{"Name": "role", "AttributeDataType": "String", "Mutable": true}],
        "UserPoolTags": {"team": "a"},
    });

    let made = world.call("CreateUserPool", wish).await.unwrap()["UserPool"].take();

    let id = made["Id"].as_str().unwrap();
    assert!(id.starts_with("eu-west-1_"));
    let named = json!({"UserPoolId": id});
    let shown = world.call("DescribeUserPool", named.clone()).await.unwrap()["UserPool"].take();
    assert_eq!(shown["Name"], "mine");
    assert_eq!(shown["UserPoolTags"], json!({"team": "a"}));
    assert_eq!(shown["Policies"]["PasswordPolicy"]["MinimumLength"], 10);
    assert_eq!(shown["MfaConfiguration"], "OFF");
    let schema = shown["SchemaAttributes"].as_array().unwrap();
    assert!(schema.iter().any(|attribute| attribute["Name"] == "custom:role"));
    let change = json!({"UserPoolId": id, "DeletionProtection": "ACTIVE"});
    world.call("UpdateUserPool", change).await.unwrap();
    let shown = world.call("DescribeUserPool", named.clone()).await.unwrap()["UserPool"].take();
    assert_eq!(shown["UserPoolTags"], Value::Null);
    assert_eq!(shown["UsernameAttributes"], json!(["email"]));
    assert_eq!(world.refused("DeleteUserPool", named.clone()).await, "InvalidParameterException");
    world.call("UpdateUserPool", named.clone()).await.unwrap();

    world.call("DeleteUserPool", named.clone()).await.unwrap();

    assert_eq!(world.refused("DescribeUserPool", named).await, "ResourceNotFoundException");
    let pools = world.call("ListUserPools", json!({"MaxResults": 60})).await.unwrap();
    assert_eq!(pools["UserPools"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn client_is_made_with_and_without_a_secret_and_checked() {
    let world = world();
    let wish = |more: Value| with(json!({"UserPoolId": POOL, "ClientName": "app"}), more);

    let open = world.call("CreateUserPoolClient", wish(json!({}))).await.unwrap();
    let closed = world.call("CreateUserPoolClient", wish(json!({"GenerateSecret": true}))).await;
    let closed = closed.unwrap()["UserPoolClient"].take();

    assert_eq!(open["UserPoolClient"]["ClientSecret"], Value::Null);
    assert_eq!(closed["ClientSecret"].as_str().unwrap().len(), 52);
    let named = json!({"UserPoolId": POOL, "ClientId": closed["ClientId"]});
    let change = with(
        named.clone(),
        json!({"AccessTokenValidity": 2, "CallbackURLs": ["http://localhost:5173/"]}),
    );
    world.call("UpdateUserPoolClient", change).await.unwrap();
    let shown =
        world.call("DescribeUserPoolClient", named.clone()).await.unwrap()["UserPoolClient"].take();
    assert_eq!((&shown["AccessTokenValidity"], &shown["ClientName"]), (&json!(2), &json!("app")));
    assert_eq!(shown["ClientSecret"], closed["ClientSecret"]);
    for bad in [
        json!({"CallbackURLs": ["http://example.com/"]}),
        json!({"CallbackURLs": ["https://example.com/#x"]}),
        json!({"LogoutURLs": ["/relative"]}),
        json!({"WriteAttributes": ["custom:none"]}),
        json!({"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "USER_PASSWORD_AUTH"]}),
        json!({"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]}),
    ] {
        let refused = world.refused("CreateUserPoolClient", wish(bad.clone())).await;
        assert_eq!(refused, "InvalidParameterException", "{bad}");
    }
    world.call("DeleteUserPoolClient", named.clone()).await.unwrap();
    assert_eq!(world.refused("DescribeUserPoolClient", named).await, "ResourceNotFoundException");
}

#[tokio::test]
async fn second_factors_of_the_pool_are_kept() {
    let world = world();
    let on = json!({"UserPoolId": POOL, "MfaConfiguration": "ON"});
    assert_eq!(
        world.refused("SetUserPoolMfaConfig", on.clone()).await,
        "InvalidParameterException"
    );

    let totp = json!({"SoftwareTokenMfaConfiguration": {"Enabled": true}});
    world.call("SetUserPoolMfaConfig", with(on, totp)).await.unwrap();

    let shown = world.call("GetUserPoolMfaConfig", json!({"UserPoolId": POOL})).await.unwrap();
    assert_eq!(shown["MfaConfiguration"], "ON");
    assert_eq!(shown["SoftwareTokenMfaConfiguration"], json!({"Enabled": true}));
}

#[tokio::test]
async fn invited_person_gets_a_temporary_password_that_signs_in() {
    let world = world();
    let attributes = json!([{"Name": "email", "Value": "carol@example.com"}, {"Name": "email_verified", "Value": "true"}]);
    let wish = with(of("carol"), json!({"UserAttributes": attributes}));

    let made = world.call("AdminCreateUser", wish.clone()).await.unwrap()["User"].take();

    assert_eq!(
        (&made["UserStatus"], &made["Enabled"]),
        (&json!("FORCE_CHANGE_PASSWORD"), &json!(true))
    );
    let first = world.code("carol@example.com");
    let answer = world.try_sign_in("carol", &first).await.unwrap();
    assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    assert_eq!(world.refused("AdminCreateUser", wish).await, "UsernameExistsException");
    world
        .call("AdminCreateUser", with(of("carol"), json!({"MessageAction": "RESEND"})))
        .await
        .unwrap();
    let second = world.code("carol@example.com");
    assert_ne!(first, second);
    assert!(world.try_sign_in("carol", &first).await.is_err());
    assert!(world.try_sign_in("carol", &second).await.is_ok());
    let confirmed = with(of("alice"), json!({"MessageAction": "RESEND"}));
    assert_eq!(world.refused("AdminCreateUser", confirmed).await, "UnsupportedUserStateException");
}

#[tokio::test]
async fn password_set_by_an_administrator_signs_in() {
    let world = world();
    let set = |more: Value| with(with(of("alice"), json!({"Password": NEW})), more);
    assert_eq!(
        world.refused("AdminSetUserPassword", with(of("alice"), json!({"Password": "weak"}))).await,
        "InvalidPasswordException"
    );

    world.call("AdminSetUserPassword", set(json!({"Permanent": true}))).await.unwrap();
    assert!(world.try_sign_in("alice", PASSWORD).await.is_err());
    assert!(world.try_sign_in("alice", NEW).await.unwrap()["AuthenticationResult"].is_object());

    world.call("AdminSetUserPassword", set(json!({"Permanent": false}))).await.unwrap();
    let answer = world.try_sign_in("alice", NEW).await.unwrap();
    assert_eq!(answer["ChallengeName"], "NEW_PASSWORD_REQUIRED");
}

#[tokio::test]
async fn reset_password_is_set_anew_with_the_code() {
    let world = world();

    world.call("AdminResetUserPassword", of("alice")).await.unwrap();

    let refusal = world.try_sign_in("alice", PASSWORD).await.unwrap_err();
    assert_eq!(refusal.name, "PasswordResetRequiredException");
    let code = world.code("alice@example.com");
    let confirm =
        json!({"ClientId": CLIENT, "Username": "alice", "ConfirmationCode": code, "Password": NEW});
    world.call("ConfirmForgotPassword", confirm).await.unwrap();
    assert!(world.try_sign_in("alice", NEW).await.is_ok());
}

#[tokio::test]
async fn disabled_person_is_out_until_enabled() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;

    world.call("AdminDisableUser", of("alice")).await.unwrap();
    assert_eq!(
        world.refused("GetUser", json!({"AccessToken": token})).await,
        "NotAuthorizedException"
    );
    assert!(world.try_sign_in("alice", PASSWORD).await.is_err());

    world.call("AdminEnableUser", of("alice")).await.unwrap();
    assert!(world.try_sign_in("alice", PASSWORD).await.is_ok());
    assert_eq!(
        world.refused("GetUser", json!({"AccessToken": token})).await,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn global_sign_out_revokes_every_token() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;

    world.call("AdminUserGlobalSignOut", of("alice")).await.unwrap();

    assert_eq!(
        world.refused("GetUser", json!({"AccessToken": token})).await,
        "NotAuthorizedException"
    );
}

#[tokio::test]
async fn person_who_signed_up_is_confirmed_once() {
    let world = world();
    let sign_up = json!({"ClientId": CLIENT, "Username": "dora", "Password": PASSWORD,
        "UserAttributes": [{"Name": "email", "Value": "dora@example.com"}]});
    world.call("SignUp", sign_up).await.unwrap();

    world.call("AdminConfirmSignUp", of("dora")).await.unwrap();

    assert!(world.try_sign_in("dora", PASSWORD).await.is_ok());
    assert_eq!(world.refused("AdminConfirmSignUp", of("dora")).await, "NotAuthorizedException");
}

#[tokio::test]
async fn administrator_writes_what_a_person_may_not() {
    let world = world();
    let set = |pairs: &[(&str, &str)]| {
        let list: Vec<Value> =
            pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        with(of("alice"), json!({"UserAttributes": list}))
    };

    world
        .call(
            "AdminUpdateUserAttributes",
            set(&[("email", "a2@example.com"), ("email_verified", "true")]),
        )
        .await
        .unwrap();
    assert!(world.server.store().letters(None, 0).unwrap().is_empty());
    world.call("AdminUpdateUserAttributes", set(&[("email", "a3@example.com")])).await.unwrap();
    assert_eq!(world.code("a3@example.com").len(), 6);
    let unknown = world.refused("AdminUpdateUserAttributes", set(&[("custom:none", "x")])).await;
    assert_eq!(unknown, "InvalidParameterException");
    let names = with(of("alice"), json!({"UserAttributeNames": ["email"]}));
    world.call("AdminDeleteUserAttributes", names).await.unwrap();

    let shown = world.call("AdminGetUser", of("alice")).await.unwrap();
    let names: Vec<&Value> =
        shown["UserAttributes"].as_array().unwrap().iter().map(|item| &item["Name"]).collect();
    assert_eq!(names, ["sub"]);
    assert_eq!(world.refused("AdminGetUser", of("nobody")).await, "UserNotFoundException");
}

#[tokio::test]
async fn e_mail_pool_gives_people_names_of_its_own() {
    let world = World::new("UsernameAttributes = ['email']", "");
    let suppress = json!({"MessageAction": "SUPPRESS"});

    let made =
        world.call("AdminCreateUser", with(of("eve@example.com"), suppress.clone())).await.unwrap();

    let user = &made["User"];
    assert_ne!(user["Username"], "eve@example.com");
    let shown = world.call("AdminGetUser", of("eve@example.com")).await.unwrap();
    assert_eq!(shown["Username"], user["Username"]);
    let again =
        world.refused("AdminCreateUser", with(of("eve@example.com"), suppress.clone())).await;
    assert_eq!(again, "UsernameExistsException");
    let plain = world.refused("AdminCreateUser", with(of("eve"), suppress)).await;
    assert_eq!(plain, "InvalidParameterException");
}

#[tokio::test]
async fn groups_have_members_who_leave_with_them() {
    let world = world();
    let group = json!({"UserPoolId": POOL, "GroupName": "staff", "Precedence": 1});
    let made = world.call("CreateGroup", group.clone()).await.unwrap();
    assert_eq!(
        (&made["Group"]["GroupName"], &made["Group"]["Precedence"]),
        (&json!("staff"), &json!(1))
    );
    assert_eq!(world.refused("CreateGroup", group).await, "GroupExistsException");
    let add = |name: &str| with(of("alice"), json!({"GroupName": name}));
    assert_eq!(
        world.refused("AdminAddUserToGroup", add("none")).await,
        "ResourceNotFoundException"
    );

    world.call("AdminAddUserToGroup", add("staff")).await.unwrap();
    world.call("AdminAddUserToGroup", add("staff")).await.unwrap();

    let named = json!({"UserPoolId": POOL, "GroupName": "staff"});
    let members = world.call("ListUsersInGroup", named.clone()).await.unwrap();
    assert_eq!(members["Users"].as_array().unwrap().len(), 1);
    let groups = world.call("AdminListGroupsForUser", of("alice")).await.unwrap();
    assert_eq!(groups["Groups"][0]["GroupName"], "staff");
    world.call("DeleteGroup", named).await.unwrap();
    let groups = world.call("AdminListGroupsForUser", of("alice")).await.unwrap();
    assert_eq!(groups["Groups"], json!([]));
}

#[tokio::test]
async fn domains_servers_and_providers_are_kept_and_reported() {
    let world = world();
    let domain = json!({"UserPoolId": POOL, "Domain": "my-app"});
    world.call("CreateUserPoolDomain", domain.clone()).await.unwrap();
    assert_eq!(
        world.refused("CreateUserPoolDomain", domain.clone()).await,
        "InvalidParameterException"
    );
    let shown = world.call("DescribeUserPoolDomain", json!({"Domain": "my-app"})).await.unwrap();
    assert_eq!(shown["DomainDescription"]["UserPoolId"], POOL);
    assert_eq!(
        world.refused("DeleteUserPool", json!({"UserPoolId": POOL})).await,
        "InvalidParameterException"
    );
    world.call("DeleteUserPoolDomain", domain).await.unwrap();

    let scopes = json!([{"ScopeName": "read", "ScopeDescription": "Read it"}]);
    let wish = json!({"UserPoolId": POOL, "Identifier": "https://api.example.com", "Name": "API", "Scopes": scopes});
    world.call("CreateResourceServer", wish.clone()).await.unwrap();
    assert_eq!(world.refused("CreateResourceServer", wish).await, "InvalidParameterException");
    let named = json!({"UserPoolId": POOL, "Identifier": "https://api.example.com"});
    let shown = world.call("DescribeResourceServer", named).await.unwrap();
    assert_eq!(shown["ResourceServer"]["Scopes"], scopes);

    let wish = json!({"UserPoolId": POOL, "ProviderName": "Corp", "ProviderType": "OIDC",
        "ProviderDetails": {"client_id": "x"}});
    world.call("CreateIdentityProvider", wish.clone()).await.unwrap();
    assert_eq!(world.refused("CreateIdentityProvider", wish).await, "DuplicateProviderException");
    let listed = world.call("ListIdentityProviders", json!({"UserPoolId": POOL})).await.unwrap();
    assert_eq!(listed["Providers"][0]["ProviderName"], "Corp");
}

#[tokio::test]
async fn users_are_listed_in_pages_filtered_and_cut() {
    let world = world();
    let pool = json!({"UserPoolId": POOL});

    let first = world.call("ListUsers", with(pool.clone(), json!({"Limit": 1}))).await.unwrap();
    let next = json!({"Limit": 1, "PaginationToken": first["PaginationToken"]});
    let second = world.call("ListUsers", with(pool.clone(), next)).await.unwrap();
    assert_eq!(first["Users"][0]["Username"], "alice");
    assert_eq!(second["Users"][0]["Username"], "bob");
    assert_eq!(second["PaginationToken"], Value::Null);

    let search = json!({"Filter": "email ^= \"BOB@\"", "AttributesToGet": ["email"]});
    let found = world.call("ListUsers", with(pool.clone(), search)).await.unwrap();
    assert_eq!(found["Users"].as_array().unwrap().len(), 1);
    assert_eq!(
        found["Users"][0]["Attributes"],
        json!([{"Name": "email", "Value": "bob@example.com"}])
    );
    for bad in [json!({"Filter": "email"}), json!({"PaginationToken": "x"}), json!({"Limit": 61})] {
        assert_eq!(
            world.refused("ListUsers", with(pool.clone(), bad)).await,
            "InvalidParameterException"
        );
    }
}

#[tokio::test]
async fn calls_need_a_signature() {
    let world = world();
    let caller = crate::caller::Caller { operation: "ListUsers".to_owned(), ..Default::default() };

    let refusal = crate::dispatch::dispatch(&world.server, &caller, b"{}").await.unwrap_err();

    assert_eq!(refusal.name, "MissingAuthenticationTokenException");
}

/// The facts know each operation of the tables, and agree on which are signed.
#[test]
fn tables_and_facts_agree() {
    let tables = [crate::dispatch::USER_POOLS, crate::dispatch::IDENTITY_POOLS];
    for operation in tables.into_iter().flatten() {
        assert!(crate::shape::is_known(operation.name), "{} has no facts", operation.name);
        assert_eq!(crate::shape::is_signed(operation.name), operation.signed, "{}", operation.name);
    }
}
