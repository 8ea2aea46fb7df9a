//! A browser as far as managed login needs one: cookies, redirects one at a time, and forms with their hidden fields.

use super::{Reply, TestServer, unique};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

pub const APP: &str = "http://localhost:5173/";

/// What one person's browser remembers.
pub struct Browser<'a> {
    server: &'a TestServer,
    pub cookies: BTreeMap<String, String>,
}

/// A page that was shown, with the form on it.
#[derive(Debug)]
pub struct Page {
    pub reply: Reply,
    action: Option<String>,
    hidden: Vec<(String, String)>,
}

/// An authorization request with its secrets.
#[derive(Debug, Clone)]
pub struct Flow {
    pub client: String,
    pub redirect_uri: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

impl Flow {
    pub fn of(client: &str) -> Self {
        Self {
            client: client.to_owned(),
            redirect_uri: APP.to_owned(),
            state: unique(),
            nonce: unique(),
            verifier: format!("{}{}{}", unique(), unique(), unique()),
        }
    }

    /// The query of the authorization request; `changes` replace parameters, an empty value removes one.
    pub fn query(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let mut parameters: BTreeMap<&str, &str> = BTreeMap::from([
            ("client_id", self.client.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("response_type", "code"),
            ("scope", "openid email profile aws.cognito.signin.user.admin"),
            ("state", self.state.as_str()),
            ("nonce", self.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        for (name, value) in changes {
            parameters.insert(name, value);
        }
        parameters.retain(|_, value| !value.is_empty());
        Serializer::new(String::new()).extend_pairs(parameters).finish()
    }

    pub fn authorize(&self, changes: &[(&str, &str)]) -> String {
        format!("/oauth2/authorize?{}", self.query(changes))
    }
}

impl<'a> Browser<'a> {
    pub fn of(server: &'a TestServer) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    /// Goes to an address of the server; a redirect is not followed.
    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], "")
    }

    /// Goes to an address and on to where it leads, as long as that is the server.
    pub fn visit(&mut self, path: &str) -> Page {
        let reply = self.get(path);
        self.follow(reply)
    }

    /// Fills in the form of a page and sends it; a redirect within the server is followed.
    pub fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let reply = self.send_form(page, fields);
        self.follow(reply)
    }

    /// The same without following.
    pub fn send_form(&mut self, page: &Page, fields: &[(&str, &str)]) -> Reply {
        let action = page.action.clone().unwrap_or_else(|| panic!("no form: {}", page.reply.body));
        let mut form = Serializer::new(String::new());
        for (name, value) in &page.hidden {
            if !fields.iter().any(|(given, _)| given == name) {
                form.append_pair(name, value);
            }
        }
        form.extend_pairs(fields);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", &action, &headers, &form.finish())
    }

    /// Signs alice, or whoever, in by her password from a request on; gives where the app is returned to.
    pub fn sign_in(&mut self, flow: &Flow, username: &str, password: &str) -> Url {
        let page = self.visit(&flow.authorize(&[]));
        self.submit(&page, &[("username", username), ("password", password)]).left_for()
    }

    fn follow(&mut self, mut reply: Reply) -> Page {
        for _ in 0..10 {
            let location = reply.header("location").map(str::to_owned);
            match location {
                Some(location) if location.starts_with('/') => reply = self.get(&location),
                _ => return Page::of(reply),
            }
        }
        panic!("redirects without end");
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let reply = self.server.request(method, path, &headers, body).unwrap();
        for (name, line) in &reply.headers {
            if name != "set-cookie" {
                continue;
            }
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"));
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }
}

impl Page {
    fn of(reply: Reply) -> Self {
        let attribute = |tag: &str, name: &str| {
            let value = tag.split_once(&format!("{name}=\""))?.1.split_once('"')?.0;
            Some(unescaped(value))
        };
        let tags =
            |kind: &'static str| reply.body.split('<').filter(move |tag| tag.starts_with(kind));
        let action = tags("form ").next().and_then(|tag| attribute(tag, "action"));
        let hidden = tags("input type=\"hidden\"")
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect();
        Self { action, hidden, reply }
    }

    pub fn has(&self, text: &str) -> bool {
        self.reply.body.contains(text)
    }

    /// The text in an element of a class or id, markup taken away.
    pub fn text_after(&self, mark: &str) -> String {
        let rest = self
            .reply
            .body
            .split_once(mark)
            .unwrap_or_else(|| panic!("{mark}: {}", self.reply.body))
            .1;
        let text = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
        unescaped(text)
    }

    /// What stands between two texts of the page.
    pub fn text_between(&self, before: &str, after: &str) -> String {
        let rest = self.reply.body.split_once(before).unwrap().1;
        unescaped(rest.split_once(after).unwrap().0)
    }

    pub fn alert(&self) -> String {
        self.text_after("role=\"alert\"")
    }

    /// The address of the app that this reply redirects to.
    pub fn left_for(&self) -> Url {
        let location = self.reply.header("location");
        let location = location.unwrap_or_else(|| panic!("no redirect: {}", self.reply.body));
        assert_eq!(self.reply.status, 302);
        Url::parse(location).unwrap()
    }
}

/// A parameter of an address's query.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A parameter of an address's fragment.
pub fn in_fragment(url: &Url, name: &str) -> Option<String> {
    let pairs = parse(url.fragment().unwrap_or_default().as_bytes());
    pairs.into_owned().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// A call of an endpoint that takes a form.
pub fn post_form(server: &TestServer, path: &str, fields: &[(&str, &str)]) -> Reply {
    post_form_with(server, path, &[], fields)
}

pub fn post_form_with(
    server: &TestServer,
    path: &str,
    headers: &[(&str, &str)],
    fields: &[(&str, &str)],
) -> Reply {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/x-www-form-urlencoded"));
    server.request("POST", path, &headers, &body).unwrap()
}

/// The exchange of a flow's code.
pub fn exchange(server: &TestServer, flow: &Flow, code: &str) -> Reply {
    exchange_with(server, flow, code, &[("code_verifier", flow.verifier.as_str())])
}

/// The exchange of a flow's code, with these fields besides.
pub fn exchange_with(server: &TestServer, flow: &Flow, code: &str, more: &[(&str, &str)]) -> Reply {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", flow.client.as_str()),
        ("redirect_uri", flow.redirect_uri.as_str()),
        ("code", code),
    ];
    post_form(server, "/oauth2/token", &[&fields, more].concat())
}

/// Signs in and exchanges the code: the token endpoint's reply.
pub fn signed_in(server: &TestServer, client: &str, username: &str) -> Value {
    let flow = Flow::of(client);
    let back = Browser::of(server).sign_in(&flow, username, super::PASSWORD);
    let reply = exchange(server, &flow, &parameter(&back, "code").unwrap());
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// The reply of `userInfo` to a token.
pub fn user_info(server: &TestServer, token: &Value) -> Reply {
    let bearer = format!("Bearer {}", token.as_str().unwrap_or_default());
    server.request("GET", "/oauth2/userInfo", &[("authorization", bearer.as_str())], "").unwrap()
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}
