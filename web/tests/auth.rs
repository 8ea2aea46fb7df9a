//! The conversation of `Auth` with the local pool.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "page/pool.rs"]
mod pool;

use std::collections::BTreeMap;

use lifeguard_web::{
    Answer, Auth, AuthEvent, AuthOptions, Challenge, ErrorCode, Persistence, Prompt, SignIn,
    SignInRequest, SignUpRequest, SignUpStatus, SignedOutReason, Status,
};
use pool::{FACTORS, PASSWORD, PLAIN};
use serde::Deserialize;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn challenge(step: SignIn) -> Challenge {
    match step {
        SignIn::Challenge(challenge) => challenge,
        SignIn::SignedIn(user) => panic!("{user:?} is signed in already"),
    }
}

async fn signed_in(auth: &Auth, username: &str) {
    let step = auth.sign_in(SignInRequest::password(username, PASSWORD)).await.unwrap();
    assert!(matches!(step, SignIn::SignedIn(_)));
}

#[wasm_bindgen_test]
fn malformed_options_are_misuse() {
    let refused = |options| Auth::new(options).err().map(|error| error.code);

    assert_eq!(refused(AuthOptions::new("no pool", "client")), Some(ErrorCode::Misuse));
    let allow = vec![String::from("http://api.example.com")];
    let options = AuthOptions { allow, ..AuthOptions::new("eu-west-1_Ab12", "client") };
    assert_eq!(refused(options), Some(ErrorCode::Misuse));
    assert_eq!(refused(AuthOptions::new("eu-west-1_Ab12", "client")), None);
}

