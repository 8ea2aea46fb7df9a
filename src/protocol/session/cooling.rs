//! How long a token is left alone after a refresh that failed without a verdict.

use crate::protocol::json::Value;
use crate::protocol::secret::Secret;

/// A token that was tried in vain, and when it may be tried again.
#[derive(Clone)]
pub struct Cooling {
    token: Secret<String>,
    failures: u32,
    /// From when on it may be tried, in milliseconds of this device's clock.
    pub until: u64,
}

impl Cooling {
    /// After one failure more of `token`. Full jitter: anywhere between nothing and a ceiling that
    /// doubles with each failure; no earlier than the service asked for.
    pub fn after(
        before: Option<&Self>,
        token: &Secret<String>,
        retry_after_seconds: Option<u32>,
        now: u64,
        dice: u32,
    ) -> Self {
        let text = token.expose("compared");
        let failures =
            before.filter(|before| before.is_of(text)).map_or(0, |b| b.failures).saturating_add(1);
        let ceiling = (BASE_MS << failures.min(16)).min(MAX_MS);
        let wait = u64::from(dice) % (ceiling + 1);
        let asked_for = u64::from(retry_after_seconds.unwrap_or(0)) * 1000;
        Self { token: token.clone(), failures, until: now + wait.max(asked_for.min(MAX_ASKED_MS)) }
    }

    /// Reads what [`Cooling::write`] wrote.
    pub fn read(value: &Value) -> Option<Self> {
        Some(Self {
            token: Secret::new(value.string("token")?),
            failures: value.number("failures")? as u32,
            until: value.number("until")? as u64,
        })
    }

    /// As data: `{ token, failures, until }`.
    pub fn write(&self) -> Value {
        Value::object()
            .with("token", self.token.expose("the page's memory keeps it").as_str())
            .with("failures", f64::from(self.failures))
            .with("until", self.until)
    }

    /// Whether it is about this token.
    pub fn is_of(&self, token: &str) -> bool {
        self.token.expose("compared") == token
    }

    /// Whether it still holds. An end further away than any that is set tells that the clock was
    /// set back.
    pub fn is_on(&self, now: u64) -> bool {
        now < self.until && self.until - now <= MAX_ASKED_MS
    }
}

const BASE_MS: u64 = 500;
const MAX_MS: u64 = 60_000;
const MAX_ASKED_MS: u64 = 600_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Secret<String> {
        Secret::new(String::from(text))
    }

    #[test]
    fn waiting_doubles_up_to_a_minute_and_starts_again_with_another_token() {
        let mut cooling = None;
        for ceiling in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            let next = Cooling::after(cooling.as_ref(), &token("a"), None, 100, u32::MAX);
            assert!(next.until - 100 <= ceiling, "{ceiling}");
            let longest = Cooling::after(cooling.as_ref(), &token("a"), None, 0, ceiling as u32);
            assert_eq!(longest.until, ceiling);
            cooling = Some(next);
        }
        assert_eq!(Cooling::after(cooling.as_ref(), &token("b"), None, 0, 1_000).until, 1_000);
    }

    #[test]
    fn the_service_is_left_alone_as_long_as_it_asks() {
        let cooling = Cooling::after(None, &token("a"), Some(90), 0, 5);

        assert!(cooling.is_of("a") && !cooling.is_of("b"));
        assert!(cooling.is_on(0) && cooling.is_on(89_999) && !cooling.is_on(90_000));
    }

    #[test]
    fn no_count_of_failures_is_too_large() {
        let state = r#"{"token":"a","failures":1e300,"until":1e300}"#;
        let cooling = Value::parse(state).as_ref().and_then(Cooling::read).unwrap();

        let next = Cooling::after(Some(&cooling), &token("a"), None, 100, u32::MAX);

        assert!(next.until - 100 <= MAX_MS);
        assert!(Cooling::read(&cooling.write()).is_some());
    }

    #[test]
    fn a_clock_that_was_set_back_ends_the_waiting() {
        let cooling = Cooling::after(None, &token("a"), None, 10_000_000, 1_000);

        assert!(cooling.is_on(10_000_500));
        assert!(!cooling.is_on(1_000_000));
    }
}
