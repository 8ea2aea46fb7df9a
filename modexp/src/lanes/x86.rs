//! The lanes as an SSE2 vector, which every x86-64 processor has.

use core::arch::x86_64 as simd;

/// Calls an intrinsic.
macro_rules! sse2 {
    ($call:expr) => {
        // SAFETY: these intrinsics ask for nothing but SSE2, which is part of x86-64.
        unsafe { $call }
    };
}

/// Four 32-bit lanes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Lanes(simd::__m128i);

impl Lanes {
    /// All lanes zero.
    // SAFETY: sixteen bytes of any value are a vector.
    pub(crate) const ZERO: Lanes = Lanes(unsafe { core::mem::zeroed() });

    /// Four words, lowest first.
    #[inline(always)]
    pub(crate) fn of([a, b, c, d]: [i32; 4]) -> Lanes {
        Lanes(sse2!(simd::_mm_setr_epi32(a, b, c, d)))
    }

    /// The same word in every lane.
    #[inline(always)]
    pub(crate) fn splat(word: i32) -> Lanes {
        Lanes(sse2!(simd::_mm_set1_epi32(word)))
    }

    /// The wrapping sum of the lanes.
    #[inline(always)]
    pub(crate) fn add(self, other: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_add_epi32(self.0, other.0)))
    }

    /// The wrapping difference of the lanes.
    #[inline(always)]
    pub(crate) fn sub(self, other: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_sub_epi32(self.0, other.0)))
    }

    /// `low(self) · low(other) + high(self) · high(other)` of the signed halves of each lane.
    #[inline(always)]
    pub(crate) fn dot(self, other: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_madd_epi16(self.0, other.0)))
    }

    /// Bitwise and.
    #[inline(always)]
    pub(crate) fn and(self, other: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_and_si128(self.0, other.0)))
    }

    /// The bits of `self` where `mask` has zeros.
    #[inline(always)]
    pub(crate) fn and_not(self, mask: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_andnot_si128(mask.0, self.0)))
    }

    /// Each signed half times 2.
    #[inline(always)]
    pub(crate) fn double_halves(self) -> Lanes {
        Lanes(sse2!(simd::_mm_slli_epi16::<1>(self.0)))
    }

    /// Bitwise or.
    #[inline(always)]
    pub(crate) fn or(self, other: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_or_si128(self.0, other.0)))
    }

    /// Each lane divided by 2^BITS, rounded down.
    #[inline(always)]
    pub(crate) fn shift_right<const BITS: i32>(self) -> Lanes {
        Lanes(sse2!(simd::_mm_srai_epi32::<BITS>(self.0)))
    }

    /// Each lane times 2^BITS.
    #[inline(always)]
    pub(crate) fn shift_left<const BITS: i32>(self) -> Lanes {
        Lanes(sse2!(simd::_mm_slli_epi32::<BITS>(self.0)))
    }

    /// Lanes moved up by one, the last lane of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn after(self, before: Lanes) -> Lanes {
        self.shifted_in::<4, 12>(before)
    }

    /// Sixteen-bit halves moved up by one, the last half of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn half_after(self, before: Lanes) -> Lanes {
        self.shifted_in::<2, 14>(before)
    }

    /// The highest two lanes of `before` and the lowest two of `self`.
    #[inline(always)]
    pub(crate) fn straddle(self, before: Lanes) -> Lanes {
        self.shifted_in::<8, 8>(before)
    }

    /// Bytes moved up by UP, the last UP bytes of `before` coming in at the bottom.
    #[inline(always)]
    fn shifted_in<const UP: i32, const DOWN: i32>(self, before: Lanes) -> Lanes {
        let above = Lanes(sse2!(simd::_mm_slli_si128::<UP>(self.0)));
        above.or(Lanes(sse2!(simd::_mm_srli_si128::<DOWN>(before.0))))
    }

    /// The eight words of `low` and `high`, each within 16 bits, as halves.
    #[inline(always)]
    pub(crate) fn narrow(low: Lanes, high: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_packs_epi32(low.0, high.0)))
    }

    /// The lower four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_low(self, upper: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_unpacklo_epi16(self.0, upper.0)))
    }

    /// The higher four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_high(self, upper: Lanes) -> Lanes {
        Lanes(sse2!(simd::_mm_unpackhi_epi16(self.0, upper.0)))
    }

    /// The highest lane.
    #[inline(always)]
    pub(crate) fn last(self) -> i32 {
        sse2!(simd::_mm_cvtsi128_si32(simd::_mm_srli_si128::<12>(self.0)))
    }
}
