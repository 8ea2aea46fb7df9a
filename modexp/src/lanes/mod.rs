//! Four 32-bit lanes: the only vector type of the crate, and the only file group with `unsafe`.
//!
//! The backends compute the same function bit for bit, so that everything above them is one
//! algorithm, tested natively and in wasm.

#![allow(unsafe_code)]

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[path = "wasm.rs"]
mod backend;
#[cfg(target_arch = "x86_64")]
#[path = "x86.rs"]
mod backend;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
mod portable;
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use portable as backend;

pub(crate) use backend::Lanes;

use core::sync::atomic::{Ordering, compiler_fence};

impl Lanes {
    /// `self + a · b`, where `a` and `b` are pairs of 16-bit numbers in each lane.
    #[inline(always)]
    pub(crate) fn add_dot(self, a: Lanes, b: Lanes) -> Lanes {
        self.add(a.dot(b))
    }

    /// The bits of `other` where `mask` has ones, those of `self` elsewhere.
    #[inline(always)]
    pub(crate) fn choose(self, other: Lanes, mask: Lanes) -> Lanes {
        other.and(mask).or(self.and_not(mask))
    }
}

/// Views vectors as their lanes, lowest first.
pub(crate) fn as_words(lanes: &[Lanes]) -> &[i32] {
    // SAFETY: Lanes is 16 bytes of plain data (v128 or [i32; 4]) with an alignment above that of
    // i32; every bit pattern is a valid i32, and wasm and the portable form keep lane 0 lowest.
    unsafe { core::slice::from_raw_parts(lanes.as_ptr().cast(), lanes.len() * 4) }
}

/// Views vectors as their lanes, lowest first, for writing.
pub(crate) fn as_words_mut(lanes: &mut [Lanes]) -> &mut [i32] {
    // SAFETY: as in `as_words`; every bit pattern is also a valid Lanes, and the borrow is unique.
    unsafe { core::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * 4) }
}

/// Overwrites vectors with zeros in a way the compiler may not leave out.
#[cfg_attr(feature = "wipe", inline(never))]
pub(crate) fn wipe(lanes: &mut [Lanes]) {
    if !cfg!(feature = "wipe") {
        return;
    }
    for lane in lanes.iter_mut() {
        // SAFETY: the pointer comes from a unique reference, so it is valid and aligned.
        unsafe { core::ptr::write_volatile(lane, Lanes::ZERO) };
    }
    compiler_fence(Ordering::SeqCst);
}

/// Overwrites bytes with zeros in a way the compiler may not leave out.
#[cfg_attr(feature = "wipe", inline(never))]
pub(crate) fn wipe_bytes(bytes: &mut [u8]) {
    if !cfg!(feature = "wipe") {
        return;
    }
    for byte in bytes.iter_mut() {
        // SAFETY: the pointer comes from a unique reference, so it is valid and aligned.
        unsafe { core::ptr::write_volatile(byte, 0) };
    }
    compiler_fence(Ordering::SeqCst);
}
