//! The host of Lifeguard's core for front ends in Rust: what the core calls an effect is performed
//! here by the APIs of a real page, one a file. No decision is made here.
//!
//! - [`fetch`], [`storage`], [`cookies`],
//!   [`locks`], [`passkeys`], [`clock`], [`channel`], [`random`] and [`signatures`] are the effects.
//! - [`driver`] takes a call from one effect to the next.

pub mod channel;
pub mod clock;
pub mod cookies;
pub mod driver;
pub mod fetch;
pub mod locks;
pub mod passkeys;
pub mod random;
pub mod signatures;
pub mod storage;

mod abort;
mod timer;
