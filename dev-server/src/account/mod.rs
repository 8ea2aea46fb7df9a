//! What signed-in people do with their account: password, attributes, factors, devices, passkeys.

pub(crate) mod attributes;
pub(crate) mod devices;
pub(crate) mod factors;
pub(crate) mod passkeys;
pub(crate) mod password;
mod present;
#[cfg(test)]
mod tests;
