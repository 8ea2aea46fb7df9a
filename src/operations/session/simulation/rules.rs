//! What must hold, whatever happens.

use super::*;
use crate::protocol::json::Value;
use crate::protocol::jwt;

impl Simulation {
    /// What is stored changes only as it may.
    pub(super) fn check_store(&mut self, tab: usize, kind: Kind) {
        let (text, epoch) = self.world.with(|state| {
            let read = |key: &str| state.lasting.get(key).cloned();
            (read(&record::key(&pool())), read(&record::epoch_key(&pool())))
        });
        if (&text, &epoch) == (&self.raw.0, &self.raw.1) {
            if self.stored.is_none() {
                self.absent_at = self.step;
            }
            return;
        }
        self.raw = (text.clone(), epoch.clone());
        let stored = text.and_then(|text| {
            let record = Record::read(&text, &pool())?;
            record.is_valid(epoch.as_deref()).then_some((text, record))
        });
        let family = |stored: &Option<(String, Record)>| {
            stored.as_ref().map(|(_, record)| family_of(&record.session))
        };
        // Where a store failed, a sign-in may replace a session that the service has ended: between
        // the two nobody was signed in.
        let is_new = family(&stored) != family(&self.stored);
        if stored.is_none() || (is_new && self.is_dead()) {
            self.absent_at = self.step;
        }
        let before = std::mem::replace(&mut self.stored, stored);
        let is_same = match (&before, &self.stored) {
            (Some((before, _)), Some((after, _))) => before == after,
            (None, None) => true,
            _ => false,
        };
        if is_same {
            return;
        }
        if let (Some((_, before)), Some((_, after))) = (&before, &self.stored) {
            self.check_renewed(&before.session, &after.session);
        }
        if let Some((_, before)) = &before
            && self.stored.is_none()
        {
            let family = family_of(&before.session);
            match kind {
                Kind::SignOut => {
                    self.note(format!("signed out: sign-in {family}"));
                    self.over.insert(family, self.step);
                }
                // Replacing somebody is voiding the record of the one before, for a moment.
                Kind::SignIn => {}
                Kind::Session | Kind::Wake => self.check_end(tab, &before.session),
            }
        }
    }

    /// Who signed out stays out, once the sign-out is done.
    pub(super) fn check_over(&mut self) {
        // A sign-out that the store refused has said so.
        for begun in std::mem::take(&mut *self.uncleared.borrow_mut()) {
            self.over.retain(|_, over| *over < begun);
        }
        let Some((_, stored)) = &self.stored else { return };
        let family = family_of(&stored.session);
        let is_over = self.over.contains_key(&family) && !self.wiped;
        if is_over && !self.executor.kinds().any(|kind| kind == Kind::SignOut) {
            self.fail(&format!("sign-in {family} is back after its sign-out"));
        }
    }

    /// What a refresh stores must be what the service would take next.
    fn check_renewed(&self, before: &Session, after: &Session) {
        let token = |session: &Session| session.refresh.as_ref().unwrap().expose("test").clone();
        let is_news = family_of(before) == family_of(after) && !before.is_same(after);
        let is_spent = self.world.with(|state| state.pool.is_spent(&token(after)));
        if is_news && is_spent && !self.wiped && !self.has_store_faults {
            self.fail("a refresh token was stored that had been exchanged already");
        }
    }

    /// A refresh removed the session: only because the service will never take its token again,
    /// and nobody is about to bring a newer one.
    fn check_end(&self, tab: usize, session: &Session) {
        let token = session.refresh.as_ref().unwrap().expose("test");
        let (is_dead, is_coming) = self.world.with(|state| {
            let family = state.pool.family_of(token);
            let mut coming = state.in_flight.iter();
            let is_coming = coming.any(|flight| {
                flight.tab != tab
                    && flight.carries_tokens
                    && !state.tabs[flight.tab].frozen
                    && state.pool.family_of(&flight.token) == family
                    && !family.is_some_and(|family| state.pool.is_revoked(family))
            });
            (state.pool.is_dead(state.now, token), is_coming)
        });
        // Two calls of one moment: whoever signs in then may have to do it again.
        let signs_in = self.executor.kinds().any(|kind| kind == Kind::SignIn);
        if !is_dead && !signs_in && !self.wiped {
            self.fail("a session ended though the service would have gone on");
        }
        if is_coming && !self.wiped {
            self.fail("a session ended while another tab was bringing its new tokens");
        }
    }

