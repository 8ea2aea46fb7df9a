//! Operations of the redirect flow: `js/redirect.ts` has the other side.

use super::failure;
use super::input::Input;
use crate::host::Host;
use crate::operations::error::{Attempt, Error};
use crate::operations::{Client, redirect};
use crate::protocol::json::Value;
use crate::protocol::redirect::authorize::read_request;
use crate::protocol::redirect::flow::LIFETIME_MS;
use crate::protocol::redirect::{Settings, sign_out};

/// Begins a flow: `{ oauth, page, kept: [[key, text]], afterSignOut?, … }`.
pub(super) fn begin(client: &Client, host: &impl Host, input: &Input) -> Result<Value, Error> {
    let (settings, page) = settings(input)?;
    let value = input.value();
    let kept = value.get("kept").map(Value::items).unwrap_or_default();
    let pair = |entry: &Value| match entry.strings().as_slice() {
        [key, text] => Some((key.clone(), text.clone())),
        _ => None,
    };
    let kept: Vec<_> = kept.iter().filter_map(pair).collect();
    let request = read_request(&value);
    let mut begun = redirect::begin(client, host, &settings, request, &page, &kept)?;
    if input.is_true("afterSignOut") {
        begun = begun.after_sign_out(&settings);
    }
    Ok(Value::object()
        .with("url", begun.url)
        .with("state", begun.state)
        .with("record", begun.record)
        .with("gone", Value::from_strings(&begun.gone))
        .with("lifetimeMs", LIFETIME_MS))
}

/// Turns a response into a session: `{ response, record? }`. A failure is an answer too, because
/// the application's state comes back with it.
pub(super) fn finish(client: &Client, host: &impl Host, input: &Input) -> Attempt<Value> {
    let record = input.optional("record");
    let response = input.text("response")?;
    let finished = redirect::finish(client, host, &response, record.as_deref())?;
    let flow = finished.flow.as_ref();
    let answer = match finished.outcome {
        Ok(stored) => stored.output(client),
        Err(error) => Value::object().with("failure", failure(&error)),
    };
    Ok(answer
        .with_some("returnTo", flow.and_then(|flow| flow.return_to.as_deref()))
        .with_some("appState", flow.and_then(|flow| flow.app_state.as_deref())))
}

/// Where to sign out at the domain: `{ oauth, page, logoutUri? }`.
pub(super) fn sign_out_url(client: &Client, input: &Input) -> Result<Value, Error> {
    let (settings, page) = settings(input)?;
    let asked = input.optional("logoutUri");
    Ok(sign_out::url(&settings, &client.pool, asked.as_deref(), &page)?.into())
}

fn settings(input: &Input) -> Result<(Settings, String), Error> {
    let oauth = input.value().get("oauth").cloned().unwrap_or_else(Value::object);
    Ok((Settings::read(&oauth)?, input.text("page")?))
}
