//! How sessions end, and that they stay ended.

use super::*;

#[test]
fn a_refusal_ends_the_session_in_every_tab_with_its_reason() {
    let mut stage = Stage::signed_in(2, Some(60));
    assert!(matches!(stage.session(1), Ok(Some(_))));
    stage.world.with(|state| state.pool.revoke_all("alice"));
    stage.pass(2 * HOUR);

    assert!(matches!(stage.session(0), Ok(None)));
    let message = stage.world.with(|state| state.messages.last().cloned().unwrap().1);
    stage.wake(1, Hint { reason: Reason::of_message(&message), ..Hint::default() });

    assert!(stage.stored().is_none());
    for tab in [0, 1] {
        let events = stage.world.events(tab);
        assert!(events.contains(&"signedOut refused".into()), "{events:?}");
        assert_eq!(events.last().unwrap(), "statusChanged signedOut");
    }
}

#[test]
fn sign_out_leaves_nothing_and_tells_the_service() {
    let mut stage = Stage::signed_in(2, Some(60));
    assert!(matches!(stage.session(1), Ok(Some(_))));

    let out = stage.sign_out(0, false);

    assert!(out.cleared && out.revoked && out.everywhere.is_none());
    assert!(stage.world.with(|state| state.pool.is_revoked(0)));
    assert!(stage.world.with(|state| !state.lasting.contains_key(&record::key(&pool()))));
    assert!(matches!(stage.session(1), Ok(None)));
    assert_eq!(
        stage.world.events(0),
        ["signedIn", "statusChanged ok", "signedOut signOut", "statusChanged signedOut"]
    );
}

#[test]
fn sign_out_offline_clears_and_says_that_the_service_does_not_know() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| state.faults.offline = true);

    let out = stage.sign_out(0, false);

    assert!(out.cleared && !out.revoked);
    assert!(stage.stored().is_none());
}

#[test]
fn sign_out_everywhere_works_with_an_access_token_that_has_ended() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.sign_in(0, "alice", Store::Lasting);
    stage.pass(2 * HOUR);

    let out = stage.sign_out(0, true);

    assert_eq!(out.everywhere, Some(true));
    assert!(stage.world.with(|state| state.pool.is_revoked(0) && state.pool.is_revoked(1)));
}

#[test]
fn a_refresh_under_way_does_not_bring_a_session_back() {
    for pause in (0..600).step_by(7) {
        let mut stage = Stage::signed_in(2, Some(60));
        stage.pass(2 * HOUR);
        let slot = stage.ask(0, Wanted::default());
        stage.pass(pause);

        stage.sign_out(1, false);
        stage.executor.run();
        drop(slot);

        assert!(stage.stored().is_none(), "{pause}");
        let texts: Vec<_> = stage.world.with(|state| state.lasting.keys().cloned().collect());
        assert!(!texts.contains(&record::key(&pool())), "{pause}");
        assert!(matches!(stage.session(0), Ok(None)), "{pause}");
    }
}

#[test]
fn another_person_replaces_the_one_before() {
    let mut stage = Stage::signed_in(2, None);
    assert!(matches!(stage.session(1), Ok(Some(_))));

    stage.sign_in(0, "nora", Store::Tab);

    assert!(stage.stored().is_none());
    assert!(matches!(stage.session(0), Ok(Some(session)) if session.sub == "nora"));
    assert!(matches!(stage.session(1), Ok(None)));
    assert!(stage.world.events(0).contains(&"userChanged".into()));
}
