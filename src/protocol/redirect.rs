//! Sign-in by redirect through the pool's domain: authorization code with PKCE (RFC 6749, 7636,
//! 9700, OpenID Connect Core). Says where to send the person, what the response means, which tokens
//! are accepted. `docs/redirect.md` has the page's side, `SECURITY.md` the rules one by one.

pub mod address;
pub mod authorize;
pub mod flow;
pub mod id_token;
pub mod query;
pub mod response;
pub mod settings;
pub mod sign_out;
pub mod token;

pub use authorize::Request;
pub use flow::Flow;
pub use settings::Settings;

/// Whether two secrets are the same, without telling by the time it takes where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    one.len() == other.len() && core::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests;
