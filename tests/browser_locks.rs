//! One tab at a time.
#![cfg(all(target_arch = "wasm32", feature = "account"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use std::cell::RefCell;

use browser::host;
use lifeguard::browser::Page;
use lifeguard::platform::{Locked, Platform};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn work_under_one_name_does_not_overlap() {
    let host = host();
    let page = Page::new(&host, None);
    let log = RefCell::new(Vec::new());
    let work = |name: &'static str| {
        let (page, log) = (&page, &log);
        async move {
            let lock = page.lock("lifeguard.test", 5_000).await;
            assert!(matches!(lock, Locked::Held(_)));
            log.borrow_mut().push((name, "in"));
            page.sleep(20).await.unwrap();
            log.borrow_mut().push((name, "out"));
        }
    };

    futures_join(work("a"), work("b")).await;

    let log = log.into_inner();
    assert_eq!(log.len(), 4);
    assert_eq!(log[0].0, log[1].0, "{log:?}");
    assert_eq!(log[2].0, log[3].0, "{log:?}");
}

#[wasm_bindgen_test]
async fn a_lock_that_is_never_given_back_does_not_hang_the_rest() {
    let host = host();
    browser::js("navigator.locks.request('lifeguard.orphan', () => new Promise(() => {}))");
    let page = Page::new(&host, None);

    let lock = page.lock("lifeguard.orphan", 100).await;

    assert!(matches!(lock, Locked::Busy));
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
