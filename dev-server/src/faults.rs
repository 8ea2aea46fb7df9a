//! Trouble on request: `POST /_dev/faults` takes a list of rules, each of which spoils the next calls of
//! an operation. A later list replaces an earlier one; `[]` ends all trouble.

use serde::Deserialize;
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
        faults.replace(serde_json::from_str(rules).unwrap());

        assert_eq!(faults.strike("InitiateAuth"), []);
        assert_eq!(faults.strike("GetUser"), []);
        assert_eq!(faults.strike("GetUser"), [Fault::DropReply]);
        assert_eq!(faults.strike("GetUser"), []);
    }
}
