use super::Request;
use super::signing::Signing;
use crate::caller::Service;
use crate::config::Config;
use crate::testing::{POOL, World};
use serde_json::json;

const TARGET: &str = "AWSCognitoIdentityProviderService.ListUsers";

fn world() -> World {
    World::new("", "")
}

/// A signed call of ListUsers, and the server's time.
fn signed(world: &World) -> (Request, i64) {
    let now = world.server.clock.now();
    let mut request = Request::operation(TARGET, &json!({"UserPoolId": POOL}).to_string());
    Signing::administrator().sign(&mut request, now);
    (request, now)
}

fn refusal(world: &World, request: &Request) -> (&'static str, String) {
    let refusal = crate::signers::verify(&world.server, request, &["cognito-idp"]).unwrap_err();
    (refusal.name, refusal.message)
}

fn change(request: &mut Request, name: &str, value: &str) {
    let header = request.headers.iter_mut().find(|(known, _)| known == name).unwrap();
    header.1 = value.to_owned();
}

/// `get-vanilla` and `post-x-www-form-urlencoded` of AWS's published suite of signatures.
#[test]
fn signatures_of_the_published_suite_are_believed() {
    let config: Config = toml::from_str(
        "[[access_key]]\nid = 'AKIDEXAMPLE'\nsecret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'",
    )
    .unwrap();
    let world = World::of(config);
    let machine = world.server.clock.now();
    world.server.clock.set_offset(1_440_938_160 - machine);
    let of = |signed: &str, signature: &str| {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders={signed}, Signature={signature}"
        )
    };
    let vanilla =
        of("host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    let form = of(
        "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
    let base = [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")];
    let with = |more: &[(&'static str, &str)], method: &str, body: &str| {
        let mut request = Request::new(method, "/", &base, body);
        for (name, value) in more {
            request.headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        request
    };

    let get = with(&[("authorization", &vanilla)], "GET", "");
    let content = ("content-type", "application/x-www-form-urlencoded");
    let post = with(&[content, ("authorization", &form)], "POST", "Param1=value1");

    for request in [get, post] {
        let signer = crate::signers::verify(&world.server, &request, &["service"]).unwrap();
        assert_eq!(signer.access_key, "AKIDEXAMPLE");
        assert_eq!(signer.region, "us-east-1");
    }
}

#[test]
fn what_was_signed_is_believed_and_nothing_else() {
    let world = world();
    let (good, _) = signed(&world);
    assert!(crate::signers::verify(&world.server, &good, &["cognito-idp"]).is_ok());

    let altered: [fn(&mut Request); 6] = [
        |request| request.body.push(b' '),
        |request| request.method = "PUT".to_owned(),
        |request| request.target = "/x".to_owned(),
        |request| request.target = "/?a=b".to_owned(),
        |request| change(request, "host", "elsewhere:9320"),
        |request| change(request, "x-amz-target", "AWSCognitoIdentityProviderService.GetUser"),
    ];
    for alter in altered {
        let mut request = good.clone();
        alter(&mut request);
        let (name, message) = refusal(&world, &request);
        assert_eq!(name, "InvalidSignatureException");
        assert!(message.starts_with("The request signature we calculated"), "{message}");
    }
}

#[test]
fn header_that_says_where_a_call_goes_must_be_signed() {
    let world = world();
    let (mut request, _) = signed(&world);
    let authorization = request.header("authorization").unwrap().replace(";x-amz-target", "");
    change(&mut request, "authorization", &authorization);

    let (name, message) = refusal(&world, &request);

    assert_eq!(name, "InvalidSignatureException");
    assert!(message.contains("'x-amz-target' must be"), "{message}");
}

#[test]
fn clock_may_be_five_minutes_off_and_no_more() {
    let world = world();
    let now = world.server.clock.now();
    for (offset, begins) in [
        (290, None),
        (-290, None),
        (310, Some("Signature not yet current: ")),
        (-310, Some("Signature expired: ")),
    ] {
        let mut request = Request::operation(TARGET, "{}");
        Signing::administrator().sign(&mut request, now + offset);
        let judged = crate::signers::verify(&world.server, &request, &["cognito-idp"]);
        match begins {
            None => assert!(judged.is_ok(), "{offset}"),
            Some(begins) => {
                let refusal = judged.unwrap_err();
                assert_eq!(refusal.name, "InvalidSignatureException");
                assert!(refusal.message.starts_with(begins), "{}", refusal.message);
            }
        }
    }
}

/// Others have the machine's clock, or set theirs by the `Date` that this server sends.
#[test]
fn moved_clock_shuts_out_nobody_who_signs() {
    let world = world();
    let machine = world.server.clock.now();
    world.server.clock.set_offset(86_400);
    for now in [machine, machine + 86_400] {
        let mut request = Request::operation(TARGET, "{}");
        Signing::administrator().sign(&mut request, now);

        assert!(crate::signers::verify(&world.server, &request, &["cognito-idp"]).is_ok());
    }
    let mut request = Request::operation(TARGET, "{}");
    Signing::administrator().sign(&mut request, machine + 43_200);
    assert!(crate::signers::verify(&world.server, &request, &["cognito-idp"]).is_err());
}

#[test]
fn wrong_keys_scopes_and_parts_have_their_own_names() {
    let world = world();
    let (_, now) = signed(&world);
    let sign = |change: fn(&mut Signing)| {
        let mut signing = Signing::administrator();
        change(&mut signing);
        let mut request = Request::operation(TARGET, "{}");
        signing.sign(&mut request, now);
        refusal(&world, &request).0
    };
    assert_eq!(sign(|s| s.secret = "other".to_owned()), "InvalidSignatureException");
    assert_eq!(sign(|s| s.access_key = "other".to_owned()), "UnrecognizedClientException");
    assert_eq!(sign(|s| s.session_token = Some("t".to_owned())), "UnrecognizedClientException");
    assert_eq!(sign(|s| s.service = "s3".to_owned()), "InvalidSignatureException");

    for (authorization, name) in [
        (None, "MissingAuthenticationTokenException"),
        (Some("Bearer x"), "IncompleteSignature"),
        (Some("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host"), "IncompleteSignature"),
        (
            Some("AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0"),
            "IncompleteSignature",
        ),
    ] {
        let mut request = Request::operation(TARGET, "{}");
        request.headers.push(("x-amz-date".to_owned(), "20260101T000000Z".to_owned()));
        let authorization = authorization.map(|text| ("authorization".to_owned(), text.to_owned()));
        request.headers.extend(authorization);
        assert_eq!(refusal(&world, &request).0, name);
    }
}

#[test]
fn signature_in_the_query_is_good_for_as_long_as_it_says() {
    let world = world();
    let now = world.server.clock.now();
    let mut signing = Signing::administrator();
    signing.service = "execute-api".to_owned();
    let mut request = Request::new("GET", "/a%20b/c?q=1&p=%2F", &[("host", "localhost:9320")], "");
    signing.presign(&mut request, now, 600);
    let judge =
        |request: &Request| crate::signers::verify(&world.server, request, &["execute-api"]);

    assert!(judge(&request).is_ok(), "{:?}", judge(&request));
    let mut altered = request.clone();
    altered.target = altered.target.replace("q=1", "q=2");
    assert_eq!(judge(&altered).unwrap_err().name, "InvalidSignatureException");
    let longer = request.target.replace("X-Amz-Expires=600", "X-Amz-Expires=6000");
    let longer = Request { target: longer, ..request.clone() };
    assert_eq!(judge(&longer).unwrap_err().name, "InvalidSignatureException");
    for (age, is_good) in [(590, true), (610, false)] {
        let mut request = Request::new("GET", "/a", &[("host", "localhost:9320")], "");
        signing.presign(&mut request, now - age, 600);
        let judged = judge(&request);
        assert_eq!(judged.is_ok(), is_good, "{judged:?}");
        assert!(is_good || judged.unwrap_err().message.starts_with("Signature expired"));
    }
}

#[tokio::test]
async fn pool_of_another_region_wants_a_signature_for_it() {
    let world = world();
    let (mut request, now) = (Request::operation(TARGET, "{\"UserPoolId\":\"eu-west-1_Test\"}"), 0);
    let mut signing = Signing::administrator();
    signing.region = "us-east-1".to_owned();
    signing.sign(&mut request, world.server.clock.now() + now);

    let refusal = world.send(Service::UserPools, "ListUsers", request).await.unwrap_err();

    assert_eq!(refusal.name, "InvalidSignatureException");
    assert_eq!(refusal.message, "Credential should be scoped to a valid region.");
}
