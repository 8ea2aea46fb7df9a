//! Assertions that were used: each lets somebody in once (profiles, section 4.1.4.5).

use super::metadata::Provider;
use super::response::Assertion;
use crate::refusal::Refusal;
use crate::store::{Store, document};
use serde::{Deserialize, Serialize};

/// How long after its end an assertion is remembered: longer than it is accepted, whatever the clocks. Seconds.
const MARGIN: i64 = 3600;
/// One that names no end is remembered for a day.
const LONGEST: i64 = 86_400;

#[derive(Debug, Serialize, Deserialize)]
struct SpentAssertion {
    /// Its issuer and its ID.
    key: String,
    pool_id: String,
    /// Milliseconds since the epoch.
    forget: i64,
}

document!(SpentAssertion, "spent_assertion", key; ends |spent| spent.forget);

/// Uses an assertion; false when it was used before.
pub(crate) fn spend(
    store: &Store,
    pool_id: &str,
    provider: &Provider,
    assertion: &Assertion,
    now: i64,
) -> Result<bool, Refusal> {
    let key = format!("{} {}", provider.entity_id, assertion.id);
    if store.find::<SpentAssertion>(pool_id, "", &key)?.is_some() {
        return Ok(false);
    }
    // The provider's times are by the machine's clock, the store's by this server's.
    let seconds = assertion.expires.saturating_sub(now).clamp(0, LONGEST).saturating_add(MARGIN);
    let forget = store.clock().now_ms().saturating_add(seconds.saturating_mul(1000));
    store.put(&SpentAssertion { key, pool_id: pool_id.to_owned(), forget })?;
    Ok(true)
}
