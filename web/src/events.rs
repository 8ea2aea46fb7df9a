//! What happens to the session, as a stream: in this page and in other tabs, whichever of them is
//! written in Rust.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use lifeguard::protocol::json::Value;
use serde::Deserialize;

use crate::json;

/// An event of the session. It is emitted after what it says is stored.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum AuthEvent {
    /// A user signed in.
    SignedIn {
        /// Who.
        user: EventUser,
    },
    /// The session ended.
    SignedOut {
        /// Why.
        reason: SignedOutReason,
    },
    /// There are new tokens.
    Refreshed {
        /// When the access token ends, in Unix seconds of this device's clock.
        expires_at: u64,
    },
    /// The session's status is another.
    StatusChanged {
        /// How it is now.
        status: Status,
    },
    /// Another user is signed in now.
    UserChanged {
        /// Who.
        user: EventUser,
    },
}

/// Who an event is about.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct EventUser {
    /// User name in the pool.
    pub username: String,
    /// The pool's id of the user.
    pub sub: String,
}

/// How the session is. `Degraded` and `Offline` sign nobody out.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// The service is not available at the moment.
    Degraded,
    /// This device has no connection.
    Offline,
    /// Nobody is signed in.
    SignedOut,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum SignedOutReason {
    /// By a sign-out of this page.
    SignOut,
    /// By the time limit that a page of the application has set.
    Timeout,
    /// By the service's refusal to go on.
    Refused,
    /// In another tab.
    Elsewhere,
}

/// The events from the subscription on, until it is dropped. Made by
/// [`Auth::events`](crate::Auth::events).
pub struct Events {
    queue: Rc<RefCell<Queue>>,
    /// What has this page listen to other tabs.
    _follows: Rc<dyn std::any::Any>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<AuthEvent>,
    waker: Option<Waker>,
}

/// The subscriptions of a page.
#[derive(Default)]
pub(crate) struct Hub(RefCell<Vec<Weak<RefCell<Queue>>>>);

impl Hub {
    /// A new subscription. `follows` lives as long as it does.
    pub(crate) fn subscribe(&self, follows: Rc<dyn std::any::Any>) -> Events {
        let queue = Rc::default();
        self.0.borrow_mut().push(Rc::downgrade(&queue));
        Events { queue, _follows: follows }
    }

    /// Hands an event of the core to every subscription.
    pub(crate) fn emit(&self, event: &Value) {
        // One that this version does not know is for another one.
        let Ok(event) = json::read::<AuthEvent>(event) else { return };
        let queues: Vec<_> = {
            let mut all = self.0.borrow_mut();
            all.retain(|queue| queue.strong_count() > 0);
            all.iter().filter_map(Weak::upgrade).collect()
        };
        for queue in queues {
            let waker = {
                let mut queue = queue.borrow_mut();
                queue.waiting.push_back(event.clone());
                queue.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

impl Stream for Events {
    type Item = AuthEvent;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<AuthEvent>> {
        let mut queue = self.queue.borrow_mut();
        match queue.waiting.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Events {
    /// The next event, for applications without a crate for streams.
    pub async fn next(&mut self) -> AuthEvent {
        std::future::poll_fn(|context| {
            Pin::new(&mut *self).poll_next(context).map(|event| event.unwrap_or(ENDED))
        })
        .await
    }
}

/// A stream of events does not end: this is never handed out.
const ENDED: AuthEvent = AuthEvent::StatusChanged { status: Status::SignedOut };
