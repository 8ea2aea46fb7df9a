//! Who broke which rule.

/// The server broke the protocol. Each variant is one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The reply is no JSON object: a captive portal, a proxy, a wrong endpoint.
    NotJson,
    /// A member the protocol promises is missing, or of another type.
    MissingMember(&'static str),
    /// `SRP_B` is no hex integer, too long, or 0 modulo N.
    SrpB,
    /// `SALT` is no hex integer.
    SrpSalt,
    /// `SECRET_BLOCK` is no base64.
    SrpSecretBlock,
    /// u = 0.
    SrpU,
    /// A challenge that cannot follow what was sent.
    UnexpectedChallenge,
    /// More steps without a question than any pool needs.
    TooManySteps,
    /// A token that is no signed JWT with JSON claims.
    TokenForm,
    /// A token of another pool.
    TokenIssuer,
    /// A token for another app client.
    TokenClient,
    /// An ID token where an access token belongs, or the reverse.
    TokenUse,
    /// A token that ends before it begins, or has no end.
    TokenTimes,
    /// ID token and access token name different people.
    TokenSubject,
    /// No key of the pool signed this token.
    TokenSignature,
    /// The ID token is not the answer to this flow's request.
    TokenNonce,
    /// The ID token belongs to another access token.
    TokenAccessHash,
    /// Credentials that ended before they came.
    CredentialTimes,
}

impl Violation {
    /// The rule's name, for error reports: stable, without any part of the reply.
    pub fn rule(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::MissingMember(name) => name,
            Self::SrpB => "srp-b",
            Self::SrpSalt => "srp-salt",
            Self::SrpSecretBlock => "srp-secret-block",
            Self::SrpU => "srp-u",
            Self::UnexpectedChallenge => "unexpected-challenge",
            Self::TooManySteps => "too-many-steps",
            Self::TokenForm => "token-form",
            Self::TokenIssuer => "token-issuer",
            Self::TokenClient => "token-client",
            Self::TokenUse => "token-use",
            Self::TokenTimes => "token-times",
            Self::TokenSubject => "token-subject",
            Self::TokenSignature => "token-signature",
            Self::TokenNonce => "token-nonce",
            Self::TokenAccessHash => "token-access-hash",
            Self::CredentialTimes => "credential-times",
        }
    }
}

/// The caller's code asked for something that cannot be. The text says the fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misuse(pub &'static str);
