//! Lost replies, failing services, stores and clocks: none of them ends a session.

use super::*;

#[test]
fn no_failure_without_a_verdict_ends_a_session() {
    for (name, fail) in [
        ("offline", (|faults| faults.offline = true) as fn(&mut crate::host::fake::Faults)),
        ("lost", |faults| faults.lost_request = 100),
        ("hanging", |faults| faults.hanging_reply = 100),
        ("busy", |faults| faults.busy = 100),
        ("throttled", |faults| faults.throttled = 100),
        ("portal", |faults| faults.portal = 100),
    ] {
        let mut stage = Stage::signed_in(1, None);
        stage.pass(2 * HOUR);
        stage.world.with(|state| fail(&mut state.faults));

        for _ in 0..10 {
            assert!(stage.session(0).is_err(), "{name}");
            stage.pass(60_000);
        }
        stage.world.with(|state| state.faults = Default::default());
        stage.pass(60_000);

        assert!(matches!(stage.session(0), Ok(Some(_))), "{name}");
    }
}

#[test]
fn a_token_that_still_works_is_returned_when_the_refresh_fails() {
    let mut stage = Stage::signed_in(1, None);
    stage.pass(HOUR - 10_000);
    stage.world.with(|state| state.faults.offline = true);

    assert!(matches!(stage.session(0), Ok(Some(_))));
    assert_eq!(stage.world.events(0), ["signedIn", "statusChanged ok", "statusChanged offline"]);
    stage.pass(20_000);

    assert!(matches!(stage.session(0), Err(Error::Send(SendError::Offline))));
}

#[test]
fn a_reply_lost_within_the_grace_period_costs_nothing() {
    let mut stage = Stage::signed_in(1, Some(10));
    stage.pass(2 * HOUR);
    stage.world.with(|state| state.faults.lost_reply = 100);
    let slot = stage.ask(0, Wanted::default());
    stage.pass(300);
    stage.world.with(|state| state.faults.lost_reply = 0);
    stage.executor.run();

    assert!(matches!(slot.take(), Some(Ok(Some(_)))));
    assert!(stage.stored().is_some());
}

#[test]
fn a_failing_service_is_not_hammered_and_is_asked_again_when_the_connection_is_back() {
    let mut stage = Stage::signed_in(1, None);
    stage.pass(2 * HOUR);
    stage.world.with(|state| state.faults.lost_request = 100);
    for _ in 0..200 {
        let _ = stage.session(0);
        stage.pass(100);
    }
    // Twenty seconds, up to two requests an attempt, waits that double.
    let tried = stage.world.with(|state| state.departures);
    assert!(tried < 40, "{tried}");

    stage.world.with(|state| state.faults = Default::default());
    stage.wake(0, Hint { renew: true, online: true, ..Hint::default() });

    assert_eq!(stage.refreshes(), 1);
    assert!(stage.world.events(0).ends_with(&["refreshed".into(), "statusChanged ok".into()]));
}

#[test]
fn a_device_key_travels_with_the_refresh() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| state.pool.device_key = Some("eu-west-1_d".into()));
    let text = stage.stored().map(|mut record| {
        record.session.device_key = Some("eu-west-1_d".into());
        record.write(&pool())
    });
    stage.world.with(|state| state.lasting.insert(record::key(&pool()), text.unwrap()));
    for _ in 0..2 {
        stage.pass(2 * HOUR);
        assert!(matches!(stage.session(0), Ok(Some(_))));
    }
}

#[test]
fn a_key_that_another_script_removed_is_written_back_by_a_page_that_knows() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.world.with(|state| state.lasting.remove(&record::key(&pool())));

    assert!(matches!(stage.session(0), Ok(Some(_))));
    assert!(stage.stored().is_some());
    stage.reload(0);
    assert!(matches!(stage.session(0), Ok(Some(_))));
}

#[test]
fn a_store_that_is_cleared_as_a_whole_is_a_sign_out() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.world.with(|state| state.lasting.clear());

    assert!(matches!(stage.session(0), Ok(None)));

    assert!(stage.stored().is_none(), "it is not written back");
    assert!(stage.world.events(0).contains(&String::from("signedOut elsewhere")));
}

#[test]
fn a_store_that_throws_hangs_or_is_full_does_not_sign_out() {
    for fail in [
        (|faults| faults.store_throws = 100) as fn(&mut crate::host::fake::Faults),
        |faults| faults.store_hangs = 100,
        |faults| faults.store_full = true,
    ] {
        let mut stage = Stage::signed_in(1, Some(0));
        stage.world.with(|state| fail(&mut state.faults));
        for _ in 0..3 {
            stage.pass(2 * HOUR);
            assert!(matches!(stage.session(0), Ok(Some(_))));
        }
        stage.world.with(|state| state.faults = Default::default());
        assert!(matches!(stage.session(0), Ok(Some(_))));
        stage.reload(0);

        stage.pass(2 * HOUR);
        assert!(matches!(stage.session(0), Ok(Some(_))));
    }
}

#[test]
fn a_look_in_the_middle_of_another_tabs_sign_in_waits_for_the_rest_of_it() {
    let mut stage = Stage::signed_in(2, None);
    let (now, tokens) = stage.world.with(|s| (s.device_now(), s.pool.sign_in(s.now, "erin")));
    let session = accept(tokens, None, &pool(), now).unwrap();
    let record = Record { session, epoch: String::from("new") };
    let write = |stage: &Stage, key: String, text: String| {
        stage.world.with(|state| state.lasting.insert(key, text));
    };
    write(&stage, record::key(&pool()), record.write(&pool()));
    let asked = stage.ask(1, Wanted::default());

    stage.executor.run_for(100);
    assert!(asked.borrow().is_none());
    write(&stage, record::epoch_key(&pool()), record.epoch);
    stage.executor.run();

    let Some(Ok(Some(found))) = asked.take() else { panic!("nobody is signed in") };
    assert_eq!(found.sub, "erin");
}

#[test]
fn a_store_that_keeps_nothing_does_not_hold_up_a_sign_in_without_locks() {
    let mut stage = Stage::new(1);
    stage.world.with(|state| state.faults.no_locks = true);
    let (now, tokens) = stage.world.with(|s| (s.device_now(), s.pool.sign_in(s.now, "alice")));
    let session = accept(tokens, None, &pool(), now).unwrap();
    let done = stage.start(0, async move |client, tab| {
        put(&client, &tab, Store::Lasting, &session).await.is_ok()
    });

    for _ in 0..100 {
        stage.executor.run_for(100);
        stage.world.with(|state| state.lasting.clear());
    }

    assert_eq!(done.take(), Some(true));
}

#[test]
fn a_store_that_cannot_be_read_is_an_error_and_no_sign_out() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| state.faults.store_throws = 100);
    stage.reload(0);

    assert!(matches!(stage.session(0), Err(Error::Store)));
}

#[test]
fn a_clock_that_jumps_costs_a_refresh_at_most() {
    for days in [-40, -1, 1, 400] {
        let jump = days * 24 * HOUR as i64;
        let mut stage = Stage::signed_in(1, Some(0));
        stage.world.with(|state| state.skew = jump);

        assert!(matches!(stage.session(0), Ok(Some(_))), "{jump}");
        assert!(matches!(stage.session(0), Ok(Some(_))), "{jump}");
        assert_eq!(stage.refreshes(), 1, "{jump}");
    }
}
