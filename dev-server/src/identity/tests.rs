use crate::testing::World;
use serde_json::{Value, json};

const POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
const CLOSED: &str = "eu-west-1:22222222-3333-4444-8555-666666666666";
const PROVIDER: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_LifeGuard";
const ROLES: &str = "arn:aws:iam::123456789012:role/Lifeguard";

async fn logins(world: &World, username: &str) -> Value {
    json!({ PROVIDER: world.seeded_tokens(username).await["IdToken"] })
}

async fn identity(world: &World, logins: &Value) -> String {
    let input = json!({ "IdentityPoolId": POOL, "Logins": logins });
    let answer = world.identity("GetId", input).await.unwrap();
    answer["IdentityId"].as_str().unwrap().to_owned()
}

async fn credentials(world: &World, id: &str, logins: &Value) -> Value {
    let input = json!({ "IdentityId": id, "Logins": logins });
    world.identity("GetCredentialsForIdentity", input).await.unwrap()
}

async fn refusal(world: &World, operation: &str, input: Value) -> (&'static str, String) {
    let refusal = world.identity(operation, input).await.unwrap_err();
    (refusal.name, refusal.message)
}

/// The role that issued credentials stand for.
fn role(world: &World, answer: &Value) -> String {
    let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
    let issued: crate::store::IssuedCredentials =
        world.server.store().find_by_key(key).unwrap().unwrap();
    issued.role_arn.strip_prefix(ROLES).unwrap().to_owned()
}

#[tokio::test]
async fn a_person_has_one_identity_and_well_formed_credentials() {
    let world = World::seeded();
    let logins = logins(&world, "alice").await;

    let id = identity(&world, &logins).await;
    let again =
        identity(&world, &json!({ PROVIDER: world.seeded_tokens("alice").await["IdToken"] })).await;
    let answer = credentials(&world, &id, &logins).await;

    assert_eq!(id, again);
    assert!(id.starts_with("eu-west-1:") && id.len() == 46, "{id}");
    assert_eq!(answer["IdentityId"], id);
    let issued = &answer["Credentials"];
    let key = issued["AccessKeyId"].as_str().unwrap();
    assert!(key.starts_with("ASIA") && key.len() == 20, "{key}");
    assert_eq!(issued["SecretKey"].as_str().unwrap().len(), 40);
    assert!(issued["SessionToken"].as_str().unwrap().len() > 300);
    let left = issued["Expiration"].as_i64().unwrap() - world.server.clock.now();
    assert!((3590..=3600).contains(&left), "{left}");
    assert_eq!(role(&world, &answer), "Member");
    assert_ne!(id, identity(&world, &self::logins(&world, "ada").await).await);
}

#[tokio::test]
async fn issuer_without_its_scheme_names_the_provider_too() {
    let world = World::seeded();
    let logins = logins(&world, "alice").await;
    let local = json!({ "localhost:9320/eu-west-1_LifeGuard": logins[PROVIDER] });

    assert_eq!(identity(&world, &local).await, identity(&world, &logins).await);
}

#[tokio::test]
async fn every_guest_is_another_one_where_guests_are_allowed() {
    let world = World::seeded();

    let (one, two) = (identity(&world, &json!({})).await, identity(&world, &json!({})).await);
    let answer = credentials(&world, &one, &json!({})).await;
    let closed = refusal(&world, "GetId", json!({ "IdentityPoolId": CLOSED })).await;

    assert_ne!(one, two);
    assert_eq!(role(&world, &answer), "Guest");
    assert_eq!(closed.0, "NotAuthorizedException");
    assert!(closed.1.starts_with("Unauthenticated access is not supported"), "{}", closed.1);
}

#[tokio::test]
async fn guest_who_signs_in_keeps_the_identity_unless_there_is_an_older_one() {
    let world = World::seeded();
    let logins = logins(&world, "alice").await;
    let (first, second) = (identity(&world, &json!({})).await, identity(&world, &json!({})).await);

    let kept = credentials(&world, &first, &logins).await;
    let merged = credentials(&world, &second, &logins).await;

    assert_eq!(kept["IdentityId"], first);
    assert_eq!(merged["IdentityId"], first);
    let input = json!({ "IdentityId": first });
    let (name, message) = refusal(&world, "GetCredentialsForIdentity", input).await;
    assert_eq!(name, "NotAuthorizedException");
    assert_eq!(message, format!("Access to Identity '{first}' is forbidden."));
}

