//! Exponents, among them the `a + u·x` of SRP, in constant time.

use crate::lanes::wipe_bytes;

/// Bytes of the longest `a`: 1024 bits, as most Cognito clients draw it.
const LONGEST: usize = 128;

/// A secret exponent; wiped when dropped.
pub struct Exponent {
    bytes: [u8; LONGEST + 1],
    bits: usize,
}

impl Exponent {
    /// A big-endian integer, or `None` if it is longer than 129 bytes.
    #[must_use]
    pub fn from_bytes_be(bytes: &[u8]) -> Option<Exponent> {
        if bytes.len() > LONGEST + 1 {
            return None;
        }
        let mut exponent = Exponent { bytes: [0; LONGEST + 1], bits: bytes.len() * 8 };
        for (target, byte) in exponent.bytes.iter_mut().rev().zip(bytes.iter().rev()) {
            *target = *byte;
        }
        Some(exponent)
    }

    /// `a + u·x` of big-endian integers, or `None` if `a` is longer than 128 bytes.
    ///
    /// Constant time in the values; the length of `a` is public.
    #[must_use]
    pub fn mul_add(a: &[u8], u: &[u8; 32], x: &[u8; 32]) -> Option<Exponent> {
        if a.len() > LONGEST {
            return None;
        }
        let mut exponent = Exponent::from_bytes_be(a)?;
        exponent.bits = a.len().max(u.len() + x.len()) * 8 + 1;
        for (shift, u) in u.iter().rev().enumerate() {
            let mut carry = 0_u32;
            let x = x.iter().rev().chain(core::iter::repeat(&0));
            for (byte, x) in exponent.bytes.iter_mut().rev().skip(shift).zip(x) {
                let product = u32::from(*u).wrapping_mul(u32::from(*x));
                carry = carry.wrapping_add(u32::from(*byte)).wrapping_add(product);
                *byte = carry as u8;
                carry >>= 8;
            }
        }
        Some(exponent)
    }

    /// An upper bound of the number of bits; public.
    pub(crate) fn bits(&self) -> usize {
        self.bits
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Exponent {
    fn drop(&mut self) {
        wipe_bytes(&mut self.bytes);
    }
}
