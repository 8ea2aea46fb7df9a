//! What of the settings of pools and clients decides something, as types. The settings themselves stay what was taken,
//! so that they can be reported back.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Reads the members a type knows; what does not fit falls back to the default, for the control
/// operations checked the shape before it was kept.
pub(super) fn read<T: DeserializeOwned + Default>(settings: &Map<String, Value>) -> T {
    serde_json::from_value(Value::Object(settings.clone())).unwrap_or_default()
}

/// What of a pool's settings decides something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Policy {
    pub(crate) policies: Policies,
    pub(crate) auto_verified_attributes: Vec<String>,
    pub(crate) alias_attributes: Vec<String>,
    pub(crate) username_attributes: Vec<String>,
    pub(crate) username_configuration: UsernameConfiguration,
    pub(crate) device_configuration: Option<DeviceConfiguration>,
    pub(crate) account_recovery_setting: AccountRecovery,
    pub(crate) admin_create_user_config: AdminCreateUser,
    #[serde(alias = "SchemaAttributes")]
    pub(crate) schema: Vec<SchemaAttribute>,
    pub(crate) user_attribute_update_settings: UpdateSettings,
    /// Trigger names to addresses; a value that is no text is not a trigger of ours.
    pub(crate) lambda_config: Map<String, Value>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Policies {
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) sign_in_policy: SignInPolicy,
}

/// A pool that names no policy has the strict one below; one that names a part of it has only the rules it names.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PasswordPolicy {
    #[serde(default = "eight")]
    pub(crate) minimum_length: usize,
    #[serde(default)]
    pub(crate) require_uppercase: bool,
    #[serde(default)]
    pub(crate) require_lowercase: bool,
    #[serde(default)]
    pub(crate) require_numbers: bool,
    #[serde(default)]
    pub(crate) require_symbols: bool,
    #[serde(default)]
    pub(crate) password_history_size: usize,
    #[serde(default = "a_week")]
    pub(crate) temporary_password_validity_days: i64,
}

fn eight() -> usize {
    8
}

fn a_week() -> i64 {
    7
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: eight(),
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
            password_history_size: 0,
            temporary_password_validity_days: a_week(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SignInPolicy {
    /// `PASSWORD`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`; empty means password only.
    pub(crate) allowed_first_auth_factors: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UsernameConfiguration {
    pub(crate) case_sensitive: bool,
}

impl Default for UsernameConfiguration {
    fn default() -> Self {
        Self { case_sensitive: true }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct DeviceConfiguration {
    /// A remembered device answers in place of the second factor.
    pub(crate) challenge_required_on_new_device: bool,
    /// Opt-in: a confirmed device is remembered only when the person says so.
    pub(crate) device_only_remembered_on_user_prompt: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AccountRecovery {
    pub(crate) recovery_mechanisms: Vec<RecoveryMechanism>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RecoveryMechanism {
    pub(crate) priority: i64,
    /// `verified_email`, `verified_phone_number`, `admin_only`.
    pub(crate) name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AdminCreateUser {
    pub(crate) allow_admin_create_user_only: bool,
    pub(crate) unused_account_validity_days: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct UpdateSettings {
    pub(crate) attributes_require_verification_before_update: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SchemaAttribute {
    /// Without the prefix `custom:`, as CreateUserPool takes it.
    pub(crate) name: String,
    pub(crate) attribute_data_type: String,
    pub(crate) developer_only_attribute: bool,
    pub(crate) mutable: Option<bool>,
    pub(crate) required: bool,
    pub(crate) number_attribute_constraints: Map<String, Value>,
    pub(crate) string_attribute_constraints: Map<String, Value>,
}

/// What decides about second factors and passkeys.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct MfaPolicy {
    /// `OFF` (also when absent), `OPTIONAL`, `ON`.
    pub(crate) mfa_configuration: String,
    pub(crate) sms_mfa_configuration: Option<Value>,
    pub(crate) software_token_mfa_configuration: SoftwareTokenMfa,
    pub(crate) email_mfa_configuration: Option<Value>,
    pub(crate) web_authn_configuration: WebAuthn,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct SoftwareTokenMfa {
    pub(crate) enabled: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct WebAuthn {
    pub(crate) relying_party_id: Option<String>,
    /// `required` or `preferred`.
    pub(crate) user_verification: Option<String>,
    /// `SINGLE_FACTOR` or `MULTI_FACTOR_WITH_USER_VERIFICATION`.
    pub(crate) factor_configuration: Option<String>,
}

/// When a password is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Event {
    SignIn,
    PasswordChange,
    SignUp,
}

/// What of a pool's risk configuration decides something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RiskPolicy {
    pub(crate) compromised_credentials_risk_configuration: Compromised,
    pub(crate) account_takeover_risk_configuration: Takeover,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Compromised {
    /// Empty means every event.
    pub(crate) event_filter: Vec<Event>,
    pub(crate) actions: Action,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Takeover {
    pub(crate) actions: TakeoverActions,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct TakeoverActions {
    pub(crate) low_action: Action,
    pub(crate) medium_action: Action,
    pub(crate) high_action: Action,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Action {
    /// `BLOCK`, `MFA_REQUIRED`, `MFA_IF_CONFIGURED` or `NO_ACTION`.
    pub(crate) event_action: String,
}

/// What of a client's settings decides something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ClientPolicy {
    /// `ALLOW_…`; empty means the service's default: SRP, custom and refresh.
    pub(crate) explicit_auth_flows: Vec<String>,
    /// `LEGACY` (also when absent) or `ENABLED`.
    pub(crate) prevent_user_existence_errors: String,
    /// Minutes, 3 to 15.
    pub(crate) auth_session_validity: Option<i64>,
    pub(crate) access_token_validity: Option<i64>,
    pub(crate) id_token_validity: Option<i64>,
    pub(crate) refresh_token_validity: Option<i64>,
    pub(crate) token_validity_units: TokenValidityUnits,
    pub(crate) enable_token_revocation: Option<bool>,
    pub(crate) refresh_token_rotation: Option<RefreshTokenRotation>,
    pub(crate) read_attributes: Vec<String>,
    pub(crate) write_attributes: Vec<String>,
    #[serde(rename = "CallbackURLs")]
    pub(crate) callback_urls: Vec<String>,
    #[serde(rename = "LogoutURLs")]
    pub(crate) logout_urls: Vec<String>,
    pub(crate) allowed_o_auth_flows: Vec<String>,
    pub(crate) allowed_o_auth_scopes: Vec<String>,
    pub(crate) supported_identity_providers: Vec<String>,
    pub(crate) allowed_o_auth_flows_user_pool_client: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct TokenValidityUnits {
    pub(crate) access_token: Option<String>,
    pub(crate) id_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RefreshTokenRotation {
    /// `ENABLED` or `DISABLED`.
    pub(crate) feature: String,
    pub(crate) retry_grace_period_seconds: i64,
}
