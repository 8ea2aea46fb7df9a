//! Sign-in by redirect: begins a flow, and turns its response into a session. The record of a flow
//! is kept by the page, which hands it to one tab only, once (`js/redirect/record.ts`).

use super::Client;
use super::error::{Attempt, Error, settle};
use super::session::{self, Stored};
use crate::host::{Host, Run, Store};
use crate::protocol::date;
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::jwt;
use crate::protocol::redirect::flow::{ENTROPY, sweep};
use crate::protocol::redirect::response::Failure;
use crate::protocol::redirect::{Flow, Request, Settings, id_token, response, token};
use crate::protocol::refusal::Kind;
use crate::protocol::session::{Tokens, accept};
use crate::protocol::text;

/// A flow that begins.
pub struct Begun {
    /// Where to send the person.
    pub url: String,
    /// What its record is kept under.
    pub state: String,
    /// The record.
    pub record: String,
    /// Keys of records that are to go first.
    pub gone: Vec<String>,
}

/// Begins a flow. `page` is origin and path of the page, `kept` the records that wait in this
/// browser: key and text.
///
/// # Errors
/// `Misuse` when it cannot be asked for.
pub fn begin(
    client: &Client,
    host: &impl Host,
    settings: &Settings,
    request: Request,
    page: &str,
    kept: &[(String, String)],
) -> Result<Begun, Misuse> {
    let mut entropy = [0; ENTROPY];
    host.fill_random(&mut entropy);
    let path = if request.signs_up { "/signup?" } else { "/oauth2/authorize?" };
    let now = host.now();
    let (flow, query) = request.begin(settings, &client.pool, page, &entropy, now)?;
    Ok(Begun {
        url: settings.url(&[path, &query].concat()),
        record: flow.write(&client.pool),
        state: flow.state,
        gone: sweep(kept, now),
    })
}

/// What a response led to.
pub struct Finished {
    /// The session, which is stored; or why there is none.
    pub outcome: Result<Stored, Error>,
    /// The flow, where the response is of one.
    pub flow: Option<Flow>,
}

/// Turns a response into a session: `response` is its query, `record` what was kept under its state.
pub fn finish(
    client: &Client,
    host: &impl Host,
    response: &str,
    record: Option<&str>,
) -> Run<Finished> {
    let flow = record.and_then(|record| Flow::read(record, &client.pool));
    let outcome = settle(redeem(client, host, response, flow.as_ref()))?;
    // What a response to no flow of ours says about the application is nobody's word.
    let is_ours = !matches!(&outcome, Err(Error::Refused(no)) if no.kind == Kind::RedirectState);
    Ok(Finished { outcome, flow: flow.filter(|_| is_ours) })
}

fn redeem(
    client: &Client,
    host: &impl Host,
    response: &str,
    flow: Option<&Flow>,
) -> Attempt<Stored> {
    let pool = &client.pool;
    let code = response::read(response, flow, pool, host.now()).map_err(Error::from)?;
    // `read` refuses where there is none.
    let Some(flow) = flow else { return Err(Violation::MissingMember("state").into()) };
    let request = token::request(pool, flow, &code, client.timeout_ms);
    let reply = host.send(&request)??;
    let tokens = token::read(&reply).map_err(Error::from)?;
    // A device whose clock is off uses the service's time, as a sign-in by password does.
    id_token::check(&tokens, flow, date::agreed(host.now() / 1000, reply.date))?;
    check_signature(client, host, &tokens)?;
    let session = accept(tokens, None, pool, host.now())?;
    session::put(client, host, store_of(&flow.store), session)
}

/// The ID token's signature, by a key of the pool.
fn check_signature(client: &Client, host: &impl Host, tokens: &Tokens) -> Attempt<()> {
    let Some(token) = &tokens.id else { return Ok(()) };
    let token = token.expose("its signature is checked").as_str();
    let claims = jwt::claims(token)?;
    // SECURITY: the claim only chooses among the configured addresses.
    let addresses = client.pool.key_addresses(claims.str("iss").unwrap_or_default());
    let mut unavailable = Error::Violation(Violation::TokenIssuer);
    for address in addresses {
        match host.verify_signature(token, &address)? {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(Violation::TokenSignature.into()),
            Err(error) => unavailable = Error::Send(error),
        }
    }
    Err(unavailable.into())
}

impl Begun {
    /// The flow's address of the sign-out page, which then shows the sign-in page: the same
    /// parameters (protocol page, 5.6).
    #[must_use]
    pub fn after_sign_out(mut self, settings: &Settings) -> Self {
        if let Some((_, query)) = text::cut(&self.url, b'?') {
            self.url = settings.url(&["/logout?", query].concat());
        }
        self
    }
}

fn store_of(name: &str) -> Store {
    match name {
        "session" => Store::Tab,
        "memory" => Store::Memory,
        _ => Store::Lasting,
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Refused(Box::new(refusal)),
            Failure::Violation(violation) => Self::Violation(violation),
        }
    }
}
