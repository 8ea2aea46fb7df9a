//! Stores that lag behind what a page has, and copies that lag behind their store.

use super::*;

impl Stage {
    /// Effects that tried to change the stored record, from here on.
    fn count_writes(&self) {
        self.world.with(|state| state.trace = Some(Vec::new()));
    }

    fn writes(&self) -> usize {
        let key = format!(r#""write","store":"local","expected":[["{}""#, record::key(&pool()));
        self.world.with(|state| {
            let traced = state.trace.iter().flatten();
            traced.filter(|line| line.contains(&key)).count()
        })
    }
}

#[test]
fn a_refused_session_ends_though_its_full_store_still_has_the_one_before() {
    for no_locks in [false, true] {
        let mut stage = Stage::signed_in(1, Some(0));
        stage.world.with(|state| {
            state.faults.store_full = true;
            state.faults.no_locks = no_locks;
        });
        stage.pass(2 * HOUR);
        let newer = stage.session(0);
        assert_ne!(access(&newer), stage.stored().unwrap().session.access.expose("test"));
        stage.world.with(|state| state.pool.revoke_all("alice"));
        stage.pass(2 * HOUR);

        assert!(matches!(stage.session(0), Ok(None)), "no locks: {no_locks}");
        assert!(stage.stored().is_none());
    }
}

#[test]
fn the_session_in_the_store_goes_on_when_a_newer_one_of_this_page_is_refused() {
    let mut stage = Stage::signed_in(1, None);
    let lagging = stage.stored().unwrap();
    stage.renew_elsewhere();
    assert!(stage.session(0).is_ok());
    stage.pass(2 * HOUR);
    // The pool ends the newer one only.
    stage.world.with(|state| {
        state.lasting.insert(record::key(&pool()), lagging.write(&pool()));
        state.faults.store_full = true;
        state.pool.revoke(1);
    });

    let now = stage.world.with(|state| state.device_now());
    assert!(matches!(stage.session(0), Ok(Some(session)) if session.is_live(now)));
}

#[test]
fn tokens_that_have_always_ended_when_they_arrive_are_an_error() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| {
        state.pool.lifetime = 1;
        state.faults.store_hangs = 100;
    });
    stage.pass(2 * HOUR);

    assert!(matches!(stage.session(0), Err(Error::Send(SendError::TimedOut))));
    stage.world.with(|state| (state.pool.lifetime, state.faults) = (3_600, Default::default()));

    assert!(matches!(stage.session(0), Ok(Some(_))));
}

#[test]
fn a_call_whose_store_fails_keeps_the_newer_copy_that_another_call_of_its_page_has_found() {
    let mut stage = Stage::signed_in(2, None);
    assert!(stage.session(1).is_ok());
    stage.pass(2 * HOUR);
    let newer = stage.session(0);
    stage.world.with(|state| state.faults.store_hangs = 100);
    let slow = stage.ask(1, Wanted::default());
    // Its first look was in vain; it has the page's copy, and looks once more.
    stage.pass(3_500);
    stage.world.with(|state| state.faults.store_hangs = 0);
    let quick = stage.ask(1, Wanted::default());
    stage.pass(1_000);
    assert_eq!(access(&quick.take().unwrap()), access(&newer));

    stage.world.with(|state| (state.faults.store_throws, state.faults.offline) = (100, true));
    stage.executor.run();

    assert_eq!(access(&slow.take().unwrap()), access(&newer));
    assert_eq!(access(&stage.session(1)), access(&newer));
}

#[test]
fn a_page_that_cannot_see_newer_tokens_says_why_it_could_not_get_any() {
    let mut stage = Stage::signed_in(2, None);
    assert!(stage.session(1).is_ok());
    stage.pass(2 * HOUR);
    assert!(stage.session(0).is_ok());
    stage.world.with(|state| (state.faults.store_throws, state.faults.offline) = (100, true));

    assert!(matches!(stage.session(1), Err(Error::Send(SendError::Offline))));
    assert!(stage.world.with(|state| state.tabs[1].missed) >= 2);
    stage.world.with(|state| state.faults.store_throws = 0);

    assert!(matches!(stage.session(1), Ok(Some(_))));
}

