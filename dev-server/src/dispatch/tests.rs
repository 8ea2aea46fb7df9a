//! Every error that the model lists for an operation is either produced here or said to be out of reach, and why.

mod inputs;
mod rows;
mod stage;
mod triggers;

use crate::shape;
use serde_json::Value;
use stage::Stage;
use std::collections::BTreeSet;

/// One way to one error: what happens before, and the call that is refused.
struct Row {
    operation: &'static str,
    error: &'static str,
    /// What of the stage's configuration is another: what stands there, and what instead.
    change: Option<(&'static str, &'static str)>,
    before: Vec<Step>,
    input: Value,
}

/// A call that succeeds, or something that no operation does (`@…`).
type Step = (&'static str, Value);

/// The operations of the facts file for clients.
fn listed() -> Vec<(String, Vec<String>)> {
    let facts: Value = serde_json::from_str(include_str!("../../facts/operations.json")).unwrap();
    ["cognito-idp", "cognito-identity"]
        .iter()
        .flat_map(|service| facts[service]["operations"].as_object().unwrap().keys().cloned())
        .map(|name| (name.clone(), shape::errors(&name).to_vec()))
        .collect()
}

/// What no call can bring about, and why.
fn out_of_reach(operation: &str, error: &str) -> Option<&'static str> {
    Some(match (operation, error) {
        (_, "InternalErrorException" | "TooManyRequestsException" | "ForbiddenException") => {
            "on request only, by /_dev/faults"
        }
        (_, "OperationNotEnabledException") => "every operation is",
        (
            _,
            "CodeDeliveryFailureException"
            | "InvalidSmsRoleAccessPolicyException"
            | "InvalidSmsRoleTrustRelationshipException"
            | "InvalidEmailRoleAccessPolicyException",
        ) => "letters reach the inbox always",
        (_, "ConcurrentModificationException") => "one call at a time has the store",
        (_, "FeatureUnavailableInTierException") => "there are no tiers",
        (_, "ExternalServiceException") => "no other provider is asked",
        ("SignUp" | "GetId", "LimitExceededException") => "people and identities have no limit",
        ("UpdateUserAttributes", "CodeMismatchException" | "ExpiredCodeException") => {
            "the operation takes no code"
        }
        ("ConfirmDevice", "InvalidPasswordException" | "InvalidLambdaResponseException") => {
            "the operation takes no password and asks no trigger"
        }
        ("ConfirmDevice", "UsernameExistsException") => "the operation makes no person",
        ("ListDevices" | "GetDevice" | "ForgetDevice", "InvalidUserPoolConfigurationException") => {
            "a pool without devices has none to show"
        }
        ("VerifySoftwareToken", "InvalidUserPoolConfigurationException") => {
            "AssociateSoftwareToken refuses first"
        }
        ("VerifySoftwareToken", "CodeMismatchException") => {
            "a wrong code is EnableSoftwareTokenMFAException"
        }
        ("RespondToAuthChallenge", "InvalidUserPoolConfigurationException") => {
            "rows show it at InitiateAuth, where the question is put"
        }
        ("RespondToAuthChallenge", "MFAMethodNotFoundException") => {
            "a factor that is gone is told by its own name"
        }
        ("RespondToAuthChallenge", "UserNotFoundException") => {
            "who was deleted meanwhile looks like a wrong password"
        }
        ("GetTokensFromRefreshToken", "UserNotFoundException") => "tokens go with the person",
        ("ConfirmForgotPassword", "UserNotConfirmedException") => "the code confirms the person",
        (
            "CompleteWebAuthnRegistration" | "ListWebAuthnCredentials" | "DeleteWebAuthnCredential",
            "LimitExceededException",
        ) => "StartWebAuthnRegistration refuses first",
        ("AdminGetUser" | "AdminUpdateUserAttributes" | "ListUsers", "NotAuthorizedException") => {
            "roles are refused with AccessDeniedException"
        }
        _ => return None,
    })
}

#[tokio::test]
async fn every_listed_error_is_produced_or_out_of_reach() {
    let (mut shown, mut wrong) = (BTreeSet::new(), Vec::new());
    for row in rows::all() {
        let Row { operation, error, .. } = row;
        assert!(shape::errors(operation).iter().any(|name| name == error), "{operation} {error}");
        let refused = Stage::play(&row).await;
        if refused != error {
            wrong.push(format!("{operation}: {refused} instead of {error} for {}", row.input));
        }
        shown.insert((operation.to_owned(), error.to_owned()));
    }
    for (operation, error) in triggers::shown().await {
        shown.insert((operation.to_owned(), error.to_owned()));
    }

    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut open = Vec::new();
    for (operation, errors) in listed() {
        for error in errors {
            let is_shown = shown.contains(&(operation.clone(), error.clone()));
            match out_of_reach(&operation, &error) {
                Some(why) => assert!(!is_shown, "{operation} {error} is in reach, not: {why}"),
                None if !is_shown => open.push(format!("{operation} {error}")),
                None => {}
            }
        }
    }
    assert!(open.is_empty(), "nobody shows: {open:#?}");
    assert!(shown.len() > 150, "only {} errors", shown.len());
}
