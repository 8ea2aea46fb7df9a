//! Signing out at the pool's domain: the managed login's own session ends there only.

use super::Settings;
use super::query::Query;
use crate::protocol::error::Misuse;
use crate::protocol::pool::Pool;

/// Where the person is sent to sign out and arrive at a page of the application.
///
/// # Errors
/// `Misuse` when no configured address fits.
pub fn url(
    settings: &Settings,
    pool: &Pool,
    asked: Option<&str>,
    page: &str,
) -> Result<String, Misuse> {
    let query = Query::default()
        .with("client_id", pool.client_id())
        .with("logout_uri", settings.logout_uri(asked, page)?);
    Ok([&settings.url("/logout?"), query.text().as_str()].concat())
}
