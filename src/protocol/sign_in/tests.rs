//! The state machine, pair by pair. The tables are text: `states | inputs | what it leads to`, where
//! `*` stands for all that no row above names. Every pair must be told and every row must be needed.

mod answers;
mod flows;
// `wasm-pack test` compiles the unit tests, too; proptest stays native.
#[cfg(not(target_arch = "wasm32"))]
mod properties;
mod refusals;
mod replies;

use super::*;
use crate::protocol::challenge::Answer;
use crate::protocol::error::Misuse;
use crate::protocol::group::Direct;

const PASSWORD: &str = "Correct-Horse-9!";
const NOW: u64 = 1_780_000_000;

fn pool() -> Pool {
    Pool::parse("eu-west-1_Ab12", "client1", None).unwrap()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (String::from(name), String::from(value))
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(String::from(text))
}

fn password() -> Option<Secret<String>> {
    Some(secret(PASSWORD))
}

/// A = g^7, so that `SRP_A` is 80 wherever it is sent.
fn spare() -> Spare<'static> {
    Spare { ephemeral: Ephemeral::new(Secret::new(vec![7])), arithmetic: &Direct }
}

fn device() -> Device {
    Device {
        key: String::from("eu-west-1_device"),
        group_key: String::from("-group"),
        password: secret("device-password"),
    }
}

fn beginning(
    flow: Flow,
    password: Option<Secret<String>>,
    preferred: Option<&str>,
    device: Option<Device>,
) -> Start {
    let preferred = preferred.map(String::from);
    let username = String::from("alice");
    let extras = Extras::default();
    Start { username, password, flow, preferred, session: None, extras, device }
}

fn begun(
    flow: Flow,
    password: Option<Secret<String>>,
    preferred: Option<&str>,
    device: Option<Device>,
) -> SignIn {
    start(beginning(flow, password, preferred, device), &pool(), spare()).unwrap()
}

