//! AWS credentials: whose they are, how long, and how often they are fetched.

use super::*;
use crate::host::fake::CANARY;
use crate::operations::credentials::credentials;
use crate::protocol::identity::{Credentials, IdentityPool};

type Outcome = Result<Credentials, Error>;

const MINUTE: u64 = 60_000;

fn identity(guests: bool) -> Option<IdentityPool> {
    let id = "eu-west-1:11111111-2222-4333-8444-555555555555";
    Some(IdentityPool::parse(id, None, guests).unwrap())
}

/// A page with an identity pool.
fn page(guests: bool) -> Rc<Page> {
    let mut page = Page::new(pool(), 15_000);
    page.client.identity = identity(guests);
    Rc::new(page)
}

fn stage(tabs: usize, guests: bool) -> Stage {
    let mut stage = Stage::new(tabs);
    stage.world.with(|state| state.pool.credential_seconds = 3_600);
    stage.clients = (0..tabs).map(|_| page(guests)).collect();
    stage
}

fn signed_in(tabs: usize) -> Stage {
    let mut stage = stage(tabs, false);
    stage.sign_in(0, "alice", Store::Lasting);
    stage
}

impl Stage {
    fn ask_credentials(&mut self, tab: usize, forced: bool) -> Slot<Outcome> {
        self.start(tab, async move |page, tab| {
            tab.run(&page, |client, host| credentials(client, host, forced)).await
        })
    }

    fn credentials(&mut self, tab: usize) -> Outcome {
        let slot = self.ask_credentials(tab, false);
        self.executor.run();
        slot.take().unwrap()
    }

    fn exchanges(&self) -> usize {
        self.world.count("GetCredentialsForIdentity")
    }
}

fn key(outcome: Outcome) -> String {
    outcome.ok().unwrap().key.access_key_id
}

#[test]
fn credentials_are_kept_until_their_own_end_and_not_for_a_fixed_time() {
    for seconds in [900, 3_600, 43_200] {
        let mut stage = signed_in(1);
        stage.world.with(|state| state.pool.credential_seconds = seconds);

        let first = key(stage.credentials(0));
        stage.pass(seconds * 1_000 / 2);
        assert_eq!(key(stage.credentials(0)), first);
        stage.pass(seconds * 1_000 / 2 - MINUTE);
        assert_ne!(key(stage.credentials(0)), first);

        assert_eq!((stage.exchanges(), stage.world.count("GetId")), (2, 1), "{seconds}");
    }
}

#[test]
fn many_tabs_that_ask_at_once_fetch_them_once() {
    for no_locks in [false, true] {
        let mut stage = signed_in(6);
        stage.world.with(|state| state.faults.no_locks = no_locks);
        for round in 1..=3 {
            let slots: Vec<_> = (0..6).map(|tab| stage.ask_credentials(tab, false)).collect();
            stage.executor.run();
            let keys: Vec<_> = slots.iter().map(|slot| key(slot.take().unwrap())).collect();

            assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
            assert_eq!(stage.exchanges(), round, "without locks: {no_locks}");
            stage.pass(56 * MINUTE);
        }
    }
}

#[test]
fn tabs_that_all_want_others_share_the_new_ones() {
    let mut stage = signed_in(3);
    let before = key(stage.credentials(0));
    for tab in 1..3 {
        assert_eq!(key(stage.credentials(tab)), before);
    }

    let slots: Vec<_> = (0..3).map(|tab| stage.ask_credentials(tab, true)).collect();
    stage.executor.run();

    let keys: Vec<_> = slots.iter().map(|slot| key(slot.take().unwrap())).collect();
    assert!(keys.iter().all(|key| *key == keys[0] && *key != before), "{keys:?}");
    assert_eq!(stage.exchanges(), 2);
}

#[test]
fn nobody_gets_none_and_a_guest_stays_the_same_guest() {
    let mut strict = stage(1, false);
    assert!(matches!(strict.credentials(0), Err(Error::SignedOut)));
    assert_eq!(strict.world.count("GetId"), 0);

    let mut open = stage(1, true);
    let first = open.credentials(0).ok().unwrap();
    open.clients[0] = page(true);
    open.pass(2 * HOUR);
    let second = open.credentials(0).ok().unwrap();

    assert_eq!(first.identity_id, second.identity_id);
    assert_ne!(first.key.access_key_id, second.key.access_key_id);
    assert_eq!(open.world.count("GetId"), 1);
}

#[test]
fn a_guest_who_signs_in_gets_the_persons_and_after_the_sign_out_the_guests_again() {
    let mut stage = stage(1, true);
    let guest = key(stage.credentials(0));

    stage.sign_in(0, "alice", Store::Lasting);
    let person = stage.credentials(0).ok().unwrap();
    stage.sign_out(0, false);

    assert_eq!(person.identity_id, "eu-west-1:alice");
    assert_eq!(key(stage.credentials(0)), guest);
}