#[wasm_bindgen_test]
async fn a_wrong_password_is_refused_with_its_code_and_the_services_words() {
    let auth = pool::auth(PLAIN);

    let error = auth.sign_in(SignInRequest::password("alice", "Wrong-Horse-9!")).await.unwrap_err();

    assert_eq!(error.code, ErrorCode::IncorrectCredentials);
    assert!(!error.retryable);
    assert_eq!(error.service.unwrap().name, "NotAuthorized");
    assert_eq!(auth.session().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_user_signs_in_and_the_claims_are_the_applications_own_type() {
    #[derive(Deserialize)]
    struct Claims {
        email: String,
        email_verified: bool,
        auth_time: u64,
        #[serde(rename = "custom:plan")]
        plan: Option<String>,
    }
    let auth = pool::auth(PLAIN);

    signed_in(&auth, "alice").await;

    let session = auth.session().await.unwrap().unwrap();
    assert!(session.expires_at > lifeguard_web::clock::now() / 1000);
    assert_eq!(auth.access_token().await.unwrap(), Some(session.access_token));
    let claims: Claims = auth.claims().await.unwrap().unwrap();
    assert_eq!((claims.email.as_str(), claims.plan), ("alice@example.com", None));
    assert!(claims.email_verified && claims.auth_time > 0);
    let misfit = session.user.claims::<BTreeMap<String, u8>>();
    assert_eq!(misfit.unwrap_err().code, ErrorCode::ProtocolViolation);

    let ended = auth.sign_out(false).await.unwrap();
    assert!(ended.cleared && ended.revoked && ended.everywhere.is_none());
    assert_eq!(auth.user().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_second_factor_by_sms_is_answered_and_a_wrong_code_leaves_the_challenge_open() {
    let auth = pool::auth(FACTORS);
    let step = auth.sign_in(SignInRequest::password("sam", PASSWORD)).await.unwrap();
    let asked = challenge(step);
    let Prompt::SmsMfa { destination } = &asked.prompt else { panic!("{:?}", asked.prompt) };
    assert!(destination.as_deref().unwrap().ends_with("0101"));
    let code = pool::code("+15555550101").await;

    let wrong = if code == "000000" { "111111" } else { "000000" };
    let error = auth.answer_challenge(&asked, Answer::Code(wrong.into())).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::CodeMismatch);
    let asked = error.challenge.map_or(asked, |next| *next);
    let step = auth.answer_challenge(&asked, Answer::Code(code)).await.unwrap();

    assert!(matches!(step, SignIn::SignedIn(_)));
}

#[wasm_bindgen_test]
async fn one_of_several_factors_is_chosen() {
    let auth = pool::auth(FACTORS);
    let step = auth.sign_in(SignInRequest::password("mila", PASSWORD)).await.unwrap();
    let asked = challenge(step);
    let Prompt::SelectMfaType { options } = &asked.prompt else { panic!("{:?}", asked.prompt) };
    assert!(options.len() >= 2, "{options:?}");

    let chosen = Answer::Option("EMAIL_OTP".into(), None);
    let asked = challenge(auth.answer_challenge(&asked, chosen).await.unwrap());
    assert!(matches!(asked.prompt, Prompt::EmailOtp { .. }));
    let code = pool::code("mila@example.com").await;
    let step = auth.answer_challenge(&asked, Answer::Code(code)).await.unwrap();

    assert!(matches!(step, SignIn::SignedIn(_)));
}

#[wasm_bindgen_test]
async fn a_user_signs_up_confirms_and_recovers_a_forgotten_password() {
    #[derive(Deserialize)]
    struct Profile {
        email: String,
        email_verified: bool,
        name: String,
    }
    let auth = pool::auth(PLAIN);
    let name = format!("rust-{}", lifeguard_web::clock::now());
    let email = format!("{name}@example.com");
    let attributes = [("email", email.as_str()), ("name", "Rust")];
    let attributes = attributes.map(|(name, value)| (name.into(), value.into())).into();
    let request = SignUpRequest {
        username: name.clone(),
        password: Some(PASSWORD.into()),
        attributes,
        ..SignUpRequest::default()
    };

    let made = auth.sign_up(request).await.unwrap();
    assert_eq!(made.status, SignUpStatus::ConfirmationRequired);
    assert_eq!(made.code_delivery.unwrap().medium.as_deref(), Some("EMAIL"));
    auth.confirm_sign_up(&name, &pool::code(&email).await).await.unwrap();
    signed_in(&auth, &name).await;
    let profile: Profile = auth.attributes().await.unwrap();
    assert_eq!((profile.email, profile.email_verified), (email.clone(), true));
    let changed = [(String::from("name"), String::from("Ferris"))].into();
    auth.update_attributes(&changed).await.unwrap();
    assert_eq!(auth.attributes::<Profile>().await.unwrap().name, "Ferris");
    auth.change_password(Some(PASSWORD), "Other-Horse-9!").await.unwrap();
    auth.sign_out(false).await.unwrap();

    auth.forgot_password(&name).await.unwrap();
    let code = pool::code(&email).await;
    auth.confirm_forgot_password(&name, &code, PASSWORD).await.unwrap();
    signed_in(&auth, &name).await;
    auth.delete_user().await.unwrap();
    assert_eq!(auth.user().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn an_account_call_of_nobody_is_signed_out() {
    let error = pool::auth(PLAIN).set_up_totp().await.unwrap_err();

    assert_eq!(error.code, ErrorCode::SignedOut);
}

#[wasm_bindgen_test]
async fn events_come_from_this_page_and_from_other_tabs() {
    let here = Auth::new(pool::options(PLAIN)).unwrap();
    let there = Auth::new(pool::options(PLAIN)).unwrap();
    let (mut here_events, mut there_events) = (here.events(), there.events());
    // Nobody: what the first look finds.
    let nobody = AuthEvent::StatusChanged { status: Status::SignedOut };
    assert_eq!((here_events.next().await, there_events.next().await), (nobody.clone(), nobody));

    signed_in(&here, "alice").await;

    for events in [&mut here_events, &mut there_events] {
        assert!(
            matches!(events.next().await, AuthEvent::SignedIn { user } if user.username == "alice")
        );
        assert_eq!(events.next().await, AuthEvent::StatusChanged { status: Status::Ok });
    }
    assert!(there.user().await.unwrap().is_some(), "one session for all pages of the origin");

    there.sign_out(false).await.unwrap();

    let ended = |reason| AuthEvent::SignedOut { reason };
    assert_eq!(there_events.next().await, ended(SignedOutReason::SignOut));
    assert_eq!(here_events.next().await, ended(SignedOutReason::Elsewhere));
    assert_eq!(here.user().await.unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_call_whose_future_is_dropped_is_finished_all_the_same() {
    let auth = Auth::new(AuthOptions { persistence: Persistence::Memory, ..pool::options(PLAIN) })
        .unwrap();
    let mut events = auth.events();
    events.next().await;

    let mut call = Box::pin(auth.sign_in(SignInRequest::password("alice", PASSWORD)));
    let poll = |context: &mut std::task::Context<'_>| {
        assert!(call.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    };
    std::future::poll_fn(poll).await;
    drop(call);

    assert!(matches!(events.next().await, AuthEvent::SignedIn { .. }));
    auth.sign_out(false).await.unwrap();
}
