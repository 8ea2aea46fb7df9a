use super::*;

/// What a sign-in proves its time to be, where the service says another.
fn proved_at(date: Option<u64>) -> String {
    let script = Script::default();
    script.0.date.set(date);
    let parameters = Value::object()
        .with("SRP_B", "4")
        .with("SALT", "5a17")
        .with("SECRET_BLOCK", "YmxvY2s=")
        .with("USER_ID_FOR_SRP", "alice-id");
    let verifier = Value::object().with("ChallengeName", "PASSWORD_VERIFIER");
    script
        .on("InitiateAuth", &verifier.with("ChallengeParameters", parameters))
        .on("RespondToAuthChallenge", &tokens(None));
    let start = Start {
        username: String::from("alice"),
        password: Some(secret(PASSWORD)),
        flow: Flow::Srp,
        preferred: None,
        session: None,
        extras: Extras::default(),
        device: None,
    };
    assert!(
        script
            .run(&page(), |client, host| {
                sign_in::start(client, host, Store::Lasting, start.clone())
            })
            .is_ok()
    );
    let (_, proof) = script.sent().remove(1);
    proof.get("ChallengeResponses").unwrap().string("TIMESTAMP").unwrap()
}

#[test]
fn a_device_with_a_wrong_clock_proves_the_services_time() {
    assert_eq!(proved_at(Some(784_887_151)), "Tue Nov 15 08:12:31 UTC 1994");
}

#[test]
fn where_the_service_does_not_say_the_device_is_believed() {
    assert_eq!(proved_at(None), "Thu May 28 20:26:40 UTC 2026");
}
