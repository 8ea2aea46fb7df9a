//! An input of which a handler reads some members and keeps the others as they are: settings, which are told again.

use super::members::{Members, members_of};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde_json::{Map, Value};
use std::fmt;
use std::marker::PhantomData;

/// What is read, and the rest in the order in which it came.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    pub(crate) named: T,
    pub(crate) settings: Map<String, Value>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = members_of::<T>(&[]).unwrap_or_default();
        deserializer.deserialize_struct("Kept", members, Both(members, PhantomData))
    }
}

struct Both<T>(Members, PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Both<T> {
    type Value = Kept<T>;

    fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("a structure")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Kept<T>, A::Error> {
        let mut settings = Map::new();
        let named = Named { map, members: self.0, rest: &mut settings };
        let named = T::deserialize(MapAccessDeserializer::new(named))?;
        Ok(Kept { named, settings })
    }
}

/// Hands on what is read and puts the rest aside.
struct Named<'a, A> {
    map: A,
    members: Members,
    rest: &'a mut Map<String, Value>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Named<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.map.next_key::<String>()? {
            if self.members.contains(&name.as_str()) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            let value = self.map.next_value()?;
            self.rest.insert(name, value);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Sample {
        pool_name: String,
        limit: Option<u64>,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        deep: String,
    }

    #[test]
    fn what_is_not_read_is_kept_in_its_order() {
        let input = json!({ "Z": 1, "PoolName": "p", "A": { "b": [null] }, "Inner": { "deep": "d" }, "M": false });

        let kept: Kept<Sample> = serde_json::from_value(input).unwrap();

        assert_eq!((kept.named.pool_name.as_str(), kept.named.limit), ("p", None));
        assert_eq!(kept.named.inner.unwrap().deep, "d");
        let settings = serde_json::to_string(&kept.settings).unwrap();
        assert_eq!(settings, r#"{"Z":1,"A":{"b":[null]},"M":false}"#);
    }

    #[test]
    fn only_what_is_read_is_told() {
        assert_eq!(members_of::<Kept<Sample>>(&[]), Some(&["PoolName", "Limit", "Inner"][..]));
        assert_eq!(members_of::<Kept<Sample>>(&["Inner"]), Some(&["deep"][..]));
        assert!(serde_json::from_value::<Kept<Sample>>(json!({ "A": 1 })).is_err());
    }
}