/// A challenge as the service sends it, with the names and values all tables use.
fn challenge(name: &str, session: &str) -> Value {
    let all = ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"];
    let (name, available): (&str, &[&str]) = match name {
        "SELECT_CHALLENGE" => (name, &all),
        "SELECT_CHALLENGE of PASSWORD" => ("SELECT_CHALLENGE", &["PASSWORD"]),
        "SELECT_CHALLENGE of EMAIL_OTP" => ("SELECT_CHALLENGE", &["EMAIL_OTP"]),
        _ => (name, &[]),
    };
    let parameters = Value::object().with("USER_ID_FOR_SRP", "alice-id");
    let (name, parameters) = match name {
        "PASSWORD_VERIFIER" | "DEVICE_PASSWORD_VERIFIER" => {
            let block = parameters.with("SECRET_BLOCK", "YmxvY2s=").with("SALT", "5a17");
            (name, block.with("SRP_B", "4"))
        }
        "PASSWORD_VERIFIER without B" => ("PASSWORD_VERIFIER", parameters),
        "PASSWORD_VERIFIER with B = 0" => {
            let block = parameters.with("SECRET_BLOCK", "YmxvY2s=").with("SALT", "5a17");
            ("PASSWORD_VERIFIER", block.with("SRP_B", "0"))
        }
        "SELECT_MFA_TYPE" => {
            let list = r#"["SMS_MFA","SOFTWARE_TOKEN_MFA"]"#;
            (name, parameters.with("MFAS_CAN_CHOOSE", list))
        }
        "MFA_SETUP" => {
            let list = r#"["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#;
            (name, parameters.with("MFAS_CAN_SETUP", list))
        }
        "MFA_SETUP of an app" => {
            ("MFA_SETUP", parameters.with("MFAS_CAN_SETUP", r#"["SOFTWARE_TOKEN_MFA"]"#))
        }
        "MFA_SETUP of e-mail" => {
            ("MFA_SETUP", parameters.with("MFAS_CAN_SETUP", r#"["EMAIL_OTP"]"#))
        }
        "MFA_SETUP of SMS" => ("MFA_SETUP", parameters.with("MFAS_CAN_SETUP", r#"["SMS_MFA"]"#)),
        "MFA_SETUP of what is new" => {
            ("MFA_SETUP", parameters.with("MFAS_CAN_SETUP", r#"["SMELL_MFA"]"#))
        }
        "WEB_AUTHN" => {
            (name, parameters.with("CREDENTIAL_REQUEST_OPTIONS", r#"{"challenge":"AA"}"#))
        }
        "NEW_PASSWORD_REQUIRED" => {
            (name, parameters.with("requiredAttributes", r#"["userAttributes.name"]"#))
        }
        _ => (name, parameters),
    };
    Value::object()
        .with("ChallengeName", name)
        .with("Session", session)
        .with("ChallengeParameters", parameters)
        .with("AvailableChallenges", Value::from_strings(available))
}

fn tokens() -> Value {
    Value::object()
        .with("AuthenticationResult", Value::object().with("AccessToken", "a.b.c"))
        .with("ChallengeParameters", Value::object())
}

fn reply(conversation: SignIn, reply: &Value) -> Result<Step, Violation> {
    conversation.reply(reply, &pool(), NOW, spare())
}

fn asked(conversation: SignIn, question: &Value) -> Pending {
    match reply(conversation, question) {
        Ok(Step::Ask(pending)) => *pending,
        other => panic!("no question but {}", told(other)),
    }
}

fn sent(step: Step) -> SignIn {
    match step {
        Step::Send(conversation) => *conversation,
        other => panic!("nothing was sent but {}", told(Ok(other))),
    }
}

fn answered(pending: Pending, answer: Answer, device: Option<Device>) -> Result<Step, Misuse> {
    pending.answer(answer, device, &pool(), spare())
}

/// What a step leads to, in one line.
fn told(step: Result<Step, Violation>) -> String {
    match step {
        Err(violation) => format!("violation {}", violation.rule()),
        Ok(Step::Send(conversation)) => call_told(conversation.call()),
        Ok(Step::Ask(pending)) => format!("ask {}", question_told(&pending)),
        Ok(Step::WrongCode(pending)) => format!("wrong code, ask {}", question_told(&pending)),
        Ok(Step::Done { login, device_key, .. }) => {
            assert_eq!(login, "alice");
            device_key.map_or(String::from("done"), |key| format!("done with {key}"))
        }
    }
}

/// Operation, session and parameters of a call. What a proof has computed is told by its name.
fn call_told(call: &Call) -> String {
    let input = &call.input;
    let name = match call.operation {
        "InitiateAuth" => format!("begin {}", input.str("AuthFlow").unwrap()),
        "RespondToAuthChallenge" => format!("respond {}", input.str("ChallengeName").unwrap()),
        other => String::from(other),
    };
    let session = input.str("Session").map(|session| format!(" in {session}")).unwrap_or_default();
    let pairs = input.get("AuthParameters").or_else(|| input.get("ChallengeResponses"));
    let pairs = pairs.map_or_else(|| input.string_pairs(), Value::string_pairs);
    let pairs: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| name != "Session")
        .map(|(name, value)| match name.as_str() {
            "PASSWORD_CLAIM_SIGNATURE" | "PASSWORD_CLAIM_SECRET_BLOCK" | "TIMESTAMP" => {
                assert!(!value.is_empty());
                name.clone()
            }
            _ => format!("{name}={value}"),
        })
        .collect();
    let is_empty = pairs.is_empty();
    format!("{name}{session}{}{}", if is_empty { "" } else { ": " }, pairs.join(" "))
}

fn question_told(pending: &Pending) -> String {
    let options = pending.challenge().options(&pending.parameters, &pending.talk.offers);
    let options = match pending.challenge() {
        Challenge::SelectChallenge | Challenge::SelectMfaType | Challenge::MfaSetup => {
            format!(" of {}", options.join("/"))
        }
        _ => String::new(),
    };
    let name = &pending.name;
    match &pending.origin {
        Origin::Service => format!("{name}{options}"),
        Origin::Chosen => format!("for chosen {name}"),
        Origin::Restart => format!("again {name}{options}"),
        Origin::EmailSetup => String::from("e-mail set-up"),
        Origin::SoftwareTokenSetup(secret) => format!("app set-up with {secret}"),
    }
}

/// Holds a table against what happens: `outcome` says what a pair leads to.
fn check(table: &str, states: &[&str], inputs: &[&str], outcome: impl Fn(&str, &str) -> String) {
    let fits = |cell: &str, name: &str| cell == "*" || cell.split(", ").any(|part| part == name);
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    for row in &rows {
        let [row_states, row_inputs, _] = row.as_slice() else { panic!("no row: {row:?}") };
        for (cell, known) in [(row_states, states), (row_inputs, inputs)] {
            let is_known = |name: &str| name == "*" || known.contains(&name);
            assert!(cell.split(", ").all(is_known), "unknown name in {row:?}");
        }
    }
    let mut needed = vec![false; rows.len()];
    let mut wrong = Vec::new();
    for state in states {
        for input in inputs {
            let found = rows.iter().position(|row| fits(row[0], state) && fits(row[1], input));
            let index = found.unwrap_or_else(|| panic!("no row tells {state} + {input}"));
            needed[index] = true;
            let happens = outcome(state, input);
            if happens != rows[index][2] {
                wrong.push(format!(
                    "{state} + {input}\n  told:    {}\n  happens: {happens}",
                    rows[index][2]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} pairs differ:\n{}", wrong.len(), wrong.join("\n"));
    let idle: Vec<_> = needed.iter().zip(&rows).filter(|(n, _)| !**n).map(|(_, row)| row).collect();
    assert!(idle.is_empty(), "no pair needs these rows: {idle:?}");
}
