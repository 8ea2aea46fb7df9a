//! One tab at a time.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod page;

use std::cell::RefCell;

use lifeguard::host::Locked;
use lifeguard_web::{clock, locks};
use page::js;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Runs two pieces of work under one name and tells what followed on what.
async fn two(name: &'static str, expected: Locked) -> Vec<(&'static str, &'static str)> {
    let log = RefCell::new(Vec::new());
    let work = |who: &'static str| {
        let log = &log;
        async move {
            let (locked, held) = locks::acquire(name, 5_000).await;
            assert_eq!(locked, expected);
            assert!(held.is_some());
            log.borrow_mut().push((who, "in"));
            clock::sleep(20, None).await.unwrap();
            log.borrow_mut().push((who, "out"));
        }
    };
    futures_join(work("a"), work("b")).await;
    log.into_inner()
}

#[wasm_bindgen_test]
async fn work_under_one_name_does_not_overlap() {
    let log = two("lifeguard.test", Locked::Held).await;

    assert_eq!(log.len(), 4);
    assert_eq!(log[0].0, log[1].0, "{log:?}");
    assert_eq!(log[2].0, log[3].0, "{log:?}");
}

#[wasm_bindgen_test]
async fn a_lock_that_is_never_given_back_does_not_hang_the_rest() {
    js("navigator.locks.request('lifeguard.orphan', () => new Promise(() => {}))");

    let (locked, held) = locks::acquire("lifeguard.orphan", 100).await;

    assert_eq!(locked, Locked::Busy);
    assert!(held.is_none());
}

#[wasm_bindgen_test]
async fn a_grant_that_comes_too_late_is_given_back() {
    let (_, held) = locks::acquire("lifeguard.late", 1_000).await;
    let (late, _) = locks::acquire("lifeguard.late", 20).await;
    drop(held);

    let (locked, _held) = locks::acquire("lifeguard.late", 2_000).await;

    assert_eq!((late, locked), (Locked::Busy, Locked::Held));
}

#[wasm_bindgen_test]
async fn without_locks_of_the_browser_the_page_has_its_own() {
    js("Object.defineProperty(navigator, 'locks', { configurable: true, value: undefined })");

    let log = two("lifeguard.page", Locked::Missing).await;
    let (_, held) = locks::acquire("lifeguard.page", 1_000).await;
    let (late, nothing) = locks::acquire("lifeguard.page", 20).await;
    let (other, _other) = locks::acquire("lifeguard.page.other", 20).await;
    drop(held);
    let (again, _again) = locks::acquire("lifeguard.page", 1_000).await;
    js("delete navigator.locks");

    assert_eq!(log.len(), 4);
    assert_eq!(log[0].0, log[1].0, "{log:?}");
    assert_eq!(log[2].0, log[3].0, "{log:?}");
    assert_eq!(late, Locked::Busy);
    assert!(nothing.is_none());
    assert_eq!((other, again), (Locked::Missing, Locked::Missing));
}

/// Polls both until both are done.
async fn futures_join(a: impl Future<Output = ()>, b: impl Future<Output = ()>) {
    let (mut a, mut b) = (Box::pin(a), Box::pin(b));
    let (mut a_done, mut b_done) = (false, false);
    std::future::poll_fn(move |context| {
        a_done = a_done || a.as_mut().poll(context).is_ready();
        b_done = b_done || b.as_mut().poll(context).is_ready();
        if a_done && b_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
