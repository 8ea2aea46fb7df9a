//! Identity pools: an identity for a guest or for somebody a user pool vouches for, and temporary AWS credentials
//! for it. The credentials are made up and good for this server alone (`sigv4` knows them).

mod credentials;
mod identities;
mod login;
mod open_id;
mod pool;
mod role;
#[cfg(test)]
mod tests;

pub(crate) use pool::IdentityPool;

use crate::dispatch::{Operation, open, open_later};
use crate::later;

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[
    open("GetId", identities::get_id),
    open("GetCredentialsForIdentity", credentials::get),
    open_later("GetOpenIdToken", later!(open_id::get)),
];
