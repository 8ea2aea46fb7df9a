//! The RSA keys of a pool: two, one for access and one for ID tokens, kept in the store. Making one takes its time, so some
//! are made ahead.

use crate::random;
use crate::refusal::Refusal;
use crate::store::{SigningKey, Store};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many are made ahead: a pool more, and one to spare.
const AHEAD: usize = 4;

/// Keys already read from the store, by pool and token use, and those that are nobody's yet.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    known: Mutex<HashMap<(String, TokenUse), Arc<Key>>>,
    ahead: Mutex<Vec<Key>>,
}

/// Which of the two tokens of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenUse {
    Access,
    Id,
}

impl TokenUse {
    /// As the claim `token_use` spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }
}

/// One private key.
#[derive(Debug)]
pub(crate) struct Key {
    /// Standard base64 with padding, as the service has it.
    pub(crate) kid: String,
    /// Base64 of PKCS #8.
    encoded: String,
    private: RsaKeyPair,
}

impl Key {
    /// A new one.
    pub(crate) fn make() -> Result<Self, Refusal> {
        let private = RsaKeyPair::generate(KeySize::Rsa2048).map_err(Refusal::internal)?;
        let encoded: Pkcs8V1Der<'_> = private.as_der().map_err(Refusal::internal)?;
        let encoded = STANDARD.encode(encoded.as_ref());
        Ok(Self { kid: STANDARD.encode(random::bytes::<32>()?), encoded, private })
    }

    /// As the store has it.
    pub(crate) fn document(&self, pool_id: &str, token_use: TokenUse) -> SigningKey {
        SigningKey {
            pool_id: pool_id.to_owned(),
            token_use: token_use.name().to_owned(),
            kid: self.kid.clone(),
            pkcs8: self.encoded.clone(),
        }
    }

    fn restore(stored: SigningKey) -> Result<Self, Refusal> {
        let damaged = || Refusal::internal("a stored key is damaged");
        let bytes = STANDARD.decode(&stored.pkcs8).map_err(|_| damaged())?;
        let private = RsaKeyPair::from_pkcs8(&bytes).map_err(|_| damaged())?;
        Ok(Self { kid: stored.kid, encoded: stored.pkcs8, private })
    }

    /// RS256 over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut signature = vec![0; self.private.public_modulus_len()];
        self.private
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(Refusal::internal)?;
        Ok(signature)
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.private.public_key().as_ref())
            .verify(message, signature)
            .is_ok()
    }

    /// The public part as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.private.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "alg": "RS256",
            "e": number(public.exponent().big_endian_without_leading_zero()),
            "kid": self.kid,
            "kty": "RSA",
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "use": "sig",
        })
    }
}

impl Keys {
    /// A pool's key for a kind of token, if it has one yet.
    pub(crate) fn find(
        &self,
        store: &Store,
        pool_id: &str,
        token_use: TokenUse,
    ) -> Result<Option<Arc<Key>>, Refusal> {
        let name = (pool_id.to_owned(), token_use);
        if let Some(key) = lock(&self.known).get(&name) {
            return Ok(Some(key.clone()));
        }
        let Some(stored) = store.find::<SigningKey>(pool_id, "", token_use.name())? else {
            return Ok(None);
        };
        let key = Arc::new(Key::restore(stored)?);
        lock(&self.known).insert(name, key.clone());
        Ok(Some(key))
    }

    /// Gives a pool a new key, unless it has got one meanwhile.
    pub(crate) fn adopt(
        &self,
        store: &Store,
        pool_id: &str,
        token_use: TokenUse,
        key: Key,
    ) -> Result<Arc<Key>, Refusal> {
        if let Some(known) = self.find(store, pool_id, token_use)? {
            lock(&self.ahead).push(key);
            return Ok(known);
        }
        store.put(&key.document(pool_id, token_use))?;
        let key = Arc::new(key);
        lock(&self.known).insert((pool_id.to_owned(), token_use), key.clone());
        Ok(key)
    }

    /// One that was made ahead.
    pub(crate) fn take(&self) -> Option<Key> {
        lock(&self.ahead).pop()
    }

    /// Makes one ahead; says whether there are enough.
    pub(crate) fn prepare(&self) -> Result<bool, Refusal> {
        if lock(&self.ahead).len() >= AHEAD {
            return Ok(true);
        }
        let key = Key::make()?;
        let mut ahead = lock(&self.ahead);
        ahead.push(key);
        Ok(ahead.len() >= AHEAD)
    }

    /// How many are at hand, made ahead or read.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        lock(&self.ahead).len() + lock(&self.known).len()
    }

    /// Forgets what was read of a pool that was deleted.
    pub(crate) fn forget(&self, pool_id: &str) {
        lock(&self.known).retain(|(pool, _), _| pool != pool_id);
    }

    /// Forgets all that was read: what was written last may not have been kept.
    pub(crate) fn forget_all(&self) {
        lock(&self.known).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_signs_the_same_after_it_was_stored() {
        let made = Key::make().unwrap();
        let restored = Key::restore(made.document("p", TokenUse::Id)).unwrap();

        let signature = restored.sign(b"message").unwrap();

        assert!(made.is_signed(b"message", &signature));
        assert!(!made.is_signed(b"another", &signature));
        assert_eq!(made.jwk(), restored.jwk());
        assert_eq!(made.jwk()["e"], "AQAB");
        assert_eq!(made.jwk()["n"].as_str().unwrap().len(), 342);
    }

    #[test]
    fn keys_are_made_ahead_and_a_pool_gets_one() {
        let (keys, store) = (Keys::default(), Store::open(None).unwrap());
        while !keys.prepare().unwrap() {}
        let first = keys.take().unwrap();
        let kid = first.kid.clone();

        keys.adopt(&store, "p", TokenUse::Id, first).unwrap();
        // Of two that came at once the second one has no say.
        let second = keys.adopt(&store, "p", TokenUse::Id, keys.take().unwrap()).unwrap();

        assert_eq!(second.kid, kid);
        keys.forget_all();
        assert_eq!(keys.find(&store, "p", TokenUse::Id).unwrap().unwrap().kid, kid);
        assert!(keys.find(&store, "p", TokenUse::Access).unwrap().is_none());
    }
}
