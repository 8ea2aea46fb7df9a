//! Authenticator apps: RFC 6238 codes of six digits over 30 seconds with SHA-1, as every app assumes.

use crate::random;
use crate::refusal::Refusal;
use totp_rs::{Algorithm, Builder, Secret};

/// Seconds per time step.
const STEP_SECONDS: u64 = 30;
/// A code of the step before or after is good too: clocks differ, and people type slowly.
const SKEW_STEPS: u16 = 1;

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Right and fresh; `step` is to be remembered as the last one used.
    Accepted {
        /// The time step the code belongs to.
        step: i64,
    },
    /// Right, but its step (or a later one) was already used.
    Reused,
    /// Of no step in the window.
    Wrong,
}

/// A new secret: 52 characters of base32, which carry 256 bits.
pub(crate) fn make_secret() -> Result<String, Refusal> {
    Ok(Secret::from(random::bytes::<32>()?.to_vec()).to_base32())
}

/// Judges `code` at `now` (seconds since the epoch); `last_step` is the step last accepted, 0 for none.
pub(crate) fn verify(secret: &str, code: &str, now: i64, last_step: i64) -> Verdict {
    let Ok(secret) = Secret::try_from_base32(secret) else { return Verdict::Wrong };
    // A secret from a configuration file may be shorter than the RFC asks for: that is its author's choice.
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(STEP_SECONDS)
        .with_skew(SKEW_STEPS)
        .with_secret(secret)
        .build_noncompliant();
    let matched = totp.check(code, u64::try_from(now).unwrap_or(0));
    match matched.and_then(|step| i64::try_from(step).ok()) {
        Some(step) if step > last_step => Verdict::Accepted { step },
        Some(_) => Verdict::Reused,
        None => Verdict::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ASCII secret of RFC 6238, appendix B: `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_of_the_rfc_are_accepted() {
        // Appendix B lists eight digits; six-digit codes are their last six.
        let listed = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (now, code) in listed {
            assert_eq!(verify(SECRET, code, now, 0), Verdict::Accepted { step: now / 30 });
        }
    }

    #[test]
    fn window_is_one_step_either_way() {
        let now = 1_234_567_890;
        for (offset, verdict) in [
            (-60, Verdict::Wrong),
            (-30, Verdict::Accepted { step: now / 30 }),
            (30, Verdict::Accepted { step: now / 30 }),
            (60, Verdict::Wrong),
        ] {
            assert_eq!(verify(SECRET, "005924", now + offset, 0), verdict, "{offset}");
        }
    }

    #[test]
    fn used_step_and_those_before_it_are_spent() {
        let now = 1_234_567_890;

        let Verdict::Accepted { step } = verify(SECRET, "005924", now, 0) else { panic!() };

        assert_eq!(verify(SECRET, "005924", now, step), Verdict::Reused);
        assert_eq!(verify(SECRET, "005924", now + 30, step + 1), Verdict::Reused);
    }

    #[test]
    fn what_is_no_code_is_wrong() {
        for code in ["", "00592", "0059244", "abcdef", "005 924", "\u{0660}05924"] {
            assert_eq!(verify(SECRET, code, 1_234_567_890, 0), Verdict::Wrong, "{code}");
        }
        assert_eq!(verify("not base32!", "005924", 1_234_567_890, 0), Verdict::Wrong);
    }

    #[test]
    fn made_secrets_are_long_and_differ() {
        let (one, other) = (make_secret().unwrap(), make_secret().unwrap());

        assert_eq!(one.len(), 52);
        assert!(one.bytes().all(|c| c.is_ascii_uppercase() || (b'2'..=b'7').contains(&c)));
        assert_ne!(one, other);
    }
}
