//! Montgomery multiplication: `a · b / 2^3072` modulo the prime.
//!
//! SECURITY: arithmetic on secrets wraps throughout, although nothing here overflows, because the
//! overflow checks of a debug build are branches.

use crate::columns::Columns;
use crate::digits::{Digits, Squared, Staggered};
use crate::impossible;
use crate::lanes::{Lanes, as_words, as_words_mut};

/// Bits of a digit.
const BITS: i32 = 12;

/// The prime `N` in the forms that reduction wants.
pub(crate) struct Modulus {
    /// `N`.
    pub(crate) modulus: Staggered,
    /// `-1/N` modulo 2^3072.
    pub(crate) minus_inverse: Staggered,
}

/// Scratch space of a chain of multiplications; wiped when dropped.
pub(crate) struct Workspace<'a> {
    modulus: &'a Modulus,
    multiplicand: Squared,
    columns: Columns,
    digits: Digits,
    quotient: Digits,
}

impl<'a> Workspace<'a> {
    /// Scratch space without content.
    pub(crate) const fn new(modulus: &'a Modulus) -> Workspace<'a> {
        Workspace {
            modulus,
            multiplicand: Squared::ZERO,
            columns: Columns::ZERO,
            digits: Digits::ZERO,
            quotient: Digits::ZERO,
        }
    }

    /// Replaces `a` by `a · b / 2^3072`.
    pub(crate) fn multiply(&mut self, a: &mut Digits, b: &Digits) {
        let multiplicand = &mut self.multiplicand.multiplicand;
        multiplicand.load(b);
        self.columns.set_product(a, multiplicand);
        self.reduce(a);
    }

    /// Replaces `a` by `a² / 2^3072`.
    pub(crate) fn square(&mut self, a: &mut Digits) {
        self.multiplicand.load(a);
        self.columns.set_square(a, &mut self.multiplicand);
        self.reduce(a);
    }

    /// The product divided by 2^3072, modulo the prime.
    ///
    /// With `t` the lower half, `q = t · (-1/N) mod 2^3072` makes `t + q·N` a multiple of 2^3072,
    /// so only its upper half is wanted. What its lower half carries into the upper is an integer
    /// that four columns determine: the columns below them come to less than 2^-29.
    fn reduce(&mut self, result: &mut Digits) {
        let Modulus { modulus, minus_inverse } = self.modulus;
        let carry_of_low = normalize(self.columns.low(), &mut self.digits);
        self.columns.set_low_product(&self.digits, minus_inverse);
        normalize(self.columns.low(), &mut self.quotient);
        let guard = self.columns.add_high_product(&self.quotient, modulus);
        let carry = carry_of_low.wrapping_add(self.carry_into_high(guard));
        let high = self.columns.high();
        if let Some(lowest) = as_words_mut(high).first_mut() {
            *lowest = lowest.wrapping_add(carry);
        }
        settle(high, result, modulus);
    }

    /// What `t + q·N` carries out of its lower half, from the columns 252..256 of `q·N`.
    fn carry_into_high(&self, guard: Lanes) -> i32 {
        let mut sum = 0_i64;
        let [_, _, .., penultimate, last] = self.digits.pairs() else { impossible() };
        let digits = [penultimate << 16 >> 16, penultimate >> 16, last << 16 >> 16, last >> 16];
        for (&column, digit) in as_words(&[guard]).iter().zip(digits) {
            sum = (sum >> BITS).wrapping_add(i64::from(column)).wrapping_add(i64::from(digit));
        }
        (sum.wrapping_add(1 << (BITS - 1)) >> BITS) as i32
    }
}

/// Carries columns into digits, modulo 2^3072, and returns what is carried out at the top.
///
/// Two rounds leave every column within -128..=4223, a third moves what is above 2047 up by one,
/// so that digits end within -2048..=2048 without a chain of carries over all of them.
pub(crate) fn normalize(columns: &[Lanes], digits: &mut Digits) -> i32 {
    let mask = Lanes::splat((1 << BITS) - 1);
    let half = Lanes::splat(1 << (BITS - 1));
    let mut carries = [Lanes::ZERO; 3];
    let mut step = |column: Lanes| {
        let [first, second, third] = carries;
        let carry = column.shift_right::<BITS>();
        let column = column.and(mask).add(carry.after(first));
        let next = column.shift_right::<BITS>();
        let column = column.and(mask).add(next.after(second));
        let last = column.add(half).shift_right::<BITS>();
        carries = [carry, next, last];
        column.sub(last.shift_left::<BITS>()).add(last.after(third))
    };
    for (digits, columns) in digits.0.iter_mut().zip(columns.as_chunks().0) {
        let &[low, high] = columns;
        let low = step(low);
        *digits = Lanes::narrow(low, step(high));
    }
    let [first, second, third] = carries;
    first.last().wrapping_add(second.last()).wrapping_add(third.last())
}

/// Carries columns into digits after taking away the multiple of the prime that is nearest.
///
/// Takes columns whose value is within ±7 · 2^3072, and leaves a value within ±0.501 · 2^3072.
pub(crate) fn settle(columns: &mut [Lanes], digits: &mut Digits, modulus: &Staggered) {
    let mut sum = 0_i64;
    if let [.., highest] = columns {
        for &column in as_words(&[*highest]) {
            sum = (sum >> BITS).wrapping_add(i64::from(column));
        }
    }
    let multiple = sum.wrapping_add(1 << (BITS - 1)) >> BITS;
    let multiple = Lanes::splat((multiple as i32) & 0xffff);
    for (column, words) in columns.iter_mut().zip(modulus.words()) {
        *column = column.sub(words.dot(multiple));
    }
    let carry = normalize(columns, digits);
    digits.add_to_top(carry);
}
