//! Which scopes a request gets.

/// The scopes asked for, or all of the client's; each must be the client's, and those of OpenID Connect need
/// `openid`.
pub(super) fn granted(asked: Option<&str>, allowed: &[String]) -> Result<String, &'static str> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in asked.unwrap_or_default().split(' ').filter(|scope| !scope.is_empty()) {
        if !allowed.iter().any(|known| known == scope) {
            return Err("The client may not ask for one of the scopes");
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        scopes = allowed.iter().map(String::as_str).collect();
    }
    if scopes.is_empty() {
        return Err("The client has no scopes");
    }
    let needs_openid = |scope: &&str| ["email", "phone", "profile"].contains(scope);
    if scopes.iter().any(needs_openid) && !scopes.contains(&"openid") {
        return Err("email, phone and profile need openid");
    }
    Ok(scopes.join(" "))
}

/// Whether a list of scopes has one.
pub(super) fn has(scopes: &str, wanted: &str) -> bool {
    scopes.split(' ').any(|scope| scope == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<String> {
        ["openid", "email", "notes/read"].map(str::to_owned).to_vec()
    }

    #[test]
    fn all_scopes_of_the_client_are_the_default() {
        assert_eq!(granted(None, &allowed()), Ok("openid email notes/read".to_owned()));
    }

    #[test]
    fn a_repeated_scope_is_granted_once() {
        assert_eq!(granted(Some("openid  openid"), &allowed()), Ok("openid".to_owned()));
    }

    #[test]
    fn scopes_that_are_not_the_clients_or_lack_openid_are_refused() {
        assert!(granted(Some("openid phone"), &allowed()).is_err());
        assert!(granted(Some("email"), &allowed()).is_err());
        assert!(granted(None, &[]).is_err());
    }
}
