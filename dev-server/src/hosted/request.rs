//! An authorization request (RFC 6749, section 4.1.1; RFC 7636; OpenID Connect Core, section 3.1.2.1), checked
//! as the service checks it: first what decides whether the app may be told anything, then the rest.

use super::form::Parameters;
use super::scope;
use super::trouble::Trouble;
use crate::auth::Context;
use crate::server::Server;

/// A request of a known client with a registered address to return to.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) context: Context,
    pub(super) redirect_uri: String,
    pub(super) response: ResponseType,
    /// Space separated.
    pub(super) scope: String,
    pub(super) code_challenge: Option<String>,
    pub(super) prompts: Vec<String>,
    /// The request as it came, for the next page's address.
    pub(super) parameters: Parameters,
}

/// What the app gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResponseType {
    Code,
    /// The implicit grant.
    Token,
}

impl Request {
    /// Checks a request.
    pub(super) fn check(server: &Server, parameters: Parameters) -> Result<Self, Trouble> {
        let (context, redirect_uri) = returning(server, &parameters)?;
        let mut request = Self {
            context,
            redirect_uri,
            response: ResponseType::Code,
            scope: String::new(),
            code_challenge: None,
            prompts: Vec::new(),
            parameters,
        };
        request.response = request.response_type(server)?;
        if let Some(name) = request.parameters.repeated() {
            let text = format!("The parameter {name} came more than once");
            return Err(request.refuse(server, "invalid_request", &text));
        }
        let asked = request.parameters.get("scope");
        let allowed = &request.context.client_policy.allowed_o_auth_scopes;
        request.scope = scope::granted(asked, allowed)
            .map_err(|text| request.refuse(server, "invalid_scope", text))?;
        request.code_challenge = request.proof_key(server)?;
        request.prompts = request.prompts(server)?;
        if request.parameters.get("identity_provider").is_some()
            && request.parameters.get("idp_identifier").is_some()
        {
            let text = "Send one of identity_provider and idp_identifier";
            return Err(request.refuse(server, "invalid_request", text));
        }
        Ok(request)
    }

    fn response_type(&self, server: &Server) -> Result<ResponseType, Trouble> {
        let (kind, flow) = match self.parameters.get("response_type") {
            Some("code") => (ResponseType::Code, "code"),
            Some("token") => (ResponseType::Token, "implicit"),
            Some(_) => {
                let text = "response_type must be code or token";
                return Err(self.refuse(server, "invalid_request", text));
            }
            None => {
                let text = "Missing required parameter response_type";
                return Err(self.refuse(server, "invalid_request", text));
            }
        };
        let allowed = &self.context.client_policy.allowed_o_auth_flows;
        if allowed.iter().any(|name| name == flow) {
            return Ok(kind);
        }
        let text = "The client may not use this response_type";
        Err(self.refuse(server, "unauthorized_client", text))
    }

    fn proof_key(&self, server: &Server) -> Result<Option<String>, Trouble> {
        let refused = |text: &str| Err(self.refuse(server, "invalid_request", text));
        let challenge = self.parameters.get("code_challenge");
        match (challenge, self.parameters.get("code_challenge_method")) {
            // SECURITY: a client without a secret proves with this alone that a code is its own.
            (None, None) if self.response == ResponseType::Code => {
                if self.is_unproved() && server.is_strict {
                    return refused("A client without a secret must send a code_challenge");
                }
                Ok(None)
            }
            (None, None) => Ok(None),
            (Some(challenge), Some("S256")) if is_s256(challenge) => Ok(Some(challenge.to_owned())),
            (Some(_), Some("S256")) => refused("code_challenge is not a SHA-256 in base64url"),
            (Some(_), Some(_)) => refused("code_challenge_method must be S256"),
            (Some(_), None) => refused("code_challenge_method is missing"),
            (None, Some(_)) => refused("code_challenge is missing"),
        }
    }

    /// Whether nothing will show that the app which exchanges the code is the one that asked for it. The service takes
    /// such a request.
    pub(super) fn is_unproved(&self) -> bool {
        self.response == ResponseType::Code
            && self.context.client.secret.is_none()
            && self.parameters.get("code_challenge").is_none()
    }

