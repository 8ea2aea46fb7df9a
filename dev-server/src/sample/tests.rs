use super::answer;
use crate::sigv4::{Request, Signing};
use crate::testing::World;
use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

const PROVIDER: &str = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_LifeGuard";
const POOL: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";

/// Credentials of somebody, or of a guest.
async fn credentials(world: &World, username: Option<&str>) -> Value {
    let logins = match username {
        Some(username) => json!({ PROVIDER: world.seeded_tokens(username).await["IdToken"] }),
        None => json!({}),
    };
    let input = json!({ "IdentityPoolId": POOL, "Logins": logins });
    let mut input = world.identity("GetId", input).await.unwrap();
    input["Logins"] = logins;
    world.identity("GetCredentialsForIdentity", input).await.unwrap()
}

async fn read(response: Response<Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn request(method: &str, target: &str, body: &str) -> Request {
    Request::new(method, target, &[("host", "localhost:9320")], body)
}

#[tokio::test]
async fn signer_of_a_request_is_told() {
    let world = World::seeded();
    let issued = credentials(&world, Some("alice")).await;
    let mut request = request("POST", "/_sample/iam/notes?b=2&a=1", "{\"text\":\"é\"}");
    Signing::of(&issued, "execute-api").sign(&mut request, world.server.clock.now());

    let (status, echo) = read(answer(&world.server, &request)).await;

    assert_eq!(status, 200, "{echo}");
    assert_eq!(echo["method"], "POST");
    assert_eq!(echo["path"], "/notes");
    assert_eq!(echo["query"], json!({ "a": "1", "b": "2" }));
    assert_eq!(echo["body"], "{\"text\":\"é\"}");
    assert_eq!(echo["caller"]["cognitoIdentityId"], issued["IdentityId"]);
    assert_eq!(echo["caller"]["cognitoAuthenticationType"], "authenticated");
    assert_eq!(echo["caller"]["cognitoAuthenticationProvider"], PROVIDER);
    let arn = "arn:aws:sts::123456789012:assumed-role/LifeguardMember/CognitoIdentityCredentials";
    assert_eq!(echo["caller"]["userArn"], arn);
}

#[tokio::test]
async fn address_with_a_signature_in_it_can_be_opened_and_tells_no_secret() {
    let world = World::seeded();
    let issued = credentials(&world, Some("alice")).await;
    let mut request = request("GET", "/_sample/iam/notes?a=1", "");
    Signing::of(&issued, "execute-api").presign(&mut request, world.server.clock.now(), 60);

    let (status, echo) = read(answer(&world.server, &request)).await;

    assert_eq!(status, 200, "{echo}");
    assert_eq!(echo["query"], json!({ "a": "1" }));
    assert!(!echo.to_string().contains(issued["Credentials"]["SessionToken"].as_str().unwrap()));
}

#[tokio::test]
async fn request_without_the_right_signature_is_refused() {
    let world = World::seeded();
    let issued = credentials(&world, Some("alice")).await;
    let good = Signing::of(&issued, "execute-api");
    let now = world.server.clock.now();
    let ask = |signing: Option<Signing>, alter: fn(&mut Request)| {
        let mut request = request("POST", "/_sample/iam/notes", "{}");
        if let Some(signing) = signing {
            signing.sign(&mut request, now);
        }
        alter(&mut request);
        let response = answer(&world.server, &request);
        assert_eq!(response.status(), 403);
        response.headers()["x-amzn-errortype"].to_str().unwrap().to_owned()
    };

    let none = ask(None, |_| {});
    let altered = ask(Some(good.clone()), |request| request.body = b"{ }".to_vec());
    let unknown = ask(
        Some(Signing { access_key: "ASIAAAAAAAAAAAAAAAAA".to_owned(), ..good.clone() }),
        |_| {},
    );
    let tokenless = ask(Some(Signing { session_token: None, ..good.clone() }), |_| {});
    let foreign =
        ask(Some(Signing { session_token: Some("x".to_owned()), ..good.clone() }), |_| {});
    let service = ask(Some(Signing { service: "cognito-idp".to_owned(), ..good.clone() }), |_| {});

    assert_eq!(none, "MissingAuthenticationTokenException");
    assert_eq!(altered, "InvalidSignatureException");
    assert_eq!(unknown, "UnrecognizedClientException");
    assert_eq!(tokenless, "UnrecognizedClientException");
    assert_eq!(foreign, "UnrecognizedClientException");
    assert_eq!(service, "InvalidSignatureException");
    world.server.clock.set_offset(3601);
    let mut late = request("GET", "/_sample/iam/notes", "");
    good.sign(&mut late, world.server.clock.now());
    let response = answer(&world.server, &late);
    assert_eq!(response.headers()["x-amzn-errortype"], "ExpiredTokenException");
}

#[tokio::test]
async fn guest_may_read_what_is_public_and_nothing_else() {
    let world = World::seeded();
    let guest = Signing::of(&credentials(&world, None).await, "execute-api");
    let ask = async |method: &str, path: &str| {
        let mut request = request(method, path, "");
        guest.sign(&mut request, world.server.clock.now());
        read(answer(&world.server, &request)).await
    };

    let (status, echo) = ask("GET", "/_sample/iam/public/news").await;
    assert_eq!(
        (status, &echo["caller"]["cognitoAuthenticationType"]),
        (200, &json!("unauthenticated"))
    );
    for (method, path) in [("POST", "/_sample/iam/public/news"), ("GET", "/_sample/iam/notes")] {
        let (status, body) = ask(method, path).await;
        assert_eq!(status, 403);
        let message = body["message"].as_str().unwrap();
        assert!(message.contains("is not authorized to perform: execute-api:Invoke"), "{message}");
    }
}

#[tokio::test]
async fn role_of_administrators_may_call_what_the_policy_names() {
    let world = World::seeded();
    let ask = async |username: &str, operation: &str, input: Value| {
        let signing = Signing::of(&credentials(&world, Some(username)).await, "cognito-idp");
        let mut request = Request::operation(&format!("X.{operation}"), &input.to_string());
        signing.sign(&mut request, world.server.clock.now());
        world.send(crate::caller::Service::UserPools, operation, request).await
    };
    let pool = json!({ "UserPoolId": "eu-west-1_LifeGuard" });

    let users = ask("ada", "ListUsers", pool.clone()).await.unwrap();
    let forbidden = ask("ada", "DeleteUserPool", pool.clone()).await.unwrap_err();
    let denied = ask("alice", "ListUsers", pool).await.unwrap_err();

    assert!(users["Users"].as_array().unwrap().len() > 5);
    for refusal in [forbidden, denied] {
        assert_eq!((refusal.name, refusal.status.as_u16()), ("AccessDeniedException", 403));
    }
}

#[tokio::test]
async fn access_token_opens_the_token_api() {
    let world = World::seeded();
    let tokens = world.seeded_tokens("ada").await;
    let bearer = format!("Bearer {}", tokens["AccessToken"].as_str().unwrap());
    let request = |path: &str| Request::new("GET", path, &[("authorization", &bearer)], "");

    let (status, echo) =
        read(answer(&world.server, &request("/_sample/token/account/me?x=1"))).await;

    assert_eq!(status, 200, "{echo}");
    assert_eq!(echo["path"], "/account/me");
    assert_eq!(echo["caller"]["username"], "ada");
    assert_eq!(echo["caller"]["clientId"], "lifeguarddemoclient0000001");
    assert_eq!(echo["caller"]["groups"], json!(["administrators"]));
    let reports = answer(&world.server, &request("/_sample/token/reports/1"));
    assert_eq!(reports.status(), 403);
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"reports/read\"";
    assert_eq!(reports.headers()["www-authenticate"], challenge);
}

#[tokio::test]
async fn every_other_token_is_refused_with_a_challenge() {
    let world = World::seeded();
    let tokens = world.seeded_tokens("alice").await;
    let access = tokens["AccessToken"].as_str().unwrap();
    let (head, signature) = access.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{flipped}{}", &signature[1..]);
    let (header, rest) = access.split_once('.').unwrap();
    // {"alg":"none"} in the place of the header, and no signature.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split('.').next().unwrap());
    let ask = |authorization: Option<String>| {
        let mut request = Request::new("GET", "/_sample/token/me", &[], "");
        request.headers.extend(authorization.map(|text| ("authorization".to_owned(), text)));
        let response = answer(&world.server, &request);
        assert_eq!(response.status(), 401);
        response.headers()["www-authenticate"].to_str().unwrap().to_owned()
    };
    assert!(!header.is_empty());

    assert_eq!(ask(None), "Bearer");
    assert_eq!(ask(Some("Basic eDp5".to_owned())), "Bearer");
    for (token, told) in [
        (forged.as_str(), "signature or issuer"),
        (unsigned.as_str(), "not a JWT"),
        ("x", "not a JWT"),
        (tokens["IdToken"].as_str().unwrap(), "not an access token"),
    ] {
        let challenge = ask(Some(format!("Bearer {token}")));
        assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains(told), "{challenge}");
    }
    world.server.clock.set_offset(3601);
    assert!(ask(Some(format!("Bearer {access}"))).contains("expired"));
}
