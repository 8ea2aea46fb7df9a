//! Numbers as 256 signed digits of 12 bits.

use crate::impossible;
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

    /// Groups of 16 digits, as pairs.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[i32; 8]> {
        self.pairs().as_chunks().0.iter()
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

/// Vectors of each phase of a staggered number: one more for the highest digit's second word, and
/// three zeros, in which the sums that travel along come to rest.
pub(crate) const WORDS: usize = DIGITS / 4 + 4;

/// A multiplicand laid out so that a column of a product is a sum of dot products.
///
/// Word `k` holds the digits `k` (low half) and `k - 1` (high half). Its dot product with the
/// digits `i` and `i + 1` of the multiplier is what both add to column `k + i` of the product.
/// Entry `v` has the words from `4v` on and the words from `4v - 2` on: the first for pairs of
/// multiplier digits at multiples of four, the second for those between.
#[repr(C, align(16))]
pub(crate) struct Staggered(pub(crate) [[Lanes; 2]; WORDS]);

impl Staggered {
    /// The number 0.
    pub(crate) const ZERO: Staggered = Staggered([[Lanes::ZERO; 2]; WORDS]);

    /// Replaces this number by `digits`.
    pub(crate) fn load(&mut self, digits: &Digits) {
        let mut before = Lanes::ZERO;
        let mut words_before = Lanes::ZERO;
        let mut put = |target: &mut [Lanes; 2], words: Lanes| {
            *target = [words, words.straddle(words_before)];
            words_before = words;
        };
        let (targets, rest) = self.0.as_chunks_mut::<2>();
        for ([low, high], &digits) in targets.iter_mut().zip(&digits.0) {
            let lower = digits.half_after(before);
            before = digits;
            put(low, digits.interleave_low(lower));
            put(high, digits.interleave_high(lower));
        }
        debug_assert!(rest.is_empty());
        // The highest digit has a word more, in which it is the lower neighbor of nothing.
        if let Some([last, _]) = targets.get_mut(DIGITS / 8) {
            put(last, Lanes::ZERO.interleave_low(Lanes::ZERO.half_after(before)));
        }
    }

    /// This number's digits, four to a vector, each in the low half of a word.
    pub(crate) fn words(&self) -> impl Iterator<Item = Lanes> {
        self.0.iter().take(DIGITS / 4).map(|&[words, _]| words)
    }
}

impl Drop for Staggered {
    fn drop(&mut self) {
        wipe(self.0.as_flattened_mut());
    }
}

/// A number to be squared, one group of 16 digits after the other.
pub(crate) struct Squared {
    /// What the group at hand is to be multiplied by: nothing below the group, the group, and
    /// twice what is above it.
    pub(crate) multiplicand: Staggered,
    once: Staggered,
}

impl Squared {
    /// The number 0.
    pub(crate) const ZERO: Squared =
        Squared { multiplicand: Staggered::ZERO, once: Staggered::ZERO };

    /// Replaces this number by `digits`.
    pub(crate) fn load(&mut self, digits: &Digits) {
        self.once.load(digits);
        for (twice, once) in self.multiplicand.0.iter_mut().zip(&self.once.0) {
            *twice = once.map(Lanes::double_halves);
        }
    }

    /// Makes the multiplicand that of a group; groups come in rising order.
    pub(crate) fn turn_to(&mut self, group: usize) {
        // In the first word of a group and in that after its last, a digit of the group has a
        // neighbor that is none.
        let entry_low = Lanes::of([0xffff, -1, -1, -1]);
        let entry_low_odd = Lanes::of([0, 0, 0xffff, -1]);
        let group_high = Lanes::of([-0x10000, 0, 0, 0]);
        let group_high_odd = Lanes::of([-1, -1, -0x10000, 0]);
        let first = 4 * group;
        let targets = self.multiplicand.0.get_mut(first..first + 5);
        let sources = self.once.0.get(first..first + 5);
        let (Some([first, rest @ .., above]), Some([once, onces @ .., once_above])) =
            (targets, sources)
        else {
            impossible()
        };
        *first = [once[0].and(entry_low), once[1].and(entry_low_odd)];
        rest.copy_from_slice(onces);
        *above = [
            above[0].choose(once_above[0], group_high),
            above[1].choose(once_above[1], group_high_odd),
        ];
    }
}
