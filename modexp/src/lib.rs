//! Constant-time arithmetic modulo the 3072-bit prime of RFC 3526, group 15, with generator 2.
//!
//! [Cognito's SRP](https://docs.aws.amazon.com/cognito/latest/developerguide/) works in this group
//! alone, so nothing here is generic: the modulus, the digit size and the window sizes are fixed.
//! The method and its cost are described in this crate's README.
//!
//! Time and memory accesses depend on the *lengths* of exponents and inputs, never on their values;
//! but not with the feature `bigint`.

#![deny(unsafe_op_in_unsafe_fn)]
#![cfg_attr(
    all(feature = "bigint", target_arch = "wasm32"),
    allow(dead_code, unreachable_pub, reason = "the arithmetic of this crate is not used there")
)]

#[cfg(all(feature = "bigint", target_arch = "wasm32"))]
mod bigint;
mod columns;
mod constants;
mod digits;
mod element;
mod exponent;
mod generator;
mod lanes;
mod montgomery;
mod power;

#[cfg(all(feature = "bigint", target_arch = "wasm32"))]
pub use bigint::{Element, Power, Preparation, pow, pow_generator, prepare};
pub use element::ELEMENT_BYTES;
pub use exponent::Exponent;
#[cfg(not(all(feature = "bigint", target_arch = "wasm32")))]
pub use {
    element::Element,
    generator::{Preparation, pow_generator, prepare},
    power::{Power, pow},
};

/// Where a branch cannot be reached, because arrays have the sizes that they have: a wrong result would be worse than
/// the end of the call.
#[expect(clippy::panic, reason = "arithmetic must not go on with a guess")]
#[cold]
fn impossible() -> ! {
    panic!("arithmetic of fixed sizes met another size")
}