#[test]
fn a_store_that_fails_is_tried_twice() {
    let mut stage = Stage::signed_in(1, None);
    stage.pass(2 * HOUR);
    stage.world.with(|state| state.faults.store_full = true);
    stage.count_writes();

    assert!(matches!(stage.session(0), Ok(Some(_))));

    assert_eq!(stage.writes(), 2);
}

#[test]
fn a_store_that_others_write_to_is_tried_six_times() {
    let mut stage = Stage::signed_in(1, None);
    let mut other = stage.stored().unwrap();
    let forced = stage.ask(0, Wanted { forced: true, ..Wanted::default() });
    stage.executor.run();
    let newer = forced.take().unwrap();
    stage.count_writes();
    let asked = stage.ask(0, Wanted::default());

    for turn in 0.. {
        // An older record, and never the one that was read.
        other.session.device_key = Some(turn.to_string());
        let text = other.write(&pool());
        stage.world.with(|state| state.lasting.insert(record::key(&pool()), text));
        if stage.executor.step(u64::MAX).is_none() {
            break;
        }
    }

    assert_eq!(access(&asked.take().unwrap()), access(&newer));
    assert_eq!(stage.writes(), 6);
}

#[test]
fn a_sign_out_is_seen_by_tabs_that_were_not_told_though_the_store_is_full() {
    let mut stage = Stage::signed_in(2, None);
    assert!(stage.session(1).is_ok());
    stage.world.with(|state| state.faults.store_full = true);

    assert!(stage.sign_out(0, false).cleared);

    assert!(matches!(stage.session(1), Ok(None)));
    assert!(stage.stored().is_none());
}

#[test]
fn a_call_under_way_does_not_bring_back_what_its_page_signed_out_while_the_store_hangs() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| state.faults.store_hangs = 100);
    let slow = stage.ask(0, Wanted::default());
    // Its first look was in vain; it has the page's copy, and looks once more.
    stage.pass(3_500);
    stage.world.with(|state| state.faults.store_hangs = 0);
    let done = stage.start(0, async move |client, tab| {
        sign_out(&client, &tab, false, Reason::SignOut).await.cleared
    });
    stage.pass(1_000);
    assert_eq!(done.take(), Some(true));
    stage.executor.run();

    assert!(!matches!(slow.take(), Some(Ok(Some(_)))));
    stage.world.with(|state| state.faults.store_throws = 100);
    assert!(matches!(stage.session(0), Err(Error::Store)));
}

#[test]
fn a_refusal_of_what_a_page_has_is_no_sign_out_while_its_store_cannot_be_read() {
    let mut stage = Stage::signed_in(2, Some(0));
    assert!(stage.session(1).is_ok());
    stage.pass(2 * HOUR);
    let newer = stage.session(0);
    stage.world.with(|state| state.faults.store_throws = 100);

    assert!(matches!(stage.session(1), Err(Error::Store)));
    assert!(!stage.world.events(1).iter().any(|event| event.starts_with("signedOut")));
    stage.world.with(|state| state.faults.store_throws = 0);

    assert_eq!(access(&stage.session(1)), access(&newer));
}

#[test]
fn a_cleared_store_that_fails_now_and_then_is_not_written_back_to() {
    for round in 0..40 {
        let mut stage = Stage::signed_in(2, None);
        assert!(stage.session(1).is_ok());
        stage.world.with(|state| {
            state.lasting.clear();
            state.rng = Rng::new(round);
            state.faults.store_throws = 50;
        });

        let _ = stage.session(1);

        assert!(stage.stored().is_none(), "round {round}");
    }
}
