//! What the server can do: every operation on this page, and the way from `x-amz-target` to its handler.

#[cfg(test)]
mod tests;

use crate::caller::{Caller, Service};
use crate::operation::{Handler, Operation, Work, later, now, open, read, signed};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::sigv4::{self, Signer};
use crate::{account, auth, control, identity, input, shape, signers};
use axum::http::StatusCode;
use serde_json::Value;

/// Every operation of user pools.
pub(crate) const USER_POOLS: &[Operation] = &[
    // Sign-up, sign-in, recovery, and what becomes of tokens.
    open("SignUp", later!(auth::sign_up::sign_up)),
    open("ConfirmSignUp", later!(auth::sign_up::confirm)),
    open("ResendConfirmationCode", later!(auth::sign_up::resend)),
    open("ForgotPassword", later!(auth::recovery::forgot_password)),
    open("ConfirmForgotPassword", later!(auth::recovery::confirm)),
    open("InitiateAuth", later!(auth::initiate::initiate_auth)),
    open("RespondToAuthChallenge", later!(auth::respond::respond)),
    signed("AdminInitiateAuth", later!(auth::initiate::admin_initiate_auth)),
    signed("AdminRespondToAuthChallenge", later!(auth::respond::admin_respond)),
    open("GetTokensFromRefreshToken", later!(auth::initiate::tokens_from_refresh_token)),
    open("RevokeToken", now!(auth::sign_out::revoke_token)),
    open("GlobalSignOut", now!(auth::sign_out::global_sign_out)),
    open("GetUser", now!(auth::get_user::get_user)),
    open("AssociateSoftwareToken", now!(auth::mfa_setup::associate)),
    open("VerifySoftwareToken", now!(auth::mfa_setup::verify)),
    open("ConfirmDevice", now!(auth::device::confirm)),
    // The signed-in person.
    open("ChangePassword", later!(account::password::change)),
    open("DeleteUser", now!(account::password::delete_user)),
    open("UpdateUserAttributes", later!(account::attributes::update)),
    open("DeleteUserAttributes", now!(account::attributes::delete)),
    open("GetUserAttributeVerificationCode", later!(account::attributes::send_code)),
    open("VerifyUserAttribute", now!(account::attributes::verify)),
    open("SetUserMFAPreference", now!(account::factors::set_preference)),
    open("GetUserAuthFactors", now!(account::factors::show)),
    open("ListDevices", now!(account::devices::list)),
    open("GetDevice", now!(account::devices::show)),
    open("UpdateDeviceStatus", now!(account::devices::update_status)),
    open("ForgetDevice", now!(account::devices::forget)),
    open("StartWebAuthnRegistration", now!(account::passkeys::start)),
    open("CompleteWebAuthnRegistration", now!(account::passkeys::complete)),
    open("ListWebAuthnCredentials", now!(account::passkeys::list)),
    open("DeleteWebAuthnCredential", now!(account::passkeys::delete)),
    // Administrators.
    signed("CreateUserPool", now!(control::pools::create)),
    signed("DescribeUserPool", now!(control::pools::show)),
    signed("UpdateUserPool", now!(control::pools::update)),
    signed("DeleteUserPool", now!(control::pools::delete)),
    signed("ListUserPools", now!(control::pools::list)),
    signed("AddCustomAttributes", now!(control::pools::add_attributes)),
    signed("SetUserPoolMfaConfig", now!(control::pools::set_mfa)),
    signed("GetUserPoolMfaConfig", now!(control::pools::show_mfa)),
    signed("CreateUserPoolClient", now!(control::clients::create)),
    signed("DescribeUserPoolClient", now!(control::clients::show)),
    signed("UpdateUserPoolClient", now!(control::clients::update)),
    signed("DeleteUserPoolClient", now!(control::clients::delete)),
    signed("ListUserPoolClients", now!(control::clients::list)),
    signed("CreateUserPoolDomain", now!(control::domains::create)),
    signed("DescribeUserPoolDomain", now!(control::domains::show)),
    signed("DeleteUserPoolDomain", now!(control::domains::delete)),
    signed("CreateResourceServer", now!(control::servers::create)),
    signed("DescribeResourceServer", now!(control::servers::show)),
    signed("DeleteResourceServer", now!(control::servers::delete)),
    signed("ListResourceServers", now!(control::servers::list)),
    signed("CreateIdentityProvider", now!(control::providers::create)),
    signed("DescribeIdentityProvider", now!(control::providers::show)),
    signed("UpdateIdentityProvider", now!(control::providers::update)),
    signed("DeleteIdentityProvider", now!(control::providers::delete)),
    signed("ListIdentityProviders", now!(control::providers::list)),
    signed("CreateGroup", now!(control::groups::create)),
    signed("GetGroup", now!(control::groups::show)),
    signed("DeleteGroup", now!(control::groups::delete)),
    signed("ListGroups", now!(control::groups::list)),
    signed("AdminAddUserToGroup", now!(control::groups::add_user)),
    signed("AdminRemoveUserFromGroup", now!(control::groups::remove_user)),
    signed("AdminListGroupsForUser", now!(control::groups::of_user)),
    signed("ListUsersInGroup", now!(control::groups::users)),
    signed("AdminCreateUser", later!(control::users::create)),
    signed("AdminGetUser", now!(control::users::show)),
    signed("AdminDeleteUser", now!(control::users::delete)),
    signed("AdminDisableUser", now!(control::users::disable)),
    signed("AdminEnableUser", now!(control::users::enable)),
    signed("AdminConfirmSignUp", later!(control::users::confirm)),
    signed("AdminUpdateUserAttributes", later!(control::users::update_attributes)),
    signed("AdminDeleteUserAttributes", now!(control::users::delete_attributes)),
    signed("AdminUserGlobalSignOut", now!(control::users::sign_out)),
    signed("AdminSetUserMFAPreference", now!(control::users::set_mfa)),
    signed("AdminSetUserPassword", later!(control::passwords::set)),
    signed("AdminResetUserPassword", later!(control::passwords::reset)),
    signed("AdminListDevices", now!(control::devices::list)),
    signed("AdminGetDevice", now!(control::devices::show)),
    signed("AdminUpdateDeviceStatus", now!(control::devices::update_status)),
    signed("AdminForgetDevice", now!(control::devices::forget)),
    signed("ListUsers", now!(control::listing::list)),
    signed("AdminLinkProviderForUser", now!(control::linking::link)),
    signed("AdminDisableProviderForUser", now!(control::linking::disable)),
];

