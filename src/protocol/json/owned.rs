//! What a [`Value`](super::Value) owns. Where the allocator frees nothing, in the module (`arena/`), its
//! parts have no drop code: it would walk every value that goes out of use, and do nothing.

#[cfg(not(all(target_arch = "wasm32", feature = "module")))]
mod kind {
    pub(crate) type Owned<T> = T;

    pub(in crate::protocol::json) fn owned<T>(part: T) -> Owned<T> {
        part
    }

    pub(in crate::protocol::json) fn into_inner<T>(part: Owned<T>) -> T {
        part
    }
}

#[cfg(all(target_arch = "wasm32", feature = "module"))]
mod kind {
    use core::mem::ManuallyDrop;

    pub(crate) type Owned<T> = ManuallyDrop<T>;

    pub(in crate::protocol::json) fn owned<T>(part: T) -> Owned<T> {
        ManuallyDrop::new(part)
    }

    pub(in crate::protocol::json) fn into_inner<T>(part: Owned<T>) -> T {
        ManuallyDrop::into_inner(part)
    }
}

pub(crate) use kind::Owned;
pub(super) use kind::{into_inner, owned};
