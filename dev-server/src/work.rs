//! Arithmetic that takes its time: hashing of passwords, SRP, keys.

use crate::refusal::Refusal;

/// Carries it out on a thread of its own, so that neither the workers nor whoever wants the store wait for it.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(Refusal::internal)?
}
