//! A local user pool that speaks the Amazon Cognito protocol.

fn main() {}
