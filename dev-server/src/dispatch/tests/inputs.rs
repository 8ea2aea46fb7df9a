//! What handlers read of their inputs, held against the service's model.

use crate::dispatch::{IDENTITY_POOLS, USER_POOLS};
use crate::operation::testing;
use crate::shape;
use serde::Deserialize;

/// Whose input is kept as it is, as settings that are told again.
const AS_IT_IS: &[&str] = &[
    "CreateUserPool",
    "UpdateUserPool",
    "AddCustomAttributes",
    "SetUserPoolMfaConfig",
    "CreateUserPoolClient",
    "UpdateUserPoolClient",
    "CreateUserPoolDomain",
    "CreateResourceServer",
    "CreateIdentityProvider",
    "UpdateIdentityProvider",
    "CreateGroup",
];

#[test]
fn every_member_that_a_handler_reads_is_the_models() {
    let mut as_it_is = Vec::new();
    for operation in USER_POOLS.iter().chain(IDENTITY_POOLS) {
        let known = shape::members(operation.name);
        let Some(read) = (operation.work.members)() else {
            as_it_is.push(operation.name);
            continue;
        };
        assert!(!read.is_empty(), "{}", operation.name);
        for member in read {
            assert!(known.contains(member), "{} has no {member}: {known:?}", operation.name);
        }
    }

    assert_eq!(as_it_is, AS_IT_IS);
}

#[test]
fn members_of_a_type_are_told_as_the_wire_has_them() {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[allow(dead_code, reason = "its names are all that is asked for")]
    struct Sample {
        user_pool_id: String,
        #[serde(rename = "SMSMfaSettings")]
        sms: Option<bool>,
    }

    assert_eq!(testing::of::<Sample>(), Some(&["UserPoolId", "SMSMfaSettings"][..]));
    assert_eq!(testing::of::<serde_json::Value>(), None);
}
