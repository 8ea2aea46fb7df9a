//! Integers modulo the prime.

use crate::columns::Columns;
use crate::constants::{PRIME, constants};
use crate::digits::Digits;
use crate::lanes::{Lanes, as_words, as_words_mut, wipe_bytes};
use crate::montgomery::{Workspace, settle};

/// Length of an element in bytes: 3072 bits.
pub const ELEMENT_BYTES: usize = 384;

/// An integer modulo the prime; wiped when dropped.
///
/// Held in Montgomery form, as `x · 2^3072`.
#[derive(Clone)]
pub struct Element(pub(crate) Digits);

impl Element {
    /// The residue of a big-endian integer of any length.
    ///
    /// Takes time that depends on the length of `bytes` alone.
    #[must_use]
    pub fn from_bytes_be(bytes: &[u8]) -> Element {
        let constants = constants();
        let mut workspace = Workspace::new(&constants.modulus);
        let mut value = Digits::ZERO;
        let mut sum = Digits::ZERO;
        for chunk in chunks_from_end(bytes, ELEMENT_BYTES) {
            // Horner's rule; the factor that moves the value up by a chunk is also the one that
            // takes the chunk into Montgomery form.
            let mut columns = columns_of_bytes(chunk);
            add_digits(&mut columns, &value);
            settle(columns.low(), &mut sum, &constants.modulus.modulus);
            workspace.multiply(&mut sum, &constants.square_of_radix);
            value.0 = sum.0;
        }
        Element(value)
    }

    /// This integer, reduced, in big-endian bytes.
    #[must_use]
    pub fn to_bytes_be(&self) -> [u8; ELEMENT_BYTES] {
        let mut value = self.0.clone();
        let mut one = Digits::ZERO;
        if let Some(lowest) = one.pairs_mut().first_mut() {
            *lowest = 1;
        }
        Workspace::new(&constants().modulus).multiply(&mut value, &one);
        let mut columns = Columns::ZERO;
        add_digits(&mut columns, &value);
        // The value lies between -N/2 and N/2 with a little on either side: N is to be added
        // exactly when it is negative.
        let mut bytes = [0; ELEMENT_BYTES];
        let sign = bytes_of_columns(columns.low(), &mut bytes);
        let mut prime = columns_of_bytes(&PRIME);
        for (column, digit) in as_words_mut(columns.low()).iter_mut().zip(as_words(prime.low())) {
            *column = column.wrapping_add(digit & sign);
        }
        bytes_of_columns(columns.low(), &mut bytes);
        bytes
    }

    /// Whether this is 0 modulo the prime.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        let mut bytes = self.to_bytes_be();
        let any = bytes.iter().fold(0, |any, byte| any | byte);
        wipe_bytes(&mut bytes);
        any == 0
    }

    /// The product of two elements.
    #[must_use]
    pub fn mul(&self, other: &Element) -> Element {
        let mut product = self.0.clone();
        Workspace::new(&constants().modulus).multiply(&mut product, &other.0);
        Element(product)
    }

    /// The sum of two elements.
    #[must_use]
    pub fn add(&self, other: &Element) -> Element {
        self.combine(other, i32::wrapping_add)
    }

    /// The difference of two elements.
    #[must_use]
    pub fn sub(&self, other: &Element) -> Element {
        self.combine(other, i32::wrapping_sub)
    }

    fn combine(&self, other: &Element, each: impl Fn(i32, i32) -> i32) -> Element {
        let mut columns = Columns::ZERO;
        add_digits(&mut columns, &self.0);
        let mut others = Columns::ZERO;
        add_digits(&mut others, &other.0);
        for (a, &b) in as_words_mut(columns.low()).iter_mut().zip(as_words(others.low())) {
            *a = each(*a, b);
        }
        let mut digits = Digits::ZERO;
        settle(columns.low(), &mut digits, &constants().modulus.modulus);
        Element(digits)
    }
}

/// Chunks of which the last ends where the bytes end, first to last; only the first may be short.
pub(crate) fn chunks_from_end(bytes: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    bytes.rchunks(size).rev()
}

/// Adds each digit to its column.
fn add_digits(columns: &mut Columns, digits: &Digits) {
    for (columns, pair) in as_words_mut(columns.low()).chunks_exact_mut(2).zip(digits.pairs()) {
        let [low, high] = columns else { continue };
        *low = low.wrapping_add(pair << 16 >> 16);
        *high = high.wrapping_add(pair >> 16);
    }
}

/// The digits, 0..=4095, of a big-endian integer of at most 384 bytes.
pub(crate) fn columns_of_bytes(bytes: &[u8]) -> Columns {
    let mut columns = Columns::ZERO;
    let triples = bytes
        .rchunks(3)
        .map(|triple| triple.iter().fold(0, |value, &byte| value << 8 | i32::from(byte)));
    for (columns, triple) in as_words_mut(columns.low()).chunks_exact_mut(2).zip(triples) {
        let [low, high] = columns else { continue };
        *low = triple & 0xfff;
        *high = triple >> 12;
    }
    columns
}

/// Writes columns as a big-endian integer modulo 2^3072 and returns what is carried out of them.
fn bytes_of_columns(columns: &[Lanes], bytes: &mut [u8; ELEMENT_BYTES]) -> i32 {
    let mut carry = 0;
    let pairs = as_words(columns).chunks_exact(2);
    for (triple, columns) in bytes.rchunks_exact_mut(3).zip(pairs) {
        let &[low, high] = columns else { continue };
        let low = low.wrapping_add(carry);
        let high = high.wrapping_add(low >> 12);
        carry = high >> 12;
        let value = (low & 0xfff) | (high & 0xfff) << 12;
        for (byte, shift) in triple.iter_mut().zip([16, 8, 0]) {
            *byte = (value >> shift) as u8;
        }
    }
    carry
}
