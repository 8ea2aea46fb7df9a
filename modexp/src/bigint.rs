//! The same operations by the `BigInt` of a JavaScript engine, for the build that becomes JavaScript
//! itself (`scripts/lib/wasm2js.mjs`): there, vectors and products of 64 bits are many operations.
//!
//! SECURITY: not constant-time: how long an engine takes depends on the values. Nor is anything
//! wiped that the engine makes on its way.

#![allow(unsafe_code)]

use crate::constants::PRIME;
use crate::element::ELEMENT_BYTES;
use crate::exponent::Exponent;

#[link(wasm_import_module = "bigint")]
unsafe extern "C" {
    /// Replaces a modulus by the result of an operation, modulo it. All integers are big-endian; one
    /// without bytes is 0.
    fn modular(
        operation: Operation,
        a: *const u8,
        a_length: usize,
        b: *const u8,
        b_length: usize,
        modulus: *mut u8,
        modulus_length: usize,
    );
}

/// `js/core/without-wasm.ts` has the same numbers.
#[repr(u32)]
enum Operation {
    Add = 0,
    Subtract = 1,
    Multiply = 2,
    Power = 3,
}

fn compute(operation: Operation, a: &[u8], b: &[u8]) -> Element {
    let mut result = PRIME;
    let modulus = result.as_mut_ptr();
    // SAFETY: the import reads within the three slices and writes within the last, which is ours.
    unsafe { modular(operation, a.as_ptr(), a.len(), b.as_ptr(), b.len(), modulus, ELEMENT_BYTES) };
    Element(result)
}

/// An integer modulo the prime.
#[derive(Clone)]
pub struct Element([u8; ELEMENT_BYTES]);

impl Element {
    /// The residue of a big-endian integer of any length.
    #[must_use]
    pub fn from_bytes_be(bytes: &[u8]) -> Element {
        compute(Operation::Add, bytes, &[])
    }

    /// This integer, reduced, in big-endian bytes.
    #[must_use]
    pub fn to_bytes_be(&self) -> [u8; ELEMENT_BYTES] {
        self.0
    }

    /// Whether this is 0 modulo the prime.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == [0; ELEMENT_BYTES]
    }

    /// The product of two elements.
    #[must_use]
    pub fn mul(&self, other: &Element) -> Element {
        compute(Operation::Multiply, &self.0, &other.0)
    }

    /// The sum of two elements.
    #[must_use]
    pub fn add(&self, other: &Element) -> Element {
        compute(Operation::Add, &self.0, &other.0)
    }

    /// The difference of two elements.
    #[must_use]
    pub fn sub(&self, other: &Element) -> Element {
        compute(Operation::Subtract, &self.0, &other.0)
    }
}

/// `base` to the power of a big-endian exponent of at most 129 bytes, or `None` if it is longer.
#[must_use]
pub fn pow(base: &Element, exponent: &[u8]) -> Option<Element> {
    Some(Power::new(base, Exponent::from_bytes_be(exponent)?).finish())
}

/// 2 to the power of a big-endian exponent of any length.
#[must_use]
pub fn pow_generator(exponent: &[u8]) -> Element {
    compute(Operation::Power, &[2], exponent)
}

/// An exponentiation. Its only step is that which finishes it.
pub struct Power {
    base: Element,
    exponent: Exponent,
}

impl Power {
    /// Begins to raise `base` to the power of `exponent`; nothing is computed yet.
    #[must_use]
    pub fn new(base: &Element, exponent: Exponent) -> Power {
        Power { base: base.clone(), exponent }
    }

    /// Tells that the rest is for [`Power::finish`].
    pub fn step(&mut self) -> bool {
        true
    }

    /// Computes the power.
    #[must_use]
    pub fn finish(self) -> Element {
        compute(Operation::Power, &self.base.0, self.exponent.bytes())
    }
}

/// There is nothing to prepare.
#[derive(Default)]
pub struct Preparation;

impl Preparation {
    /// Begins.
    #[must_use]
    pub fn new() -> Preparation {
        Preparation
    }

    /// Tells that this was all.
    pub fn step(&mut self) -> bool {
        true
    }

    /// Ends.
    pub fn finish(self) {}
}

/// There is nothing to prepare.
pub fn prepare() {}
