//! Messages that would go by mail or SMS: worded, by the custom message trigger where there is one, and
//! put into the inbox.

use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{NewLetter, Pool, User};
use crate::trigger::{self, Occasion, Trigger};
use serde_json::{Map, Value, json};

/// One message to one person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client_id: &'a str,
    pub(crate) user: &'a User,
    /// `email` or `phone_number`: decides the medium.
    pub(crate) attribute: &'a str,
    /// The address itself.
    pub(crate) to: &'a str,
    /// The trigger source without `CustomMessage_`: `SignUp`, `ForgotPassword`, `Authentication`, …;
    /// also the purpose shown in the inbox.
    pub(crate) purpose: &'a str,
    pub(crate) metadata: &'a Map<String, Value>,
}

/// Sends a code and gives the `CodeDeliveryDetails`.
pub(crate) async fn send(server: &Server, message: &Message<'_>, code: &str) -> Answer {
    let (subject, text) = word(message, code).await?;
    server.store().post(NewLetter {
        pool_id: &message.pool.id,
        username: &message.user.username,
        to: message.to,
        medium: medium(message.attribute),
        purpose: message.purpose,
        code,
        subject: subject.as_deref(),
        text: &text,
        sent: server.clock.now_ms(),
    })?;
    server.letters.send_replace(());
    Ok(details(message.attribute, message.to))
}

/// Welcomes somebody whom a migration brought. No code and no trigger: the person has the password of before, which is
/// nobody's to write.
pub(crate) fn welcome(
    server: &Server,
    pool: &Pool,
    user: &User,
    attribute: &str,
) -> Result<(), Refusal> {
    let Some(to) = user.attribute(attribute) else { return Ok(()) };
    server.store().post(NewLetter {
        pool_id: &pool.id,
        username: &user.username,
        to,
        medium: medium(attribute),
        purpose: "UserMigration",
        code: "",
        subject: (attribute == "email").then_some("Welcome"),
        text: &format!("Welcome. Your username is {}.", user.username),
        sent: server.clock.now_ms(),
    })?;
    server.letters.send_replace(());
    Ok(())
}

/// The subject, which only mails have, and the text.
async fn word(message: &Message<'_>, code: &str) -> Result<(Option<String>, String), Refusal> {
    let mut request = json!({
        "userAttributes": event_attributes(message.user),
        "codeParameter": "{####}",
        "linkParameter": "{##Click Here##}",
        "usernameParameter": Value::Null,
        "clientMetadata": message.metadata,
    });
    if message.purpose == "AdminCreateUser"
        && let Some(request) = request.as_object_mut()
    {
        request.insert("usernameParameter".to_owned(), json!("{username}"));
    }
    let worded: Option<trigger::CustomMessage> = Trigger::CustomMessage
        .ask(Occasion {
            pool: message.pool,
            client_id: message.client_id,
            username: &message.user.username,
            source: &format!("CustomMessage_{}", message.purpose),
            request,
        })
        .await?;
    let own = worded.unwrap_or_default();
    let (subject, text) = match message.attribute {
        "email" => {
            let subject = own.email_subject;
            let subject = subject.unwrap_or_else(|| default_subject(message.purpose).to_owned());
            (Some(subject), own.email_message)
        }
        _ => (None, own.sms_message),
    };
    let text = text.unwrap_or_else(|| default_text(message.purpose).to_owned());
    Ok((subject, text.replace("{####}", code).replace("{username}", &message.user.username)))
}

fn default_subject(purpose: &str) -> &'static str {
    match purpose {
        "AdminCreateUser" => "Your temporary password",
        "Authentication" => "Your authentication code",
        _ => "Your verification code",
    }
}

fn default_text(purpose: &str) -> &'static str {
    match purpose {
        "AdminCreateUser" => "Your username is {username} and temporary password is {####}.",
        "ForgotPassword" => "Your password reset code is {####}.",
        "Authentication" => "Your authentication code is {####}.",
        "SignUp" | "ResendCode" => "Your confirmation code is {####}.",
        _ => "Your verification code is {####}.",
    }
}

/// A user's attributes as triggers see them.
pub(crate) fn event_attributes(user: &User) -> Value {
    let mut attributes = json!(user.attributes);
    if let Some(map) = attributes.as_object_mut() {
        map.insert("cognito:user_status".to_owned(), json!(user.status.name()));
    }
    attributes
}

/// `EMAIL` or `SMS`.
pub(crate) fn medium(attribute: &str) -> &'static str {
    if attribute == "email" { "EMAIL" } else { "SMS" }
}

/// The shape `CodeDeliveryDetails`.
pub(crate) fn details(attribute: &str, to: &str) -> Value {
    json!({
        "Destination": mask(attribute, to),
        "DeliveryMedium": medium(attribute),
        "AttributeName": attribute,
    })
}

/// `b***@g***` or `+*******1234`.
pub(crate) fn mask(attribute: &str, to: &str) -> String {
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    if attribute == "email" {
        let (local, domain) = to.split_once('@').unwrap_or((to, ""));
        return format!("{}***@{}***", first(local), first(domain));
    }
    let digits: Vec<char> = to.chars().filter(char::is_ascii_digit).collect();
    let shown: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("+{}{shown}", "*".repeat(digits.len().saturating_sub(4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_as_the_service_does() {
        assert_eq!(mask("email", "bob@gmail.com"), "b***@g***");
        assert_eq!(mask("phone_number", "+15555551234"), "+*******1234");
    }
}
