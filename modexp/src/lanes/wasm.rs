//! The lanes as a wasm SIMD vector.

use core::arch::wasm32 as simd;

/// Four 32-bit lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Lanes(simd::v128);

impl Lanes {
    /// All lanes zero.
    pub(crate) const ZERO: Lanes = Lanes(simd::i32x4(0, 0, 0, 0));

    /// Four words, lowest first.
    #[inline(always)]
    pub(crate) const fn of([a, b, c, d]: [i32; 4]) -> Lanes {
        Lanes(simd::i32x4(a, b, c, d))
    }

    /// The same word in every lane.
    #[inline(always)]
    pub(crate) fn splat(word: i32) -> Lanes {
        Lanes(simd::i32x4_splat(word))
    }

    /// The wrapping sum of the lanes.
    #[inline(always)]
    pub(crate) fn add(self, other: Lanes) -> Lanes {
        Lanes(simd::i32x4_add(self.0, other.0))
    }

    /// The wrapping difference of the lanes.
    #[inline(always)]
    pub(crate) fn sub(self, other: Lanes) -> Lanes {
        Lanes(simd::i32x4_sub(self.0, other.0))
    }

    /// `low(self) · low(other) + high(self) · high(other)` of the signed halves of each lane.
    #[inline(always)]
    pub(crate) fn dot(self, other: Lanes) -> Lanes {
        Lanes(simd::i32x4_dot_i16x8(self.0, other.0))
    }

    /// Bitwise and.
    #[inline(always)]
    pub(crate) fn and(self, other: Lanes) -> Lanes {
        Lanes(simd::v128_and(self.0, other.0))
    }

    /// The bits of `self` where `mask` has zeros.
    #[inline(always)]
    pub(crate) fn and_not(self, mask: Lanes) -> Lanes {
        Lanes(simd::v128_andnot(self.0, mask.0))
    }

    /// Each signed half times 2.
    #[inline(always)]
    pub(crate) fn double_halves(self) -> Lanes {
        Lanes(simd::i16x8_shl(self.0, 1))
    }

    /// Bitwise or.
    #[inline(always)]
    pub(crate) fn or(self, other: Lanes) -> Lanes {
        Lanes(simd::v128_or(self.0, other.0))
    }

    /// Each lane divided by 2^BITS, rounded down.
    #[inline(always)]
    pub(crate) fn shift_right<const BITS: i32>(self) -> Lanes {
        Lanes(simd::i32x4_shr(self.0, BITS as u32))
    }

    /// Each lane times 2^BITS.
    #[inline(always)]
    pub(crate) fn shift_left<const BITS: i32>(self) -> Lanes {
        Lanes(simd::i32x4_shl(self.0, BITS as u32))
    }

    /// Lanes moved up by one, the last lane of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn after(self, before: Lanes) -> Lanes {
        Lanes(simd::i32x4_shuffle::<3, 4, 5, 6>(before.0, self.0))
    }

    /// Sixteen-bit halves moved up by one, the last half of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn half_after(self, before: Lanes) -> Lanes {
        Lanes(simd::i16x8_shuffle::<7, 8, 9, 10, 11, 12, 13, 14>(before.0, self.0))
    }

    /// The eight words of `low` and `high`, each within 16 bits, as halves.
    #[inline(always)]
    pub(crate) fn narrow(low: Lanes, high: Lanes) -> Lanes {
        Lanes(simd::i16x8_narrow_i32x4(low.0, high.0))
    }

    /// The lower four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_low(self, upper: Lanes) -> Lanes {
        Lanes(simd::i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(self.0, upper.0))
    }

    /// The higher four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_high(self, upper: Lanes) -> Lanes {
        Lanes(simd::i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(self.0, upper.0))
    }

    /// The highest two lanes of `before` and the lowest two of `self`.
    #[inline(always)]
    pub(crate) fn straddle(self, before: Lanes) -> Lanes {
        Lanes(simd::i32x4_shuffle::<2, 3, 4, 5>(before.0, self.0))
    }

    /// The highest lane.
    #[inline(always)]
    pub(crate) fn last(self) -> i32 {
        simd::i32x4_extract_lane::<3>(self.0)
    }
}
