//! Cookies in which other libraries left a session: read and removed, never written.

use js_sys::{Reflect, decode_uri_component, encode_uri_component};
use wasm_bindgen::JsValue;

/// A cookie of the page; `None` where there is none, or no document.
pub fn load(name: &str) -> Option<String> {
    let all = Reflect::get(&document()?, &"cookie".into()).ok()?.as_string()?;
    let encoded = encoded(name);
    let mut pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == encoded)?;
    Some(decode_uri_component(value).map_or_else(|_| String::from(value), String::from))
}

/// Removes a cookie of this host, or of any domain above it.
pub fn remove(name: &str) {
    let Some(document) = document().filter(|_| load(name).is_some()) else { return };
    let encoded = encoded(name);
    let host = Reflect::get(&js_sys::global(), &"location".into())
        .and_then(|location| Reflect::get(&location, &"hostname".into()));
    let host = host.ok().and_then(|host| host.as_string()).unwrap_or_default();
    let mut domain = Some(host.as_str());
    expire(&document, &encoded, "");
    while let Some(name) = domain {
        expire(&document, &encoded, &["; domain=", name].concat());
        domain = name.split_once('.').map(|(_, above)| above);
    }
}

fn expire(document: &JsValue, name: &str, domain: &str) {
    let expired = [name, "=; path=/", domain, "; max-age=0"].concat();
    let _ = Reflect::set(document, &"cookie".into(), &expired.into());
}

fn document() -> Option<JsValue> {
    let document = Reflect::get(&js_sys::global(), &"document".into()).ok()?;
    document.is_object().then_some(document)
}

/// The name js-cookie gives a cookie: it leaves what may stand in a name (RFC 6265, section 4.1.1).
fn encoded(name: &str) -> String {
    let mut text = String::from(encode_uri_component(name));
    for (escape, plain) in [
        ("%23", "#"),
        ("%24", "$"),
        ("%26", "&"),
        ("%2B", "+"),
        ("%5E", "^"),
        ("%60", "`"),
        ("%7C", "|"),
    ] {
        text = text.replace(escape, plain);
    }
    text.replace('(', "%28").replace(')', "%29")
}
