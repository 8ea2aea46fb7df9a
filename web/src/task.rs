//! Calls that are finished whether or not anybody waits for them any more.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};

use wasm_bindgen_futures::spawn_local;

struct Shared<T> {
    result: Option<T>,
    waker: Option<Waker>,
}

/// Runs a call to its end and returns its result. A component that is gone drops its future; the
/// refresh that ran in it may have spent a token that works once, and must store the next one.
pub(crate) async fn finished<T: 'static>(call: impl Future<Output = T> + 'static) -> T {
    let shared = Rc::new(RefCell::new(Shared { result: None, waker: None }));
    let sink = Rc::clone(&shared);
    spawn_local(async move {
        let result = call.await;
        let waker = {
            let mut shared = sink.borrow_mut();
            shared.result = Some(result);
            shared.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    poll_fn(move |context| {
        let mut shared = shared.borrow_mut();
        match shared.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await
}
