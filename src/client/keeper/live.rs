//! The live session: decided when it is asked for, and what handlers are told of it.

use super::super::error::Error;
use super::super::events::{Reason, Status};
use super::shelf::Held;
use super::{Keeper, flight, legacy, upkeep};
use crate::client::Client;
use crate::platform::{Platform, SendError};
use crate::protocol::session::Session;
use crate::protocol::wire::Extras;

/// What a caller wants of the session.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Tokens newer than the ones there are.
    pub forced: bool,
    /// A refresh ahead of time, when one is due.
    pub early: bool,
    /// For the pool's triggers, should there be a refresh.
    pub extras: Extras,
}

/// The live session, refreshed where it has to be; `None` when nobody is signed in.
///
/// # Errors
/// The refresh got no definitive answer and the access token has ended: the session stays stored.
pub async fn session(client: &Client, platform: &impl Platform) -> Result<Option<Session>, Error> {
    session_as(client, platform, &Wanted::default()).await
}

/// [`session`], as a caller wants it.
///
/// # Errors
/// As [`session`]; with `forced`, also where the access token has not ended.
pub async fn session_as(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
) -> Result<Option<Session>, Error> {
    held(client, platform, wanted).await.map(|held| held.map(|held| held.record.session))
}

/// [`session_as`], with where the session lies and which sign-in it is of.
///
/// # Errors
/// As [`session_as`].
pub async fn held(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
) -> Result<Option<Held>, Error> {
    let result = obtain(client, platform, wanted).await;
    tell(client, platform, &result, Reason::Elsewhere);
    result
}

async fn obtain(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
) -> Result<Option<Held>, Error> {
    let found = attempt(client, platform, wanted).await?;
    match &found {
        // A page that was frozen in the middle of it: what came has ended in the meantime.
        Some(held) if !held.record.session.is_live(platform.now()) => {
            attempt(client, platform, wanted).await
        }
        _ => Ok(found),
    }
}

async fn attempt(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
) -> Result<Option<Held>, Error> {
    let Some(held) = upkeep::read(client, platform).await? else { return Ok(None) };
    let (now, session) = (platform.now(), &held.record.session);
    let is_wanted = wanted.forced || (wanted.early && session.is_due(now));
    if session.is_fresh(now) && !is_wanted {
        return Ok(Some(held));
    }
    let Some(token) = &session.refresh else {
        return Ok(session.is_live(now).then_some(held));
    };
    let failed = match client.keeper.cooling_of(token.expose("compared"), now) {
        Some(error) => error,
        None => match flight::join(client, platform, wanted, &held).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        },
    };
    // A token that still works is worth more than the reason why there is no newer one.
    match upkeep::read(client, platform).await? {
        None => Ok(None),
        Some(held) if held.record.session.is_live(platform.now()) && !wanted.forced => {
            Ok(Some(held))
        }
        Some(_) => Err(failed),
    }
}

/// Does with the keys of other libraries what a sign-in in this page asks for, once it is stored.
pub async fn settle_legacy(client: &Client, platform: &impl Platform) {
    if let Ok(Some(held)) = upkeep::read(client, platform).await {
        legacy::settle(client, platform, &held).await;
    }
}

/// What the page hints at: an event of its own or a message of another tab.
#[derive(Default)]
pub struct Hint {
    /// Whether a refresh may be made for it: the page is seen, or its timer ran out.
    pub renew: bool,
    /// Whether the connection has just come back, so that waiting has no sense any more.
    pub online: bool,
    /// Why another tab says that the session ended.
    pub reason: Option<Reason>,
}

/// Looks at the session, tells handlers what changed, refreshes ahead of time where that is due.
/// Returns after how many milliseconds to look again; `None`: not before somebody signs in.
pub async fn wake(client: &Client, platform: &impl Platform, hint: &Hint) -> Option<u32> {
    let reason = hint.reason.unwrap_or(Reason::Elsewhere);
    if hint.reason.is_some() {
        upkeep::drop_copy_if_gone(client, platform).await;
    }
    if hint.online
        && let Some((cooling, _)) = client.keeper.cooling.borrow_mut().as_mut()
    {
        cooling.until = 0;
    }
    let wanted = Wanted { early: true, ..Wanted::default() };
    let found = match hint.renew {
        true => obtain(client, platform, &wanted).await,
        false => upkeep::read(client, platform).await,
    };
    tell(client, platform, &found, reason);
    let now = platform.now();
    if let Some((cooling, _)) = client.keeper.cooling.borrow().as_ref() {
        return Some(clamp(cooling.until.saturating_sub(now)));
    }
    let session = found.ok()??.record.session;
    session.refresh.as_ref()?;
    let mut dice = [0; 4];
    platform.fill_random(&mut dice);
    Some(clamp(session.due_in_ms(now, u32::from_le_bytes(dice))))
}

impl Keeper {
    /// Why a token must not be tried again yet.
    fn cooling_of(&self, token: &str, now: u64) -> Option<Error> {
        let cooling = self.cooling.borrow();
        let (cooling, error) = cooling.as_ref()?;
        (cooling.is_of(token) && cooling.is_on(now)).then(|| error.clone())
    }

    fn status(&self, found: &Result<Option<Held>, Error>, now: u64) -> Status {
        let cooling = self.cooling.borrow();
        let trouble = match found {
            Ok(None) => return Status::SignedOut,
            // Another tab may have had success with the same token.
            Ok(Some(held)) if !held.record.session.is_due(now) => None,
            Ok(Some(held)) => cooling.as_ref().and_then(|(cooling, error)| {
                let token = held.record.session.refresh.as_ref()?.expose("compared");
                cooling.is_of(token).then_some(error)
            }),
            Err(error) => Some(error),
        };
        match trouble {
            None => Status::Ok,
            Some(Error::Send(SendError::Offline)) => Status::Offline,
            Some(_) => Status::Degraded,
        }
    }
}

pub(super) fn tell(
    client: &Client,
    platform: &impl Platform,
    found: &Result<Option<Held>, Error>,
    reason: Reason,
) {
    let events = &client.keeper.events;
    if let Ok(held) = found {
        events.observe(platform, held.as_ref(), reason);
    }
    events.status(platform, client.keeper.status(found, platform.now()));
}

fn clamp(ms: u64) -> u32 {
    ms.clamp(1_000, 24 * 3_600_000) as u32
}
