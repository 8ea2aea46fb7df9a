//! A request as signatures see it, and who signed one.

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, still encoded.
    pub(crate) target: String,
    /// In the order of arrival, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Who signed a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) access_key: String,
    /// The region of the credential scope.
    pub(crate) region: String,
    /// The service of the credential scope.
    pub(crate) service: String,
    /// Nothing for a key of the configuration, which may do everything.
    pub(crate) role: Option<AssumedRole>,
}

/// What credentials of an identity pool stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    pub(crate) arn: String,
    pub(crate) identity_id: String,
    pub(crate) identity_pool_id: String,
    /// The provider that vouched; nothing for a guest.
    pub(crate) provider: Option<String>,
}

impl Request {
    /// The first header of a name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Path and query.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

impl Signer {
    /// As policies and echoes name the signer.
    pub(crate) fn arn(&self) -> String {
        match &self.role {
            Some(role) => {
                let name = role.arn.rsplit('/').next().unwrap_or_default();
                let account = self.account();
                format!("arn:aws:sts::{account}:assumed-role/{name}/CognitoIdentityCredentials")
            }
            None => format!("arn:aws:iam::{ACCOUNT}:user/{}", self.access_key),
        }
    }

    /// The account the signer belongs to.
    pub(crate) fn account(&self) -> &str {
        let role = self.role.as_ref().and_then(|role| role.arn.split(':').nth(4));
        role.filter(|account| !account.is_empty()).unwrap_or(ACCOUNT)
    }
}

/// The account of whatever the configuration gives no other.
const ACCOUNT: &str = "123456789012";
