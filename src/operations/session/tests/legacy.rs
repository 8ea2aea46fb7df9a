//! Sessions of other libraries.

use super::*;

/// What another library left for somebody, in one of the places.
fn leave_legacy(stage: &Stage, place: Store, age_ms: u64) {
    let tokens = stage.world.with(|s| s.pool.sign_in(s.now - age_ms, "a.b@c"));
    let session = accept(tokens, None, &pool(), 0).unwrap();
    let mut pairs = record::adopt::layout(&session, &pool());
    let device = |part: &str| record::adopt::key(&pool(), "a.b@c", part);
    pairs.push((device("deviceKey"), "eu-west-1_d".into()));
    pairs.push((device("deviceGroupKey"), "group".into()));
    pairs.push((device("randomPasswordKey"), "password".into()));
    stage.world.with(|state| match place {
        Store::Lasting => state.lasting.extend(pairs),
        Store::Cookies => state.cookies.extend(pairs),
        _ => state.tabs[0].store.extend(pairs),
    });
}

/// A page that keeps the session of other libraries in step.
fn keeping(keeps: bool) -> Rc<Page> {
    let mut page = Page::new(pool(), 15_000);
    page.client.keeps_legacy = keeps;
    Rc::new(page)
}

#[test]
fn a_session_of_another_library_is_taken_over_by_all_who_ask_at_once() {
    for place in [Store::Lasting, Store::Cookies, Store::Tab] {
        for age in [0, 2 * HOUR] {
            let mut stage = Stage::new(1);
            stage.world.with(|state| {
                state.pool.rotation = Some(0);
                state.pool.device_key = Some("eu-west-1_d".into());
            });
            leave_legacy(&stage, place, age);

            let slots = [(); 3].map(|()| stage.ask(0, Wanted::default()));
            stage.executor.run();

            for slot in slots {
                let result = slot.take().unwrap();
                assert!(matches!(result, Ok(Some(session)) if session.sub == "a.b@c"), "{place:?}");
            }
            assert_eq!(stage.refreshes(), usize::from(age > 0), "{place:?}");
            let left = |key: &String| key.ends_with("Token") || key.ends_with("LastAuthUser");
            let left = stage.world.with(|state| {
                let all = state.lasting.keys().chain(state.cookies.keys());
                all.chain(state.tabs[0].store.keys()).filter(|key| left(key)).count()
            });
            assert_eq!(left, 0, "{place:?}");
        }
    }
}

#[test]
fn what_was_taken_over_does_not_come_back_after_a_sign_out() {
    for keeps in [false, true] {
        let mut stage = Stage::new(1);
        stage.clients[0] = keeping(keeps);
        leave_legacy(&stage, Store::Lasting, 0);
        assert!(matches!(stage.session(0), Ok(Some(_))));

        stage.sign_out(0, false);
        stage.clients[0] = keeping(keeps);

        assert!(matches!(stage.session(0), Ok(None)));
    }
}

#[test]
fn kept_in_step_other_libraries_have_the_newest_tokens() {
    let mut stage = Stage::new(1);
    stage.world.with(|state| {
        state.pool.rotation = Some(0);
        state.pool.device_key = Some("eu-west-1_d".into());
    });
    stage.clients[0] = keeping(true);
    leave_legacy(&stage, Store::Lasting, 0);
    let _ = stage.session(0);
    stage.pass(2 * HOUR);

    let session = stage.session(0).ok().unwrap().unwrap();

    let key = record::adopt::key(&pool(), "a.b@c", "refreshToken");
    let stored = stage.world.with(|state| state.lasting.get(&key).cloned());
    assert_eq!(stored.as_ref(), Some(session.refresh.unwrap().expose("test")));
}
