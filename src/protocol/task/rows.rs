//! The rows. Names on the left are those of `js/types.ts`, on the right those of the service model.

use super::{Field, Form, Of, Task};
use Form::{
    Attributes, Code, Each, Either, Filter, Flag, Map, Name, Needed, Number, One, Pairs, Switch,
    Text, Texts, Wish,
};

const fn field(ours: &'static str, theirs: &'static str, form: Form) -> Field {
    Field { ours, theirs, form }
}

const fn task(
    name: &'static str,
    operation: &'static str,
    of: Of,
    asks: &'static [Field],
    answers: &'static [Field],
) -> Task {
    Task { name, operation, of, asks, answers }
}

const USERNAME: Field = field("username", "Username", Name);
const CODE: Field = field("code", "ConfirmationCode", Code);
const SESSION: Field = field("session", "Session", Text);
const DELIVERED: &[Field] = &[
    field("destination", "Destination", Text),
    field("medium", "DeliveryMedium", Text),
    field("attributeName", "AttributeName", Text),
];
const DELIVERY: Field = field("codeDelivery", "CodeDeliveryDetails", One(DELIVERED));
const ATTRIBUTE_NAME: Field = field("name", "AttributeName", Needed);
/// Of a person's own calls only two take it; calls of the client carry it by themselves.
const METADATA: Field = field("clientMetadata", "ClientMetadata", Map);
const DEVICE_KEY: Field = field("deviceKey", "DeviceKey", Needed);
const DEVICE: &[Field] = &[
    DEVICE_KEY,
    field("attributes", "DeviceAttributes", Pairs),
    field("createdAt", "DeviceCreateDate", Number),
    field("modifiedAt", "DeviceLastModifiedDate", Number),
    field("authenticatedAt", "DeviceLastAuthenticatedDate", Number),
];
const CREATED: Field = field("createdAt", "UserCreateDate", Number);
const MODIFIED: Field = field("modifiedAt", "UserLastModifiedDate", Number);
const IS_ENABLED: Field = field("enabled", "Enabled", Flag);
const STATUS: Field = field("status", "UserStatus", Text);
const ENABLED: Field = field("enabled", "UserMFASettingList", Texts);
const PREFERRED: Field = field("preferred", "PreferredMfaSetting", Text);

