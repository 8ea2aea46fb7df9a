//! The RSA keys of a pool: two, one for access and one for ID tokens, made when first needed and kept
//! in the store.

use crate::hex;
use crate::random;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::SigningKey;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto_bigint::BoxedUint;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::{Signature, SigningKey as Signer, VerifyingKey};
use rsa::signature::{SignatureEncoding, Signer as _, Verifier as _};
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Keys already read from the store, by pool and token use.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<(String, TokenUse), Arc<Key>>>);

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
    private: RsaPrivateKey,
}

impl Key {
    /// RS256 over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        let signer = Signer::<Sha256>::new(self.private.clone());
        Ok(signer.try_sign(message).map_err(Refusal::internal)?.to_vec())
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn is_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verifier = VerifyingKey::<Sha256>::new(self.private.to_public_key());
        Signature::try_from(signature)
            .is_ok_and(|signature| verifier.verify(message, &signature).is_ok())
    }

    /// The public part as a JWK.
    pub(crate) fn jwk(&self) -> Value {
        let number =
            |value: &BoxedUint| URL_SAFE_NO_PAD.encode(value.to_be_bytes_trimmed_vartime());
        json!({
            "alg": "RS256",
            "e": number(self.private.e()),
            "kid": self.kid,
            "kty": "RSA",
            "n": number(self.private.n()),
            "use": "sig",
        })
    }
}

impl Server {
    /// The pool's key for a kind of token; made on first use.
    pub(crate) fn key(&self, pool_id: &str, token_use: TokenUse) -> Result<Arc<Key>, Refusal> {
        let name = (pool_id.to_owned(), token_use);
        // Held while a key is made, so that two callers do not make two.
        let mut cache = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = cache.get(&name) {
            return Ok(key.clone());
        }
        let stored = self.store().find::<SigningKey>(pool_id, "", token_use.name())?;
        let key = match stored {
            Some(stored) => restore(&stored)?,
            None => {
                let (key, document) = make(pool_id, token_use)?;
                self.store().put(&document)?;
                key
            }
        };
        let key = Arc::new(key);
        cache.insert(name, key.clone());
        Ok(key)
    }

    /// Forgets the keys of a pool that was deleted.
    pub(crate) fn forget_keys(&self, pool_id: &str) {
        let mut cache = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|(pool, _), _| pool != pool_id);
    }
}

fn make(pool_id: &str, token_use: TokenUse) -> Result<(Key, SigningKey), Refusal> {
    let mut entropy = rand_core::UnwrapErr(getrandom::SysRng);
    let private = RsaPrivateKey::new(&mut entropy, 2048).map_err(Refusal::internal)?;
    let kid = STANDARD.encode(random::bytes::<32>()?);
    let number = |value: &BoxedUint| hex::encode(&value.to_be_bytes_trimmed_vartime());
    let [p, q] = private.primes() else {
        return Err(Refusal::internal("a new key has not two primes"));
    };
    let document = SigningKey {
        pool_id: pool_id.to_owned(),
        token_use: token_use.name().to_owned(),
        kid: kid.clone(),
        primes: [number(p), number(q)],
        exponent: number(private.e()),
    };
    Ok((Key { kid, private }, document))
}

fn restore(stored: &SigningKey) -> Result<Key, Refusal> {
    let number = |text: &str| {
        hex::decode(text)
            .map(|bytes| BoxedUint::from_be_slice_vartime(&bytes))
            .ok_or_else(|| Refusal::internal("a stored key is damaged"))
    };
    let [p, q] = &stored.primes;
    let private = RsaPrivateKey::from_p_q(number(p)?, number(q)?, number(&stored.exponent)?)
        .map_err(Refusal::internal)?;
    Ok(Key { kid: stored.kid.clone(), private })
}
