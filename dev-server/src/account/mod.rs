//! What signed-in people do with their account: password, attributes, factors, devices, passkeys.

mod attributes;
pub(crate) mod devices;
mod factors;
mod passkeys;
mod password;
#[cfg(test)]
mod tests;

pub(crate) use attributes::purpose as attribute_purpose;
pub(crate) use factors::preference;

use crate::dispatch::{Operation, open, open_later};
use crate::later;
use crate::refusal::Refusal;
use crate::store::{Store, User};
use crate::tokens::Bearer;

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[
    open_later("ChangePassword", later!(password::change)),
    open("DeleteUser", password::delete_user),
    open_later("UpdateUserAttributes", later!(attributes::update)),
    open("DeleteUserAttributes", attributes::delete),
    open_later("GetUserAttributeVerificationCode", later!(attributes::send_code)),
    open("VerifyUserAttribute", attributes::verify),
    open("SetUserMFAPreference", factors::set_preference),
    open("GetUserAuthFactors", factors::show),
    open("ListDevices", devices::list),
    open("GetDevice", devices::show),
    open("UpdateDeviceStatus", devices::update_status),
    open("ForgetDevice", devices::forget),
    open("StartWebAuthnRegistration", passkeys::start),
    open("CompleteWebAuthnRegistration", passkeys::complete),
    open("ListWebAuthnCredentials", passkeys::list),
    open("DeleteWebAuthnCredential", passkeys::delete),
];

/// The bearer's user as it is now: between the check of the token and this call somebody else may have written.
fn present_user(store: &Store, bearer: &Bearer) -> Result<User, Refusal> {
    let user = store.user(&bearer.pool.id, &bearer.user.username)?;
    user.filter(|user| user.sub == bearer.user.sub).ok_or_else(Refusal::user_not_found)
}
