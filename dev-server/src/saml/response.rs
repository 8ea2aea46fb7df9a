//! The response that the identity provider posts through the person's browser (profiles, section 4.1.4).

use super::metadata::Provider;
use super::{ASSERTION, Fault, PROTOCOL, signature, xml};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bergshamra::xml::{Document, NodeId};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How far the provider's clock may be from this server's, in seconds.
const SKEW: i64 = 60;
/// Longer forms are not read.
const MAX_BYTES: usize = 256 * 1024;
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// What a response must be for.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    /// Who must have made it.
    pub(crate) provider: &'a Provider,
    /// The pool as a service provider.
    pub(crate) audience: &'a str,
    /// The address it was posted to.
    pub(crate) recipient: &'a str,
    /// The request that it answers.
    pub(crate) request_id: &'a str,
    /// Seconds since the epoch.
    pub(crate) now: i64,
}

/// What a provider says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assertion {
    /// Its own name, to be accepted once only.
    pub(crate) id: String,
    /// When it ends, in seconds since the epoch.
    pub(crate) expires: i64,
    /// The person's name at the provider.
    pub(crate) name_id: String,
    /// Attributes by name, with all values.
    pub(crate) attributes: BTreeMap<String, Vec<String>>,
}

impl Assertion {
    /// Reads the form's `SAMLResponse`.
    pub(crate) fn read(posted: &str, expected: &Expected<'_>) -> Result<Self, Fault> {
        let not_base64 = Fault::Malformed("the response is not XML in base64");
        if posted.len() > MAX_BYTES {
            return Err(Fault::Malformed("the response is too long"));
        }
        let dense: String = posted.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(dense).map_err(|_| not_base64.clone())?;
        let text = String::from_utf8(bytes).map_err(|_| not_base64)?;
        let doc = xml::parse(&text)?;
        let response = xml::root(&doc, PROTOCOL, "Response")?;
        let reader = Reader { doc: &doc, expected };
        reader.check_response(response)?;
        let certificates = &expected.provider.certificates;
        // SECURITY: from here on, only what stands in this element is read.
        let assertion = signature::proved_assertion(&doc, &text, response, certificates)?;
        reader.assertion(assertion)
    }
}

struct Reader<'a> {
    doc: &'a Document<'a>,
    expected: &'a Expected<'a>,
}

