//! One refresh at a time in a tab: callers who want the same share its outcome.

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Poll, Waker};
use std::rc::Rc;

use super::shelf::Held;
use super::{Wanted, refresh};
use crate::client::Client;
use crate::client::error::Error;
use crate::platform::Platform;
use crate::protocol::secret::Secret;
use crate::protocol::wire::auth::Pairs;

type Outcome = Result<Option<Held>, Error>;

/// The refreshes under way, each with what makes it different from others.
#[derive(Default)]
pub(super) struct Flights(RefCell<Vec<Rc<Flight>>>);

struct Flight {
    token: Secret<String>,
    metadata: Pairs,
    state: RefCell<State>,
}

enum State {
    Flying(Vec<Waker>),
    Landed(Box<Outcome>),
    /// Whoever ran it is gone.
    Lost,
}

/// Joins the refresh of this token that is under way, or runs one. No caller's abort signal ends
/// it: it is not that caller's alone.
pub(super) async fn join(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
    held: &Held,
) -> Outcome {
    let Some(token) = &held.record.session.refresh else { return Ok(None) };
    let flights = &client.keeper.flights.0;
    loop {
        let running = flights
            .borrow()
            .iter()
            .find(|flight| flight.is_of(token, &wanted.extras.metadata))
            .cloned();
        let Some(running) = running else { break };
        if let Some(outcome) = running.landed().await {
            return outcome;
        }
    }
    let flight = Rc::new(Flight {
        token: token.clone(),
        metadata: wanted.extras.metadata.clone(),
        state: RefCell::new(State::Flying(Vec::new())),
    });
    flights.borrow_mut().push(flight.clone());
    let run = Run { flights: &client.keeper.flights, flight };
    let outcome = refresh::run(client, &platform.detached(), wanted, held).await;
    run.flight.land(State::Landed(Box::new(outcome.clone())));
    outcome
}

impl Flight {
    fn is_of(&self, token: &Secret<String>, metadata: &Pairs) -> bool {
        self.token.expose("compared") == token.expose("compared") && self.metadata == *metadata
    }

    async fn landed(&self) -> Option<Outcome> {
        poll_fn(|context| match &mut *self.state.borrow_mut() {
            State::Flying(waiting) => {
                waiting.push(context.waker().clone());
                Poll::Pending
            }
            State::Landed(outcome) => Poll::Ready(Some((**outcome).clone())),
            State::Lost => Poll::Ready(None),
        })
        .await
    }

    fn land(&self, state: State) {
        if let State::Flying(waiting) = self.state.replace(state) {
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

/// Takes the flight off the list however it ends.
struct Run<'a> {
    flights: &'a Flights,
    flight: Rc<Flight>,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.flights.0.borrow_mut().retain(|other| !Rc::ptr_eq(other, &self.flight));
        if matches!(*self.flight.state.borrow(), State::Landed(_)) {
            return;
        }
        self.flight.land(State::Lost);
    }
}
