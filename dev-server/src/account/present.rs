//! Who the bearer of a token is now.

use crate::refusal::Refusal;
use crate::store::{Store, User};
use crate::tokens::Bearer;

/// The bearer's user as it is now: between the check of the token and this call somebody else may have written.
pub(super) fn present_user(store: &Store, bearer: &Bearer) -> Result<User, Refusal> {
    let user = store.user(&bearer.pool.id, &bearer.user.username)?;
    user.filter(|user| user.sub == bearer.user.sub).ok_or_else(Refusal::user_not_found)
}