impl Reader<'_> {
    /// What the envelope says. A refusal needs no signature: it lets nobody in.
    fn check_response(&self, response: NodeId) -> Result<(), Fault> {
        self.check_version(response)?;
        let attribute = |name| xml::attribute(self.doc, response, name);
        if attribute("InResponseTo") != Some(self.expected.request_id) {
            return Err(Fault::Misdirected("the response does not answer this request"));
        }
        if attribute("Destination").is_some_and(|it| it != self.expected.recipient) {
            return Err(Fault::Misdirected("the response is destined for another address"));
        }
        if xml::optional(self.doc, response, ASSERTION, "Issuer")?.is_some() {
            self.check_issuer(response)?;
        }
        let status = xml::child(self.doc, response, PROTOCOL, "Status")?;
        let code = xml::child(self.doc, status, PROTOCOL, "StatusCode")?;
        if xml::attribute(self.doc, code, "Value") == Some(SUCCESS) {
            return Ok(());
        }
        // The second level says more: AuthnFailed, RequestDenied, NoPassive.
        let detail = xml::optional(self.doc, code, PROTOCOL, "StatusCode")?.unwrap_or(code);
        let word = xml::attribute(self.doc, detail, "Value").unwrap_or_default();
        let word = word.rsplit(':').next().unwrap_or_default();
        let word = word.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Err(Fault::Declined(word))
    }

    fn assertion(&self, assertion: NodeId) -> Result<Assertion, Fault> {
        self.check_version(assertion)?;
        let id = xml::attribute(self.doc, assertion, "ID").filter(|id| !id.is_empty());
        let id = id.ok_or(Fault::Malformed("the assertion has no ID"))?.to_owned();
        self.check_issuer(assertion)?;
        self.not_before(assertion, "IssueInstant")?;
        let until = self.check_conditions(assertion)?;
        let subject = xml::child(self.doc, assertion, ASSERTION, "Subject")?;
        let name_id = xml::child(self.doc, subject, ASSERTION, "NameID")?;
        let name_id = xml::text(self.doc, name_id)?;
        if name_id.is_empty() {
            return Err(Fault::Malformed("the assertion names nobody"));
        }
        let confirmed_until = self.confirmation(subject)?;
        self.check_statements(assertion)?;
        Ok(Assertion {
            id,
            expires: confirmed_until.min(until),
            name_id,
            attributes: self.attributes(assertion)?,
        })
    }

    fn check_version(&self, node: NodeId) -> Result<(), Fault> {
        if xml::attribute(self.doc, node, "Version") == Some("2.0") {
            return Ok(());
        }
        Err(Fault::Malformed("the response is not of SAML 2.0"))
    }

    fn check_issuer(&self, parent: NodeId) -> Result<(), Fault> {
        let issuer = xml::child(self.doc, parent, ASSERTION, "Issuer")?;
        let is_entity = xml::attribute(self.doc, issuer, "Format").is_none_or(|it| it == ENTITY);
        if is_entity && xml::text(self.doc, issuer)? == self.expected.provider.entity_id {
            return Ok(());
        }
        Err(Fault::Misdirected("the response is of another identity provider"))
    }

    /// Core, section 2.5: what is not understood makes the assertion worthless. Gives when they end.
    fn check_conditions(&self, assertion: NodeId) -> Result<i64, Fault> {
        let conditions = xml::child(self.doc, assertion, ASSERTION, "Conditions")?;
        self.not_before(conditions, "NotBefore")?;
        let until = self.not_on_or_after(conditions, "NotOnOrAfter")?.unwrap_or(i64::MAX);
        let is_known = |node: &NodeId| {
            ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"]
                .iter()
                .any(|name| xml::is(self.doc, *node, ASSERTION, name))
        };
        let mut elements =
            self.doc.children_iter(conditions).filter(|node| self.doc.element(*node).is_some());
        if !elements.all(|node| is_known(&node)) {
            return Err(Fault::Malformed("the assertion has a condition that is not understood"));
        }
        let restrictions = xml::children(self.doc, conditions, ASSERTION, "AudienceRestriction");
        for restriction in &restrictions {
            let mut is_ours = false;
            for audience in xml::children(self.doc, *restriction, ASSERTION, "Audience") {
                is_ours |= xml::text(self.doc, audience)? == self.expected.audience;
            }
            if !is_ours {
                return Err(Fault::Misdirected("the assertion is for another audience"));
            }
        }
        if restrictions.is_empty() {
            return Err(Fault::Misdirected("the assertion does not say for whom it is"));
        }
        Ok(until)
    }

    /// Profiles, section 4.1.4.3: one confirmation must be good. Gives when it ends.
    fn confirmation(&self, subject: NodeId) -> Result<i64, Fault> {
        let mut fault = Fault::Malformed("the assertion has no confirmation for its bearer");
        for confirmation in xml::children(self.doc, subject, ASSERTION, "SubjectConfirmation") {
            if xml::attribute(self.doc, confirmation, "Method") != Some(BEARER) {
                continue;
            }
            match self.bearer(confirmation) {
                Ok(until) => return Ok(until),
                Err(reason) => fault = reason,
            }
        }
        Err(fault)
    }

    fn bearer(&self, confirmation: NodeId) -> Result<i64, Fault> {
        let data = xml::child(self.doc, confirmation, ASSERTION, "SubjectConfirmationData")?;
        if xml::attribute(self.doc, data, "Recipient") != Some(self.expected.recipient) {
            return Err(Fault::Misdirected("the assertion is for another recipient"));
        }
        if xml::attribute(self.doc, data, "InResponseTo") != Some(self.expected.request_id) {
            return Err(Fault::Misdirected("the assertion does not answer this request"));
        }
        if xml::attribute(self.doc, data, "NotBefore").is_some() {
            return Err(Fault::Malformed("a bearer's confirmation must not say NotBefore"));
        }
        self.not_on_or_after(data, "NotOnOrAfter")?
            .ok_or(Fault::Malformed("a bearer's confirmation must say NotOnOrAfter"))
    }

    /// The person signed in there, and that session goes on.
    fn check_statements(&self, assertion: NodeId) -> Result<(), Fault> {
        let statements = xml::children(self.doc, assertion, ASSERTION, "AuthnStatement");
        if statements.is_empty() {
            return Err(Fault::Malformed("the assertion does not say that anybody signed in"));
        }
        for statement in statements {
            self.not_on_or_after(statement, "SessionNotOnOrAfter")?;
        }
        Ok(())
    }

    fn attributes(&self, assertion: NodeId) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for statement in xml::children(self.doc, assertion, ASSERTION, "AttributeStatement") {
            for attribute in xml::children(self.doc, statement, ASSERTION, "Attribute") {
                let name = xml::attribute(self.doc, attribute, "Name")
                    .ok_or(Fault::Malformed("an attribute has no name"))?;
                let values = found.entry(name.to_owned()).or_default();
                for value in xml::children(self.doc, attribute, ASSERTION, "AttributeValue") {
                    values.push(xml::text(self.doc, value)?);
                }
            }
        }
        Ok(found)
    }

    fn not_before(&self, node: NodeId, name: &str) -> Result<(), Fault> {
        match self.time(node, name)? {
            Some(from) if from > self.expected.now.saturating_add(SKEW) => {
                Err(Fault::Untimely("the assertion is not valid yet"))
            }
            _ => Ok(()),
        }
    }

    fn not_on_or_after(&self, node: NodeId, name: &str) -> Result<Option<i64>, Fault> {
        match self.time(node, name)? {
            Some(until) if until <= self.expected.now.saturating_sub(SKEW) => {
                Err(Fault::Untimely("the assertion is no longer valid"))
            }
            until => Ok(until),
        }
    }

    fn time(&self, node: NodeId, name: &str) -> Result<Option<i64>, Fault> {
        let Some(text) = xml::attribute(self.doc, node, name) else { return Ok(None) };
        OffsetDateTime::parse(text, &Rfc3339)
            .map(|time| Some(time.unix_timestamp()))
            .map_err(|_| Fault::Malformed("a time cannot be read"))
    }
}
