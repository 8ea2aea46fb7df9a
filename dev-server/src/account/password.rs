//! ChangePassword and DeleteUser.

use super::present::present_user;
use crate::caller::Caller;
use crate::input::{OnlyToken, filled};
use crate::refusal::{Answer, Refusal};
use crate::risk;
use crate::server::Server;
use crate::store::Event;
use crate::store::UserStatus;
use crate::work::compute;
use crate::{passwords, srp, tokens};
use serde::Deserialize;
use serde_json::json;

/// Changes of password per person and hour.
const CHANGES_PER_HOUR: u32 = 5;

/// The input of ChangePassword.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Change {
    access_token: String,
    previous_password: Option<String>,
    proposed_password: String,
}

/// ChangePassword: the previous password must be right, unless there is none yet.
pub(crate) async fn change(server: &Server, _: &Caller, input: Change) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let proposed = filled(&input.proposed_password, "ProposedPassword")?;
    let now = server.clock.now_ms();
    let user = {
        let store = server.store();
        let user = present_user(&store, &bearer)?;
        store.spend(&user.pool_id, &user.username, "change_password", CHANGES_PER_HOUR, now)?;
        user
    };
    if let Some(verifier) = user.password.clone() {
        let previous = input.previous_password.clone().unwrap_or_default();
        let (group, name) = (bearer.pool.srp_name().to_owned(), user.username.clone());
        let is_right =
            compute(move || Ok(srp::is_password(&verifier, &group, &name, &previous))).await?;
        if !is_right {
            return Err(Refusal::wrong_password());
        }
    }
    risk::check_new_password(server, &bearer.pool, Event::PasswordChange, proposed)?;
    let verifier = passwords::make(&bearer.pool, &user, proposed).await?;
    let store = server.store();
    let previous = user.password;
    let mut user = present_user(&store, &bearer)?;
    // Of two changes at once the second one names a password that is no more.
    if user.password != previous {
        return Err(Refusal::wrong_password());
    }
    passwords::put(&mut user, &bearer.pool, verifier, now);
    if user.status == UserStatus::ForceChangePassword {
        user.status = UserStatus::Confirmed;
    }
    store.put_user(&user)?;
    Ok(json!({}))
}

/// DeleteUser.
pub(crate) fn delete_user(server: &Server, _: &Caller, input: OnlyToken) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    server.store().remove_user(&bearer.pool.id, &bearer.user.username)?;
    Ok(json!({}))
}
