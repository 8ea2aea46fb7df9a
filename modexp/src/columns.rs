//! Columns of a product: the sums of digit products of one weight, before any carry.

use crate::digits::{DIGITS, Digits, Squared, Staggered, WORDS};
use crate::impossible;
use crate::lanes::{Lanes, wipe};

/// Vectors of columns of half a product.
pub(crate) const HALF: usize = DIGITS / 4;

/// Columns of a product, four to a vector, lowest first; column `k` has weight 2^(12·k).
///
/// A column of a product is at most 256 · 2048² = 2^30 in size, so a product and a multiple of the
/// modulus together fit the 32 bits of a lane.
#[repr(C, align(16))]
pub(crate) struct Columns([Lanes; 2 * HALF]);

impl Columns {
    /// All columns zero.
    pub(crate) const ZERO: Columns = Columns([Lanes::ZERO; 2 * HALF]);

    /// The columns below 2^3072.
    pub(crate) fn low(&mut self) -> &mut [Lanes] {
        let (low, _) = self.0.split_at_mut(HALF);
        low
    }

    /// The columns from 2^3072 on.
    pub(crate) fn high(&mut self) -> &mut [Lanes] {
        let (_, high) = self.0.split_at_mut(HALF);
        high
    }

    /// Sets all columns to those of `a · b`.
    pub(crate) fn set_product(&mut self, a: &Digits, b: &Staggered) {
        self.0 = [Lanes::ZERO; 2 * HALF];
        for (group, pairs) in a.groups().enumerate() {
            add_rows(self.0.get_mut(4 * group..), pairs, b, 0);
        }
    }

    /// Sets all columns to those of a square.
    ///
    /// A product of two different digits occurs twice: each group of digits is multiplied by
    /// itself and by twice the digits above it.
    pub(crate) fn set_square(&mut self, a: &Digits, squared: &mut Squared) {
        self.0 = [Lanes::ZERO; 2 * HALF];
        for (group, pairs) in a.groups().enumerate() {
            squared.turn_to(group);
            add_rows(self.0.get_mut(8 * group..), pairs, &squared.multiplicand, 4 * group);
        }
    }

    /// Sets the columns below 2^3072 to those of `a · b`.
    pub(crate) fn set_low_product(&mut self, a: &Digits, b: &Staggered) {
        self.low().fill(Lanes::ZERO);
        for (group, pairs) in a.groups().enumerate() {
            add_rows(self.low().get_mut(4 * group..), pairs, b, 0);
        }
    }

    /// Adds the columns of `a · b` from 2^3072 on, and returns the four columns below them, which
    /// are enough to know what the lower half carries into the upper.
    pub(crate) fn add_high_product(&mut self, a: &Digits, b: &Staggered) -> Lanes {
        // The sums of the lowest three vectors miss what comes from below them.
        let Some(columns) = self.0.get_mut(HALF - 4..) else { impossible() };
        columns.iter_mut().take(4).for_each(|columns| *columns = Lanes::ZERO);
        for (group, pairs) in a.groups().enumerate() {
            add_rows(Some(&mut *columns), pairs, b, HALF - 4 - 4 * group);
        }
        columns.get(3).copied().unwrap_or_else(|| impossible())
    }
}

impl Drop for Columns {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Adds 16 digits of the multiplier times the multiplicand's vectors from `first` on to columns,
/// until one of both ends.
///
/// A vector of the multiplicand serves four vectors of columns, which is why three sums travel
/// along.
#[inline(never)]
fn add_rows(columns: Option<&mut [Lanes]>, pairs: &[i32; 8], b: &Staggered, first: usize) {
    let &[p0, p1, p2, p3, p4, p5, p6, p7] = pairs;
    let (p0, p1) = (Lanes::splat(p0), Lanes::splat(p1));
    let (p2, p3) = (Lanes::splat(p2), Lanes::splat(p3));
    let (p4, p5) = (Lanes::splat(p4), Lanes::splat(p5));
    let (p6, p7) = (Lanes::splat(p6), Lanes::splat(p7));
    let (mut next, mut second, mut third) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
    let (Some(columns), Some(words)) = (columns, b.0.get(first..WORDS)) else { impossible() };
    let (columns, words) = (columns.as_chunks_mut::<4>().0, words.as_chunks::<4>().0);
    for ([c0, c1, c2, c3], &[w0, w1, w2, w3]) in columns.iter_mut().zip(words) {
        let [even, odd] = w0;
        *c0 = c0.add(next).add_dot(p0, even).add_dot(p1, odd);
        let fourth = second.add_dot(p2, even).add_dot(p3, odd);
        second = third.add_dot(p4, even).add_dot(p5, odd);
        third = p6.dot(even).add_dot(p7, odd);
        let [even, odd] = w1;
        *c1 = c1.add(fourth).add_dot(p0, even).add_dot(p1, odd);
        next = second.add_dot(p2, even).add_dot(p3, odd);
        second = third.add_dot(p4, even).add_dot(p5, odd);
        third = p6.dot(even).add_dot(p7, odd);
        let [even, odd] = w2;
        *c2 = c2.add(next).add_dot(p0, even).add_dot(p1, odd);
        let fourth = second.add_dot(p2, even).add_dot(p3, odd);
        second = third.add_dot(p4, even).add_dot(p5, odd);
        third = p6.dot(even).add_dot(p7, odd);
        let [even, odd] = w3;
        *c3 = c3.add(fourth).add_dot(p0, even).add_dot(p1, odd);
        next = second.add_dot(p2, even).add_dot(p3, odd);
        second = third.add_dot(p4, even).add_dot(p5, odd);
        third = p6.dot(even).add_dot(p7, odd);
    }
}
