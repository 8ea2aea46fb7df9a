//! Lifeguard: sign-in for browser apps on Amazon Cognito user pools.
//!
//! ```text
//!   js/  ->  bindings  ->  client  ->  protocol        what to say, and what the answer means
//!                            |
//!                            v
//!                        platform  <-  browser         the only room that touches the page
//! ```
//!
//! - [`protocol`] decides. Pure: no input or output, no clock, no dice, no async.
//! - [`platform`] is everything the SDK needs from the world, as one trait.
//! - [`client`] waits: it drives `protocol` over any `Platform`.
//! - `browser` is the `Platform` of a real page; `bindings` is what JavaScript sees (both wasm32 only).
//!
//! `docs/ARCHITECTURE.md` tells which room a thing belongs in; `tests/rooms.rs` holds the rules.

#[cfg(all(feature = "sign-in", feature = "account"))]
compile_error!("the modules exclude each other: --no-default-features --features sign-in");

/// The module that signs people in frees nothing: its instance goes as a whole (`js/core.ts`).
#[cfg(all(target_arch = "wasm32", feature = "sign-in"))]
#[global_allocator]
static ARENA: arena::Arena<arena::Memory> = arena::Arena::new();

#[cfg(target_arch = "wasm32")]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod client;
pub mod platform;
pub mod protocol;
