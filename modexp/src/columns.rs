//! Columns of a product: the sums of digit products of one weight, before any carry.

use crate::digits::{DIGITS, Digits, PADDING, Staggered};
use crate::lanes::{Lanes, wipe};

/// Columns of half a product, four to a vector, lowest first; column `k` has weight 2^(12·k).
///
/// A column of a whole product is at most 256 · 2048² = 2^30 in size, so a product and a multiple
/// of the modulus together fit the 32 bits of a lane.
#[repr(C, align(16))]
pub(crate) struct Columns(pub(crate) [Lanes; DIGITS / 4]);

impl Columns {
    /// All columns zero.
    pub(crate) const ZERO: Columns = Columns([Lanes::ZERO; DIGITS / 4]);
}

impl Drop for Columns {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Vectors of columns that one pass computes: they stay in registers while the digits go by.
const BLOCK: usize = 8;

/// Multiplier digits in a group: four pairs for each phase.
const GROUP: usize = 16;

/// Columns 0..256 of `a · b`.
pub(crate) fn low_product(columns: &mut Columns, a: &Digits, b: &Staggered) {
    for (block, target) in columns.0.chunks_exact_mut(BLOCK).enumerate() {
        let sums = block_of(a, b, 0, 2 * block + 2, block * BLOCK);
        for (column, sum) in target.iter_mut().zip(sums) {
            *column = sum;
        }
    }
}

/// Adds columns 256..512 of `a · b` to `columns`.
pub(crate) fn add_high_product(columns: &mut Columns, a: &Digits, b: &Staggered) {
    for (block, target) in columns.0.chunks_exact_mut(BLOCK).enumerate() {
        let sums = block_of(a, b, 2 * block, DIGITS / GROUP, DIGITS / 4 + block * BLOCK);
        for (column, sum) in target.iter_mut().zip(sums) {
            *column = column.add(sum);
        }
    }
}

/// Columns 252..256 of `a · b`: enough to know what the lower half carries into the upper.
pub(crate) fn guard_columns(a: &Digits, b: &Staggered) -> Lanes {
    let [even, odd] = &b.phases;
    let mut sum = Lanes::ZERO;
    let first = PADDING + DIGITS / 4 - 1;
    for (step, pairs) in a.pairs().chunks_exact(2).enumerate() {
        let (&[low, high], Some(at)) = (pairs, first.checked_sub(step)) else { continue };
        let (Some(&even), Some(&odd)) = (even.get(at), odd.get(at)) else { continue };
        sum = sum.add_dot(Lanes::splat(low), even).add_dot(Lanes::splat(high), odd);
    }
    sum
}

/// The sums of `BLOCK` vectors of columns from vector `first` on, over some groups of digits of `a`.
#[inline(always)]
fn block_of(a: &Digits, b: &Staggered, from: usize, to: usize, first: usize) -> [Lanes; BLOCK] {
    let mut sums = [Lanes::ZERO; BLOCK];
    let [even, odd] = &b.phases;
    let groups = a.pairs().chunks_exact(GROUP / 2).enumerate();
    for (group, pairs) in groups.take(to).skip(from) {
        let start = PADDING + first - 3 - group * (GROUP / 4);
        let &[a0, a1, a2, a3, a4, a5, a6, a7] = pairs else { continue };
        let Some(even) = even.get(start..).and_then(|window| window.first_chunk()) else {
            continue;
        };
        let Some(odd) = odd.get(start..).and_then(|window| window.first_chunk()) else { continue };
        add_rows(&mut sums, [a0, a2, a4, a6], even);
        add_rows(&mut sums, [a1, a3, a5, a7], odd);
    }
    sums
}

/// Adds four pairs of multiplier digits times a window of the multiplicand to a block of columns.
///
/// Written out, because each vector of the window serves up to four sums while it is in a register.
#[inline(always)]
fn add_rows(sums: &mut [Lanes; BLOCK], pairs: [i32; 4], window: &[Lanes; BLOCK + 3]) {
    let [p0, p1, p2, p3] = pairs.map(Lanes::splat);
    let &[w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10] = window;
    let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5, mut s6, mut s7] = *sums;
    s0 = s0.add_dot(p3, w0);
    s0 = s0.add_dot(p2, w1);
    s1 = s1.add_dot(p3, w1);
    s0 = s0.add_dot(p1, w2);
    s1 = s1.add_dot(p2, w2);
    s2 = s2.add_dot(p3, w2);
    s0 = s0.add_dot(p0, w3);
    s1 = s1.add_dot(p1, w3);
    s2 = s2.add_dot(p2, w3);
    s3 = s3.add_dot(p3, w3);
    s1 = s1.add_dot(p0, w4);
    s2 = s2.add_dot(p1, w4);
    s3 = s3.add_dot(p2, w4);
    s4 = s4.add_dot(p3, w4);
    s2 = s2.add_dot(p0, w5);
    s3 = s3.add_dot(p1, w5);
    s4 = s4.add_dot(p2, w5);
    s5 = s5.add_dot(p3, w5);
    s3 = s3.add_dot(p0, w6);
    s4 = s4.add_dot(p1, w6);
    s5 = s5.add_dot(p2, w6);
    s6 = s6.add_dot(p3, w6);
    s4 = s4.add_dot(p0, w7);
    s5 = s5.add_dot(p1, w7);
    s6 = s6.add_dot(p2, w7);
    s7 = s7.add_dot(p3, w7);
    s5 = s5.add_dot(p0, w8);
    s6 = s6.add_dot(p1, w8);
    s7 = s7.add_dot(p2, w8);
    s6 = s6.add_dot(p0, w9);
    s7 = s7.add_dot(p1, w9);
    s7 = s7.add_dot(p0, w10);
    *sums = [s0, s1, s2, s3, s4, s5, s6, s7];
}
