//! What holds whoever comes at the same moment, whatever came before and however late it is.

mod accounts;
mod backend;
mod challenges;
mod races;
mod sessions;
mod time;

use crate::testing::World;
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use std::time::Duration;

/// A trigger that thinks for a while and then answers this.
async fn slow_trigger(response: Value) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let text = json!({ "response": response }).to_string();
    let app = Router::new().route(
        "/",
        post(async move || {
            tokio::time::sleep(Duration::from_millis(300)).await;
            text
        }),
    );
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// The account's attributes and the rest, as an administrator sees them.
async fn shown(world: &World, username: &str) -> Value {
    let input = json!({ "UserPoolId": crate::testing::POOL, "Username": username });
    let mut shown = world.call("AdminGetUser", input).await.unwrap();
    let attributes = shown["UserAttributes"].take();
    for attribute in attributes.as_array().unwrap() {
        shown[attribute["Name"].as_str().unwrap()] = attribute["Value"].clone();
    }
    shown
}

async fn update(world: &World, username: &str, attributes: &[(&str, &str)]) {
    let attributes: Vec<Value> =
        attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let input = json!({ "UserPoolId": crate::testing::POOL, "Username": username, "UserAttributes": attributes });
    world.call("AdminUpdateUserAttributes", input).await.unwrap();
}

/// An answer to a challenge.
async fn respond(
    world: &World,
    asked: &Value,
    username: &str,
    responses: Value,
) -> crate::refusal::Answer {
    let mut responses = responses;
    responses["USERNAME"] = json!(username);
    let input = json!({
        "ClientId": crate::testing::CLIENT,
        "ChallengeName": asked["ChallengeName"],
        "Session": asked["Session"],
        "ChallengeResponses": responses,
    });
    world.call("RespondToAuthChallenge", input).await
}
