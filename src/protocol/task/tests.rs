use super::rows::TASKS;
use super::*;

fn json(text: &str) -> Value {
    Value::parse(text).unwrap()
}

fn asked(name: &str, input: &str) -> Result<String, Misuse> {
    find(name).unwrap().ask(&json(input), Value::object()).map(|body| body.write())
}

fn answered(name: &str, reply: &str) -> Result<String, Violation> {
    find(name).unwrap().answer(&json(reply)).map(|output| output.write())
}

#[test]
fn inputs_take_the_services_names_and_forms() {
    for (name, input, body) in [
        ("forgotPassword", r#"{"username":"u","other":1}"#, r#"{"Username":"u"}"#),
        (
            "signUp",
            r#"{"username":"u","attributes":{"email":"e","custom:role":"r"},"validationData":{}}"#,
            r#"{"Username":"u","UserAttributes":[{"Name":"email","Value":"e"},{"Name":"custom:role","Value":"r"}]}"#,
        ),
        (
            "confirmSignUp",
            r#"{"username":"u","code":"1","forceAliasCreation":true}"#,
            r#"{"Username":"u","ConfirmationCode":"1","ForceAliasCreation":true}"#,
        ),
        (
            "setMfaPreference",
            r#"{"sms":false,"totp":"preferred","email":true,"passkey":true}"#,
            r#"{"SMSMfaSettings":{"Enabled":false,"PreferredMfa":false},"SoftwareTokenMfaSettings":{"Enabled":true,"PreferredMfa":true},"EmailMfaSettings":{"Enabled":true,"PreferredMfa":false},"WebAuthnMfaSettings":{"Enabled":true}}"#,
        ),
        (
            "notRememberDevice",
            r#"{"deviceKey":"k"}"#,
            r#"{"DeviceKey":"k","DeviceRememberedStatus":"not_remembered"}"#,
        ),
        (
            "updateAttributes",
            r#"{"attributes":{"email":"e","custom:vip":true,"name":""},"clientMetadata":{}}"#,
            r#"{"UserAttributes":[{"Name":"email","Value":"e"},{"Name":"custom:vip","Value":"true"},{"Name":"name","Value":""}]}"#,
        ),
        (
            "deleteAttributes",
            r#"{"names":["custom:role","dev:custom:x"]}"#,
            r#"{"UserAttributeNames":["custom:role","dev:custom:x"]}"#,
        ),
        (
            "verifyAttribute",
            r#"{"name":"email","code":"1"}"#,
            r#"{"AttributeName":"email","Code":"1"}"#,
        ),
        ("listPasskeys", r#"{"limit":5,"next":"n"}"#, r#"{"MaxResults":5,"NextToken":"n"}"#),
    ] {
        assert_eq!(asked(name, input).unwrap(), body, "{name}");
    }
}

#[test]
fn what_is_missing_or_of_the_wrong_form_is_named() {
    for (name, input, misuse) in [
        ("forgotPassword", "{}", "username"),
        ("forgotPassword", r#"{"username":7}"#, "username"),
        ("signUp", r#"{"username":"u","attributes":"x"}"#, "attributes"),
        ("setMfaPreference", r#"{"sms":"maybe"}"#, "sms"),
        ("setMfaPreference", r#"{"passkey":"preferred"}"#, "passkey"),
        ("listPasskeys", r#"{"limit":"many"}"#, "limit"),
        (
            "listUsers",
            r#"{"filter":"email = x"}"#,
            "filter must be { attribute, equals } or { attribute, startsWith }",
        ),
    ] {
        assert_eq!(asked(name, input), Err(Misuse(misuse)), "{name}");
    }
}

#[test]
fn answers_take_the_pages_names_and_forms() {
    for (name, reply, output) in [
        (
            "signUp",
            r#"{"UserConfirmed":false,"UserSub":"s","CodeDeliveryDetails":{"Destination":"a***","DeliveryMedium":"EMAIL","AttributeName":"email"}}"#,
            r#"{"status":"confirmationRequired","userSub":"s","codeDelivery":{"destination":"a***","medium":"EMAIL","attributeName":"email"}}"#,
        ),
        (
            "signUp",
            r#"{"UserConfirmed":true,"UserSub":"s"}"#,
            r#"{"status":"confirmed","userSub":"s"}"#,
        ),
        ("mfaPreference", r#"{"PreferredMfaSetting":""}"#, r#"{"enabled":[]}"#),
        (
            "listDevices",
            r#"{"Devices":[{"DeviceKey":"k","DeviceAttributes":[{"Name":"device_name","Value":"n"}],"DeviceCreateDate":1.5}],"PaginationToken":"p"}"#,
            r#"{"devices":[{"deviceKey":"k","attributes":{"device_name":"n"},"createdAt":1.500}],"next":"p"}"#,
        ),
        (
            "attributes",
            r#"{"Username":"u","UserAttributes":[{"Name":"email_verified","Value":"true"},{"Name":"custom:role","Value":"r"}]}"#,
            r#"{"attributes":{"email_verified":true,"custom:role":"r"}}"#,
        ),
        (
            "listUsers",
            r#"{"Users":[{"Username":"u","Attributes":[{"Name":"email_verified","Value":"false"}],"Enabled":true,"UserStatus":"CONFIRMED"}],"PaginationToken":"p"}"#,
            r#"{"users":[{"username":"u","status":"CONFIRMED","enabled":true,"attributes":{"email_verified":false}}],"next":"p"}"#,
        ),
        ("listPasskeys", "{}", r#"{"passkeys":[]}"#),
    ] {
        assert_eq!(answered(name, reply).unwrap(), output, "{name}");
    }
}

#[test]
fn a_promised_member_that_is_missing_is_named() {
    for (name, reply, member) in [
        ("signUp", "{}", "UserSub"),
        ("associateSoftwareToken", r#"{"SecretCode":null}"#, "SecretCode"),
        ("listDevices", r#"{"Devices":[{}]}"#, "DeviceKey"),
        ("listPasskeys", r#"{"Credentials":[{"Name":"x"}]}"#, "CredentialId"),
    ] {
        assert_eq!(answered(name, reply), Err(Violation::MissingMember(member)), "{name}");
    }
}

#[test]
fn every_row_asks_what_the_service_model_takes() {
    let facts: serde_json::Value =
        serde_json::from_str(include_str!("../../../dev-server/facts/operations.json")).unwrap();
    let operations = &facts["cognito-idp"]["operations"];
    for task in TASKS {
        let members = &operations[task.operation]["input"]["members"];
        assert!(members.is_object(), "{}", task.operation);
        for field in task.asks {
            assert!(members[field.theirs].is_object(), "{}.{}", task.operation, field.theirs);
        }
        for field in task.answers {
            let output = &operations[task.operation]["output"]["members"];
            assert!(output[field.theirs].is_object(), "{}.{}", task.operation, field.theirs);
        }
        let ours = task.asks.iter().map(|field| field.theirs);
        let own: Vec<_> = match task.of {
            Of::Client => vec!["ClientId"],
            Of::Person | Of::Device => vec!["AccessToken"],
            Of::Admin => vec!["UserPoolId"],
        };
        let sent: Vec<_> = ours.chain(own).collect();
        for needed in operations[task.operation]["input"]["required"].as_array().unwrap() {
            assert!(sent.contains(&needed.as_str().unwrap()), "{}.{needed}", task.operation);
        }
    }
}
