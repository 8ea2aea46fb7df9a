//! What triggers answer with, as types. A member that is left out or `null` has its default.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The `response` of a trigger that is only told: post confirmation, pre and post authentication.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Nothing {}

/// The `response` of a pre sign-up trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PreSignUp {
    pub(crate) auto_confirm_user: bool,
    pub(crate) auto_verify_email: bool,
    pub(crate) auto_verify_phone: bool,
}

/// The `response` of a custom message trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CustomMessage {
    pub(crate) sms_message: Option<String>,
    pub(crate) email_message: Option<String>,
    pub(crate) email_subject: Option<String>,
}

/// The `response` of a define auth challenge trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DefineChallenge {
    pub(crate) challenge_name: Option<String>,
    pub(crate) issue_tokens: bool,
    pub(crate) fail_authentication: bool,
}

/// The `response` of a create auth challenge trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CreateChallenge {
    pub(crate) public_challenge_parameters: BTreeMap<String, String>,
    pub(crate) private_challenge_parameters: BTreeMap<String, String>,
    pub(crate) challenge_metadata: Option<String>,
}

/// The `response` of a verify auth challenge response trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct VerifyChallenge {
    pub(crate) answer_correct: bool,
}

/// The `response` of a user migration trigger.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Migration {
    /// Absent when there is nobody to migrate.
    pub(crate) user_attributes: Option<BTreeMap<String, String>>,
    /// `CONFIRMED` or `RESET_REQUIRED`.
    pub(crate) final_user_status: Option<String>,
    /// `SUPPRESS` or nothing.
    pub(crate) message_action: Option<String>,
    pub(crate) desired_delivery_mediums: Vec<String>,
    pub(crate) force_alias_creation: bool,
    #[serde(rename = "enableSMSMFA")]
    pub(crate) enable_sms_mfa: bool,
}

/// The `response` of a pre token generation trigger, of any version.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TokenOverride {
    /// Version 1: the ID token only.
    pub(crate) claims_override_details: Option<ClaimsOverride>,
    /// Versions 2 and 3: both tokens.
    pub(crate) claims_and_scope_override_details: Option<ScopedClaims>,
}

/// What version 1 changes.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClaimsOverride {
    pub(crate) claims_to_add_or_override: Option<Map<String, Value>>,
    pub(crate) claims_to_suppress: Option<Vec<String>>,
    pub(crate) group_override_details: Option<GroupOverride>,
}

/// What versions 2 and 3 change.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ScopedClaims {
    pub(crate) id_token_generation: Option<TokenGeneration>,
    pub(crate) access_token_generation: Option<TokenGeneration>,
    pub(crate) group_override_details: Option<GroupOverride>,
}

/// What changes in one token.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TokenGeneration {
    pub(crate) claims_to_add_or_override: Option<Map<String, Value>>,
    pub(crate) claims_to_suppress: Option<Vec<String>>,
    pub(crate) scopes_to_add: Option<Vec<String>>,
    pub(crate) scopes_to_suppress: Option<Vec<String>>,
}

/// Groups and roles that stand in the tokens in place of the person's own.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct GroupOverride {
    pub(crate) groups_to_override: Option<Vec<String>>,
    pub(crate) iam_roles_to_override: Option<Vec<String>>,
    pub(crate) preferred_role: Option<String>,
}
