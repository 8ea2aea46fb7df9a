//! Sign-in on Amazon Cognito user pools for front ends in Rust: Leptos, Yew, Dioxus and whatever
//! else runs in a browser.
//!
//! ```no_run
//! use lifeguard_web::{Answer, Auth, AuthOptions, SignIn, SignInRequest};
//!
//! # async fn prompt(_: &lifeguard_web::Challenge) -> Answer { Answer::Passkey }
//! # async fn run() -> Result<(), lifeguard_web::AuthError> {
//! let auth = Auth::new(AuthOptions::new("eu-west-1_Ab12Cd34E", "1example23456789"))?;
//! let mut step = auth.sign_in(SignInRequest::password("alice", "correct horse")).await?;
//! let user = loop {
//!     step = match step {
//!         SignIn::SignedIn(user) => break user,
//!         SignIn::Challenge(challenge) => {
//!             let answer = prompt(&challenge).await;
//!             auth.answer_challenge(&challenge, answer).await?
//!         }
//!     };
//! };
//! # Ok(())
//! # }
//! ```
//!
//! The session is the one of the npm package `lifeguard-cognito`: pages of one origin share it, in
//! Rust and in TypeScript, with one refresh for all of them and one sign-out.
//!
//! The crate compiles for every target, so that shared code does, too; it works on
//! `wasm32-unknown-unknown` in a browser. It has no features of its own. Rust 1.90 or newer.
//!
//! # The host of the core
//!
//! What the core calls an effect is performed here by the APIs of a real page, one a file; no
//! decision is made here. [`driver`] takes a call from one effect to the next; [`fetch`],
//! [`storage`], [`cookies`], [`locks`], [`passkeys`], [`clock`], [`channel`], [`random`] and
//! [`signatures`] are the effects. Most applications have no use for these modules.

#![deny(missing_docs)]

pub mod channel;
pub mod clock;
pub mod cookies;
pub mod driver;
pub mod fetch;
pub mod locks;
pub mod passkeys;
pub mod random;
pub mod signatures;
pub mod storage;

mod abort;
mod account;
mod auth;
mod challenge;
mod codes;
mod error;
mod events;
mod follow;
mod http;
mod json;
mod options;
mod session;
mod sign_in;
mod task;
mod timer;

pub use account::{CodeDelivery, Factor, MfaChange, MfaPreference};
pub use account::{SignUpRequest, SignUpStatus, SignedUp};
pub use auth::Auth;
pub use challenge::{Answer, Challenge, Prompt};
pub use error::{AuthError, ErrorCode, ServiceWords};
pub use events::{AuthEvent, EventUser, Events, SignedOutReason, Status};
pub use http::FetchError;
pub use options::{AuthOptions, Persistence, TokenKind};
pub use session::{Session, User};
pub use sign_in::{AuthFlow, SignIn, SignInRequest, SignedOut};
