//! Tabs that stop in the middle, at any moment, while others go on.

use super::*;

/// Two tabs that know alice's session; the second is about to write its copy into a store that has
/// lost the record, and is stopped after some of its steps.
fn stopped_while_it_restores(polls: usize) -> (Stage, super::Slot<SessionResult>) {
    let mut stage = Stage::signed_in(2, None);
    assert!(stage.session(1).is_ok());
    stage.world.with(|state| state.lasting.remove(&record::key(&pool())));
    let slot = stage.ask(1, Wanted::default());
    for _ in 0..polls {
        let _ = stage.executor.step(u64::MAX);
    }
    stage.world.with(|state| state.tabs[1].frozen = true);
    (stage, slot)
}

fn go_on(stage: &mut Stage) {
    stage.world.with(|state| state.tabs[1].frozen = false);
    stage.executor.run();
}

#[test]
fn a_copy_that_is_written_back_never_replaces_a_sign_in_that_came_in_between() {
    for polls in 0..120 {
        let (mut stage, _slot) = stopped_while_it_restores(polls);
        stage.sign_in(0, "erin", Store::Lasting);
        go_on(&mut stage);

        let stored = stage.stored().map(|record| record.session.sub);
        assert_eq!(stored.as_deref(), Some("erin"), "after {polls} steps");
    }
}

#[test]
fn a_copy_that_is_written_back_never_outlives_a_sign_out_that_came_in_between() {
    for polls in 0..120 {
        let (mut stage, _slot) = stopped_while_it_restores(polls);
        stage.sign_out(0, false);
        go_on(&mut stage);

        let text = stage.world.with(|state| state.lasting.get(&record::key(&pool())).cloned());
        assert_eq!(text, None, "after {polls} steps");
        assert!(matches!(stage.session(1), Ok(None)), "after {polls} steps");
    }
}

#[test]
fn a_refusal_never_ends_a_sign_in_that_came_in_between() {
    for polls in 0..200 {
        let mut stage = Stage::signed_in(2, None);
        stage.pass(2 * HOUR);
        stage.world.with(|state| state.pool.revoke_all("alice"));
        let _slot = stage.ask(1, Wanted::default());
        for _ in 0..polls {
            let _ = stage.executor.step(u64::MAX);
        }
        stage.world.with(|state| state.tabs[1].frozen = true);
        stage.sign_in(0, "erin", Store::Lasting);
        go_on(&mut stage);

        let found = stage.session(0).ok().flatten().map(|session| session.sub);
        assert_eq!(found.as_deref(), Some("erin"), "after {polls} steps");
    }
}

#[test]
fn tabs_that_wait_for_a_frozen_one_refresh_one_after_the_other_without_a_store() {
    let mut stage = Stage::signed_in(3, Some(60));
    (1..3).for_each(|tab| assert!(stage.session(tab).is_ok()));
    stage.pass(2 * HOUR);
    let _stuck = stage.ask(0, Wanted::default());
    while stage.world.with(|state| state.in_flight.is_empty()) {
        let _ = stage.executor.step(u64::MAX);
    }
    stage.world.with(|state| {
        state.tabs[0].frozen = true;
        state.faults.store_throws = 100;
    });

    let asked: Vec<_> = (1..3).map(|tab| stage.ask(tab, Wanted::default())).collect();
    stage.pass(200_000);

    for slot in asked {
        assert!(matches!(slot.take(), Some(Ok(Some(_)))));
    }
    assert_eq!(stage.world.with(|state| state.broken.clone()), Vec::<String>::new());
}

#[test]
fn of_tokens_of_one_second_those_received_last_are_the_newer_ones() {
    let mut stage = Stage::signed_in(1, Some(0));
    let key = record::key(&pool());
    let before = stage.world.with(|state| state.lasting[&key].clone());
    let forced = stage.ask(0, Wanted { forced: true, ..Wanted::default() });
    stage.executor.run();
    let newer = forced.take().unwrap();
    let issued = |text: &str| Record::read(text, &pool()).unwrap().session.issued_at();
    assert_eq!(issued(&before), newer.as_ref().ok().unwrap().as_ref().unwrap().issued_at());

    stage.world.with(|state| state.lasting.insert(key, before));

    assert_eq!(access(&stage.session(0)), access(&newer));
}
