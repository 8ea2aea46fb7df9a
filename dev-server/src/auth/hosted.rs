//! Signing in on a page of managed login: the same judges as by operation, another end.

use super::context::Context;
use super::verdict::Verdict;
use super::{initiate, migrate, password, pending, step};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, Question};

/// Judges name and password, whatever flows the client allows to operations: the page is the service's own.
/// Ends with a challenge, or with `HostedUser`.
pub(crate) async fn sign_in(
    server: &Server,
    context: &Context,
    typed: &str,
    given: &str,
) -> Answer {
    let user = match context.resolve(server, typed)? {
        Some(user) => {
            initiate::before_authentication(context, &user).await?;
            Some(user)
        }
        None => {
            let metadata = context.metadata.clone();
            migrate::migrate(server, context, typed, Some(given), metadata).await?
        }
    };
    let user = password::check(server, context, user, given).await?;
    step::next(server, context, Verdict::Password(user, flow())).await
}

/// Signs in who has just confirmed the sign-up that began in this browser, by the `Session` of ConfirmSignUp.
pub(crate) async fn sign_in_after_sign_up(
    server: &Server,
    context: &Context,
    session: &str,
) -> Answer {
    let invalid = || Refusal::not_authorized("Invalid session for the user.");
    let now = server.clock.now_ms();
    let pending = pending::take(&server.store(), context, session, now)?;
    let Question::SignedUp { confirmed: true, .. } = pending.question else {
        return Err(invalid());
    };
    let user = server.store().user(&context.pool.id, &pending.username)?.ok_or_else(invalid)?;
    user.check_state()?;
    step::next(server, context, Verdict::Proved(user, flow())).await
}

fn flow() -> Flow {
    Flow { auth_flow: "USER_PASSWORD_AUTH".to_owned(), hosted: true, ..Flow::default() }
}