#[test]
fn a_sign_out_takes_them_from_every_store_and_every_tab() {
    for store in [Store::Lasting, Store::Tab, Store::Memory] {
        let mut stage = stage(2, false);
        stage.sign_in(0, "alice", store);
        assert!(stage.credentials(0).is_ok());

        stage.sign_out(0, false);

        stage.world.with(|state| {
            let tab = &state.tabs[0];
            let all = format!("{:?}{:?}{:?}", state.lasting, tab.store, tab.memory);
            assert!(!all.contains(CANARY), "{store:?}: {all}");
        });
        for tab in 0..2 {
            assert!(matches!(stage.credentials(tab), Err(Error::SignedOut)));
        }
    }
}

#[test]
fn whoever_signs_in_next_never_sees_those_of_the_person_before() {
    let mut stage = signed_in(2);
    assert!(key(stage.credentials(1)).ends_with("alice"));

    stage.sign_in(0, "bob", Store::Lasting);

    assert!(key(stage.credentials(1)).ends_with("bob"));
    assert_eq!(stage.credentials(0).ok().unwrap().identity_id, "eu-west-1:bob");
}

#[test]
fn a_sign_out_while_they_are_fetched_leaves_none_behind() {
    for wait in 0..40 {
        let mut stage = signed_in(2);
        let asked = stage.ask_credentials(0, false);
        stage.pass(wait * 10);
        stage.sign_out(1, false);
        stage.executor.run();
        drop(asked);

        let left = stage.world.with(|state| format!("{:?}", state.lasting));
        assert!(!left.contains(CANARY), "after {} ms: {left}", wait * 10);
    }
}

#[test]
fn those_that_still_work_are_used_while_the_service_cannot_be_had() {
    let mut stage = signed_in(1);
    let first = key(stage.credentials(0));
    // The tokens are refreshed before, so that only the credentials are due.
    stage.pass(55 * MINUTE);
    assert!(stage.session(0).is_ok());

    stage.world.with(|state| state.faults.offline = true);
    assert_eq!(key(stage.credentials(0)), first);
    stage.pass(6 * MINUTE);

    assert!(matches!(stage.credentials(0), Err(Error::Send(_))));
}

#[test]
fn a_wrong_clock_neither_ends_them_early_nor_keeps_them_too_long() {
    for skew in [-26 * HOUR as i64, 26 * HOUR as i64] {
        let mut stage = stage(1, false);
        stage.world.with(|state| state.skew = skew);
        stage.sign_in(0, "alice", Store::Lasting);

        let first = stage.credentials(0).ok().unwrap();
        let now = stage.world.with(|state| state.now);
        let apart = first.service_time(now.saturating_add_signed(skew)).abs_diff(now);
        assert!(apart < 5_000, "{apart}");
        stage.pass(50 * MINUTE);
        assert_eq!(key(stage.credentials(0)), first.key.access_key_id);
        stage.pass(8 * MINUTE);
        assert_ne!(key(stage.credentials(0)), first.key.access_key_id);
    }
}

#[test]
fn a_clock_that_stood_still_is_found_out_by_the_service_and_costs_one_refresh() {
    let mut stage = signed_in(1);
    stage.world.with(|state| {
        state.now += 2 * HOUR;
        state.skew = -2 * HOUR as i64;
    });

    assert!(stage.credentials(0).is_ok());

    assert_eq!(stage.world.count("GetTokensFromRefreshToken"), 1);
}

#[test]
fn an_identity_that_was_deleted_is_made_anew() {
    let mut stage = stage(1, true);
    let first = stage.credentials(0).ok().unwrap();
    stage.world.with(|state| state.pool.forgotten_identities.push(first.identity_id.clone()));
    stage.pass(HOUR);

    let second = stage.credentials(0).ok().unwrap();

    assert_ne!(first.identity_id, second.identity_id);
}

#[test]
fn a_store_that_takes_nothing_costs_the_next_page_a_call_and_this_one_none() {
    let mut stage = signed_in(1);
    stage.world.with(|state| state.faults.store_full = true);

    let first = key(stage.credentials(0));
    assert_eq!(key(stage.credentials(0)), first);

    assert_eq!(stage.exchanges(), 1);
}

#[test]
fn without_an_identity_pool_the_fix_is_said() {
    let mut stage = Stage::signed_in(1, None);

    let Err(Error::Misuse(misuse)) = stage.credentials(0) else { panic!("no misuse") };

    assert!(misuse.0.contains("identityPool"));
}