pub(super) const TASKS: &[Task] = &[
    task(
        "signUp",
        "SignUp",
        Of::Client,
        &[
            USERNAME,
            field("password", "Password", Text),
            field("attributes", "UserAttributes", Pairs),
            field("validationData", "ValidationData", Pairs),
        ],
        &[
            field("status", "UserConfirmed", Either("confirmed", "confirmationRequired")),
            field("userSub", "UserSub", Needed),
            DELIVERY,
            SESSION,
        ],
    ),
    task(
        "confirmSignUp",
        "ConfirmSignUp",
        Of::Client,
        &[USERNAME, CODE, field("forceAliasCreation", "ForceAliasCreation", Flag), SESSION],
        &[SESSION],
    ),
    task("resendConfirmationCode", "ResendConfirmationCode", Of::Client, &[USERNAME], &[DELIVERY]),
    task("forgotPassword", "ForgotPassword", Of::Client, &[USERNAME], &[DELIVERY]),
    task(
        "confirmForgotPassword",
        "ConfirmForgotPassword",
        Of::Client,
        &[USERNAME, CODE, field("newPassword", "Password", Needed)],
        &[],
    ),
    task(
        "changePassword",
        "ChangePassword",
        Of::Person,
        &[
            field("previousPassword", "PreviousPassword", Text),
            field("newPassword", "ProposedPassword", Needed),
        ],
        &[],
    ),
    task(
        "attributes",
        "GetUser",
        Of::Person,
        &[],
        &[field("attributes", "UserAttributes", Attributes)],
    ),
    task(
        "updateAttributes",
        "UpdateUserAttributes",
        Of::Person,
        &[field("attributes", "UserAttributes", Attributes), METADATA],
        &[field("codeDeliveries", "CodeDeliveryDetailsList", Each(DELIVERED))],
    ),
    task(
        "deleteAttributes",
        "DeleteUserAttributes",
        Of::Person,
        &[field("names", "UserAttributeNames", Texts)],
        &[],
    ),
    task(
        "sendAttributeCode",
        "GetUserAttributeVerificationCode",
        Of::Person,
        &[ATTRIBUTE_NAME, METADATA],
        &[DELIVERY],
    ),
    task(
        "verifyAttribute",
        "VerifyUserAttribute",
        Of::Person,
        &[ATTRIBUTE_NAME, field("code", "Code", Code)],
        &[],
    ),
    task("deleteUser", "DeleteUser", Of::Person, &[], &[]),
    task(
        "associateSoftwareToken",
        "AssociateSoftwareToken",
        Of::Person,
        &[],
        &[field("secretCode", "SecretCode", Needed)],
    ),
    task(
        "verifySoftwareToken",
        "VerifySoftwareToken",
        Of::Person,
        &[field("code", "UserCode", Code), field("friendlyDeviceName", "FriendlyDeviceName", Text)],
        &[field("status", "Status", Needed)],
    ),
    task(
        "setMfaPreference",
        "SetUserMFAPreference",
        Of::Person,
        &[
            field("sms", "SMSMfaSettings", Wish),
            field("totp", "SoftwareTokenMfaSettings", Wish),
            field("email", "EmailMfaSettings", Wish),
            field("passkey", "WebAuthnMfaSettings", Switch),
        ],
        &[],
    ),
    task("mfaPreference", "GetUser", Of::Person, &[], &[ENABLED, PREFERRED]),
    task(
        "authFactors",
        "GetUserAuthFactors",
        Of::Person,
        &[],
        &[ENABLED, PREFERRED, field("firstFactors", "ConfiguredUserAuthFactors", Texts)],
    ),
    task(
        "listDevices",
        "ListDevices",
        Of::Device,
        &[field("limit", "Limit", Number), field("next", "PaginationToken", Text)],
        &[field("devices", "Devices", Each(DEVICE)), field("next", "PaginationToken", Text)],
    ),
    task(
        "getDevice",
        "GetDevice",
        Of::Device,
        &[DEVICE_KEY],
        &[field("device", "Device", One(DEVICE))],
    ),
    task(
        "rememberDevice",
        "UpdateDeviceStatus",
        Of::Device,
        &[DEVICE_KEY, field("", "DeviceRememberedStatus", Form::Always("remembered"))],
        &[],
    ),
    task(
        "notRememberDevice",
        "UpdateDeviceStatus",
        Of::Device,
        &[DEVICE_KEY, field("", "DeviceRememberedStatus", Form::Always("not_remembered"))],
        &[],
    ),
    task("forgetDevice", "ForgetDevice", Of::Device, &[DEVICE_KEY], &[]),
    task(
        "listPasskeys",
        "ListWebAuthnCredentials",
        Of::Person,
        &[field("limit", "MaxResults", Number), field("next", "NextToken", Text)],
        &[
            field(
                "passkeys",
                "Credentials",
                Each(&[
                    field("credentialId", "CredentialId", Needed),
                    field("name", "FriendlyCredentialName", Text),
                    field("relyingPartyId", "RelyingPartyId", Text),
                    field("attachment", "AuthenticatorAttachment", Text),
                    field("transports", "AuthenticatorTransports", Texts),
                    field("createdAt", "CreatedAt", Number),
                ]),
            ),
            field("next", "NextToken", Text),
        ],
    ),
    task(
        "deletePasskey",
        "DeleteWebAuthnCredential",
        Of::Person,
        &[field("credentialId", "CredentialId", Needed)],
        &[],
    ),
    task(
        "adminGetUser",
        "AdminGetUser",
        Of::Admin,
        &[USERNAME],
        &[
            USERNAME,
            STATUS,
            IS_ENABLED,
            field("attributes", "UserAttributes", Attributes),
            CREATED,
            MODIFIED,
            field("mfaEnabled", "UserMFASettingList", Texts),
            field("mfaPreferred", "PreferredMfaSetting", Text),
        ],
    ),
    task(
        "adminUpdateUserAttributes",
        "AdminUpdateUserAttributes",
        Of::Admin,
        &[USERNAME, field("attributes", "UserAttributes", Attributes), METADATA],
        &[],
    ),
    task(
        "listUsers",
        "ListUsers",
        Of::Admin,
        &[
            field("filter", "Filter", Filter),
            field("attributes", "AttributesToGet", Texts),
            field("limit", "Limit", Number),
            field("next", "PaginationToken", Text),
        ],
        &[
            field(
                "users",
                "Users",
                Each(&[
                    USERNAME,
                    STATUS,
                    IS_ENABLED,
                    field("attributes", "Attributes", Attributes),
                    CREATED,
                    MODIFIED,
                ]),
            ),
            field("next", "PaginationToken", Text),
        ],
    ),
];
