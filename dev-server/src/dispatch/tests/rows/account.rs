//! Recovery, attributes, factors, devices, passkeys.

use super::*;

pub(super) fn of_recovery() -> Vec<Row> {
    let reset = |user: &str, code: &str, password: &str| {
        with(named(user), json!({ "ConfirmationCode": code, "Password": password }))
    };
    let wrong = reset("alice", "x", NEW);
    let asked = || vec![("ForgotPassword", named("alice"))];
    let tried = |times| {
        vec![("ForgotPassword", named("alice")), tries(times, "ConfirmForgotPassword", &wrong)]
    };
    let code = "{code alice@example.com}";
    let change = |to: &str| json!({ "AccessToken": "{token}", "PreviousPassword": PASSWORD, "ProposedPassword": to });
    let operation = "ConfirmForgotPassword";
    vec![
        row("ForgotPassword", "UserNotFoundException", vec![], named("nobody")),
        row(
            "ForgotPassword",
            "LimitExceededException",
            vec![tries(20, "ForgotPassword", &named("alice"))],
            named("alice"),
        ),
        row(operation, "UserNotFoundException", vec![], reset("nobody", "x", NEW)),
        row(operation, "CodeMismatchException", asked(), wrong.clone()),
        row(operation, "ExpiredCodeException", vec![], wrong.clone()),
        row(operation, "TooManyFailedAttemptsException", tried(10), wrong.clone()),
        row(operation, "LimitExceededException", tried(20), wrong.clone()),
        row(operation, "InvalidPasswordException", asked(), reset("alice", code, "short!")),
        row(
            operation,
            "PasswordHistoryPolicyViolationException",
            asked(),
            reset("alice", code, PASSWORD),
        ),
        row("ChangePassword", "InvalidPasswordException", vec![sign_in("alice")], change("short!")),
        row(
            "ChangePassword",
            "PasswordHistoryPolicyViolationException",
            vec![sign_in("alice")],
            change(PASSWORD),
        ),
        row(
            "ChangePassword",
            "LimitExceededException",
            vec![sign_in("alice"), tries(5, "ChangePassword", &change("short!"))],
            change(NEW),
        ),
    ]
}

pub(super) fn of_attributes() -> Vec<Row> {
    let set = |name: &str, value: &str| json!({ "AccessToken": "{token}", "UserAttributes": [{ "Name": name, "Value": value }] });
    let ask = json!({ "AccessToken": "{token}", "AttributeName": "email" });
    let verify = |code: &str| with(ask.clone(), json!({ "Code": code }));
    let asked = || vec![sign_in("alice"), ("GetUserAttributeVerificationCode", ask.clone())];
    let code = "{code new@example.com}";
    // Bob gets the address, verified, while alice's code is on its way.
    let overtaken = json!({ "UserPoolId": POOL, "Username": "bob", "UserAttributes": [
        { "Name": "email", "Value": "new@example.com" }, { "Name": "email_verified", "Value": "true" }] });
    let mut tired = asked();
    tired.push(tries(15, "VerifyUserAttribute", &verify("x")));
    vec![
        row(
            "UpdateUserAttributes",
            "AliasExistsException",
            vec![sign_in("alice")],
            set("email", "bob@example.com"),
        ),
        row(
            "GetUserAttributeVerificationCode",
            "LimitExceededException",
            vec![sign_in("alice"), tries(5, "GetUserAttributeVerificationCode", &ask)],
            ask.clone(),
        ),
        row("VerifyUserAttribute", "CodeMismatchException", asked(), verify("x")),
        row("VerifyUserAttribute", "ExpiredCodeException", vec![sign_in("alice")], verify("x")),
        row("VerifyUserAttribute", "LimitExceededException", tired, verify("x")),
        row(
            "VerifyUserAttribute",
            "AliasExistsException",
            vec![
                sign_in("alice"),
                ("UpdateUserAttributes", set("email", "new@example.com")),
                ("AdminUpdateUserAttributes", overtaken),
            ],
            verify(code),
        ),
    ]
}

