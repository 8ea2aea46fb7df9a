use super::authenticator::Authenticator;
use super::{MOST_PASSKEYS, NewPasskey, RelyingParty};
use crate::refusal::Refusal;
use crate::store::{MfaPolicy, Passkey};
use serde_json::{Value, json};

const SUB: &str = "8a1f2b3c-0000-4000-8000-000000000001";
const ORIGIN: &str = "https://auth.example.com";
const RP: &str = "auth.example.com";

fn relying_party(id: &str, verification: &str) -> RelyingParty {
    let settings = json!({"WebAuthnConfiguration":
        {"RelyingPartyId": id, "UserVerification": verification}});
    let policy: MfaPolicy = serde_json::from_value(settings).unwrap();
    RelyingParty::of(&policy, None).unwrap()
}

fn stored(rp: &RelyingParty, new: NewPasskey) -> Passkey {
    Passkey {
        pool_id: "eu-west-1_Test".to_owned(),
        username: "alice".to_owned(),
        credential_id: new.credential_id,
        relying_party_id: rp.id().to_owned(),
        friendly_name: "Passkey".to_owned(),
        attachment: new.attachment,
        transports: new.transports,
        sign_count: new.sign_count,
        credential: new.credential,
        created: 0,
    }
}

fn register(rp: &RelyingParty, device: &mut Authenticator) -> Result<Passkey, Refusal> {
    let (options, state) = rp.start_registration(SUB, "alice", &[]).unwrap();
    rp.finish_registration(state, &device.create(&options)).map(|new| stored(rp, new))
}

fn sign_in(
    rp: &RelyingParty,
    device: &mut Authenticator,
    passkeys: &[Passkey],
) -> Result<Passkey, Refusal> {
    let (options, state) = rp.start_assertion(passkeys).unwrap();
    rp.finish_assertion(state, &device.get(&options).to_string(), SUB, passkeys)
}

#[test]
fn creation_options_have_the_documented_members() {
    let rp = relying_party(RP, "preferred");
    let key = register(&rp, &mut Authenticator::new(ORIGIN, RP)).unwrap();

    let (options, _) = rp.start_registration(SUB, "alice", std::slice::from_ref(&key)).unwrap();

    let mut rest = options.clone();
    assert!(rest["challenge"].take().as_str().unwrap().len() >= 22);
    assert!(rest["user"]["id"].take().is_string());
    assert_eq!(
        rest,
        json!({"challenge": null, "timeout": 60000, "rp": {"id": RP, "name": RP},
            "user": {"id": null, "name": "alice", "displayName": "alice"},
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
            "excludeCredentials": [{"type": "public-key", "id": key.credential_id}],
            "authenticatorSelection": {"requireResidentKey": true, "residentKey": "required",
                "userVerification": "preferred"}})
    );
}

#[test]
fn request_options_have_the_documented_members() {
    let rp = relying_party(RP, "preferred");
    let key = register(&rp, &mut Authenticator::new(ORIGIN, RP)).unwrap();

    let (text, _) = rp.start_assertion(std::slice::from_ref(&key)).unwrap();

    let mut options: Value = serde_json::from_str(&text).unwrap();
    assert!(options["challenge"].take().is_string());
    assert_eq!(
        options,
        json!({"challenge": null, "timeout": 180000, "rpId": RP, "allowCredentials": [{"type": "public-key",
            "id": key.credential_id, "transports": ["internal", "hybrid"]}], "userVerification": "preferred"})
    );
}

#[test]
fn registered_passkey_signs_in_and_counts_up() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    let mut key = register(&rp, &mut device).unwrap();
    assert_eq!((key.attachment.as_deref(), key.transports.len()), (Some("platform"), 2));

    for count in 1..4 {
        let used = sign_in(&rp, &mut device, &[key]).unwrap();

        assert_eq!(used.sign_count, count);
        key = used;
    }
}

#[test]
fn each_broken_rule_of_registration_has_its_exception() {
    let rp = relying_party(RP, "required");
    let refused = |spoil: fn(&mut Authenticator)| {
        let mut device = Authenticator::new(ORIGIN, RP);
        spoil(&mut device);
        register(&rp, &mut device).unwrap_err().name
    };

    assert_eq!(
        refused(|d| d.origin = "https://evil.example".to_owned()),
        "WebAuthnOriginNotAllowedException"
    );
    assert_eq!(
        refused(|d| d.origin = "http://auth.example.com".to_owned()),
        "WebAuthnOriginNotAllowedException"
    );
    assert_eq!(
        refused(|d| d.rp_id = "example.com".to_owned()),
        "WebAuthnRelyingPartyMismatchException"
    );
    assert_eq!(refused(|d| d.is_user_verified = false), "WebAuthnCredentialNotSupportedException");

    let (_, state) = rp.start_registration(SUB, "alice", &[]).unwrap();
    let (other, _) = rp.start_registration(SUB, "alice", &[]).unwrap();
    let answer = Authenticator::new(ORIGIN, RP).create(&other);
    assert_eq!(
        rp.finish_registration(state.clone(), &answer).unwrap_err().name,
        "WebAuthnChallengeNotFoundException"
    );
    for nonsense in [json!("text"), json!({}), json!({"id": 1})] {
        let refusal = rp.finish_registration(state.clone(), &nonsense).unwrap_err();
        assert_eq!(refusal.name, "InvalidParameterException");
    }
}

