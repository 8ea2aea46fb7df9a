//! The lanes in plain Rust, for native builds and for wasm without SIMD.

/// Four 32-bit lanes.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(crate) struct Lanes([i32; 4]);

impl Lanes {
    /// All lanes zero.
    pub(crate) const ZERO: Lanes = Lanes([0; 4]);

    /// Four words, lowest first.
    #[inline(always)]
    pub(crate) fn of(words: [i32; 4]) -> Lanes {
        Lanes(words)
    }

    /// The same word in every lane.
    #[inline(always)]
    pub(crate) fn splat(word: i32) -> Lanes {
        Lanes([word; 4])
    }

    #[inline(always)]
    fn zip(self, other: Lanes, each: impl Fn(i32, i32) -> i32) -> Lanes {
        let [a, b, c, d] = self.0;
        let [e, f, g, h] = other.0;
        Lanes([each(a, e), each(b, f), each(c, g), each(d, h)])
    }

    /// The wrapping sum of the lanes.
    #[inline(always)]
    pub(crate) fn add(self, other: Lanes) -> Lanes {
        self.zip(other, i32::wrapping_add)
    }

    /// The wrapping difference of the lanes.
    #[inline(always)]
    pub(crate) fn sub(self, other: Lanes) -> Lanes {
        self.zip(other, i32::wrapping_sub)
    }

    /// `low(self) · low(other) + high(self) · high(other)` of the signed halves of each lane.
    #[inline(always)]
    pub(crate) fn dot(self, other: Lanes) -> Lanes {
        self.zip(other, |x, y| {
            let low = i32::from(x as i16).wrapping_mul(i32::from(y as i16));
            low.wrapping_add((x >> 16).wrapping_mul(y >> 16))
        })
    }

    /// Bitwise and.
    #[inline(always)]
    pub(crate) fn and(self, other: Lanes) -> Lanes {
        self.zip(other, |x, y| x & y)
    }

    /// The bits of `self` where `mask` has zeros.
    #[inline(always)]
    pub(crate) fn and_not(self, mask: Lanes) -> Lanes {
        self.zip(mask, |x, y| x & !y)
    }

    /// Each signed half times 2.
    #[inline(always)]
    pub(crate) fn double_halves(self) -> Lanes {
        // The top bit of the low half must not become the lowest of the high half.
        Lanes(self.0.map(|word| (word << 1) & !0x10000))
    }

    /// Bitwise or.
    #[inline(always)]
    pub(crate) fn or(self, other: Lanes) -> Lanes {
        self.zip(other, |x, y| x | y)
    }

    /// Each lane divided by 2^BITS, rounded down.
    #[inline(always)]
    pub(crate) fn shift_right<const BITS: i32>(self) -> Lanes {
        Lanes(self.0.map(|word| word >> BITS))
    }

    /// Each lane times 2^BITS.
    #[inline(always)]
    pub(crate) fn shift_left<const BITS: i32>(self) -> Lanes {
        Lanes(self.0.map(|word| word << BITS))
    }

    /// Lanes moved up by one, the last lane of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn after(self, before: Lanes) -> Lanes {
        let [a, b, c, _] = self.0;
        Lanes([before.last(), a, b, c])
    }

    /// Sixteen-bit halves moved up by one, the last half of `before` coming in at the bottom.
    #[inline(always)]
    pub(crate) fn half_after(self, before: Lanes) -> Lanes {
        self.zip(self.after(before), |word, below| (word << 16) | ((below as u32) >> 16) as i32)
    }

    /// The eight words of `low` and `high`, each within 16 bits, as halves.
    #[inline(always)]
    pub(crate) fn narrow(low: Lanes, high: Lanes) -> Lanes {
        let join = |even: i32, odd: i32| (even & 0xffff) | (odd << 16);
        let [a, b, c, d] = low.0;
        let [e, f, g, h] = high.0;
        Lanes([join(a, b), join(c, d), join(e, f), join(g, h)])
    }

    /// The lower four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_low(self, upper: Lanes) -> Lanes {
        let [a, b, _, _] = self.0;
        let [e, f, _, _] = upper.0;
        Lanes([join_low(a, e), join_high(a, e), join_low(b, f), join_high(b, f)])
    }

    /// The higher four halves of `self` and `upper`, interleaved.
    #[inline(always)]
    pub(crate) fn interleave_high(self, upper: Lanes) -> Lanes {
        let [_, _, c, d] = self.0;
        let [_, _, g, h] = upper.0;
        Lanes([join_low(c, g), join_high(c, g), join_low(d, h), join_high(d, h)])
    }

    /// The highest two lanes of `before` and the lowest two of `self`.
    #[inline(always)]
    pub(crate) fn straddle(self, before: Lanes) -> Lanes {
        let [_, _, c, d] = before.0;
        let [e, f, _, _] = self.0;
        Lanes([c, d, e, f])
    }

    /// The highest lane.
    #[inline(always)]
    pub(crate) fn last(self) -> i32 {
        self.0[3]
    }
}

/// The low halves of two words, the first one lower.
#[inline(always)]
fn join_low(lower: i32, upper: i32) -> i32 {
    (lower & 0xffff) | (upper << 16)
}

/// The high halves of two words, the first one lower.
#[inline(always)]
fn join_high(lower: i32, upper: i32) -> i32 {
    ((lower as u32) >> 16) as i32 | (upper & !0xffff)
}
