//! After five failures in a row a person waits, twice as long each time.

use crate::refusal::Refusal;
use crate::store::{Lockout, Store, User};

impl Lockout {
    /// Refuses while the person is shut out.
    pub(super) fn check(&self, now: i64) -> Result<(), Refusal> {
        // One that lasts longer than any dates from another time of the clock.
        if self.until > now && self.until <= now + LONGEST_MS {
            return Err(Refusal::not_authorized("Password attempts exceeded"));
        }
        Ok(())
    }

    /// Notes a failure: after n of them, 2^(n-5) seconds of waiting.
    fn fail(&mut self, now: i64) {
        if now - self.last > LONGEST_MS {
            self.failures = 0;
        }
        self.failures += 1;
        self.last = now;
        if let Some(over) = self.failures.checked_sub(FREE_FAILURES) {
            let wait = 1000i64.saturating_mul(1 << over.min(20));
            self.until = now + wait.min(LONGEST_MS);
        }
    }
}

/// Notes a failure of a user.
pub(super) fn fail(store: &Store, user: &User, now: i64) -> Result<(), Refusal> {
    let Some(mut user) = store.user(&user.pool_id, &user.username)? else { return Ok(()) };
    user.lockout.fail(now);
    store.put_user(&user)
}

/// Forgets a user's failures.
pub(super) fn succeed(store: &Store, user: &User) -> Result<(), Refusal> {
    let Some(mut user) = store.user(&user.pool_id, &user.username)? else { return Ok(()) };
    if user.lockout.failures > 0 {
        user.lockout = Lockout::default();
        store.put_user(&user)?;
    }
    Ok(())
}

/// Notes a wrong code of a user.
pub(super) fn fail_second(store: &Store, user: &User, now: i64) -> Result<(), Refusal> {
    let Some(mut user) = store.user(&user.pool_id, &user.username)? else { return Ok(()) };
    user.mfa_lockout.fail(now);
    store.put_user(&user)
}

/// The user as stored now, wrong codes forgotten; it is the caller's to write.
pub(super) fn succeed_second(store: &Store, user: &User) -> Result<User, Refusal> {
    let stored = store.user(&user.pool_id, &user.username)?;
    let mut user = stored.ok_or_else(Refusal::user_not_found)?;
    user.mfa_lockout = Lockout::default();
    Ok(user)
}

const FREE_FAILURES: u32 = 5;
const LONGEST_MS: i64 = 15 * 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_after_the_fifth_failure_and_ends_at_fifteen_minutes() {
        let mut lockout = Lockout::default();
        let mut waits = Vec::new();
        for _ in 0..20 {
            lockout.fail(0);
            waits.push(lockout.until / 1000);
        }

        assert_eq!(waits[..8], [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[19], 900);
    }

    #[test]
    fn a_wait_of_another_time_of_the_clock_is_over() {
        let mut lockout = Lockout::default();
        (0..6).for_each(|_| lockout.fail(50 * 365 * 86_400_000));

        assert!(lockout.check(50 * 365 * 86_400_000).is_err());
        assert!(lockout.check(0).is_ok());
    }

    #[test]
    fn quiet_minutes_forgive() {
        let mut lockout = Lockout { failures: 9, last: 0, until: 16_000 };

        lockout.fail(LONGEST_MS + 1);

        assert_eq!(lockout.failures, 1);
    }
}
