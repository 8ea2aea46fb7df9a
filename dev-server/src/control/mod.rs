//! What administrators do: pools, clients, people, groups. Settings whose flow this server does not have are kept
//! and reported back. Calls must be signed (`sigv4`), by a key of the configuration or by a role that may.

pub(crate) mod clients;
pub(crate) mod devices;
pub(crate) mod domains;
pub(crate) mod filter;
pub(crate) mod groups;
pub(crate) mod linking;
pub(crate) mod listing;
mod named;
pub(crate) mod passwords;
pub(crate) mod pools;
pub(crate) mod providers;
pub(crate) mod servers;
#[cfg(test)]
mod tests;
pub(crate) mod users;
