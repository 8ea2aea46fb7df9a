//! An allocator that hands out memory and frees none of it, for a WebAssembly instance that lives for a
//! few calls and is then thrown away as a whole. With nothing to free, the compiler drops the code that
//! frees, which is much of a small module; what wipes secrets when they go out of use stays.

#![cfg_attr(not(test), no_std)]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr;

/// Where fresh memory comes from.
///
/// # Safety
/// What `grow` returns is the start of that many whole pages, aligned to [`PAGE`] and filled with zeros, which nobody
/// else reads or writes as long as the arena lives.
pub unsafe trait Source {
    /// The address of `pages` pages that nobody else uses, one behind the other.
    fn grow(pages: usize) -> Option<usize>;
}

/// Bytes of a page.
pub const PAGE: usize = 65_536;

/// The allocator: a region that is filled from its start.
pub struct Arena<S> {
    next: Cell<usize>,
    end: Cell<usize>,
    source: core::marker::PhantomData<S>,
}

// SAFETY: without threads nothing runs at the same time as anything else. A module with threads does not compile: its
// allocator is a `static`, which must be `Sync`.
#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
unsafe impl<S> Sync for Arena<S> {}

impl<S> Arena<S> {
    /// An arena without memory yet.
    pub const fn new() -> Self {
        Self { next: Cell::new(0), end: Cell::new(0), source: core::marker::PhantomData }
    }
}

impl<S> Default for Arena<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Source> Arena<S> {
    /// The start of `size` free bytes; null when there is no memory left.
    fn take(&self, size: usize, align: usize) -> *mut u8 {
        let start = aligned(self.next.get(), align);
        match start.checked_add(size) {
            Some(stop) if start != 0 && stop <= self.end.get() => {
                self.next.set(stop);
                start as *mut u8
            }
            _ => self.take_fresh(size),
        }
    }

    /// The same from memory that is new: pages are aligned to more than anybody asks for.
    #[cold]
    #[inline(never)]
    fn take_fresh(&self, size: usize) -> *mut u8 {
        let pages = size / PAGE + PAGES_AT_ONCE;
        let Some(start) = S::grow(pages) else { return ptr::null_mut() };
        self.next.set(start + size);
        self.end.set(start + pages * PAGE);
        start as *mut u8
    }
}

// SAFETY: every block lies in pages that `Source` gave to this arena alone, behind all blocks before it
// (`next` only grows within a region), so that blocks never overlap; each is aligned as asked for, since a
// page is aligned to `PAGE` and larger alignments are refused.
unsafe impl<S: Source> GlobalAlloc for Arena<S> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > PAGE {
            return ptr::null_mut();
        }
        self.take(layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises of `alloc`. Fresh pages are zero, and no block is handed
        // out twice.
        unsafe { self.alloc(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size <= layout.size() {
            return block;
        }
        let start = block as usize;
        if start + layout.size() == self.next.get()
            && let Some(stop) = start.checked_add(size)
            && stop <= self.end.get()
        {
            // The newest block grows where it is.
            self.next.set(stop);
            return block;
        }
        let new = self.take(size, layout.align());
        if !new.is_null() {
            // SAFETY: both are blocks of at least that many bytes, and `new` overlaps nothing.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size()) };
        }
        new
    }
}

fn aligned(address: usize, align: usize) -> usize {
    // Alignments are powers of two.
    (address + align - 1) & !(align - 1)
}

/// Memory is asked for in no smaller steps: each step makes the page look at its memory anew.
const PAGES_AT_ONCE: usize = 4;

/// The memory of a WebAssembly instance.
#[cfg(target_arch = "wasm32")]
pub struct Memory;

// SAFETY: `memory.grow` appends zeroed pages, and nothing else of the module asks for any.
#[cfg(target_arch = "wasm32")]
unsafe impl Source for Memory {
    fn grow(pages: usize) -> Option<usize> {
        let before = core::arch::wasm32::memory_grow(0, pages);
        (before != usize::MAX).then_some(before * PAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::alloc::System;

    /// Pages of this process, which begin anywhere: what an arena cannot grow it begins anew.
    struct Pages;

    // SAFETY: the system's allocator gives each block once, zeroed and aligned as asked for, and none is given back.
    unsafe impl Source for Pages {
        fn grow(pages: usize) -> Option<usize> {
            let layout = Layout::from_size_align(pages * PAGE, PAGE).ok()?;
            // SAFETY: the layout is not empty. The tests end before the process does.
            Some(unsafe { System.alloc_zeroed(layout) } as usize)
        }
    }

    /// No memory at all.
    struct Nothing;

    // SAFETY: it returns no memory.
    unsafe impl Source for Nothing {
        fn grow(_: usize) -> Option<usize> {
            None
        }
    }

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn blocks_are_aligned_and_never_overlap() {
        let arena = Arena::<Pages>::new();
        let mut blocks: Vec<(usize, usize)> = Vec::new();

        for round in 0..400 {
            let (size, align) = (1 + round * 37 % 900, 1 << (round % 7));
            // SAFETY: the layout is not empty.
            let start = unsafe { arena.alloc(layout(size, align)) } as usize;
            assert_eq!(start % align, 0);
            blocks.push((start, start + size));
        }

        blocks.sort_unstable();
        assert!(blocks.windows(2).all(|two| two[0].1 <= two[1].0));
    }

    #[test]
    fn a_block_that_grows_keeps_its_bytes_where_it_is_or_elsewhere() {
        let arena = Arena::<Pages>::new();
        // SAFETY: layouts are those the blocks were made with; bytes are read within their sizes.
        unsafe {
            let first = arena.alloc(layout(4, 1));
            first.copy_from_nonoverlapping(b"abcd".as_ptr(), 4);
            let grown = arena.realloc(first, layout(4, 1), 8);
            assert_eq!(grown, first, "nothing lies behind it");
            arena.alloc(layout(1, 1));
            let moved = arena.realloc(grown, layout(8, 1), 3 * PAGE);
            assert_ne!(moved, grown);
            assert_eq!(core::slice::from_raw_parts(moved, 4), b"abcd");
        }
    }

    #[test]
    fn what_is_larger_than_a_page_gets_pages_of_its_own() {
        let arena = Arena::<Pages>::new();
        // SAFETY: the layout is not empty, and the block is as long as it says.
        unsafe {
            let block = arena.alloc_zeroed(layout(10 * PAGE + 1, 16));
            assert!(
                core::slice::from_raw_parts(block, 10 * PAGE + 1).iter().all(|byte| *byte == 0)
            );
        }
    }

    #[test]
    fn what_was_handed_out_once_is_never_handed_out_as_zero() {
        let arena = Arena::<Pages>::new();
        // SAFETY: layouts are those the blocks were made with; blocks are as long as they say.
        unsafe {
            let block = arena.alloc(layout(64, 1));
            block.write_bytes(0xff, 64);
            let block = arena.realloc(block, layout(64, 1), 8);
            arena.dealloc(block, layout(8, 1));
            let zeros = arena.alloc_zeroed(layout(64, 1));
            assert!(core::slice::from_raw_parts(zeros, 64).iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn without_memory_there_is_no_block() {
        // SAFETY: the layout is not empty.
        assert!(unsafe { Arena::<Nothing>::new().alloc(layout(1, 1)) }.is_null());
    }
}
