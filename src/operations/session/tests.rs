//! What a session promises, one fact a test, in a world of virtual time.

mod credentials;
mod endings;
mod legacy;
mod races;
mod stale;
mod trouble;

use std::cell::RefCell;
use std::rc::Rc;

use super::super::error::Error;
use super::super::events::Reason;
use super::*;
use crate::host::fake::{CLIENT_ID, Executor, POOL_ID, Page, Rng, Tab, World};
use crate::host::{SendError, Slot as StateSlot, Store};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;
use crate::protocol::session::accept;
use crate::protocol::wire::Extras;

pub(super) fn pool() -> Pool {
    Pool::parse(POOL_ID, CLIENT_ID, None).unwrap()
}

pub(super) fn client() -> Rc<Page> {
    Rc::new(Page::new(pool(), 15_000))
}

// The operations, as a page of a tab calls them.

pub(super) async fn session_as(
    page: &Page,
    tab: &Tab,
    wanted: &Wanted,
) -> Result<Option<Session>, Error> {
    let found = tab.run(page, |client, host| find(client, host, wanted)).await?;
    Ok(found.map(|stored| stored.record.session))
}

pub(super) async fn wake(page: &Page, tab: &Tab, hint: &Hint) -> Option<u32> {
    tab.run(page, |client, host| Ok(super::wake(client, host, hint)?)).await.ok().unwrap()
}

pub(super) async fn put(
    page: &Page,
    tab: &Tab,
    store: Store,
    session: &Session,
) -> Result<Stored, Error> {
    tab.run(page, |client, host| super::put(client, host, store, session.clone())).await
}

pub(super) async fn sign_out(page: &Page, tab: &Tab, global: bool, reason: Reason) -> SignedOut {
    let signed_out =
        tab.run(page, |client, host| Ok(super::sign_out(client, host, global, reason)?)).await;
    signed_out.ok().unwrap()
}

const HOUR: u64 = 3_600_000;

/// A device with tabs, a pool whose tokens last an hour, and somebody to run it all.
struct Stage {
    world: World,
    executor: Executor<()>,
    clients: Vec<Rc<Page>>,
}

/// What a call came to, once it has.
type Slot<T> = Rc<RefCell<Option<T>>>;
type SessionResult = Result<Option<Session>, Error>;

impl Stage {
    fn new(tabs: usize) -> Self {
        let world = World::new(7, tabs);
        world.with(|state| state.pool.lifetime = 3_600);
        let executor = Executor::new(&world);
        Self { world, executor, clients: (0..tabs).map(|_| client()).collect() }
    }

    /// With a person signed in by the first tab.
    fn signed_in(tabs: usize, rotation: Option<u64>) -> Self {
        let mut stage = Self::new(tabs);
        stage.world.with(|state| state.pool.rotation = rotation);
        stage.sign_in(0, "alice", Store::Lasting);
        stage
    }

    fn sign_in(&mut self, tab: usize, sub: &str, store: Store) {
        let (now, tokens) = self.world.with(|s| (s.device_now(), s.pool.sign_in(s.now, sub)));
        let session = accept(tokens, None, &pool(), now).unwrap();
        let done = self
            .start(tab, async move |client, tab| put(&client, &tab, store, &session).await.is_ok());
        self.executor.run();
        assert_eq!(done.take(), Some(true));
    }

    fn start<T: 'static, F: Future<Output = T> + 'static>(
        &mut self,
        tab: usize,
        work: impl FnOnce(Rc<Page>, Tab) -> F,
    ) -> Slot<T> {
        let slot: Slot<T> = Rc::default();
        let (fill, work) = (slot.clone(), work(self.clients[tab].clone(), self.world.tab(tab)));
        self.executor.spawn(tab, (), async move {
            let value = work.await;
            *fill.borrow_mut() = Some(value);
        });
        slot
    }

    fn ask(&mut self, tab: usize, wanted: Wanted) -> Slot<SessionResult> {
        self.start(tab, async move |client, tab| session_as(&client, &tab, &wanted).await)
    }

    fn session(&mut self, tab: usize) -> SessionResult {
        let slot = self.ask(tab, Wanted::default());
        self.executor.run();
        slot.take().unwrap()
    }

    fn wake(&mut self, tab: usize, hint: Hint) -> Option<u32> {
        let slot = self.start(tab, async move |client, tab| wake(&client, &tab, &hint).await);
        self.executor.run();
        slot.take().unwrap()
    }

    fn sign_out(&mut self, tab: usize, global: bool) -> SignedOut {
        let slot = self.start(tab, async move |client, tab| {
            sign_out(&client, &tab, global, Reason::SignOut).await
        });
        self.executor.run();
        slot.take().unwrap()
    }

    /// Reloads a tab: its memory is gone.
    fn reload(&mut self, tab: usize) {
        self.clients[tab] = client();
    }

