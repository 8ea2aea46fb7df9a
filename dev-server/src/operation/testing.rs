//! The members that the handler of a row reads.

use super::Pending;
use crate::caller::Caller;
pub(crate) use crate::input::members::{Members, members_of};
use crate::refusal::Answer;
use crate::server::Server;
use serde::de::DeserializeOwned;

pub(crate) fn of_now<T: DeserializeOwned>(
    _: for<'a> fn(&'a Server, &'a Caller, T) -> Answer,
    path: &[&str],
) -> Option<Members> {
    members_of::<T>(path)
}

pub(crate) fn of_later<T: DeserializeOwned>(
    _: for<'a> fn(&'a Server, &'a Caller, T) -> Pending<'a>,
    path: &[&str],
) -> Option<Members> {
    members_of::<T>(path)
}
