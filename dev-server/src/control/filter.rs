//! The filter of ListUsers: `attribute = "value"` or `attribute ^= "prefix"`, quotes inside escaped by a backslash.

use crate::refusal::Refusal;
use crate::store::User;

/// A filter that was understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    attribute: String,
    is_prefix: bool,
    value: String,
}

/// What can be searched for besides the states.
const SEARCHABLE: [&str; 8] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "sub",
];
const STATES: [&str; 2] = ["cognito:user_status", "status"];

impl Filter {
    /// Reads a filter; an empty one lets everybody through and is none.
    ///
    /// # Errors
    /// `InvalidParameterException` for a text that is no filter, or an attribute that cannot be searched.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, Refusal> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let filter =
            read(text).ok_or_else(|| Refusal::invalid_parameter("Error while parsing filter."))?;
        let name = filter.attribute.as_str();
        if SEARCHABLE.contains(&name) || STATES.contains(&name) {
            Ok(Some(filter))
        } else {
            Err(Refusal::invalid_parameter(format!("Invalid search attribute: {name}")))
        }
    }

    /// Whether a user passes. Names and `status` are compared as they are, the rest without regard to case.
    pub(super) fn passes(&self, user: &User) -> bool {
        let held = match self.attribute.as_str() {
            "username" => Some(user.username.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            "cognito:user_status" => Some(user.status.name()),
            name => user.attribute(name),
        };
        let Some(held) = held else { return false };
        let is_exact = matches!(self.attribute.as_str(), "username" | "status");
        let fold = |text: &str| if is_exact { text.to_owned() } else { text.to_lowercase() };
        let (held, value) = (fold(held), fold(&self.value));
        if self.is_prefix { held.starts_with(&value) } else { held == value }
    }
}

fn read(text: &str) -> Option<Filter> {
    let (head, rest) = text.split_once('=')?;
    let (attribute, is_prefix) = match head.strip_suffix('^') {
        Some(head) => (head, true),
        None => (head, false),
    };
    let attribute = attribute.trim().trim_matches('"').to_owned();
    let mut value = String::new();
    let mut letters = rest.trim().strip_prefix('"')?.chars();
    loop {
        match letters.next()? {
            '\\' => value.push(letters.next()?),
            '"' => break,
            letter => value.push(letter),
        }
    }
    letters.next().is_none().then_some(Filter { attribute, is_prefix, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn passes(text: &str) -> bool {
        let attributes = [("email", "Ann@Example.com"), ("name", "Ann \"A\" O\\K"), ("sub", "s-1")];
        let attributes: BTreeMap<String, String> = attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let user = User::new("eu-west-1_T", "Ann", "s-1", attributes, 0);
        Filter::parse(text).unwrap().unwrap().passes(&user)
    }

    #[test]
    fn grammar_and_case_are_the_services() {
        for (text, passed) in [
            ("email = \"ann@example.com\"", true),
            ("email=\"ann@example.com\"", true),
            ("email ^= \"ANN@\"", true),
            ("email ^= \"nn\"", false),
            ("username = \"Ann\"", true),
            ("username = \"ann\"", false),
            ("\"username\" ^= \"A\"", true),
            ("name = \"ann \\\"a\\\" o\\\\k\"", true),
            ("family_name ^= \"\"", false),
            ("cognito:user_status = \"unconfirmed\"", true),
            ("status = \"Enabled\"", true),
            ("status = \"enabled\"", false),
            ("sub = \"s-1\"", true),
        ] {
            assert_eq!(passes(text), passed, "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in [
            "email",
            "email = ann",
            "email = \"ann",
            "email = \"ann\" and name = \"x\"",
            "custom:role = \"x\"",
            "address = \"x\"",
            "email > \"x\"",
        ] {
            assert_eq!(
                Filter::parse(text).unwrap_err().name,
                "InvalidParameterException",
                "{text}"
            );
        }
        assert_eq!(Filter::parse("  ").unwrap(), None);
    }
}
