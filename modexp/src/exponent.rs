//! The exponent `a + u·x` of SRP, in constant time.

use crate::element::Element;
use crate::lanes::wipe_bytes;
use crate::power::pow_bits;

/// Bytes of the longest `a`: 1024 bits, as most Cognito clients draw it.
const LONGEST: usize = 128;

/// A secret exponent `a + u·x`; wiped when dropped.
pub struct Exponent {
    bytes: [u8; LONGEST + 1],
    bits: usize,
}

impl Exponent {
    /// `a + u·x` of big-endian integers, or `None` if `a` is longer than 128 bytes.
    ///
    /// Constant time in the values; the length of `a` is public.
    #[must_use]
    pub fn mul_add(a: &[u8], u: &[u8; 32], x: &[u8; 32]) -> Option<Exponent> {
        if a.len() > LONGEST {
            return None;
        }
        let mut exponent = Exponent { bytes: [0; LONGEST + 1], bits: a.len().max(64) * 8 + 1 };
        for (byte, a) in exponent.bytes.iter_mut().rev().zip(a.iter().rev()) {
            *byte = *a;
        }
        for (shift, u) in u.iter().rev().enumerate() {
            let mut carry = 0_u32;
            let x = x.iter().rev().chain(core::iter::repeat(&0));
            for (byte, x) in exponent.bytes.iter_mut().rev().skip(shift).zip(x) {
                carry = carry
                    .wrapping_add(u32::from(*byte))
                    .wrapping_add(u32::from(*u).wrapping_mul(u32::from(*x)));
                *byte = carry as u8;
                carry >>= 8;
            }
        }
        Some(exponent)
    }

    /// `base` to this power, in constant time.
    #[must_use]
    pub fn power_of(&self, base: &Element) -> Element {
        pow_bits(base, &self.bytes, self.bits)
    }
}

impl Drop for Exponent {
    fn drop(&mut self) {
        wipe_bytes(&mut self.bytes);
    }
}
