//! A backend signs people in by the operations of administrators: how it begins.

use super::sessions::get_user;
use crate::testing::{CLIENT, PASSWORD, POOL, World};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

pub(super) fn admin(operation: &str, flow: Option<&str>, parameters: Value) -> Value {
    match operation {
        "AdminInitiateAuth" => {
            json!({ "UserPoolId": POOL, "ClientId": CLIENT, "AuthFlow": flow.unwrap(), "AuthParameters": parameters })
        }
        _ => json!({ "UserPoolId": POOL, "ClientId": CLIENT }),
    }
}

fn backend(mfa: &str) -> World {
    let text = World::text("", mfa, "", "");
    World::of(
        toml::from_str(&text.replace(
            "\"ALLOW_USER_PASSWORD_AUTH\"",
            "\"ALLOW_ADMIN_USER_PASSWORD_AUTH\", \"ALLOW_USER_SRP_AUTH\"",
        ))
        .unwrap(),
    )
}

#[tokio::test]
async fn backend_signs_people_in_with_their_password() {
    let world = backend("");
    let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    for flow in ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"] {
        let input = admin("AdminInitiateAuth", Some(flow), given.clone());
        let answer = world.call("AdminInitiateAuth", input).await.unwrap();
        let tokens = &answer["AuthenticationResult"];
        let token = tokens["AccessToken"].as_str().unwrap();
        assert_eq!(get_user(&world, token).await.unwrap()["Username"], "alice");
        let renew = json!({ "REFRESH_TOKEN": tokens["RefreshToken"] });
        let renew = admin("AdminInitiateAuth", Some("REFRESH_TOKEN_AUTH"), renew);
        let renewed = world.call("AdminInitiateAuth", renew).await.unwrap();
        assert!(renewed["AuthenticationResult"]["AccessToken"].is_string());
    }
    let wrong = json!({ "USERNAME": "alice", "PASSWORD": "Wrong-Horse-9!" });
    let wrong = admin("AdminInitiateAuth", Some("ADMIN_USER_PASSWORD_AUTH"), wrong);
    assert_eq!(world.refused("AdminInitiateAuth", wrong).await, "NotAuthorizedException");
    // Each door has flows of its own.
    let other = admin("AdminInitiateAuth", Some("USER_PASSWORD_AUTH"), given.clone());
    assert_eq!(world.refused("AdminInitiateAuth", other).await, "InvalidParameterException");
    let open = json!({ "ClientId": CLIENT, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given });
    assert_eq!(world.refused("InitiateAuth", open).await, "InvalidParameterException");
    let nobody = json!({ "USERNAME": "nobody", "PASSWORD": PASSWORD });
    let nobody = admin("AdminInitiateAuth", Some("ADMIN_USER_PASSWORD_AUTH"), nobody);
    assert_eq!(world.refused("AdminInitiateAuth", nobody).await, "UserNotFoundException");
    let closed = World::new("", "");
    let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let input = admin("AdminInitiateAuth", Some("ADMIN_USER_PASSWORD_AUTH"), given);
    assert_eq!(
        closed.refused("AdminInitiateAuth", input.clone()).await,
        "InvalidParameterException"
    );
    let mut elsewhere = input;
    elsewhere["UserPoolId"] = json!("eu-west-1_Nowhere");
    assert_eq!(closed.refused("AdminInitiateAuth", elsewhere).await, "ResourceNotFoundException");
}

/// As the readme says.
#[tokio::test]
async fn backend_finds_a_client_in_the_default_configuration() {
    let world = World::seeded();
    let client = "lifeguardsecretclient00001";
    let secret = world.server.store().client(client).unwrap().secret.unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("alice{client}").as_bytes());
    let hash = STANDARD.encode(mac.finalize().into_bytes());
    let input = |given: Value| {
        json!({
            "UserPoolId": "eu-west-1_LifeGuard",
            "ClientId": client,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": given,
        })
    };

    let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD, "SECRET_HASH": hash });
    let answer = world.call("AdminInitiateAuth", input(given)).await.unwrap();

    assert!(answer["AuthenticationResult"]["AccessToken"].is_string());
    let given = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    assert_eq!(world.refused("AdminInitiateAuth", input(given)).await, "NotAuthorizedException");
}
