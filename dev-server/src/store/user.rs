//! Users and what is theirs.

use super::{Store, document};
use crate::refusal::Refusal;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person of a pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) pool_id: String,
    /// Never changes; what SRP hashes.
    pub(crate) username: String,
    pub(crate) sub: String,
    pub(crate) status: UserStatus,
    pub(crate) enabled: bool,
    /// Absent for people without a password.
    pub(crate) password: Option<Verifier>,
    /// When the password was set, in milliseconds: a temporary one expires.
    pub(crate) password_set: i64,
    /// Earlier passwords, newest first, where the pool remembers them.
    #[serde(default)]
    pub(crate) password_history: Vec<Verifier>,
    /// `sub` and the verified marks included; all values are text.
    pub(crate) attributes: BTreeMap<String, String>,
    /// Attributes that wait for a code before they take effect.
    #[serde(default)]
    pub(crate) pending_attributes: BTreeMap<String, String>,
    /// Names of groups, in the order of joining.
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    #[serde(default)]
    pub(crate) totp: Option<Totp>,
    #[serde(default)]
    pub(crate) mfa: MfaPreference,
    /// Wrong passwords.
    #[serde(default)]
    pub(crate) lockout: Lockout,
    /// Wrong codes, which a right password must not forgive.
    #[serde(default)]
    pub(crate) mfa_lockout: Lockout,
    /// Tokens up to this moment are good no more. Milliseconds since the epoch.
    #[serde(default)]
    pub(crate) signed_out_at: i64,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
    /// Milliseconds since the epoch.
    pub(crate) modified: i64,
}

/// Where a user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UserStatus {
    Unconfirmed,
    Confirmed,
    ResetRequired,
    ForceChangePassword,
    ExternalProvider,
}

impl UserStatus {
    /// As the service spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ResetRequired => "RESET_REQUIRED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ExternalProvider => "EXTERNAL_PROVIDER",
        }
    }
}

/// All that is kept of a password: salt and g^x, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Verifier {
    pub(crate) salt: String,
    pub(crate) verifier: String,
}

/// An authenticator app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Totp {
    /// Base32, as it was shown.
    pub(crate) secret: String,
    pub(crate) verified: bool,
    pub(crate) friendly_name: String,
    /// The last accepted time step: a code works once.
    pub(crate) last_step: i64,
}

/// Which second factors the person turned on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct MfaPreference {
    pub(crate) sms: bool,
    pub(crate) totp: bool,
    pub(crate) email: bool,
    #[serde(default)]
    pub(crate) passkey: bool,
    /// `SMS_MFA`, `SOFTWARE_TOKEN_MFA` or `EMAIL_OTP`.
    pub(crate) preferred: Option<String>,
}

/// Failures in a row, and how long they shut the person out. Milliseconds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Lockout {
    pub(crate) failures: u32,
    pub(crate) last: i64,
    pub(crate) until: i64,
}

document!(User, "user", username);

impl User {
    /// A person with these attributes and nothing else yet; unconfirmed.
    pub(crate) fn new(
        pool_id: &str,
        username: &str,
        sub: &str,
        attributes: BTreeMap<String, String>,
        now_ms: i64,
    ) -> Self {
        Self {
            pool_id: pool_id.to_owned(),
            username: username.to_owned(),
            sub: sub.to_owned(),
            status: UserStatus::Unconfirmed,
            enabled: true,
            password: None,
            password_set: 0,
            password_history: Vec::new(),
            attributes,
            pending_attributes: BTreeMap::new(),
            groups: Vec::new(),
            totp: None,
            mfa: MfaPreference::default(),
            lockout: Lockout::default(),
            mfa_lockout: Lockout::default(),
            signed_out_at: 0,
            created: now_ms,
            modified: now_ms,
        }
    }

    /// One attribute's value.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// The time of what is made now: after the last sign-out everywhere, within one millisecond too.
    pub(crate) fn next_moment(&self, now_ms: i64) -> i64 {
        now_ms.max(self.signed_out_at.saturating_add(1))
    }

    /// Whether an address (`email` or `phone_number`) is there and verified.
    pub(crate) fn has_verified(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
            && self.attribute(&format!("{name}_verified")) == Some("true")
    }
}

/// A tracked device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) pool_id: String,
    pub(crate) username: String,
    pub(crate) device_key: String,
    pub(crate) group_key: String,
    /// Absent until ConfirmDevice.
    pub(crate) verifier: Option<Verifier>,
    pub(crate) name: String,
    pub(crate) remembered: bool,
    pub(crate) last_ip: String,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) last_authenticated: i64,
}

document!(Device, "device", device_key, username);

