//! Trouble on request: `POST /_dev/faults` takes a list of rules, each of which spoils the next calls of
//! an operation. A later list replaces an earlier one; `[]` ends all trouble.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::{Mutex, PoisonError};

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Rule>>);

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    /// The operation's name, a path such as `jwks.json`, or `*`.
    operation: String,
    /// How many calls to spoil; all when absent.
    times: Option<u32>,
    /// How many calls to leave alone first.
    #[serde(default)]
    skip: u32,
    #[serde(flatten)]
    fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Fault {
    /// The call waits, then is handled as usual.
    Delay { ms: u64 },
    /// The call is carried out, but the connection closes without a reply.
    DropReply,
    /// The connection closes before anything is done.
    DropRequest,
    /// The call is refused with this status before anything is done.
    Status {
        status: u16,
        /// Seconds, for the header `Retry-After`.
        retry_after: Option<u64>,
        /// The exception's name; by default one that fits the status.
        error: Option<String>,
    },
    /// The call is carried out; the reply is cut in the middle of its JSON.
    Malformed,
    /// A page of a captive portal answers with status 200; nothing is done.
    Html,
}

/// Reads a list of rules.
///
/// # Errors
/// A sentence: what is no list of rules, has a member that no rule has, or a status that is none of a refusal.
pub(crate) fn read(body: &[u8]) -> Result<Vec<Rule>, String> {
    let stated: Vec<Map<String, Value>> =
        serde_json::from_slice(body).map_err(|error| error.to_string())?;
    // By hand: a flattened enum takes whatever else there is, and a misspelled `times` would spoil every call.
    let unknown = stated.iter().flat_map(Map::keys).find(|name| !MEMBERS.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err(format!("unknown member {name}; a rule has {}", MEMBERS.join(", ")));
    }
    let rules = stated.into_iter().map(|rule| serde_json::from_value(Value::Object(rule)));
    let rules: Vec<Rule> = rules.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    for rule in &rules {
        if let Fault::Status { status, .. } = rule.fault
            && !(300..=599).contains(&status)
        {
            return Err(format!("status {status} refuses nothing; take one from 300 to 599"));
        }
    }
    Ok(rules)
}

/// What a rule may have.
const MEMBERS: &[&str] =
    &["operation", "times", "skip", "kind", "ms", "status", "retryAfter", "error"];

impl Faults {
    /// Puts other rules in force.
    pub(crate) fn replace(&self, rules: Vec<Rule>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// Ends all trouble.
    pub(crate) fn clear(&self) {
        self.replace(Vec::new());
    }

    /// What is to go wrong with this call: each rule that applies, in the order of the list.
    pub(crate) fn strike(&self, operation: &str) -> Vec<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut faults = Vec::new();
        for rule in rules.iter_mut() {
            if rule.operation != "*" && rule.operation != operation {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            match &mut rule.times {
                Some(0) => continue,
                Some(times) => *times -= 1,
                None => {}
            }
            faults.push(rule.fault.clone());
            // What answers in place of the operation leaves nothing for later rules to spoil.
            if matches!(rule.fault, Fault::DropRequest | Fault::Status { .. } | Fault::Html) {
                break;
            }
        }
        rules.retain(|rule| rule.times != Some(0));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_spoils_as_many_calls_as_it_says() {
        let faults = Faults::default();
        let rules = r#"[{ "operation": "GetUser", "times": 1, "skip": 1, "kind": "dropReply" }]"#;
        faults.replace(read(rules.as_bytes()).unwrap());

        assert_eq!(faults.strike("InitiateAuth"), []);
        assert_eq!(faults.strike("GetUser"), []);
        assert_eq!(faults.strike("GetUser"), [Fault::DropReply]);
        assert_eq!(faults.strike("GetUser"), []);
    }
    #[test]
    fn rule_that_would_not_do_what_it_says_is_refused() {
        for (rule, told) in [
            (
                r#"[{ "operation": "GetUser", "kind": "delay", "ms": 1, "time": 1 }]"#,
                "unknown member time",
            ),
            (r#"[{ "operation": "GetUser", "kind": "status", "status": 99 }]"#, "status 99"),
            (r#"[{ "operation": "GetUser", "kind": "status", "status": 1000 }]"#, "status 1000"),
            (r#"[{ "operation": "GetUser", "kind": "dropAll" }]"#, "dropAll"),
            (r#"{ "operation": "GetUser" }"#, "sequence"),
        ] {
            let error = read(rule.as_bytes()).unwrap_err();

            assert!(error.contains(told), "{error}");
        }
    }
}
