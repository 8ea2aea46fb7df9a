//! A real page as a [`Platform`](crate::platform::Platform), twice: [`Page`] uses the web APIs, and
//! [`Wrapper`] has `js/effects.ts` use them. No decision is made here.

#[cfg(feature = "account")]
mod channel;
#[cfg(feature = "account")]
mod clock;
#[cfg(feature = "account")]
mod credentials;
#[cfg(feature = "account")]
mod fetch;
#[cfg(feature = "account")]
mod host;
#[cfg(feature = "sign-in")]
mod journal;
#[cfg(feature = "account")]
mod locks;
#[cfg(feature = "account")]
mod page;
mod random;
#[cfg(feature = "account")]
mod signature;
#[cfg(feature = "account")]
mod storage;
#[cfg(feature = "sign-in")]
mod wrapper;

#[cfg(feature = "account")]
pub use host::Host;
#[cfg(feature = "account")]
pub use page::Page;
#[cfg(feature = "sign-in")]
pub(crate) use random::fill as random;
#[cfg(feature = "sign-in")]
pub use {journal::Journal, wrapper::Wrapper};