#[tokio::test]
async fn logins_of_somebody_else_are_refused() {
    let world = World::seeded();
    let (alice, ada) = (logins(&world, "alice").await, logins(&world, "ada").await);
    let id = identity(&world, &alice).await;
    let hers = identity(&world, &ada).await;
    let ask = |id: &str, logins: Value| json!({ "IdentityId": id, "Logins": logins });

    let (name, message) = refusal(&world, "GetCredentialsForIdentity", ask(&id, ada.clone())).await;
    let both =
        json!({ PROVIDER: alice[PROVIDER], "localhost:9320/eu-west-1_LifeGuard": ada[PROVIDER] });
    let conflict = refusal(&world, "GetCredentialsForIdentity", ask(&id, both.clone())).await;
    let torn = refusal(&world, "GetId", json!({ "IdentityPoolId": POOL, "Logins": both })).await;

    assert_ne!(id, hers);
    assert_eq!(name, "NotAuthorizedException");
    assert!(message.starts_with("Logins don't match."), "{message}");
    assert_eq!(conflict.0, "ResourceConflictException");
    assert_eq!(torn.0, "ResourceConflictException");
}

#[tokio::test]
async fn each_wrong_token_is_refused_for_its_reason() {
    let world = World::seeded();
    let tokens = world.seeded_tokens("alice").await;
    let id_token = tokens["IdToken"].as_str().unwrap();
    let (head, signature) = id_token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{flipped}{}", &signature[1..]);
    // A JWT of somebody else: {"alg":"RS256"}.{"sub":"x"}.AAAA
    let foreign = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA";
    let client = json!({"UserPoolId": "eu-west-1_LifeGuard", "ClientName": "other",
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
    let client = world.call("CreateUserPoolClient", client).await.unwrap();
    let input = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": client["UserPoolClient"]["ClientId"],
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": "Correct-Horse-9!" },
    });
    let other = world.call("InitiateAuth", input).await.unwrap();
    let other = other["AuthenticationResult"]["IdToken"].as_str().unwrap();
    let ask = |provider: &str, token: &str| json!({ "IdentityPoolId": POOL, "Logins": { provider: token } });

    for (input, told) in [
        (ask(PROVIDER, &forged), "Invalid login token. Couldn't verify signed token."),
        (ask(PROVIDER, foreign), "Invalid login token. Not a Cognito token."),
        (ask(PROVIDER, "x"), "Invalid login token. Not a valid OpenId Connect identity token."),
        (ask(PROVIDER, other), "Invalid login token. Incorrect token audience."),
        (
            ask(PROVIDER, tokens["AccessToken"].as_str().unwrap()),
            "Invalid login token. Missing a required claim: aud",
        ),
        (
            ask("accounts.google.com", id_token),
            "Token is not from a supported provider of this identity pool.",
        ),
        (
            ask("cognito-idp.us-east-1.amazonaws.com/eu-west-1_LifeGuard", id_token),
            "Token is not from a supported provider of this identity pool.",
        ),
    ] {
        assert_eq!(
            refusal(&world, "GetId", input).await,
            ("NotAuthorizedException", told.to_owned())
        );
    }
    world.server.clock.set_offset(3601);
    let (_, message) = refusal(&world, "GetId", ask(PROVIDER, id_token)).await;
    assert!(message.starts_with("Invalid login token. Token expired: "), "{message}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let world = World::seeded();
    let nowhere = "eu-west-1:00000000-0000-4000-8000-000000000000";

    let pool = refusal(&world, "GetId", json!({ "IdentityPoolId": nowhere })).await;
    let identity = json!({ "IdentityId": nowhere });
    let credentials = refusal(&world, "GetCredentialsForIdentity", identity.clone()).await;
    let token = refusal(&world, "GetOpenIdToken", identity).await;

    for refusal in [pool, credentials, token] {
        assert_eq!(refusal.0, "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn role_comes_from_the_token_and_may_be_one_of_its_roles_only() {
    let world = World::seeded();
    let (alice, ada) = (logins(&world, "alice").await, logins(&world, "ada").await);
    let ask = async |logins: &Value, role: &str| {
        let id = identity(&world, logins).await;
        let arn = format!("{ROLES}{role}");
        let input = json!({ "IdentityId": id, "Logins": logins, "CustomRoleArn": arn });
        world.identity("GetCredentialsForIdentity", input).await
    };

    let id = identity(&world, &ada).await;
    assert_eq!(role(&world, &credentials(&world, &id, &ada).await), "Administrator");
    assert_eq!(role(&world, &ask(&ada, "Administrator").await.unwrap()), "Administrator");
    let denied = ask(&alice, "Administrator").await.unwrap_err();
    assert_eq!(denied.name, "NotAuthorizedException");
    let denied = ask(&json!({}), "Guest").await.unwrap_err();
    assert_eq!(denied.name, "InvalidParameterException");
}

#[tokio::test]
async fn role_may_come_from_rules_and_may_be_missing() {
    let default = include_str!("../../default.toml");
    let mapping = "Type = \"Token\"\nAmbiguousRoleResolution = \"AuthenticatedRole\"";
    assert!(default.contains(mapping));
    let with = |mapping_now: &str| {
        World::of(toml::from_str(&default.replace(mapping, mapping_now)).unwrap())
    };
    let rules = with(&format!(
        "Type = 'Rules'\n[identity_pool.roles.RoleMappings.\"{PROVIDER}:lifeguarddemoclient0000001\"\
         .RulesConfiguration]\nRules = [{{ Claim = 'email', MatchType = 'StartsWith', Value = 'ada@', \
         RoleARN = '{ROLES}Administrator' }}]"
    ));
    let (alice, ada) = (logins(&rules, "alice").await, logins(&rules, "ada").await);

    let id = identity(&rules, &ada).await;
    assert_eq!(role(&rules, &credentials(&rules, &id, &ada).await), "Administrator");
    let id = identity(&rules, &alice).await;
    let input = json!({ "IdentityId": id, "Logins": alice });
    let denied = refusal(&rules, "GetCredentialsForIdentity", input).await;
    assert_eq!(denied.0, "NotAuthorizedException");

    let has_role = |line: &&str| line.contains("authenticated = \"arn:");
    let bare: Vec<&str> = default.lines().filter(|line| !has_role(line)).collect();
    let bare = World::of(toml::from_str(&bare.join("\n")).unwrap());
    let id = identity(&bare, &json!({})).await;
    let denied = refusal(&bare, "GetCredentialsForIdentity", json!({ "IdentityId": id })).await;
    assert_eq!(denied.0, "InvalidIdentityPoolConfigurationException");
}

#[tokio::test]
async fn server_side_check_refuses_who_was_signed_out_or_shut_out() {
    let world = World::seeded();
    let person = json!({"UserPoolId": "eu-west-1_LifeGuard", "Username": "alice"});
    let ask = |logins: Value| json!({ "IdentityPoolId": CLOSED, "Logins": logins });
    let logins = logins(&world, "alice").await;
    assert!(world.identity("GetId", ask(logins.clone())).await.is_ok());

    world.call("AdminUserGlobalSignOut", person.clone()).await.unwrap();
    let signed_out = refusal(&world, "GetId", ask(logins)).await;
    let fresh = self::logins(&world, "alice").await;
    world.call("AdminDisableUser", person).await.unwrap();
    let shut_out = refusal(&world, "GetId", ask(fresh)).await;

    assert_eq!(signed_out.1, "Invalid login token. Token has been revoked.");
    assert_eq!(shut_out.1, "Invalid login token. User is disabled or deleted.");
}

#[tokio::test]
async fn pool_vouches_for_an_identity() {
    let world = World::seeded();
    let logins = logins(&world, "alice").await;
    let id = identity(&world, &logins).await;

    let input = json!({ "IdentityId": id, "Logins": logins });
    let answer = world.identity("GetOpenIdToken", input).await.unwrap();

    let keys = crate::tokens::jwks::at_hand(&world.server, POOL).unwrap();
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).unwrap();
    let token = answer["Token"].as_str().unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[POOL]);
    validation.set_issuer(&["https://cognito-identity.amazonaws.com"]);
    let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], id);
    assert_eq!(claims["amr"][0], "authenticated");
    assert_eq!(claims["amr"][1], PROVIDER);
}
