//! Sign-in by redirect over a domain that may be hostile, in several tabs of one browser.

mod refusals;

use std::collections::BTreeMap;

use super::super::redirect::{self, Begun, Finished};
use super::super::session;
use crate::host::fake::{CLIENT_ID, Executor, POOL_ID, Page, World};
use crate::host::{SendError, Store};
use crate::operations::error::Error;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::redirect::flow::{LIFETIME_MS, MAX_FLOWS};
use crate::protocol::redirect::{Request, Settings};
use crate::protocol::refusal::Kind;
use crate::protocol::session::Session;
use std::cell::RefCell;
use std::rc::Rc;

const PAGE: &str = "https://app.example/";

/// A browser: its tabs, and the records of flows that they share.
struct Stage {
    world: World,
    executor: Executor<()>,
    clients: Vec<Rc<Page>>,
    records: BTreeMap<String, String>,
}

impl Stage {
    fn new(tabs: usize) -> Self {
        let world = World::new(11, tabs);
        world.with(|state| state.pool.lifetime = 3_600);
        let executor = Executor::new(&world);
        let client = || Rc::new(Page::new(pool(), 15_000));
        Self {
            world,
            executor,
            clients: (0..tabs).map(|_| client()).collect(),
            records: BTreeMap::new(),
        }
    }

    /// What the page does to begin: drop what must go, keep the record.
    fn begin(&mut self, tab: usize, request: Request) -> Begun {
        let kept: Vec<_> = self.records.clone().into_iter().collect();
        let tab_of = self.world.tab(tab);
        let begun = tab_of.run_now(&self.clients[tab], |client, host| {
            Ok(redirect::begin(client, host, &settings(), request.clone(), PAGE, &kept)?)
        });
        let begun = begun.ok().unwrap();
        self.records.retain(|key, _| !begun.gone.contains(key));
        self.records.insert(begun.state.clone(), begun.record.clone());
        begun
    }

    /// What the page does with a response: take the record, whatever comes of it.
    fn finish(&mut self, tab: usize, response: &str) -> Finished {
        let state = response.split("state=").nth(1).unwrap_or_default();
        let record = self.records.remove(state.split('&').next().unwrap());
        let (page, tab_of) = (self.clients[tab].clone(), self.world.tab(tab));
        let (slot, response) = (Rc::new(RefCell::new(None)), String::from(response));
        let fill = slot.clone();
        self.executor.spawn(tab, (), async move {
            let done = tab_of.run(&page, |client, host| {
                Ok(redirect::finish(client, host, &response, record.as_deref())?)
            });
            *fill.borrow_mut() = done.await.ok();
        });
        self.executor.run();
        slot.take().unwrap()
    }

    /// A person signs in at the domain.
    fn authorize(&mut self, begun: &Begun) -> String {
        self.world.with(|state| state.domain.authorize(&begun.url))
    }

    fn session(&mut self, tab: usize) -> Option<Session> {
        let (page, tab_of) = (self.clients[tab].clone(), self.world.tab(tab));
        let slot = Rc::new(RefCell::new(None));
        let fill = slot.clone();
        self.executor.spawn(tab, (), async move {
            *fill.borrow_mut() = tab_of
                .run(&page, |client, host| session::session(client, host))
                .await
                .unwrap_or_default();
        });
        self.executor.run();
        slot.take()
    }

    fn pass(&mut self, ms: u64) {
        self.executor.run_for(ms);
    }

    fn forms(&self) -> usize {
        self.world.with(|state| state.domain.forms.len())
    }
}

fn pool() -> Pool {
    Pool::parse(POOL_ID, CLIENT_ID, None).unwrap()
}

fn settings() -> Settings {
    let options = r#"{
        "domain": "login.example", "redirectUris": ["https://app.example/"],
        "popupUri": "https://app.example/bridge.html", "scopes": ["openid"]
    }"#;
    Settings::read(&Value::parse(options).unwrap()).ok().unwrap()
}

fn failure(finished: Finished) -> Error {
    finished.outcome.err().unwrap()
}