    fn pass(&mut self, ms: u64) {
        self.executor.run_for(ms);
    }

    fn stored(&self) -> Option<Record> {
        let (text, epoch) = self.world.with(|state| {
            let key = |key: &str| state.lasting.get(key).cloned();
            (key(&record::key(&pool())), key(&record::epoch_key(&pool())))
        });
        Record::read(&text?, &pool()).filter(|record| record.is_valid(epoch.as_deref()))
    }

    /// Stores newer tokens of the same sign-in, as another tab would, and returns them.
    fn renew_elsewhere(&self) -> Record {
        let (now, tokens) = self.world.with(|s| (s.device_now(), s.pool.sign_in(s.now, "alice")));
        let session = accept(tokens, None, &pool(), now).unwrap();
        let newer = Record { session, ..self.stored().unwrap() };
        let text = newer.write(&pool());
        self.world.with(|state| state.lasting.insert(record::key(&pool()), text));
        newer
    }

    /// The page's store is used by pages of other origins, too.
    fn share_store(&mut self, tab: usize) {
        let mut page = Page::new(pool(), 15_000);
        page.client.shares_store = true;
        self.clients[tab] = Rc::new(page);
    }

    /// Leaves the lease of somebody who had the lock, and died or is not to be seen done yet.
    fn leave_a_lease(&self) {
        self.world.with(|state| {
            let lease = ["lifeguard.", CLIENT_ID, ".lease"].concat();
            let until = state.device_now() + 10_000;
            state.lasting.insert(lease, format!("somebody {until}"));
        });
    }

    fn refreshes(&self) -> usize {
        self.world.count("GetTokensFromRefreshToken")
    }
}

fn access(result: &SessionResult) -> &str {
    result.as_ref().ok().unwrap().as_ref().unwrap().access.expose("test")
}

#[test]
fn a_fresh_token_is_returned_without_a_request() {
    let mut stage = Stage::signed_in(1, None);

    assert!(matches!(stage.session(0), Ok(Some(session)) if session.sub == "alice"));
    assert_eq!(stage.refreshes(), 0);
}

#[test]
fn twenty_tabs_with_grace_0_make_one_refresh() {
    let mut stage = Stage::signed_in(20, Some(0));
    stage.pass(2 * HOUR);

    let results: Vec<_> = (0..20)
        .flat_map(|tab| [0, 1, 2].map(|_| tab))
        .map(|tab| stage.ask(tab, Wanted::default()))
        .collect();
    stage.executor.run();

    let results: Vec<_> = results.into_iter().map(|slot| slot.take().unwrap()).collect();
    assert_eq!(stage.refreshes(), 1);
    assert!(results.iter().all(|result| access(result) == access(&results[0])));
}

#[test]
fn what_the_last_holder_of_the_lock_stored_may_come_after_the_lock() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.pass(HOUR);
    let asked = stage.ask(0, Wanted::default());
    stage.pass(20);

    let newer = stage.renew_elsewhere();
    stage.executor.run();

    assert_eq!(access(&asked.take().unwrap()), newer.session.access.expose("test"));
    assert_eq!(stage.refreshes(), 0);
}

#[test]
fn a_lease_of_the_last_holder_says_that_its_session_is_on_its_way() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.pass(HOUR);
    stage.leave_a_lease();
    let asked = stage.ask(0, Wanted::default());
    stage.pass(800);

    let newer = stage.renew_elsewhere();
    stage.executor.run();

    assert_eq!(access(&asked.take().unwrap()), newer.session.access.expose("test"));
    assert_eq!(stage.refreshes(), 0);
}

#[test]
fn a_holder_that_died_with_the_lock_costs_the_next_a_moment() {
    let mut stage = Stage::signed_in(1, Some(0));
    stage.pass(HOUR);
    stage.leave_a_lease();
    let asked = stage.ask(0, Wanted::default());
    stage.pass(2_000);

    assert!(matches!(asked.take(), Some(Ok(Some(_)))));
    assert_eq!(stage.refreshes(), 1);
}

#[test]
fn twenty_tabs_without_locks_make_one_refresh_by_lease() {
    let mut stage = Stage::signed_in(20, Some(0));
    stage.world.with(|state| state.faults.no_locks = true);
    stage.pass(2 * HOUR);

    let results: Vec<_> = (0..20).map(|tab| stage.ask(tab, Wanted::default())).collect();
    stage.executor.run();

    assert!(results.into_iter().all(|slot| matches!(slot.take(), Some(Ok(Some(_))))));
    assert_eq!(stage.refreshes(), 1);
}

