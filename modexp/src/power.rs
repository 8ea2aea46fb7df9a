//! Exponentiation of any base.

use crate::constants::constants;
use crate::digits::Digits;
use crate::element::Element;
use crate::exponent::Exponent;
use crate::lanes::Lanes;
use crate::montgomery::Workspace;

/// Bits of the exponent that one multiplication takes care of.
const WINDOW: usize = 5;
/// Entries of the table of powers.
const ENTRIES: usize = 1 << WINDOW;
/// Windows of one step of an exponentiation: about 100 multiplications, as many as the table takes.
const WINDOWS_PER_STEP: usize = 16;

/// `base` to the power of a big-endian exponent of at most 129 bytes, or `None` if it is longer.
///
/// Constant time in the values of both; the exponent's length is public.
#[must_use]
pub fn pow(base: &Element, exponent: &[u8]) -> Option<Element> {
    Some(Power::new(base, Exponent::from_bytes_be(exponent)?).finish())
}

/// An exponentiation in steps, for a thread that has other things to do in between.
///
/// Constant time in the values of base and exponent; the exponent's length is public.
pub struct Power {
    exponent: Exponent,
    windows_left: usize,
    table: [Digits; ENTRIES],
    result: Digits,
    is_table_made: bool,
}

impl Power {
    /// Begins to raise `base` to the power of `exponent`; nothing is computed yet.
    #[must_use]
    pub fn new(base: &Element, exponent: Exponent) -> Power {
        let one = &constants().one;
        let mut table = [const { Digits::ZERO }; ENTRIES];
        for (entry, value) in table.iter_mut().zip([one, &base.0]) {
            entry.0 = value.0;
        }
        let windows_left = exponent.bits().div_ceil(WINDOW);
        Power { exponent, windows_left, table, result: one.clone(), is_table_made: false }
    }

    /// Computes a part, in about the time of 100 multiplications, and tells whether that was all.
    pub fn step(&mut self) -> bool {
        let mut workspace = Workspace::new(&constants().modulus);
        if !self.is_table_made {
            let [_, base, rest @ ..] = &mut self.table;
            let mut power = base.clone();
            for entry in rest {
                workspace.multiply(&mut power, base);
                entry.0 = power.0;
            }
            self.is_table_made = true;
            return false;
        }
        let mut factor = Digits::ZERO;
        let last = self.windows_left.saturating_sub(WINDOWS_PER_STEP);
        for window in (last..self.windows_left).rev() {
            for _ in 0..WINDOW {
                workspace.square(&mut self.result);
            }
            let index = (0..WINDOW).rev().fold(0, |index, bit| {
                index << 1 | bit_of(self.exponent.bytes(), window * WINDOW + bit)
            });
            select(&mut factor, &self.table, index);
            workspace.multiply(&mut self.result, &factor);
        }
        self.windows_left = last;
        last == 0
    }

    /// Computes what is left and returns the power.
    #[must_use]
    pub fn finish(mut self) -> Element {
        while !self.step() {}
        Element(self.result)
    }
}

/// Bit `position` of a big-endian integer, 0 above its top.
pub(crate) fn bit_of(bytes: &[u8], position: usize) -> i32 {
    let byte = bytes.iter().rev().nth(position / 8);
    byte.map_or(0, |byte| i32::from(byte >> (position % 8) & 1))
}

/// Copies the entry of a secret index.
///
/// SECURITY: reads every entry, so that the cache cannot tell which one was wanted.
pub(crate) fn select(chosen: &mut Digits, table: &[Digits], index: i32) {
    chosen.0 = Digits::ZERO.0;
    for (entry, number) in table.iter().zip(0..) {
        // All ones where the numbers agree: the sign of a difference of zero less one.
        let difference: i32 = index ^ number;
        let mask = Lanes::splat(core::hint::black_box(difference.wrapping_sub(1) >> 31));
        for (chosen, &lanes) in chosen.0.iter_mut().zip(&entry.0) {
            *chosen = chosen.or(lanes.and(mask));
        }
    }
}