/// Every operation of identity pools.
pub(crate) const IDENTITY_POOLS: &[Operation] = &[
    open("GetId", now!(identity::identities::get_id)),
    open("GetCredentialsForIdentity", now!(identity::credentials::get)),
    open("GetOpenIdToken", later!(identity::open_id::get)),
];

/// Reads service and operation out of `x-amz-target`.
pub(crate) fn target(target: &str) -> Option<(Service, &str)> {
    let (prefix, name) = target.split_once('.')?;
    match prefix {
        "AWSCognitoIdentityProviderService" => Some((Service::UserPools, name)),
        "AWSCognitoIdentityService" => Some((Service::IdentityPools, name)),
        _ => None,
    }
}

/// Checks the input and carries the operation out.
pub(crate) async fn dispatch(server: &Server, caller: &Caller, body: &[u8]) -> Answer {
    let operation = find(caller.service, &caller.operation)
        .ok_or_else(|| unknown_operation(caller.service, &caller.operation))?;
    server.store().count(operation.name)?;
    let signed;
    let (caller, input) = if operation.signed {
        let signer = signers::verify(server, &caller.request, &["cognito-idp"])?;
        let input = read_input(body)?;
        allow(server, &signer, operation.name, &input)?;
        signed = Caller { signer: Some(signer), ..caller.clone() };
        (&signed, input)
    } else {
        (caller, read_input(body)?)
    };
    shape::check(operation.name, &input)?;
    let work = async {
        match operation.work.handler {
            Handler::Now(handler) => handler(server, caller, input),
            Handler::Later(handler) => handler(server, caller, input).await,
        }
    };
    let answer = server.transact(work).await;
    answer.map_err(|refusal| as_listed(operation.name, refusal))
}

