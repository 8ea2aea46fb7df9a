//! The members that a type reads, by asking it: a structure that is to be read names them to whoever reads.

use super::Pending;
use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// Names as the wire has them.
pub(crate) type Members = &'static [&'static str];

/// Those of a type; nothing for one that is no structure.
pub(crate) fn of<T: DeserializeOwned>() -> Option<Members> {
    let mut members = None;
    let _ = T::deserialize(Asking(&mut members));
    members
}

pub(crate) fn of_now<T: DeserializeOwned>(
    _: for<'a> fn(&'a Server, &'a Caller, T) -> Answer,
) -> Option<Members> {
    of::<T>()
}

pub(crate) fn of_later<T: DeserializeOwned>(
    _: for<'a> fn(&'a Server, &'a Caller, T) -> Pending<'a>,
) -> Option<Members> {
    of::<T>()
}

struct Asking<'a>(&'a mut Option<Members>);

impl<'de> Deserializer<'de> for Asking<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no structure"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        members: Members,
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = Some(members);
        Err(Error::custom("only asked"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