#[test]
fn pages_below_the_relying_party_and_any_port_may_register() {
    for (rp_id, origin) in [
        ("example.com", "https://app.example.com"),
        ("example.com", "https://example.com:8443"),
        ("localhost", "http://localhost:5173"),
        ("localhost", "https://localhost:5173"),
    ] {
        let rp = relying_party(rp_id, "preferred");
        assert!(register(&rp, &mut Authenticator::new(origin, rp_id)).is_ok(), "{origin}");
    }
    let rp = relying_party("example.com", "preferred");
    let refusal = register(&rp, &mut Authenticator::new("https://badexample.com", "example.com"));
    assert_eq!(refusal.unwrap_err().name, "WebAuthnOriginNotAllowedException");
}

#[test]
fn each_broken_rule_of_an_assertion_is_not_authorized() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    let keys = [register(&rp, &mut device).unwrap()];
    let mut answer_to = |spoil: &dyn Fn(&mut Authenticator), tamper: &dyn Fn(&mut Value)| {
        device.origin = ORIGIN.to_owned();
        device.rp_id = RP.to_owned();
        device.is_user_verified = true;
        spoil(&mut device);
        let (options, state) = rp.start_assertion(&keys).unwrap();
        let mut answer = device.get(&options);
        tamper(&mut answer);
        rp.finish_assertion(state, &answer.to_string(), SUB, &keys).map(drop)
    };

    assert!(answer_to(&|_| {}, &|_| {}).is_ok());
    let spoils: [&dyn Fn(&mut Authenticator); 3] = [
        &|d| d.origin = "https://evil.example".to_owned(),
        &|d| d.rp_id = "evil.example".to_owned(),
        // It could verify the person at registration, so it must now.
        &|d| d.is_user_verified = false,
    ];
    for spoil in spoils {
        assert_eq!(answer_to(spoil, &|_| {}).unwrap_err().name, "NotAuthorizedException");
    }
    let tampers: [&dyn Fn(&mut Value); 4] = [
        &|a| a["response"]["signature"] = json!("MEUCIQ"),
        &|a| a["response"]["userHandle"] = json!("c29tZWJvZHkgZWxzZQ"),
        &|a| a["rawId"] = json!("AAAA"),
        &|a| *a = json!("nonsense"),
    ];
    for tamper in tampers {
        assert_eq!(answer_to(&|_| {}, tamper).unwrap_err().name, "NotAuthorizedException");
    }
}

#[test]
fn answer_to_an_older_challenge_is_refused() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    let keys = [register(&rp, &mut device).unwrap()];
    let (older, _) = rp.start_assertion(&keys).unwrap();
    let (_, state) = rp.start_assertion(&keys).unwrap();

    let answer = device.get(&older).to_string();

    assert!(rp.finish_assertion(state, &answer, SUB, &keys).is_err());
}

#[test]
fn counter_that_does_not_grow_is_refused() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    let key = register(&rp, &mut device).unwrap();
    let key = sign_in(&rp, &mut device, &[key]).unwrap();

    device.counter = 0;

    assert!(sign_in(&rp, &mut device, &[key]).is_err());
}

#[test]
fn required_verification_refuses_an_assertion_without_it() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    device.is_user_verified = false;
    let key = register(&rp, &mut device).unwrap();

    let plain = sign_in(&rp, &mut device, std::slice::from_ref(&key));
    let strict = sign_in(&rp.requiring_verification(), &mut device, &[key]);

    assert!(plain.is_ok());
    assert!(strict.is_err());
}

#[test]
fn passkey_of_another_relying_party_is_not_offered() {
    let rp = relying_party(RP, "preferred");
    let mut device = Authenticator::new(ORIGIN, RP);
    let key = register(&rp, &mut device).unwrap();
    let other = relying_party("localhost", "preferred");

    let (text, _) = other.start_assertion(std::slice::from_ref(&key)).unwrap();

    let options: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(options["allowCredentials"], json!([]));
    assert!(sign_in(&other, &mut device, &[key]).is_err());
}

#[test]
fn number_of_passkeys_is_limited_and_a_pool_needs_a_relying_party() {
    let rp = relying_party(RP, "preferred");
    let key = register(&rp, &mut Authenticator::new(ORIGIN, RP)).unwrap();
    let many = vec![key; MOST_PASSKEYS];

    assert_eq!(
        rp.start_registration(SUB, "alice", &many).unwrap_err().name,
        "LimitExceededException"
    );
    let none = RelyingParty::of(&MfaPolicy::default(), None).unwrap_err();
    assert_eq!(none.name, "WebAuthnConfigurationMissingException");
    assert_eq!(
        RelyingParty::of(&MfaPolicy::default(), Some("d.example")).unwrap().id(),
        "d.example"
    );
}