    fn prompts(&self, server: &Server) -> Result<Vec<String>, Trouble> {
        let words = self.parameters.text("prompt").split(' ').filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(str::to_owned).collect();
        let is_known =
            |word: &String| ["none", "login", "select_account", "consent"].contains(&word.as_str());
        let is_none = words.iter().any(|word| word == "none");
        if !words.iter().all(is_known) || (is_none && words.len() > 1) {
            let text = "prompt must be none, or some of login, select_account and consent";
            return Err(self.refuse(server, "invalid_request", text));
        }
        Ok(words)
    }

    /// Whether the app asked for this prompt.
    pub(super) fn prompts_for(&self, word: &str) -> bool {
        self.prompts.iter().any(|prompt| prompt == word)
    }

    /// The refusal of this request, told to the app.
    pub(super) fn refuse(&self, server: &Server, error: &'static str, text: &str) -> Trouble {
        let told = [("error", error), ("error_description", text)];
        Trouble::Redirect { error, location: self.location(server, &told) }
    }

    /// The app's address with an answer, the state it sent, and the issuer where the pool names it.
    pub(super) fn location(&self, server: &Server, answer: &[(&str, &str)]) -> String {
        let mut told = url::form_urlencoded::Serializer::new(String::new());
        told.extend_pairs(answer);
        if let Some(state) = self.parameters.get("state") {
            told.append_pair("state", state);
        }
        if self.context.pool.response_issuer {
            told.append_pair("iss", &server.issuer(&self.context.pool));
        }
        let joint = match self.response {
            ResponseType::Token => '#',
            ResponseType::Code if self.redirect_uri.contains('?') => '&',
            ResponseType::Code => '?',
        };
        format!("{}{joint}{}", self.redirect_uri, told.finish())
    }

    /// The address of one of this server's pages for the same request.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{path}?{}", self.parameters.encode())
    }

    /// The identity providers that the client lets people choose from, `COGNITO` among them.
    pub(super) fn providers(&self) -> Vec<String> {
        let supported = &self.context.client_policy.supported_identity_providers;
        if supported.is_empty() { vec!["COGNITO".to_owned()] } else { supported.clone() }
    }
}

/// The client, and the address it may be answered at. Without both, nothing is told to anybody's app.
fn returning(server: &Server, parameters: &Parameters) -> Result<(Context, String), Trouble> {
    for name in ["client_id", "redirect_uri"] {
        if parameters.get(name).is_none() || parameters.repeated() == Some(name) {
            let text = format!("The request must have one parameter {name}.");
            return Err(Trouble::page("invalid_request", text));
        }
    }
    let context = client(server, parameters.text("client_id"))?;
    let redirect_uri = parameters.text("redirect_uri");
    let registered = &context.client_policy.callback_urls;
    if is_registered(server, registered, redirect_uri) {
        return Ok((context, redirect_uri.to_owned()));
    }
    let text =
        "The app asked to return to an address that is not among the client's callback URLs.";
    Err(Trouble::page("redirect_mismatch", text))
}

/// A client that has the redirect flow.
pub(super) fn client(server: &Server, id: &str) -> Result<Context, Trouble> {
    let context = Context::open(server, id)
        .map_err(|_| Trouble::page("invalid_client", "There is no client of this client_id."))?;
    if context.client_policy.allowed_o_auth_flows_user_pool_client {
        return Ok(context);
    }
    let text = "The client is not set up for the redirect flow (AllowedOAuthFlowsUserPoolClient).";
    Err(Trouble::page("unauthorized_client", text))
}

/// SECURITY: an exact comparison of the whole text, as RFC 9700, section 2.1 asks.
pub(super) fn is_registered(server: &Server, registered: &[String], url: &str) -> bool {
    registered.iter().any(|known| known == url) || server.is_app_url(url)
}

fn is_s256(challenge: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    challenge.len() == 43 && challenge.bytes().all(is_base64url)
}