    pub(super) fn check_results(&mut self) {
        let ended = std::mem::take(&mut *self.ended.borrow_mut());
        for Ended { call, forced, result } in ended {
            let begun = self.begun.remove(&call).unwrap();
            let text = self.stored.as_ref().map(|(text, _)| text);
            let is_unchanged =
                text.is_some() && text == begun.stored.as_ref() && self.absent_at < begun.step;
            let now = self.world.with(|state| state.device_now());
            match result {
                // A store that fails may keep what the service has ended.
                Ok(None) if self.absent_at < begun.step && !self.is_dead() => {
                    self.fail("a caller was told that nobody is signed in, but somebody was");
                }
                Ok(Some(session)) => {
                    let family = family_of(&session);
                    let over = self.over.get(&family).copied();
                    // The last that a page saw of the store was this, and it was not told.
                    let is_blind = self.world.with(|state| {
                        let tab = &state.tabs[begun.tab];
                        let seen = tab.seen.as_ref().and_then(|text| Record::read(text, &pool()));
                        tab.missed >= 2 && seen.is_some_and(|r| family_of(&r.session) == family)
                    });
                    if over.is_some_and(|over| over < begun.step) && !is_blind && !self.wiped {
                        self.fail("a caller got a session that had been signed out");
                    }
                    if !session.is_live(now) && !self.has_clock_jumps {
                        self.fail("a caller got a token that had ended");
                    }
                }
                Err(error) => {
                    if !self.has_faults && !self.has_store_faults {
                        self.fail(&format!("a world without faults, and yet: {}", name(&error)));
                    }
                    let is_live = self.stored.as_ref().is_some_and(|(_, r)| r.session.is_live(now));
                    // A page that could read nothing has nothing, and one that looked in vain does
                    // not have what it has never seen.
                    let is_unseen = self.world.with(|state| {
                        let tab = &state.tabs[begun.tab];
                        tab.missed >= 2 && tab.seen.as_ref() != text
                    });
                    let is_blind = is_unseen || matches!(error, Error::Store);
                    if is_unchanged && is_live && !is_blind && !forced && !self.has_clock_jumps {
                        self.fail(&format!("a living token was held back: {}", name(&error)));
                    }
                }
                Ok(None) => {}
            }
        }
    }

    /// Whether the service will never again take the token that is stored.
    fn is_dead(&self) -> bool {
        let Some((_, record)) = &self.stored else { return true };
        let token = record.session.refresh.as_ref().unwrap().expose("test");
        self.world.with(|state| state.pool.is_dead(state.now, token))
    }

    /// No token in what tabs tell each other, in what handlers hear, in the store's keys.
    pub(super) fn check_leaks(&mut self) {
        let (heard, leak) = self.world.with(|state| {
            let mut texts: Vec<String> =
                state.messages.iter().skip(self.told).map(|(_, text)| text.clone()).collect();
            let all: usize = state.tabs.iter().map(|tab| tab.events.len()).sum();
            if all != self.heard {
                let events = state.tabs.iter().flat_map(|tab| &tab.events);
                texts.extend(events.map(Value::write));
                texts.extend(state.lasting.keys().cloned());
            }
            let leak = texts.iter().any(|text| text.contains("s3cr3t") || text.contains("eyJ"));
            (all, leak)
        });
        self.heard = heard;
        if leak {
            self.fail("a token was told");
        }
    }

    pub(super) fn check_deadlines(&self) {
        let (now, frozen) = self.world.with(|state| {
            let frozen: Vec<_> = state.tabs.iter().map(|tab| tab.frozen).collect();
            (state.now, frozen)
        });
        let late = self.begun.values().any(|begun| begun.due < now && !frozen[begun.tab]);
        // Time that passes while nothing is due to happen is no call's fault.
        if late && self.executor.has_ready() {
            self.fail("a call did not settle by its deadline");
        }
    }

