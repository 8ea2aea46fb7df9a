//! Two at once over one account: what one writes while the other waits for a trigger or for arithmetic is kept.

use super::{respond, slow_trigger, update};
use crate::store::UserStatus;
use crate::testing::{PASSWORD, POOL, World};
use serde_json::{Value, json};
use std::time::Duration;

const NEW: &str = "Second-Battery-7?";
const LEAKED: &str = "Leaked-Battery-7?";

/// While the trigger thinks.
async fn meanwhile(world: &World, attributes: &[(&str, &str)]) {
    tokio::time::sleep(Duration::from_millis(100)).await;
    update(world, "bob", attributes).await;
}

fn app_code(world: &World, secret: &str) -> String {
    let totp = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .build_noncompliant();
    totp.generate(u64::try_from(world.server.clock.now()).unwrap()).to_string()
}

#[tokio::test]
async fn app_that_is_set_up_and_a_change_of_the_account_at_once_are_both_kept() {
    let trigger = slow_trigger(json!({})).await;
    let world = World::new(
        &format!("LambdaConfig = {{ PostAuthentication = '{trigger}' }}"),
        "MfaConfiguration = 'ON', SoftwareTokenMfaConfiguration = { Enabled = true }",
    );
    let asked = world.try_sign_in("bob", PASSWORD).await.unwrap();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let begun = json!({ "Session": asked["Session"] });
    let begun = world.call("AssociateSoftwareToken", begun).await.unwrap();
    let code = app_code(&world, begun["SecretCode"].as_str().unwrap());
    let verify = json!({ "Session": begun["Session"], "UserCode": code });
    let verified = world.call("VerifySoftwareToken", verify).await.unwrap();
    let asked = json!({ "ChallengeName": "MFA_SETUP", "Session": verified["Session"] });

    let (one, other, ()) = tokio::join!(
        respond(&world, &asked, "bob", json!({})),
        respond(&world, &asked, "bob", json!({})),
        meanwhile(&world, &[("name", "B")])
    );

    // A session is one answer's.
    assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1);
    let user = world.server.store().user(POOL, "bob").unwrap().unwrap();
    assert_eq!(user.attribute("name"), Some("B"));
    assert!(user.mfa.totp && user.totp.is_some_and(|totp| totp.verified));
}

#[tokio::test]
async fn address_that_is_set_up_and_a_change_of_the_account_at_once_are_both_kept() {
    let trigger = slow_trigger(json!({})).await;
    let world = World::new(
        &format!(
            "LambdaConfig = {{ CustomMessage = '{trigger}', PostAuthentication = '{trigger}' }}"
        ),
        "MfaConfiguration = 'ON', EmailMfaConfiguration = {}",
    );
    update(&world, "bob", &[("email", "")]).await;
    let asked = world.try_sign_in("bob", PASSWORD).await.unwrap();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");

    let (sent, ()) = tokio::join!(
        respond(&world, &asked, "bob", json!({ "EMAIL": "new@example.com" })),
        meanwhile(&world, &[("name", "B")])
    );
    let sent = sent.unwrap();
    assert_eq!(sent["ChallengeName"], "EMAIL_OTP");
    let code = json!({ "EMAIL_OTP_CODE": world.code("new@example.com") });
    let (done, ()) = tokio::join!(
        respond(&world, &sent, "bob", code),
        meanwhile(&world, &[("nickname", "bobby")])
    );

    assert!(done.unwrap()["AuthenticationResult"].is_object());
    let user = world.server.store().user(POOL, "bob").unwrap().unwrap();
    let kept = ["name", "nickname", "email", "email_verified"].map(|name| user.attribute(name));
    assert_eq!(kept, [Some("B"), Some("bobby"), Some("new@example.com"), Some("true")]);
    assert!(user.mfa.email);
}

/// A pool that wants a new password of whoever has one that others know.
async fn with_a_leaked_password() -> World {
    let world = World::with_pool(
        "[pool.risk]\nCompromisedCredentialsRiskConfiguration = { EventFilter = ['SIGN_IN'], Actions = { EventAction = 'BLOCK' } }",
    );
    set(&world, LEAKED).await;
    world
}

async fn set(world: &World, password: &str) {
    let input =
        json!({ "UserPoolId": POOL, "Username": "bob", "Password": password, "Permanent": true });
    world.call("AdminSetUserPassword", input).await.unwrap();
}

#[tokio::test]
async fn reset_for_a_leaked_password_loses_no_change_of_the_account() {
    let world = with_a_leaked_password().await;

    let (refused, ()) = tokio::join!(
        world.try_sign_in("bob", LEAKED),
        // Without a wait: while the password is judged.
        update(&world, "bob", &[("name", "B")])
    );

    assert_eq!(refused.unwrap_err().name, "PasswordResetRequiredException");
    let user = world.server.store().user(POOL, "bob").unwrap().unwrap();
    assert_eq!((user.attribute("name"), user.status), (Some("B"), UserStatus::ResetRequired));
}

#[tokio::test]
async fn new_password_at_once_with_a_sign_in_by_the_leaked_one_needs_no_reset() {
    let world = with_a_leaked_password().await;

    let (refused, ()) = tokio::join!(world.try_sign_in("bob", LEAKED), set(&world, NEW));

    assert!(refused.is_err());
    let answer: Value = world.try_sign_in("bob", NEW).await.unwrap();
    assert!(answer["AuthenticationResult"].is_object());
}
