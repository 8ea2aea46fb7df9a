//! Sessions and tokens: whose they are, what ends them, what does not.

use super::{respond, shown};
use crate::keys::TokenUse;
use crate::refusal::Refusal;
use crate::store::{Lockout, User};
use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

pub(super) async fn get_user(world: &World, token: &str) -> Result<Value, Refusal> {
    world.call("GetUser", json!({ "AccessToken": token })).await
}

#[tokio::test]
async fn token_of_a_deleted_person_is_not_good_for_the_next_of_that_name() {
    let world = World::new("", "");
    let token = world.sign_in("alice", PASSWORD).await;
    let alice = json!({ "UserPoolId": POOL, "Username": "alice" });
    world.call("AdminDeleteUser", alice.clone()).await.unwrap();
    let mut next = alice.clone();
    next["MessageAction"] = json!("SUPPRESS");
    world.call("AdminCreateUser", next).await.unwrap();

    // As after the deletion itself.
    assert!(
        ["UserNotFoundException", "NotAuthorizedException"]
            .contains(&get_user(&world, &token).await.unwrap_err().name)
    );
}

#[tokio::test]
async fn person_of_the_configuration_is_the_same_after_a_reset() {
    let world = World::new("", "");
    let before = shown(&world, "bob").await["sub"].clone();

    world.server.reset().unwrap();

    assert_eq!(shown(&world, "bob").await["sub"], before);
    let other = World::of(
        toml::from_str(&World::text("", "", "", "").replace("\"bob\"", "\"rob\"")).unwrap(),
    );
    assert_ne!(shown(&other, "rob").await["sub"], before);
}

