//! Lifeguard: sign-in for browser apps on Amazon Cognito user pools.
//!
//! Decisions are made here, effects are performed by a host: `js/` for npm, `web/` for Rust front
//! ends, [`host`]`::fake` for tests.
//!
//! ```text
//! host                              core
//!  | step(call, transcript)          |
//!  |-------------------------------->|  runs; needs the clock, a store, a reply …
//!  |<--- effect: send(request) ------|  suspended
//!  |  performs it                    |
//!  | step(call, transcript + result) |
//!  |-------------------------------->|  runs again from its beginning; this time it knows
//!  |<--- outcome, new state ---------|
//! ```
//!
//! - [`protocol`] decides what to send and what a reply means. Pure: no host, no clock, no entropy.
//! - [`host`] is the effects, as one trait.
//! - [`transcript`] is what one call has learned.
//! - [`operations`] has one file per user task: plain functions over a host.
//! - [`step`] is what a host sees: one function, text in and text out.
//!
//! `docs/ARCHITECTURE.md` says which directory a thing belongs in; `tests/rooms.rs` holds the rules.

/// A step frees nothing: the instance goes as a whole (`js/core/load.ts`).
#[cfg(all(target_arch = "wasm32", feature = "module"))]
#[global_allocator]
static ARENA: arena::Arena<arena::Memory> = arena::Arena::new();

pub mod host;
pub mod operations;
pub mod protocol;
pub mod step;
pub mod transcript;