/// What stands in a person's way has a name of its own only where the model lists it for the operation.
fn as_listed(operation: &str, refusal: Refusal) -> Refusal {
    let is_listed = shape::errors(operation).iter().any(|name| name == refusal.name);
    match refusal.name {
        _ if is_listed => refusal,
        "TooManyFailedAttemptsException" => Refusal::limit_exceeded(),
        name if OF_PEOPLE.contains(&name) => Refusal::not_authorized(refusal.message),
        _ => refusal,
    }
}

const OF_PEOPLE: &[&str] = &[
    "PasswordResetRequiredException",
    "ResourceNotFoundException",
    "UserNotConfirmedException",
    "UserNotFoundException",
];

/// The operation that a target names, if it is here.
pub(crate) fn named(text: &str) -> Option<&'static str> {
    let operation = target(text).and_then(|(service, name)| find(service, name));
    operation.map(|operation| operation.name)
}

/// Whether a target names an operation that must be signed.
pub(crate) fn is_signed(text: &str) -> bool {
    let operation = target(text).and_then(|(service, name)| find(service, name));
    operation.is_some_and(|operation| operation.signed)
}

/// The refusal of a request that names no operation of a service that is here.
pub(crate) fn no_operation() -> Refusal {
    let text = "Send a POST whose x-amz-target names an operation of AWSCognitoIdentityProviderService or \
                AWSCognitoIdentityService.";
    Refusal::new("UnknownOperationException", text).with_status(StatusCode::NOT_FOUND)
}

/// The refusal of an operation that is not here. The service says nothing; whoever ported a backend to this server
/// needs to know which one is missing.
fn unknown_operation(service: Service, name: &str) -> Refusal {
    let is_name = !name.is_empty() && name.len() <= 64;
    if !is_name || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return no_operation();
    }
    let service = match service {
        Service::UserPools => "cognito-idp",
        Service::IdentityPools => "cognito-identity",
    };
    let text = format!("This server does not have the operation {name} of {service}.");
    Refusal::new("UnknownOperationException", text).with_status(StatusCode::NOT_FOUND)
}

/// Holds a signed operation against the signer's role.
fn allow(server: &Server, signer: &Signer, operation: &str, input: &Value) -> Result<(), Refusal> {
    let action = format!("cognito-idp:{operation}");
    let Some(pool) = input::text(input, "UserPoolId") else {
        return sigv4::allow(&server.config.roles, signer, &action, "*");
    };
    // At the service, a pool of another region is at another address.
    let region = pool.split('_').next().unwrap_or_default();
    if region != signer.region {
        return Err(sigv4::wrong_region());
    }
    let resource = format!("arn:aws:cognito-idp:{region}:{}:userpool/{pool}", signer.account());
    sigv4::allow(&server.config.roles, signer, &action, &resource)
}

fn find(service: Service, name: &str) -> Option<Operation> {
    let table = match service {
        Service::UserPools => USER_POOLS,
        Service::IdentityPools => IDENTITY_POOLS,
    };
    table.iter().find(|operation| operation.name == name).copied()
}

fn read_input(body: &[u8]) -> Answer {
    let body = if body.is_empty() { b"{}" } else { body };
    let mut input: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::serialization("Could not parse request body into json"))?;
    if !input.is_object() {
        return Err(Refusal::serialization("Start of structure or map found where not expected."));
    }
    drop_nulls(&mut input);
    Ok(input)
}

/// A member that is `null` is absent; real clients send them.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
