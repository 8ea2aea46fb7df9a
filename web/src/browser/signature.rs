//! Signatures: WebCrypto, by way of the wrapper, which has the keys' cache (`js/jwks.ts`).

use wasm_bindgen_futures::JsFuture;

use super::host::Host;
use crate::platform::SendError;

/// Whether a key at an address signed the token.
pub(super) async fn verify(host: &Host, token: &str, keys: &str) -> Result<bool, SendError> {
    let verdict = JsFuture::from(host.verify_signature(token, keys)).await;
    // Rejected: there are no keys to be had.
    verdict.map(|verdict| verdict.is_truthy()).map_err(|_| SendError::Network)
}