/// A passkey.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Passkey {
    pub(crate) pool_id: String,
    pub(crate) username: String,
    /// Base64url without padding.
    pub(crate) credential_id: String,
    pub(crate) relying_party_id: String,
    pub(crate) friendly_name: String,
    pub(crate) attachment: Option<String>,
    pub(crate) transports: Vec<String>,
    pub(crate) sign_count: u32,
    /// What the verifying library wants back.
    pub(crate) credential: serde_json::Value,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
}

document!(Passkey, "passkey", credential_id, username);

/// A code that was sent and not yet used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) pool_id: String,
    pub(crate) username: String,
    /// What it is for: `sign_up`, `forgot_password`, `attribute:email`, …; a newer code replaces it.
    pub(crate) purpose: String,
    pub(crate) code: String,
    /// The attribute it went to: `email` or `phone_number`.
    pub(crate) attribute: String,
    pub(crate) destination: String,
    /// Milliseconds since the epoch.
    pub(crate) expires: i64,
    pub(crate) wrong_tries: u32,
}

document!(Code, "code", purpose, username; ends |code| code.expires);

impl Store {
    /// The user of that real name.
    pub(crate) fn user(&self, pool_id: &str, username: &str) -> Result<Option<User>, Refusal> {
        self.find(pool_id, "", username)
    }

    /// Writes a user and what users are looked up by.
    pub(crate) fn put_user(&self, user: &User) -> Result<(), Refusal> {
        self.atomically(|| {
            self.put(user)?;
            self.db.execute(
                "delete from attributes where pool_id = ? and username = ?",
                params![user.pool_id, user.username],
            )?;
            let mut insert =
                self.db.prepare_cached("insert into attributes values (?, ?, ?, ?)")?;
            for (name, value) in &user.attributes {
                insert.execute(params![user.pool_id, user.username, name, value])?;
            }
            insert.execute(params![
                user.pool_id,
                user.username,
                FOLDED_NAME,
                user.username.to_lowercase()
            ])?;
            Ok(())
        })
    }

    /// Real names of the users whose attribute has this value; `fold` ignores case.
    pub(crate) fn usernames_with(
        &self,
        pool_id: &str,
        attribute: &str,
        value: &str,
        fold: bool,
    ) -> Result<Vec<String>, Refusal> {
        let sql = if fold {
            "select username from attributes
             where pool_id = ? and name = ? and lower(value) = lower(?) order by rowid"
        } else {
            "select username from attributes
             where pool_id = ? and name = ? and value = ? order by rowid"
        };
        let mut statement = self.db.prepare_cached(sql)?;
        let names = statement
            .query_map(params![pool_id, attribute, value], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(names)
    }

    /// The user a typed name means: the user name, else `sub`, else a sign-in alias.
    pub(crate) fn resolve_user(
        &self,
        pool: &super::Pool,
        typed: &str,
    ) -> Result<Option<User>, Refusal> {
        if let Some(user) = self.user(&pool.id, typed)? {
            return Ok(Some(user));
        }
        let policy = pool.policy();
        let fold = !policy.username_configuration.case_sensitive;
        let mut names = Vec::new();
        if fold {
            names = self.usernames_with(&pool.id, FOLDED_NAME, &typed.to_lowercase(), false)?;
        }
        if names.is_empty() {
            names = self.usernames_with(&pool.id, "sub", typed, false)?;
        }
        for alias in &policy.username_attributes {
            names.extend(self.usernames_with(&pool.id, alias, typed, fold)?);
        }
        for name in &names {
            if let Some(user) = self.user(&pool.id, name)? {
                return Ok(Some(user));
            }
        }
        for alias in &policy.alias_attributes {
            for name in self.usernames_with(&pool.id, alias, typed, fold)? {
                let Some(user) = self.user(&pool.id, &name)? else { continue };
                if alias == "preferred_username" || user.has_verified(alias) {
                    return Ok(Some(user));
                }
            }
        }
        Ok(None)
    }

    /// Removes a user with all that is theirs.
    pub(crate) fn remove_user(&self, pool_id: &str, username: &str) -> Result<(), Refusal> {
        self.atomically(|| {
            self.db.execute(
                "delete from documents where pool_id = ?1
                 and (owner = ?2 or (kind = 'user' and key = ?2))",
                params![pool_id, username],
            )?;
            for table in ["attributes", "attempts"] {
                self.db.execute(
                    &format!("delete from {table} where pool_id = ? and username = ?"),
                    params![pool_id, username],
                )?;
            }
            Ok(())
        })
    }
}

/// Stands among the attributes for the lower-case user name; no attribute can have this name.
const FOLDED_NAME: &str = "\u{0}username";
