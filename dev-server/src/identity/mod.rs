//! Identity pools: an identity for a guest or for somebody a user pool vouches for, and temporary AWS credentials
//! for it. The credentials are made up and good for this server alone (`sigv4` knows them).

pub(crate) mod credentials;
pub(crate) mod identities;
pub(crate) mod login;
pub(crate) mod open_id;
pub(crate) mod role;
#[cfg(test)]
mod tests;
