use super::*;

fn suite() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../tests/vectors/sigv4/suite.json")).unwrap()
}

fn key(suite: &serde_json::Value, token: Option<&str>) -> Key {
    Key {
        access_key_id: String::from(suite["accessKeyId"].as_str().unwrap()),
        secret_access_key: Secret::new(String::from(suite["secretAccessKey"].as_str().unwrap())),
        session_token: token.map(|token| Secret::new(String::from(token))),
    }
}

fn scope(suite: &serde_json::Value) -> Scope<'_> {
    Scope {
        region: suite["region"].as_str().unwrap(),
        service: suite["service"].as_str().unwrap(),
        date: suite["date"].as_str().unwrap(),
    }
}

fn headers(vector: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| String::from(value.as_str().unwrap());
    let headers = vector["headers"].as_array().unwrap();
    headers.iter().map(|header| (text(&header[0]), text(&header[1]))).collect()
}

fn request<'a>(vector: &'a serde_json::Value, payload_hash: &'a str) -> Request<'a> {
    Request {
        method: vector["method"].as_str().unwrap(),
        path: vector["path"].as_str().unwrap(),
        query: vector["query"].as_str().unwrap(),
        headers: headers(vector),
        payload_hash,
    }
}

#[test]
fn every_request_of_the_published_suite_is_signed_as_published() {
    let suite = suite();
    let vectors = suite["signed"].as_array().unwrap();
    assert!(vectors.len() >= 30, "{}", vectors.len());
    for vector in vectors {
        let name = vector["name"].as_str().unwrap();
        let hash = payload_hash(vector["body"].as_str().unwrap().as_bytes());

        if let Some(expected) = vector["canonicalRequest"].as_str() {
            let asked = request(vector, &hash);
            let names = canonical::signed_headers(&asked.headers);
            let query = canonical::query(&[asked.query]);
            let canonical = canonical::request(&asked, &query, &names, false);
            assert_eq!(canonical, expected, "{name}");
            let to_sign = vector["stringToSign"].as_str().unwrap();
            assert_eq!(string_to_sign(&canonical, &scope(&suite)), to_sign, "{name}");
        }
        let signed =
            sign(request(vector, &hash), &key(&suite, vector["token"].as_str()), &scope(&suite));

        assert_eq!(signed.last().unwrap().1, vector["authorization"].as_str().unwrap(), "{name}");
    }
}

#[test]
fn every_link_of_the_published_suite_is_signed_as_published() {
    let suite = suite();
    let vectors = suite["presigned"].as_array().unwrap();
    assert!(vectors.len() >= 5);
    for vector in vectors {
        let hash = payload_hash(b"");
        let key = key(&suite, vector["token"].as_str());

        let query = presign(&request(vector, &hash), &key, &scope(&suite), 3600);

        let (rest, signature) = query.split_once("&X-Amz-Signature=").unwrap();
        assert_eq!(signature, vector["signature"].as_str().unwrap(), "{}", vector["name"]);
        let own = wire_query(vector["query"].as_str().unwrap());
        assert!(rest.starts_with(&own), "{rest}");
    }
}

#[test]
fn what_travels_is_what_was_signed_however_the_page_wrote_it() {
    for (written, travels) in [
        ("", ""),
        ("a=b&c", "a=b&c="),
        ("q=one+two&r=%2b", "q=one%20two&r=%2B"),
        ("q=100%&z=%zz&e=é", "q=100%25&z=%25zz&e=%C3%A9"),
        ("x=(a)*!'", "x=%28a%29%2A%21%27"),
        ("a==b&&c=d", "a=%3Db&c=d"),
    ] {
        assert_eq!(wire_query(written), travels, "{written}");
        assert_eq!(wire_query(travels), travels, "a second time");
    }
}

#[test]
fn a_path_is_encoded_once_more_but_for_s3() {
    let canonical = |path, is_s3| {
        let request =
            Request { method: "GET", path, query: "", headers: Vec::new(), payload_hash: "" };
        let text = canonical::request(&request, "", "", is_s3);
        String::from(text.lines().nth(1).unwrap())
    };

    assert_eq!(canonical("/a%20b/c:d", false), "/a%2520b/c%3Ad");
    assert_eq!(canonical("/a%20b/c:d", true), "/a%20b/c%3Ad");
    assert_eq!(canonical("/a//b/../c", false), "/a/c");
    assert_eq!(canonical("/a//b/../c", true), "/a//b/../c");
    assert_eq!(canonical("", false), "/");
    assert_eq!(canonical("/a/..", false), "/");
}

#[test]
fn s3_is_told_the_hash_of_the_body() {
    let suite = suite();
    let scope = Scope { service: "s3", ..scope(&suite) };
    let headers = vec![(String::from("host"), String::from("example.amazonaws.com"))];
    let request = Request { method: "GET", path: "/", query: "", headers, payload_hash: "h" };

    let signed = sign(request, &key(&suite, Some("token")), &scope);

    let names: Vec<_> = signed.iter().map(|(name, _)| *name).collect();
    let expected = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "authorization"];
    assert_eq!(names, expected);
    let all = "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token";
    assert!(signed[3].1.contains(all), "{}", signed[3].1);
}
