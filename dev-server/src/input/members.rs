//! The members that a type reads, by asking it: a structure that is to be read names them to whoever reads.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Names as the wire has them.
pub(crate) type Members = &'static [&'static str];

/// Those of a type, or of what a path of members leads to within it, through lists, maps and what may be absent;
/// nothing for what is no structure.
pub(crate) fn members_of<T: DeserializeOwned>(path: &[&str]) -> Option<Members> {
    let mut members = None;
    // It ends in an error: there is nothing to read.
    let _ = T::deserialize(Asking { path, members: &mut members });
    members
}

struct Asking<'a> {
    path: &'a [&'a str],
    members: &'a mut Option<Members>,
}

impl<'de> Deserializer<'de> for Asking<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no structure"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        members: Members,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Some((name, path)) = self.path.split_first() else {
            *self.members = Some(members);
            return Err(Error::custom("only asked"));
        };
        visitor.visit_map(One { name: Some(name), value: Some(Asking { path, ..self }) })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(One { name: None, value: Some(self) })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(One { name: Some("any"), value: Some(self) })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct enum identifier ignored_any
    }
}

/// The one member or item on the way.
struct One<'a> {
    name: Option<&'a str>,
    value: Option<Asking<'a>>,
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.name.take().map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.value.take().ok_or_else(|| Error::custom("asked twice"))?)
    }
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.value.take().map(|value| seed.deserialize(value)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[allow(dead_code, reason = "its names are all that is asked for")]
    struct Sample {
        user_pool_id: String,
        #[serde(rename = "SMSMfaSettings")]
        sms: Option<bool>,
        inner: Option<Vec<Inner>>,
        by_name: BTreeMap<String, Inner>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code, reason = "its names are all that is asked for")]
    struct Inner {
        deep: String,
    }

    #[test]
    fn members_of_a_type_are_told_as_the_wire_has_them() {
        let of = members_of::<Sample>;

        assert_eq!(of(&[]), Some(&["UserPoolId", "SMSMfaSettings", "Inner", "ByName"][..]));
        assert_eq!(of(&["Inner"]), Some(&["deep"][..]));
        assert_eq!(of(&["ByName"]), Some(&["deep"][..]));
        assert_eq!(of(&["SMSMfaSettings"]), None);
        assert_eq!(of(&["Inner", "deep"]), None);
        assert_eq!(members_of::<serde_json::Value>(&[]), None);
    }
}
