//! Where a person stands, as far as that lets them in by no factor at all.

use crate::refusal::Refusal;
use crate::store::{User, UserStatus};

impl User {
    /// Refuses people whose state stands in the way of every sign-in.
    pub(super) fn check_state(&self) -> Result<(), Refusal> {
        if !self.enabled {
            return Err(Refusal::not_authorized("User is disabled."));
        }
        match self.status {
            UserStatus::Unconfirmed => {
                Err(Refusal::new("UserNotConfirmedException", "User is not confirmed."))
            }
            UserStatus::ResetRequired => Err(Refusal::new(
                "PasswordResetRequiredException",
                "Password reset required for the user",
            )),
            UserStatus::ExternalProvider => Err(Refusal::wrong_password()),
            UserStatus::Confirmed | UserStatus::ForceChangePassword => Ok(()),
        }
    }
}
