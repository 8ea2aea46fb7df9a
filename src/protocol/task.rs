//! Operations that are one question and one answer, as a table: what the page calls it, what the
//! service calls it, and how each member is spelled on both sides. One reader and one writer serve
//! them all, so that another operation costs a row and not a function.

pub mod attributes;
mod filter;
mod rows;

use super::error::{Misuse, Violation};
use super::json::Value;
use super::text;

/// One operation.
pub struct Task {
    /// Name the page uses.
    pub name: &'static str,
    /// Name the service uses.
    pub operation: &'static str,
    /// Who asks.
    pub of: Of,
    /// Input, page to service.
    pub asks: &'static [Field],
    /// Output, service to page.
    pub answers: &'static [Field],
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The app client: its id travels along, and metadata for the pool's triggers.
    Client,
    /// The signed-in person: the access token travels along.
    Person,
    /// A device of that person, this browser where the page names none.
    Device,
    /// An administrator's page: signed with AWS credentials.
    Admin,
}

/// A member under its two names.
pub struct Field {
    /// Name the page uses.
    pub ours: &'static str,
    /// Name the service uses.
    pub theirs: &'static str,
    /// Form of its value.
    pub form: Form,
}

/// Form of a value.
pub enum Form {
    /// Text that must be there.
    Needed,
    /// A user name: text that must be there, without white space around it.
    Name,
    /// A code that must be there, however it was pasted.
    Code,
    /// Text; an empty one from the service counts as absent.
    Text,
    /// Number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of texts; absent from the service counts as empty.
    Texts,
    /// `{ name: value }` on the page, `[{ "Name": …, "Value": … }]` on the wire.
    Pairs,
    /// A search for people: `{ attribute, equals }` or `{ attribute, startsWith }`.
    Filter,
    /// [`Form::Pairs`] for the attributes of a person: the service spells flags as text, the page does not.
    Attributes,
    /// `{ name: value }` on both sides; an empty one is not sent.
    Map,
    /// One object.
    One(&'static [Field]),
    /// A list of objects; absent from the service counts as empty.
    Each(&'static [Field]),
    /// A flag of the service that has a name on the page: when set, when not.
    Either(&'static str, &'static str),
    /// A text the service must be told, whatever the page says.
    Always(&'static str),
    /// `true`, `false` or `"preferred"`: a setting of a second factor.
    Wish,
    /// `true` or `false`: a setting of a factor that cannot be preferred.
    Switch,
}

/// The task of a name.
pub fn find(name: &str) -> Option<&'static Task> {
    rows::TASKS.iter().find(|task| task.name == name)
}

impl Task {
    /// Whether the page may name this.
    pub fn takes(&self, ours: &str) -> bool {
        self.asks.iter().any(|field| field.ours == ours)
    }

    /// The service's input, appended to what the call has already.
    ///
    /// # Errors
    /// `Misuse` with the name of what is missing or of the wrong form.
    pub fn ask(&self, input: &Value, mut body: Value) -> Result<Value, Misuse> {
        for field in self.asks {
            if let Some(value) = field.ask(input.get(field.ours))? {
                body = body.with(field.theirs, value);
            }
        }
        Ok(body)
    }

    /// The page's output.
    ///
    /// # Errors
    /// A member the service promises is missing.
    pub fn answer(&self, reply: &Value) -> Result<Value, Violation> {
        read(self.answers, reply)
    }
}

impl Field {
    fn ask(&self, given: Option<&Value>) -> Result<Option<Value>, Misuse> {
        let wrong = Err(Misuse(self.ours));
        let Some(value) = given else {
            return match self.form {
                Form::Needed | Form::Name | Form::Code => wrong,
                Form::Always(text) => Ok(Some(Value::from(text))),
                _ => Ok(None),
            };
        };
        let fits = match (&self.form, value) {
            (Form::Needed | Form::Text, Value::String(_))
            | (Form::Number, Value::Number(_))
            | (Form::Flag, Value::Bool(_))
            | (Form::Texts, Value::Array(_)) => value.clone(),
            (Form::Name, Value::String(name)) => text::trimmed(name).into(),
            (Form::Code, Value::String(code)) => text::code(code).into(),
            (Form::Pairs | Form::Map, Value::Object(members)) if members.is_empty() => {
                return Ok(None);
            }
            // Nothing is dropped in silence.
            (Form::Pairs | Form::Map, _) if !value.has_only_text() => return wrong,
            (Form::Pairs, Value::Object(_)) => super::wire::attributes(&value.string_pairs()),
            (Form::Attributes, Value::Object(_)) => {
                attributes::ask(value).ok_or(Misuse(self.ours))?
            }
            (Form::Filter, _) => filter::ask(value).ok_or(Misuse(NO_FILTER))?,
            (Form::Map, Value::Object(_)) => Value::from_pairs(&value.string_pairs()),
            (Form::Always(text), _) => Value::from(*text),
            (Form::Switch, Value::Bool(on)) => Value::object().with("Enabled", *on),
            (Form::Wish, Value::Bool(on)) => wish(*on, false),
            (Form::Wish, Value::String(text)) if text == "preferred" => wish(true, true),
            _ => return wrong,
        };
        Ok(Some(fits))
    }

    fn answer(&self, reply: &Value) -> Result<Option<Value>, Violation> {
        let value = reply.get(self.theirs);
        Ok(match (&self.form, value) {
            (Form::Needed | Form::Name, Some(Value::String(_))) => value.cloned(),
            (Form::Needed | Form::Name, _) => return Err(Violation::MissingMember(self.theirs)),
            (Form::Text, Some(Value::String(text))) if !text.is_empty() => value.cloned(),
            (Form::Number, Some(Value::Number(_))) | (Form::Flag, Some(Value::Bool(_))) => {
                value.cloned()
            }
            (Form::Texts, _) => {
                Some(Value::from_strings(&value.map(Value::strings).unwrap_or_default()))
            }
            (Form::Pairs, _) => Some(pairs(value)),
            (Form::Attributes, _) => Some(attributes::answer(pairs(value))),
            (Form::Either(set, unset), _) => {
                Some(Value::from(if reply.is_true(self.theirs) { *set } else { *unset }))
            }
            (Form::One(fields), Some(object)) => Some(read(fields, object)?),
            (Form::Each(fields), _) => {
                let items = value.map(Value::items).unwrap_or_default();
                let items: Result<Vec<Value>, _> =
                    items.iter().map(|item| read(fields, item)).collect();
                Some(Value::from(items?))
            }
            _ => None,
        })
    }
}

fn read(fields: &[Field], reply: &Value) -> Result<Value, Violation> {
    let mut output = Value::object();
    for field in fields {
        if let Some(value) = field.answer(reply)? {
            output = output.with(field.ours, value);
        }
    }
    Ok(output)
}

const NO_FILTER: &str = "filter must be { attribute, equals } or { attribute, startsWith }";

fn wish(enabled: bool, preferred: bool) -> Value {
    Value::object().with("Enabled", enabled).with("PreferredMfa", preferred)
}

fn pairs(list: Option<&Value>) -> Value {
    let items = list.map(Value::items).unwrap_or_default();
    items.iter().fold(Value::object(), |object, item| match (item.str("Name"), item.str("Value")) {
        (Some(name), Some(value)) => object.with(name, value),
        _ => object,
    })
}

#[cfg(test)]
mod tests;
