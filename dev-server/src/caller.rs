//! Who calls, and how.

use crate::sigv4::{Request, Signer};

/// The services that share this server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Service {
    /// `cognito-idp`.
    #[default]
    UserPools,
    /// `cognito-identity`.
    IdentityPools,
}

/// Who calls, and how.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// The operation's name.
    pub(crate) operation: String,
    /// What `x-amzn-requestid` will say.
    pub(crate) request_id: String,
    /// The service that `x-amz-target` names.
    pub(crate) service: Service,
    /// The request as it arrived, for operations that must be signed.
    pub(crate) request: Request,
    /// Who signed it, once that was checked.
    pub(crate) signer: Option<Signer>,
    /// The `x-amz-user-agent` or `user-agent` header.
    pub(crate) user_agent: String,
    /// The peer's address.
    pub(crate) ip: String,
}
