//! Sign-up and sign-in.

use super::*;

pub(super) fn of_sign_up() -> Vec<Row> {
    let vera = with(
        named("vera"),
        json!({ "Password": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "vera@example.com" }] }),
    );
    let signed_up = || vec![("SignUp", vera.clone())];
    let confirm = |code: &str| with(named("vera"), json!({ "ConfirmationCode": code }));
    let tried =
        |times| vec![("SignUp", vera.clone()), tries(times, "ConfirmSignUp", &confirm("x"))];
    let taken = with(
        vera.clone(),
        json!({
        "UserAttributes": [{ "Name": "email", "Value": "alice@example.com" }] }),
    );
    let resent = tries(5, "ResendConfirmationCode", &named("vera"));
    vec![
        row("SignUp", "UsernameExistsException", signed_up(), vera.clone()),
        row(
            "SignUp",
            "InvalidPasswordException",
            vec![],
            with(vera.clone(), json!({ "Password": "short!" })),
        ),
        in_pool(
            (
                "AutoVerifiedAttributes",
                "AdminCreateUserConfig = { AllowAdminCreateUserOnly = true }\nAutoVerifiedAttributes",
            ),
            row("SignUp", "NotAuthorizedException", vec![], vera.clone()),
        ),
        row("ConfirmSignUp", "CodeMismatchException", signed_up(), confirm("x")),
        row(
            "ConfirmSignUp",
            "ExpiredCodeException",
            vec![("SignUp", vera.clone()), ("@clock", json!(86_401))],
            confirm("{code vera@example.com}"),
        ),
        row("ConfirmSignUp", "TooManyFailedAttemptsException", tried(10), confirm("x")),
        row("ConfirmSignUp", "LimitExceededException", tried(15), confirm("x")),
        row("ConfirmSignUp", "UserNotFoundException", vec![], confirm("x")),
        row(
            "ConfirmSignUp",
            "AliasExistsException",
            vec![("SignUp", taken)],
            confirm("{code alice@example.com}"),
        ),
        row("ResendConfirmationCode", "UserNotFoundException", vec![], named("vera")),
        row(
            "ResendConfirmationCode",
            "LimitExceededException",
            vec![("SignUp", vera.clone()), resent],
            named("vera"),
        ),
    ]
}

pub(super) fn of_sign_in() -> Vec<Row> {
    let start = |client: &str, user: &str, password: &str| {
        json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": user, "PASSWORD": password } })
    };
    let refresh = |client: &str| {
        json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": "{refresh}" } })
    };
    let choose = |user: &str| -> Step {
        let parameters = json!({ "USERNAME": user });
        let input =
            json!({ "ClientId": "client", "AuthFlow": "USER_AUTH", "AuthParameters": parameters });
        ("InitiateAuth", input)
    };
    let password = |user: &str| respond("PASSWORD", user, json!({ "PASSWORD": PASSWORD }));
    let app = |code: &str| {
        respond("SOFTWARE_TOKEN_MFA", "tina", json!({ "SOFTWARE_TOKEN_MFA_CODE": code }))
    };
    let nora = ("InitiateAuth", start("client", "nora", "Temporary-Pass-1!"));
    let replace = |password: &str, more: Value| {
        let responses = with(json!({ "NEW_PASSWORD": password }), more);
        respond("NEW_PASSWORD_REQUIRED", "nora", responses)
    };
    let renew =
        json!({ "ClientId": "rotating", "RefreshToken": "{refresh}", "DeviceKey": "{device}" });
    let revoke = |client: &str, token: &str| json!({ "ClientId": client, "Token": token });
    let no_app = ("@state", json!({ "user": "tina", "state": "no app" }));
    let used = vec![sign_in("tina"), ("RespondToAuthChallenge", app("{totp}")), sign_in("tina")];
    vec![
        row(
            "InitiateAuth",
            "NotAuthorizedException",
            vec![],
            start("client", "alice", "Wrong-Horse-9!"),
        ),
        row("InitiateAuth", "UserNotFoundException", vec![], start("client", "nobody", PASSWORD)),
        row("InitiateAuth", "UserNotConfirmedException", vec![], start("client", "una", PASSWORD)),
        row(
            "InitiateAuth",
            "PasswordResetRequiredException",
            vec![],
            start("client", "rita", PASSWORD),
        ),
        row(
            "InitiateAuth",
            "UnsupportedOperationException",
            vec![sign_in_by("rotating", "alice")],
            refresh("rotating"),
        ),
        in_pool(
            (
                "MfaConfiguration = \"OPTIONAL\"\nSoftwareTokenMfaConfiguration = { Enabled = true }",
                "MfaConfiguration = \"ON\"",
            ),
            row(
                "InitiateAuth",
                "InvalidUserPoolConfigurationException",
                vec![],
                start("client", "alice", PASSWORD),
            ),
        ),
        row(
            "RespondToAuthChallenge",
            "CodeMismatchException",
            vec![sign_in("tina")],
            app("000000"),
        ),
        row("RespondToAuthChallenge", "ExpiredCodeException", used, app("{totp}")),
        row(
            "RespondToAuthChallenge",
            "SoftwareTokenMFANotFoundException",
            vec![sign_in("tina"), no_app],
            app("000000"),
        ),
        row(
            "RespondToAuthChallenge",
            "PasswordResetRequiredException",
            vec![choose("rita")],
            password("rita"),
        ),
        row(
            "RespondToAuthChallenge",
            "UserNotConfirmedException",
            vec![choose("una")],
            password("una"),
        ),
        row(
            "RespondToAuthChallenge",
            "InvalidPasswordException",
            vec![nora.clone()],
            replace("short!", json!({})),
        ),
        row(
            "RespondToAuthChallenge",
            "PasswordHistoryPolicyViolationException",
            vec![nora.clone()],
            replace("Temporary-Pass-1!", json!({})),
        ),
        row(
            "RespondToAuthChallenge",
            "AliasExistsException",
            vec![nora],
            replace(NEW, json!({ "userAttributes.email": "alice@example.com" })),
        ),
        row(
            "GetTokensFromRefreshToken",
            "RefreshTokenReuseException",
            vec![sign_in_by("rotating", "alice"), tries(1, "GetTokensFromRefreshToken", &renew)],
            renew.clone(),
        ),
        row("RevokeToken", "InvalidParameterException", vec![], json!({ "Token": "x.y" })),
        row(
            "RevokeToken",
            "UnauthorizedException",
            vec![sign_in("alice")],
            revoke("rotating", "{refresh}"),
        ),
        row(
            "RevokeToken",
            "UnsupportedOperationException",
            vec![sign_in("alice")],
            revoke("other", "{refresh}"),
        ),
        row(
            "RevokeToken",
            "UnsupportedTokenTypeException",
            vec![sign_in("alice")],
            revoke("client", "{token}"),
        ),
    ]
}
