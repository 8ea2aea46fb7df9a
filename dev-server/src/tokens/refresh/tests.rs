use super::{Renewal, renew};
use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::{Map, json};
use std::time::Duration;

/// A refresh token judged by the time at which its caller came, not at which it has the store, can be
/// judged by a time before the one at which somebody else used it up.
#[tokio::test]
async fn the_clock_is_read_when_the_store_is_there() {
    let world = World::new("", "");
    let input = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": CLIENT,
        "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
    });
    let tokens = world.call("InitiateAuth", input).await.unwrap()["AuthenticationResult"].take();
    let server = &world.server;
    let (pool, client) = {
        let store = server.store();
        (store.pool(POOL).unwrap(), store.client(CLIENT).unwrap())
    };
    let wish = Renewal {
        pool: &pool,
        client: &client,
        token: tokens["RefreshToken"].as_str().unwrap(),
        device_key: None,
        metadata: Map::new(),
    };

    let answer = std::thread::scope(|scope| {
        let store = server.store();
        let caller = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(renew(server, wish))
        });
        // Long enough for the caller to come to the store, and to wait there.
        std::thread::sleep(Duration::from_millis(200));
        server.clock.set_offset(31 * 86_400);
        drop(store);
        caller.join().unwrap()
    });

    assert_eq!(answer.unwrap_err().message, "Refresh Token has expired");
}