#[test]
fn pages_of_several_origins_that_share_a_cookie_jar_make_one_refresh() {
    let mut stage = Stage::signed_in(3, Some(0));
    stage.world.with(|state| state.faults.own_locks = true);
    for tab in 0..3 {
        stage.share_store(tab);
    }
    stage.pass(2 * HOUR);

    let results: Vec<_> = (0..3).map(|tab| stage.ask(tab, Wanted::default())).collect();
    stage.executor.run();

    assert!(results.into_iter().all(|slot| matches!(slot.take(), Some(Ok(Some(_))))));
    assert_eq!(stage.refreshes(), 1);
    assert!(stage.stored().is_some());
}

#[test]
fn a_forced_refresh_with_metadata_never_returns_tokens_made_without_it() {
    let mut stage = Stage::signed_in(1, Some(0));
    let with = |value: &str| Wanted {
        forced: true,
        extras: Extras { metadata: vec![("k".into(), value.into())], context: None },
        ..Wanted::default()
    };

    let slots = ["a", "b"].map(|value| stage.ask(0, with(value)));
    stage.executor.run();

    let [a, b] = slots.map(|slot| slot.take().unwrap());
    assert_ne!(access(&a), access(&b));
    assert_eq!(stage.refreshes(), 2);
}

#[test]
fn forced_means_newer_than_what_there_was() {
    let mut stage = Stage::signed_in(1, Some(0));
    let before = stage.session(0);

    let slot = stage.ask(0, Wanted { forced: true, ..Wanted::default() });
    stage.executor.run();

    assert_ne!(access(&before), access(&slot.take().unwrap()));
}

#[test]
fn without_rotation_the_refresh_token_is_kept() {
    let mut stage = Stage::signed_in(1, None);
    for _ in 0..3 {
        stage.pass(2 * HOUR);
        assert!(matches!(stage.session(0), Ok(Some(_))));
    }

    assert_eq!(stage.refreshes(), 3);
    assert!(stage.stored().unwrap().session.refresh.is_some());
}

#[test]
fn a_pool_without_the_operation_is_asked_by_flow() {
    let mut stage = Stage::signed_in(1, None);
    stage.world.with(|state| state.pool.is_old = true);
    for _ in 0..2 {
        stage.pass(2 * HOUR);
        assert!(matches!(stage.session(0), Ok(Some(_))));
    }

    assert_eq!((stage.refreshes(), stage.world.count("InitiateAuth")), (1, 2));
}

#[test]
fn a_session_of_a_tab_is_that_tabs_alone() {
    let mut stage = Stage::new(2);
    stage.sign_in(0, "alice", Store::Tab);

    assert!(matches!(stage.session(0), Ok(Some(_))));
    assert!(matches!(stage.session(1), Ok(None)));
}

#[test]
fn without_a_refresh_token_the_session_lasts_as_long_as_its_access_token() {
    let mut stage = Stage::new(1);
    let (now, tokens) = stage.world.with(|s| (s.device_now(), s.pool.sign_in(s.now, "alice")));
    let session = Session { refresh: None, ..accept(tokens, None, &pool(), now).unwrap() };
    stage.start(0, async move |client, tab| put(&client, &tab, Store::Lasting, &session).await);
    stage.executor.run();

    stage.pass(HOUR - 1_000);
    assert!(matches!(stage.session(0), Ok(Some(_))));
    stage.pass(2_000);
    assert!(matches!(stage.session(0), Ok(None)));
    assert_eq!(stage.refreshes(), 0);
}

#[test]
fn a_refresh_ahead_of_time_is_made_once_for_all_tabs_and_told_to_all() {
    let mut stage = Stage::signed_in(3, Some(0));
    let again = stage.wake(0, Hint { renew: true, ..Hint::default() }).unwrap();
    assert!((55 * 60_000..58 * 60_000).contains(&again), "{again}");
    for tab in [1, 2] {
        stage.wake(tab, Hint::default());
    }
    stage.pass(u64::from(again));

    for tab in [0, 1, 2] {
        stage.wake(tab, Hint { renew: true, ..Hint::default() });
    }

    assert_eq!(stage.refreshes(), 1);
    for tab in [0, 1, 2] {
        let told = stage.world.events(tab);
        assert!(told.ends_with(&["statusChanged ok".into(), "refreshed".into()]), "{told:?}");
    }
}

#[test]
fn handlers_hear_of_a_change_that_was_made_before_the_core_was_there() {
    let mut stage = Stage::signed_in(1, None);
    let text = stage.stored().unwrap().write(&pool());
    stage.sign_out(0, false);
    let mut late = Stage { world: World::new(1, 1), ..Stage::new(1) };
    late.executor = Executor::new(&late.world);
    let state = Value::object().with(StateSlot::Seen.name(), text);
    late.clients[0].state.replace(state);

    late.wake(0, Hint { reason: Some(Reason::SignOut), ..Hint::default() });

    assert_eq!(late.world.events(0), ["signedOut signOut", "statusChanged signedOut"]);
}