pub(super) fn of_factors() -> Vec<Row> {
    let token = json!({ "AccessToken": "{token}" });
    let off = ("SoftwareTokenMfaConfiguration = { Enabled = true }", "");
    let verify = with(token.clone(), json!({ "UserCode": "000000" }));
    vec![
        in_pool(
            off,
            row(
                "AssociateSoftwareToken",
                "SoftwareTokenMFANotFoundException",
                vec![sign_in("alice")],
                token.clone(),
            ),
        ),
        row(
            "VerifySoftwareToken",
            "SoftwareTokenMFANotFoundException",
            vec![sign_in("alice")],
            verify.clone(),
        ),
        row(
            "VerifySoftwareToken",
            "EnableSoftwareTokenMFAException",
            vec![sign_in("alice"), ("AssociateSoftwareToken", token)],
            verify,
        ),
    ]
}

pub(super) fn of_devices() -> Vec<Row> {
    let verifier = json!({ "PasswordVerifier": "AAAB", "Salt": "AAAB" });
    let named = json!({ "AccessToken": "{token}", "DeviceKey": DEVICE });
    let found = json!({ "AccessToken": "{token}", "DeviceKey": "{device}",
        "DeviceSecretVerifierConfig": verifier });
    let tracking = "DeviceConfiguration = { DeviceOnlyRememberedOnUserPrompt = true }";
    let mut rows = vec![row(
        "ConfirmDevice",
        "DeviceKeyExistsException",
        vec![sign_in("alice"), ("ConfirmDevice", found.clone())],
        found,
    )];
    for operation in ["GetDevice", "ForgetDevice", "UpdateDeviceStatus"] {
        let missing =
            row(operation, "ResourceNotFoundException", vec![sign_in("alice")], named.clone());
        rows.push(missing);
    }
    for operation in ["ConfirmDevice", "UpdateDeviceStatus"] {
        let error = "InvalidUserPoolConfigurationException";
        let untracked = row(operation, error, vec![sign_in("alice")], named.clone());
        rows.push(in_pool((tracking, ""), untracked));
    }
    rows
}

pub(super) fn of_passkeys() -> Vec<Row> {
    let start = json!({ "AccessToken": "{token}" });
    let complete = with(start.clone(), json!({ "Credential": "{credential}" }));
    let made = |spoiled: Value| vec![sign_in("alice"), ("@passkey", spoiled)];
    let operation = "CompleteWebAuthnRegistration";
    let mut late = made(json!({}));
    late.push(("@clock", json!(301)));
    let mut elsewhere = made(json!({}));
    elsewhere.push(sign_in_by("other", "alice"));
    let party = "RelyingPartyId = \"localhost\", ";
    let mut disabled = made(json!({}));
    disabled.push(("UpdateUserPool", json!({ "UserPoolId": POOL })));
    vec![
        in_pool(
            (", \"EMAIL_OTP\", \"WEB_AUTHN\"", ""),
            row(
                "StartWebAuthnRegistration",
                "WebAuthnNotEnabledException",
                vec![sign_in("alice")],
                start.clone(),
            ),
        ),
        in_pool(
            (party, ""),
            row(
                "StartWebAuthnRegistration",
                "WebAuthnConfigurationMissingException",
                vec![sign_in("alice")],
                start.clone(),
            ),
        ),
        row(
            "StartWebAuthnRegistration",
            "LimitExceededException",
            vec![sign_in("alice"), ("@passkeys", json!({}))],
            start,
        ),
        row(operation, "WebAuthnNotEnabledException", disabled, complete.clone()),
        row(operation, "WebAuthnChallengeNotFoundException", late, complete.clone()),
        row(operation, "WebAuthnClientMismatchException", elsewhere, complete.clone()),
        row(
            operation,
            "WebAuthnOriginNotAllowedException",
            made(json!({ "origin": "https://elsewhere.example" })),
            complete.clone(),
        ),
        row(
            operation,
            "WebAuthnRelyingPartyMismatchException",
            made(json!({ "party": "elsewhere.example" })),
            complete.clone(),
        ),
        row(
            operation,
            "WebAuthnCredentialNotSupportedException",
            made(json!({ "unverified": true })),
            complete,
        ),
        row(
            "DeleteWebAuthnCredential",
            "ResourceNotFoundException",
            vec![sign_in("alice")],
            json!({ "AccessToken": "{token}", "CredentialId": "AAAA" }),
        ),
    ]
}
