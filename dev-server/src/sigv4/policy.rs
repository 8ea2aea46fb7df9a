//! What the roles of the configuration allow.

use super::refused::forbidden;
use super::request::Signer;
use crate::refusal::Refusal;
use serde::Deserialize;

/// A role of the configuration with its one statement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub(crate) arn: String,
    /// `cognito-idp:ListUsers`; `*` stands for anything.
    #[serde(default)]
    pub(crate) actions: Vec<String>,
    /// ARNs with `*`; everything when absent.
    #[serde(default = "everything")]
    pub(crate) resources: Vec<String>,
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

/// Refuses what the signer's role does not allow. Keys of the configuration may do everything, a role that the
/// configuration does not name may do nothing.
///
/// # Errors
/// `AccessDeniedException`.
pub(crate) fn allow(
    roles: &[Role],
    signer: &Signer,
    action: &str,
    resource: &str,
) -> Result<(), Refusal> {
    let Some(assumed) = &signer.role else { return Ok(()) };
    let any = |patterns: &[String], text: &str| patterns.iter().any(|p| matches(p, text));
    let is_allowed = roles.iter().any(|role| {
        role.arn == assumed.arn && any(&role.actions, action) && any(&role.resources, resource)
    });
    if is_allowed {
        return Ok(());
    }
    let who = signer.arn();
    let message =
        format!("User: {who} is not authorized to perform: {action} on resource: {resource}");
    Err(forbidden("AccessDeniedException", message))
}

/// Whether a text has the form of a pattern in which `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let mut parts: Vec<&str> = parts.collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_stands_for_any_characters() {
        for (pattern, text, is_match) in [
            ("cognito-idp:ListUsers", "cognito-idp:ListUsers", true),
            ("cognito-idp:ListUsers", "cognito-idp:ListUsersInGroup", false),
            ("cognito-idp:List*", "cognito-idp:ListUsersInGroup", true),
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("arn:*:api/*/GET/public/*", "arn:aws:api/dev/GET/public/x", true),
            ("arn:*:api/*/GET/public/*", "arn:aws:api/dev/POST/public/x", false),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), is_match, "{pattern} {text}");
        }
    }
}
