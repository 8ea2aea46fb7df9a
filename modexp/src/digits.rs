//! Numbers as 256 signed digits of 12 bits.

use crate::lanes::{Lanes, as_words, as_words_mut, wipe};

/// Digits in a number: 256 · 12 = 3072 bits.
pub(crate) const DIGITS: usize = 256;

/// A number, lowest digit first, eight digits to a vector.
///
/// Digits lie in -2048..=2048; only the highest may be larger (up to a small multiple of 4096),
/// so the value lies in about ±0.51 · 2^3072 unless a function says otherwise.
#[derive(Clone)]
#[repr(C, align(16))]
pub(crate) struct Digits(pub(crate) [Lanes; DIGITS / 8]);

impl Digits {
    /// The number 0.
    pub(crate) const ZERO: Digits = Digits([Lanes::ZERO; DIGITS / 8]);

    /// Pairs of digits, the lower digit in the low half of each word.
    pub(crate) fn pairs(&self) -> &[i32] {
        as_words(&self.0)
    }

    /// Pairs of digits for writing.
    pub(crate) fn pairs_mut(&mut self) -> &mut [i32] {
        as_words_mut(&mut self.0)
    }

    /// Adds what was carried out of the highest digit to it.
    pub(crate) fn add_to_top(&mut self, carry: i32) {
        if let [.., top] = self.pairs_mut() {
            *top = top.wrapping_add(carry << 28);
        }
    }
}

impl Drop for Digits {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Vectors of zeros on either side of a staggered number, so that no block needs a boundary case.
pub(crate) const PADDING: usize = 8;

/// Vectors in one phase of a staggered number.
pub(crate) const PHASE: usize = PADDING + DIGITS / 4 + PADDING;

/// A multiplicand laid out so that a column of a product is a sum of dot products.
///
/// Word `k` holds the digits `k` (low half) and `k - 1` (high half). Its dot product with the
/// digits `i` and `i + 1` of the multiplier is what both add to column `k + i` of the product.
/// Phase 0 keeps the words `4v..4v + 4` in vector `v`, phase 1 the words `4v - 2..4v + 2`: with
/// both, every vector that a product needs is an aligned one.
#[repr(C, align(16))]
pub(crate) struct Staggered {
    pub(crate) phases: [[Lanes; PHASE]; 2],
}

impl Staggered {
    /// The number 0.
    pub(crate) const ZERO: Staggered = Staggered { phases: [[Lanes::ZERO; PHASE]; 2] };

    /// Replaces this number by `digits`.
    pub(crate) fn load(&mut self, digits: &Digits) {
        let [even, odd] = &mut self.phases;
        let mut before = Lanes::ZERO;
        let mut words_before = Lanes::ZERO;
        let even = even.iter_mut().skip(PADDING);
        let mut targets = even.zip(odd.iter_mut().skip(PADDING));
        let mut put = |words: Lanes| {
            if let Some((even, odd)) = targets.next() {
                *even = words;
                *odd = words.straddle(words_before);
                words_before = words;
            }
        };
        for &digits in &digits.0 {
            let lower = digits.half_after(before);
            before = digits;
            put(digits.interleave_low(lower));
            put(digits.interleave_high(lower));
        }
        // The highest digit has a word more, in which it is the lower neighbor of nothing.
        put(Lanes::ZERO.interleave_low(Lanes::ZERO.half_after(before)));
    }

    /// This number's digits, four to a vector, each in the low half of a word.
    pub(crate) fn words(&self) -> impl Iterator<Item = &Lanes> {
        let [even, _] = &self.phases;
        even.iter().skip(PADDING).take(DIGITS / 4)
    }
}

impl Drop for Staggered {
    fn drop(&mut self) {
        let [even, odd] = &mut self.phases;
        wipe(even);
        wipe(odd);
    }
}