    /// Other tabs hear what was told, sometimes.
    pub(super) fn pass_messages(&mut self) {
        let messages = self.world.with(|state| state.messages[self.told..].to_vec());
        self.told += messages.len();
        for (sender, text) in messages {
            for tab in (0..self.clients.len()).filter(|tab| *tab != sender) {
                if self.dice.percent(80) {
                    self.wake(tab, Hint { reason: Reason::of_message(&text), ..Hint::default() });
                }
            }
        }
    }

    /// Everything works again: who is still signed in by what is stored and by what the service
    /// says gets a fresh token in every tab, and every handler has heard of it.
    pub(super) fn heal(&mut self) {
        self.note(String::from("healed"));
        self.world.with(|state| {
            let now = state.now;
            for tab in state.tabs.iter_mut().filter(|tab| tab.frozen) {
                (tab.frozen, tab.thawed_at) = (false, now);
            }
            let Faults { no_locks, own_locks, .. } = state.faults;
            state.faults = Faults { no_locks, own_locks, ..Faults::default() };
        });
        (0..self.clients.len()).for_each(|tab| self.forgive(tab));
        self.drain();
        self.world.with(|state| state.now += 700_000);
        for _ in 0..2 {
            for tab in 0..self.clients.len() {
                self.wake(tab, Hint { renew: true, online: true, ..Hint::default() });
            }
            self.drain();
        }
        for (tab, client) in self.clients.clone().into_iter().enumerate() {
            let result: Rc<RefCell<Option<_>>> = Rc::default();
            let (fill, page) = (result.clone(), self.world.tab(tab));
            self.executor.spawn(tab, Kind::Session, async move {
                let found = session_as(&client, &page, &Wanted::default()).await;
                *fill.borrow_mut() = Some(found);
            });
            self.drain();
            let found = result.take().unwrap();
            let stored = self.stored.as_ref().map(|(_, record)| record.session.clone());
            match (&stored, found) {
                (None, Ok(None)) => {}
                (Some(stored), Ok(Some(found))) if stored.is_same(&found) => {
                    if !found.is_fresh(self.world.with(|state| state.device_now())) {
                        self.fail("a healed tab has no fresh token");
                    }
                }
                (_, Err(error)) => self.fail(&format!("a healed tab fails: {}", name(&error))),
                _ => self.fail("a healed tab does not have what is stored"),
            }
            let events = self.world.events(tab);
            let status = events.iter().rev().find_map(|event| event.strip_prefix("statusChanged "));
            let expected = if stored.is_some() { "ok" } else { "signedOut" };
            if status != Some(expected) {
                self.fail(&format!("a healed tab says {status:?}, not {expected}"));
            }
            self.check_story(&events);
        }
    }

    /// Handlers hear of beginnings and ends in turn.
    fn check_story(&self, events: &[String]) {
        let mut person: Option<bool> = None;
        for event in events {
            let is_in = match event.split(' ').next() {
                Some("signedIn") => Some(true),
                Some("signedOut") => Some(false),
                Some("refreshed" | "userChanged") if person == Some(false) => {
                    self.fail("a change of nobody's session was told")
                }
                _ => None,
            };
            if is_in.is_some() && is_in == person {
                self.fail(&format!("told twice: {events:?}"));
            }
            person = is_in.or(person);
        }
    }
}

fn family_of(session: &Session) -> usize {
    let claims = jwt::claims(session.access.expose("test")).unwrap();
    claims.number("family").unwrap() as usize
}

fn name(error: &Error) -> String {
    match error {
        Error::Send(error) => format!("{error:?}"),
        Error::Refused(refusal) => refusal.name.clone(),
        Error::Violation(violation) => String::from(violation.rule()),
        Error::Store => String::from("store"),
        Error::Cooling(failure) => failure.string("code").unwrap_or_default(),
        _ => String::from("other"),
    }
}