#[tokio::test]
async fn sign_out_everywhere_ends_every_token_of_the_person_and_no_later_one() {
    let without = World::with_client("EnableTokenRevocation = false");
    let with = World::new("", "");
    for world in [&without, &with] {
        for operation in ["GlobalSignOut", "AdminUserGlobalSignOut", "AdminDisableUser"] {
            let tokens = world.try_sign_in("alice", PASSWORD).await.unwrap();
            let tokens = &tokens["AuthenticationResult"];
            let token = tokens["AccessToken"].as_str().unwrap();
            let other = world.sign_in("bob", PASSWORD).await;
            let input = json!({ "AccessToken": token, "UserPoolId": POOL, "Username": "alice" });

            world.call(operation, input.clone()).await.unwrap();

            let refusal = get_user(world, token).await.unwrap_err();
            assert_eq!(refusal.message, "Access Token has been revoked", "{operation}");
            let refresh = json!({ "ClientId": CLIENT, "RefreshToken": tokens["RefreshToken"] });
            let refused = world.refused("GetTokensFromRefreshToken", refresh).await;
            assert_eq!(refused, "NotAuthorizedException", "{operation}");
            assert!(get_user(world, &other).await.is_ok());
            world.call("AdminEnableUser", input).await.unwrap();
            // Within the same second, too.
            let next = world.sign_in("alice", PASSWORD).await;
            assert!(get_user(world, &next).await.is_ok(), "{operation}");
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a test may look at a clock")]
#[tokio::test]
async fn sign_out_everywhere_takes_no_longer_with_many_tokens() {
    let world = World::new("", "");
    let mut token = String::new();
    for _ in 0..120 {
        token = world.sign_in("alice", PASSWORD).await;
    }
    let begin = Instant::now();

    world.call("GlobalSignOut", json!({ "AccessToken": token })).await.unwrap();

    // 120 families took 0.6 s when each was looked through for each.
    assert!(begin.elapsed().as_millis() < 200, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn refused_set_up_leaves_the_session_as_it_was() {
    let world = World::new("", "MfaConfiguration = 'ON', EmailMfaConfiguration = {}");
    let mut user = world.server.store().user(POOL, "alice").unwrap().unwrap();
    user.attributes.remove("email_verified");
    world.server.store().put_user(&user).unwrap();
    let asked = world.try_sign_in("alice", PASSWORD).await.unwrap();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");

    let session = json!({ "Session": asked["Session"] });
    let refused = world.refused("AssociateSoftwareToken", session).await;
    assert_eq!(refused, "SoftwareTokenMFANotFoundException");
    // An answer without what it must have is no try either.
    assert_eq!(
        respond(&world, &asked, "alice", json!({})).await.unwrap_err().name,
        "InvalidParameterException"
    );

    let next = respond(&world, &asked, "alice", json!({ "EMAIL": "a@example.com" })).await;
    assert_eq!(next.unwrap()["ChallengeName"], "EMAIL_OTP");
}

#[tokio::test]
async fn session_of_somebody_who_must_wait_is_good_afterwards() {
    let world = World::new("", "MfaConfiguration = 'OPTIONAL', EmailMfaConfiguration = {}");
    let change = |change: &dyn Fn(&mut User)| {
        let store = world.server.store();
        let mut user = store.user(POOL, "alice").unwrap().unwrap();
        change(&mut user);
        store.put_user(&user).unwrap();
    };
    change(&|user| user.mfa.email = true);
    let asked = world.try_sign_in("alice", PASSWORD).await.unwrap();
    let code = json!({ "EMAIL_OTP_CODE": world.code("alice@example.com") });
    let until = world.server.clock.now_ms() + 60_000;
    change(&|user| user.mfa_lockout = Lockout { failures: 6, last: 0, until });

    let refusal = respond(&world, &asked, "alice", code.clone()).await.unwrap_err();
    assert_eq!(refusal.message, "Password attempts exceeded");
    change(&|user| user.mfa_lockout = Lockout::default());

    let answer = respond(&world, &asked, "alice", code).await.unwrap();
    assert!(answer["AuthenticationResult"].is_object());
}

#[tokio::test]
async fn what_an_operation_wrote_before_it_broke_off_is_not_kept() {
    let world = World::new("", "");
    let write = |refusal: Option<Refusal>| {
        let world = &world;
        world.server.transact(async move {
            let store = world.server.store();
            let mut user = store.user(POOL, "alice")?.unwrap();
            user.attributes.insert("name".to_owned(), "written".to_owned());
            store.put_user(&user)?;
            drop(store);
            refusal.map_or(Ok(json!({})), Err)
        })
    };

    write(Some(Refusal::internal("out of luck"))).await.unwrap_err();
    assert_eq!(world.attribute("alice", "name"), None);
    // A refusal is no failure: a wrong try counts.
    write(Some(Refusal::wrong_password())).await.unwrap_err();
    assert_eq!(world.attribute("alice", "name").as_deref(), Some("written"));
}

/// Else tokens would be signed by a key that the file does not have after the next start.
#[tokio::test]
async fn key_that_an_operation_made_before_it_panicked_is_forgotten() {
    let world = Arc::new(World::new("", ""));
    let at_hand = |world: &World| world.server.key_at_hand("another", TokenUse::Id).unwrap();
    let broken = world.clone();

    let ended = tokio::spawn(async move {
        let work = async {
            broken.server.key("another", TokenUse::Id).await?;
            assert!(at_hand(&broken).is_none(), "out of luck");
            Ok::<_, Refusal>(())
        };
        broken.server.transact(work).await
    })
    .await;

    assert!(ended.unwrap_err().is_panic());
    assert!(at_hand(&world).is_none());
}

#[tokio::test]
async fn failure_inside_names_its_cause_and_no_stored_value() {
    let world = World::new("", "");
    let broken = |body: &str| {
        let text = body.to_owned();
        serde_json::from_str::<User>(&text).map_err(Refusal::from).unwrap_err()
    };

    let missing = broken("{}");
    let wrong = broken(r#"{ "pool_id": 7, "username": "s3cret" }"#);
    let odd = broken(r#""s3cret""#);

    assert_eq!(missing.name, "InternalErrorException");
    assert!(missing.message.contains("missing field `pool_id`"), "{}", missing.message);
    for refusal in [wrong, odd] {
        assert!(!refusal.message.contains("s3cret"), "{}", refusal.message);
    }
    drop(world);
}

#[tokio::test]
async fn roles_that_the_token_trigger_names_are_the_tokens() {
    let trigger = super::slow_trigger(json!({ "claimsOverrideDetails": { "groupOverrideDetails": {
        "groupsToOverride": ["g"], "iamRolesToOverride": ["arn:aws:iam::1:role/r"], "preferredRole": "arn:aws:iam::1:role/r" } } }))
    .await;
    let world = World::new(&format!("LambdaConfig = {{ PreTokenGeneration = '{trigger}' }}"), "");
    let answer = world.try_sign_in("alice", PASSWORD).await.unwrap();

    let token = answer["AuthenticationResult"]["IdToken"].as_str().unwrap();
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(token).unwrap();

    assert_eq!(claims["cognito:groups"], json!(["g"]));
    assert_eq!(claims["cognito:roles"], json!(["arn:aws:iam::1:role/r"]));
    assert_eq!(claims["cognito:preferred_role"], "arn:aws:iam::1:role/r");
}
