//! Exponentiation of any base.

use crate::constants::constants;
use crate::digits::Digits;
use crate::element::Element;
use crate::lanes::Lanes;
use crate::montgomery::Workspace;

/// Bits of the exponent that one multiplication takes care of.
const WINDOW: usize = 5;

/// `base` to the power of a big-endian exponent of any length.
///
/// Constant time in the values of both; the exponent's length is public.
#[must_use]
pub fn pow(base: &Element, exponent: &[u8]) -> Element {
    pow_bits(base, exponent, exponent.len() * 8)
}

/// `base` to the power of the lowest `bits` bits of a big-endian exponent.
pub(crate) fn pow_bits(base: &Element, exponent: &[u8], bits: usize) -> Element {
    let constants = constants();
    let mut workspace = Workspace::new(&constants.modulus);
    let mut table = [const { Digits::ZERO }; 1 << WINDOW];
    let mut power = constants.one.clone();
    for entry in &mut table {
        entry.0 = power.0;
        workspace.multiply(&mut power, &base.0);
    }

    let mut result = constants.one.clone();
    let mut factor = Digits::ZERO;
    for window in (0..bits.div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            workspace.square(&mut result);
        }
        let index = (0..WINDOW)
            .rev()
            .fold(0, |index, bit| index << 1 | bit_of(exponent, window * WINDOW + bit));
        select(&mut factor, &table, index);
        workspace.multiply(&mut result, &factor);
    }
    Element(result)
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
        // All ones where the numbers agree: -1 shifted down from a difference of zero less one.
        let difference: i32 = index ^ number;
        let mask = Lanes::splat(core::hint::black_box(difference.wrapping_sub(1) >> 31));
        for (chosen, &lanes) in chosen.0.iter_mut().zip(&entry.0) {
            *chosen = chosen.or(lanes.and(mask));
        }
    }
}
