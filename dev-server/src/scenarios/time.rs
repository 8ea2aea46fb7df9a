//! What a long time leaves behind.

use crate::store::{PendingChallenge, RefreshToken};
use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::json;

const DAY: i64 = 86_400;

#[tokio::test]
async fn what_has_expired_leaves_nothing() {
    let world = World::of(
        toml::from_str(&World::text(
            "Policies = { SignInPolicy = { AllowedFirstAuthFactors = ['PASSWORD', 'EMAIL_OTP'] } }",
            "",
            "PreventUserExistenceErrors = 'ENABLED', RefreshTokenValidity = 1",
            "",
        )
        .replace("\"ALLOW_USER_PASSWORD_AUTH\"", "\"ALLOW_USER_PASSWORD_AUTH\", \"ALLOW_USER_AUTH\""))
        .unwrap(),
    );
    let rows = |world: &World| world.server.store().rows();
    // What is made once for a pool is made before the count.
    let nobody = json!({ "ClientId": CLIENT, "Username": "nobody" });
    world.try_sign_in("nobody", PASSWORD).await.unwrap_err();
    let before = rows(&world);
    for _ in 0..3 {
        let token = world.sign_in("alice", PASSWORD).await;
        world.try_sign_in("alice", "Wrong-Horse-9!").await.unwrap_err();
        let begin = json!({ "ClientId": CLIENT, "AuthFlow": "USER_AUTH",
            "AuthParameters": { "USERNAME": "alice" } });
        world.call("InitiateAuth", begin).await.unwrap();
        world.call("ForgotPassword", nobody.clone()).await.unwrap();
        let named = json!({ "ClientId": CLIENT, "Username": "alice" });
        world.call("ForgotPassword", named).await.unwrap();
        let answer = world.try_sign_in("alice", PASSWORD).await.unwrap();
        let refresh = answer["AuthenticationResult"]["RefreshToken"].clone();
        world.call("RevokeToken", json!({ "ClientId": CLIENT, "Token": refresh })).await.unwrap();
        world.call("GetUser", json!({ "AccessToken": token })).await.unwrap();
    }
    assert!(rows(&world) > before + 10);

    world.server.clock.set_offset(10 * DAY);
    assert!(world.server.store().all::<RefreshToken>(POOL).unwrap().is_empty());
    assert!(world.server.store().all::<PendingChallenge>(POOL).unwrap().is_empty());
    world.server.forget(world.server.clock.now_ms()).unwrap();

    assert_eq!(rows(&world), before);
}

#[tokio::test]
async fn inbox_keeps_the_newest_letters_only() {
    let world = World::new("", "");
    for number in 0..5100 {
        let letter = crate::store::NewLetter {
            pool_id: POOL,
            username: "alice",
            to: "alice@example.com",
            medium: "EMAIL",
            purpose: "SignUp",
            code: &number.to_string(),
            subject: None,
            text: "",
            sent: 0,
        };
        world.server.store().post(letter).unwrap();
    }

    let letters = world.server.store().letters(None, 0).unwrap();

    assert_eq!(letters.len(), 5000);
    assert_eq!((letters[0].code.as_str(), letters[4999].code.as_str()), ("5099", "100"));
    assert_eq!(world.server.store().letters(None, letters[1].id).unwrap().len(), 1);
}
