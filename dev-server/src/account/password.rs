//! ChangePassword and DeleteUser.

use super::present_user;
use crate::refusal::{Answer, Refusal};
use crate::risk::{self, Event};
use crate::server::{Caller, Server};
use crate::store::UserStatus;
use crate::{input, passwords, srp, tokens};
use serde_json::{Value, json};

/// Changes of password per person and hour.
const CHANGES_PER_HOUR: u32 = 5;

/// ChangePassword: the previous password must be right, unless there is none yet.
pub(super) fn change(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    let proposed = input::required(&request, "ProposedPassword")?;
    let store = server.store();
    let mut user = present_user(&store, &bearer)?;
    let now = server.clock.now_ms();
    store.spend(&user.pool_id, &user.username, "change_password", CHANGES_PER_HOUR, now)?;
    if let Some(verifier) = &user.password {
        let previous = input::text(&request, "PreviousPassword").unwrap_or_default();
        if !srp::is_password(verifier, bearer.pool.srp_name(), &user.username, previous) {
            return Err(Refusal::wrong_password());
        }
    }
    risk::check_new_password(server, &bearer.pool, Event::PasswordChange, proposed)?;
    passwords::set(&mut user, &bearer.pool, proposed, now)?;
    if user.status == UserStatus::ForceChangePassword {
        user.status = UserStatus::Confirmed;
    }
    store.put_user(&user)?;
    Ok(json!({}))
}

/// DeleteUser.
pub(super) fn delete_user(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    server.store().remove_user(&bearer.pool.id, &bearer.user.username)?;
    Ok(json!({}))
}