fn kind(finished: Finished) -> Kind {
    match failure(finished) {
        Error::Refused(refusal) => refusal.kind,
        _ => panic!("no refusal"),
    }
}

fn rule(finished: Finished) -> Violation {
    match failure(finished) {
        Error::Violation(violation) => violation,
        Error::Refused(refusal) => panic!("{refusal:?}"),
        _ => panic!("no violation"),
    }
}

#[test]
fn a_person_comes_back_signed_in_and_the_application_with_its_state() {
    let mut stage = Stage::new(1);
    let request = Request {
        return_to: Some(String::from("/orders")),
        app_state: Some(String::from("[1.23456]")),
        ..Request::default()
    };
    let begun = stage.begin(0, request);
    let response = stage.authorize(&begun);

    let Finished { outcome, flow } = stage.finish(0, &response);

    assert_eq!(outcome.ok().unwrap().record.session.sub, "ada");
    let flow = flow.unwrap();
    assert_eq!(flow.return_to.as_deref(), Some("/orders"));
    assert_eq!(flow.app_state.as_deref(), Some("[1.23456]"));
    assert_eq!(stage.world.events(0), ["signedIn", "statusChanged ok"]);
    assert!(stage.records.is_empty());
}

#[test]
fn a_session_by_redirect_is_refreshed_like_any_other() {
    let mut stage = Stage::new(2);
    stage.world.with(|state| state.pool.rotation = Some(0));
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    let first = stage.finish(0, &response).outcome.ok().unwrap();
    stage.pass(3_700_000);

    let later = stage.session(1).unwrap();

    assert!(!later.is_same(&first.record.session));
    assert_eq!(stage.world.count("GetTokensFromRefreshToken"), 1);
}

#[test]
fn two_tabs_sign_in_at_once_and_neither_takes_the_others_flow() {
    let mut stage = Stage::new(2);
    let one = stage.begin(0, Request::default());
    let two = stage.begin(1, Request::default());
    assert_ne!(one.state, two.state);
    let (one, two) = (stage.authorize(&one), stage.authorize(&two));

    // The first one's response arrives last, and in the other tab.
    assert!(stage.finish(0, &two).outcome.is_ok());
    assert!(stage.finish(1, &one).outcome.is_ok());
    let verifiers = stage.world.with(|state| {
        state.domain.forms.iter().map(|form| form["code_verifier"].clone()).collect::<Vec<_>>()
    });
    assert_ne!(verifiers[0], verifiers[1]);
}

#[test]
fn a_response_is_good_for_one_use() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    assert!(stage.finish(0, &response).outcome.is_ok());

    let again = stage.finish(0, &response);

    assert_eq!(kind(again), Kind::RedirectState);
    assert_eq!(stage.forms(), 1);
    assert!(stage.session(0).is_some());
}

#[test]
fn the_session_goes_where_the_flow_said() {
    for (name, store) in
        [("session", Store::Tab), ("memory", Store::Memory), ("local", Store::Lasting)]
    {
        let mut stage = Stage::new(1);
        let request = Request { store: String::from(name), ..Request::default() };
        let begun = stage.begin(0, request);
        let response = stage.authorize(&begun);
        assert!(stage.finish(0, &response).outcome.is_ok());
        let key = format!("lifeguard.{CLIENT_ID}.session");
        let held = stage.world.with(|state| match store {
            Store::Tab => state.tabs[0].store.contains_key(&key),
            Store::Memory => state.tabs[0].memory.contains_key(&key),
            _ => state.lasting.contains_key(&key),
        });
        assert!(held, "{name}");
    }
}

#[test]
fn nothing_secret_of_a_flow_is_told_to_other_tabs_or_handlers() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    let flow = stage.finish(0, &response).flow.unwrap();

    let told = stage.world.with(|state| format!("{:?}{:?}", state.messages, state.tabs[0].events));

    let verifier = flow.verifier.expose("test").as_str();
    for secret in [verifier, flow.nonce.expose("test"), "code-0", flow.state.as_str()] {
        assert!(!told.contains(secret));
    }
    assert!(!begun.url.contains(verifier));
}
