//! Passwords: the pool's policy, and setting one.

use crate::refusal::Refusal;
use crate::store::{PasswordPolicy, Pool, User, Verifier};
use crate::work::compute;
use crate::{random, srp};

/// Refuses a password that the pool's policy does not allow, naming the first rule it breaks.
pub(crate) fn check_policy(policy: &PasswordPolicy, password: &str) -> Result<(), Refusal> {
    let has = |is: fn(char) -> bool| password.chars().any(is);
    let rules = [
        (password.chars().count() < policy.minimum_length, "Password not long enough"),
        (
            policy.require_uppercase && !has(|c| c.is_ascii_uppercase()),
            "Password must have uppercase characters",
        ),
        (
            policy.require_lowercase && !has(|c| c.is_ascii_lowercase()),
            "Password must have lowercase characters",
        ),
        (
            policy.require_numbers && !has(|c| c.is_ascii_digit()),
            "Password must have numeric characters",
        ),
        (
            policy.require_symbols && !has(|c| SYMBOLS.contains(c)),
            "Password must have symbol characters",
        ),
    ];
    for (is_broken, text) in rules {
        if is_broken {
            let message = format!("Password did not conform with policy: {text}");
            return Err(Refusal::new("InvalidPasswordException", message));
        }
    }
    Ok(())
}

/// Makes what is kept of a password that the policy allows and the history does not forbid.
pub(crate) async fn make(pool: &Pool, user: &User, password: &str) -> Result<Verifier, Refusal> {
    let policy = pool.policy().policies.password_policy;
    check_policy(&policy, password)?;
    let earlier = user.password.iter().chain(&user.password_history);
    let earlier: Vec<Verifier> = earlier.take(policy.password_history_size).cloned().collect();
    let (group, name) = (pool.srp_name().to_owned(), user.username.clone());
    let password = password.to_owned();
    compute(move || {
        if earlier.iter().any(|old| srp::is_password(old, &group, &name, &password)) {
            return Err(Refusal::new(
                "PasswordHistoryPolicyViolationException",
                "Password has been used before. Choose a different password.",
            ));
        }
        srp::make_verifier(&group, &name, &password)
    })
    .await
}

/// Puts it in the place of the old one. Status stays as it is.
pub(crate) fn put(user: &mut User, pool: &Pool, verifier: Verifier, now_ms: i64) {
    if let Some(old) = user.password.replace(verifier) {
        let kept = pool.policy().policies.password_policy.password_history_size;
        user.password_history.insert(0, old);
        user.password_history.truncate(kept);
    }
    user.password_set = now_ms;
    user.modified = now_ms;
}

/// A random password that the pool's policy allows.
pub(crate) fn make_temporary(pool: &Pool) -> Result<String, Refusal> {
    let length = pool.policy().policies.password_policy.minimum_length.max(12);
    Ok(format!("{}Aa1!", random::alphanumeric(length)?))
}

/// What the service counts as a symbol: these, and a space that is not at either end.
const SYMBOLS: &str = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_is_named_when_broken() {
        let policy = PasswordPolicy::default();
        for (password, told) in [
            ("Aa1!", "not long enough"),
            ("correct-horse-9!", "uppercase"),
            ("CORRECT-HORSE-9!", "lowercase"),
            ("Correct-Horse-!", "numeric"),
            ("CorrectHorse99", "symbol"),
        ] {
            let refusal = check_policy(&policy, password).unwrap_err();

            assert_eq!(refusal.name, "InvalidPasswordException");
            assert!(refusal.message.contains(told), "{password}: {}", refusal.message);
        }
        assert_eq!(check_policy(&policy, "Correct-Horse-9!"), Ok(()));
    }
}
