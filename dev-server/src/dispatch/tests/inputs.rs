//! What handlers read of their inputs and of what they kept, held against the service's model, however deep.

use crate::dispatch::{IDENTITY_POOLS, USER_POOLS};
use crate::operation::testing::{Members, members_of};
use crate::shape;
use crate::store::{ClientPolicy, MfaPolicy, Policy};

/// Members that the model does not have, as the path to each; and how many were looked at.
fn strangers<'a>(
    operation: &str,
    path: &mut Vec<&'a str>,
    read: &dyn Fn(&[&str]) -> Option<Members>,
    found: &mut Vec<String>,
) -> usize
where
    'static: 'a,
{
    let Some(members) = read(path) else { return 0 };
    let known = shape::members(operation, path);
    let mut count = 0;
    for member in members {
        count += 1;
        path.push(member);
        if known.contains(member) {
            count += strangers(operation, path, read, found);
        } else {
            found.push(format!("{operation}.{}", path.join(".")));
        }
        path.pop();
    }
    count
}

#[test]
fn every_member_that_a_handler_reads_is_the_models() {
    let (mut found, mut count) = (Vec::new(), 0);
    for operation in USER_POOLS.iter().chain(IDENTITY_POOLS) {
        let read = operation.work.members;
        assert!(read(&[]).is_some_and(|members| !members.is_empty()), "{}", operation.name);
        count += strangers(operation.name, &mut Vec::new(), &read, &mut found);
    }

    assert_eq!(found, Vec::<String>::new());
    // With those of attributes, of a device's verifier, of what a page says of itself, …
    assert!(count > 250, "{count}");
}

/// Settings are kept as they came; what of them decides something is read by these types.
#[test]
fn every_setting_that_decides_something_is_the_models() {
    let (mut found, mut count) = (Vec::new(), 0);
    for (operation, read) in [
        ("CreateUserPool", members_of::<Policy> as fn(&[&str]) -> Option<Members>),
        ("SetUserPoolMfaConfig", members_of::<MfaPolicy>),
        ("CreateUserPoolClient", members_of::<ClientPolicy>),
        ("UpdateUserPoolClient", members_of::<ClientPolicy>),
    ] {
        count += strangers(operation, &mut Vec::new(), &read, &mut found);
    }

    // So DescribeUserPool spells it, and so it may stand in a configuration.
    assert_eq!(found, ["CreateUserPool.SchemaAttributes"]);
    assert!(count > 70, "{count}");
}
