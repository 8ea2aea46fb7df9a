//! Reading XML from strangers, and writing the little that is sent.

use super::Fault;
use bergshamra::xml::uppsala::Parser;
use bergshamra::xml::{Document, NodeId, NodeKind};

/// No message of a provider is nested deeper.
const MAX_DEPTH: u32 = 64;

/// Parses text into a tree with namespaces.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    // SECURITY: without a document type there are no entities to expand, no files to fetch and no attributes
    // that become IDs by declaration.
    Parser::new()
        .with_forbid_dtd(true)
        .with_max_depth(MAX_DEPTH)
        .parse(text)
        .map_err(|_| Fault::Malformed("the document is not XML without a document type"))
}

/// The root, which must have this name.
pub(super) fn root(doc: &Document<'_>, namespace: &str, name: &str) -> Result<NodeId, Fault> {
    doc.document_element()
        .filter(|root| is(doc, *root, namespace, name))
        .ok_or(Fault::Malformed("the document's element is another than expected"))
}

/// Whether an element has this name.
pub(super) fn is(doc: &Document<'_>, node: NodeId, namespace: &str, name: &str) -> bool {
    doc.element(node).is_some_and(|element| element.matches_name_ns(namespace, name))
}

/// The children of this name.
pub(super) fn children(
    doc: &Document<'_>,
    parent: NodeId,
    namespace: &str,
    name: &str,
) -> Vec<NodeId> {
    doc.child_elements_by_name_ns(parent, namespace, name)
}

/// The child of this name, where there is at most one.
pub(super) fn optional(
    doc: &Document<'_>,
    parent: NodeId,
    namespace: &str,
    name: &str,
) -> Result<Option<NodeId>, Fault> {
    match children(doc, parent, namespace, name).as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        _ => Err(Fault::Malformed("an element comes more than once")),
    }
}

/// The one child of this name.
pub(super) fn child(
    doc: &Document<'_>,
    parent: NodeId,
    namespace: &str,
    name: &str,
) -> Result<NodeId, Fault> {
    optional(doc, parent, namespace, name)?.ok_or(Fault::Malformed("an element is missing"))
}

/// An attribute without a namespace.
pub(super) fn attribute<'a>(doc: &'a Document<'_>, node: NodeId, name: &str) -> Option<&'a str> {
    let mut attributes = doc.element(node)?.attributes.iter();
    let found = attributes.find(|attribute| attribute.name.matches(None, name))?;
    Some(&found.value)
}

/// The whole text of an element that holds nothing else.
pub(super) fn text(doc: &Document<'_>, node: NodeId) -> Result<String, Fault> {
    let mut whole = String::new();
    for child in doc.children_iter(node) {
        match doc.node_kind(child) {
            // SECURITY: all pieces. A signature does not see comments, so that somebody may put one into a
            // signed name; who reads up to it reads a shorter name.
            Some(NodeKind::Text(piece) | NodeKind::CData(piece)) => whole.push_str(piece),
            Some(NodeKind::Comment(_) | NodeKind::ProcessingInstruction(_)) => {}
            _ => return Err(Fault::Malformed("an element holds more than text")),
        }
    }
    Ok(whole.trim().to_owned())
}

/// Text as the value of an attribute, or between tags.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_refused_with_and_without_entities() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>",
            "<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>",
            "<!DOCTYPE a [<!ENTITY b 'xx'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;&c;</a>",
            "<a>&undeclared;</a>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_is_whole_whatever_comments_are_in_it() {
        let doc = parse("<a> one<!-- x -->two<![CDATA[&three]]><?p i?> </a>").unwrap();
        assert_eq!(text(&doc, doc.document_element().unwrap()).unwrap(), "onetwo&three");

        let doc = parse("<a>one<b>two</b></a>").unwrap();
        assert!(text(&doc, doc.document_element().unwrap()).is_err());
    }

    #[test]
    fn attributes_of_other_namespaces_are_not_mixed_up() {
        let doc = parse("<a xmlns:x='urn:x' x:ID='stranger' ID='own'/>").unwrap();
        let root = doc.document_element().unwrap();
        assert_eq!(attribute(&doc, root, "ID"), Some("own"));
        let doc = parse("<a xmlns:x='urn:x' x:ID='stranger'/>").unwrap();
        assert_eq!(attribute(&doc, doc.document_element().unwrap(), "ID"), None);
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}{}", "<a>".repeat(1000), "</a>".repeat(1000));
        assert!(parse(&deep).is_err());
    }

    #[test]
    fn what_is_escaped_reads_the_same() {
        let given = "<a href=\"x\">&amp;'";
        let written = format!("<a b=\"{0}\">{0}</a>", escape(given));
        let doc = parse(&written).unwrap();
        let root = doc.document_element().unwrap();
        assert_eq!(attribute(&doc, root, "b"), Some(given));
        assert_eq!(text(&doc, root).unwrap(), given);
    }
}
