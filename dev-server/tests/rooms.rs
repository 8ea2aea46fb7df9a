//! The floors of the house, as a test: a file names only what stands below it or beside it, and no circle of files is left.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// From the ground up: what may be named from above, and what is on each floor.
const FLOORS: &[(&str, &[&str])] = &[
    ("ground", &["clock", "input", "outbound", "paging", "random", "refusal", "timestamp", "work"]),
    // What is kept, and what the service's model says.
    ("store", &["shape", "store"]),
    // Know no server and no pool of it.
    ("proofs", &["passkey", "saml", "sigv4", "srp", "totp"]),
    // Data in, verdict out.
    ("rules", &["attributes", "factors", "linking", "passwords", "schema"]),
    (
        "state",
        &["caller", "config", "faults", "identity_pool", "keys", "seed", "server", "signers"],
    ),
    ("services", &["codes", "messages", "relying_party", "risk", "tokens", "tracked", "trigger"]),
    ("operations", &["account", "auth", "control", "identity", "operation"]),
    ("dispatch", &["dispatch"]),
    ("doors", &["fuzzing", "hosted", "http", "inbox_page", "lib", "router", "running", "sample"]),
];

/// Files that judge an answer: what comes next is not for them to know.
const JUDGES: &[&str] = &[
    "app_code",
    "choice",
    "custom",
    "device",
    "mfa",
    "mfa_setup",
    "new_password",
    "one_time",
    "passkeys",
    "password",
];

type Module = Vec<String>;
type Pattern = LazyLock<Regex>;

static COMMENT: Pattern = LazyLock::new(|| Regex::new(r"//[^\n]*").unwrap());
static OF_TESTS: Pattern = LazyLock::new(|| {
    Regex::new(r"#\[cfg\(test\)\]\s*(?:pub(?:\([a-z]+\))? )?(?:use|mod) [^;]*;").unwrap()
});
/// With the word that hands the import on, where there is one.
static IMPORT: Pattern =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(pub(?:\([^)]*\))? )?use ([^;]+);").unwrap());
static INLINE: Pattern = LazyLock::new(|| Regex::new(r"\b((?:crate|super)(?:::\w+)+)").unwrap());
static CHILD: Pattern = LazyLock::new(|| Regex::new(r"\bmod (\w+);").unwrap());
static ITEM: Pattern = LazyLock::new(|| {
    Regex::new(r"(?:struct|enum|fn|trait|const|static|type|macro_rules!) (\w+)").unwrap()
});

/// The files of the crate, and which names which.
struct House {
    /// The code of each module, without comments and tests.
    code: BTreeMap<Module, String>,
    /// What a module hands on under its own name: the name, or `*`, and where it comes from.
    handed_on: BTreeMap<Module, Vec<(String, Module)>>,
    defined: BTreeMap<Module, BTreeSet<String>>,
}

impl House {
    fn read(folder: &Path) -> Self {
        let mut code = BTreeMap::new();
        collect(folder, &mut Vec::new(), &mut code);
        Self::of(code)
    }

    fn of(code: BTreeMap<Module, String>) -> Self {
        let mut house = Self { code, handed_on: BTreeMap::new(), defined: BTreeMap::new() };
        for (module, text) in &house.code {
            let names = ITEM.captures_iter(text).map(|found| found[1].to_owned()).collect();
            house.defined.insert(module.clone(), names);
            let handed = IMPORT
                .captures_iter(text)
                .filter(|found| found.get(1).is_some())
                .flat_map(|found| expanded(&found[2]));
            let handed = handed.map(|path| {
                let (path, name) = match path.split_once(" as ") {
                    Some((path, name)) => (path.to_owned(), name.to_owned()),
                    None => (path.clone(), path.rsplit("::").next().unwrap().to_owned()),
                };
                (name, path.split("::").map(str::to_owned).collect())
            });
            house.handed_on.insert(module.clone(), handed.collect());
        }
        house
    }

    /// The module in which a path from within another one ends.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (mut at, mut rest) = (from.clone(), path);
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Module::new(), &path[1..]),
            "self" => rest = &path[1..],
            _ => {}
        }
        while rest.first().is_some_and(|part| part == "super") {
            at.pop();
            rest = &rest[1..];
        }
        while let Some(name) = rest.first() {
            let child = [at.clone(), vec![name.clone()]].concat();
            if self.code.contains_key(&child) {
                (at, rest) = (child, &rest[1..]);
                continue;
            }
            if depth > 8 || self.defined.get(&at)?.contains(name) {
                break;
            }
            for (known, origin) in self.handed_on.get(&at)? {
                let origin = match known.as_str() {
                    "*" => [&origin[..origin.len() - 1], rest].concat(),
                    known if known == name => [&origin[..], &rest[1..]].concat(),
                    _ => continue,
                };
                let found = self.resolve(&at, &origin, depth + 1);
                if let Some(found) = found
                    && (known != "*" || self.defined[&found].contains(name))
                {
                    return Some(found);
                }
            }
            break;
        }
        self.code.contains_key(&at).then_some(at)
    }

    /// The modules that one names.
    fn named(&self, module: &Module) -> BTreeSet<Module> {
        let text = &self.code[module];
        let mut paths: Vec<String> = IMPORT
            .captures_iter(text)
            // What a module only hands on is its children's own.
            .filter(|found| found.get(1).is_none())
            .flat_map(|found| expanded(&found[2]))
            .map(|path| path.split(" as ").next().unwrap().to_owned())
            .collect();
        let body = IMPORT.replace_all(text, "");
        paths.extend(INLINE.captures_iter(&body).map(|found| found[1].to_owned()));
        for name in CHILD.captures_iter(&body).map(|found| found[1].to_owned()) {
            if body.contains(&format!("{name}::")) {
                paths.push(format!("self::{name}"));
            }
        }
        let begins = |path: &str| {
            let first = path.split("::").next().unwrap().to_owned();
            ["crate", "super", "self"].contains(&first.as_str())
                || self.code.contains_key(&[module.clone(), vec![first]].concat())
        };
        paths
            .iter()
            .filter(|path| begins(path))
            .filter_map(|path| {
                let parts: Vec<String> = path
                    .split("::")
                    .map(str::to_owned)
                    .enumerate()
                    .filter(|(at, part)| *at == 0 || part != "self")
                    .map(|(_, part)| part)
                    .collect();
                self.resolve(module, &parts, 0)
            })
            .filter(|named| named != module)
            .collect()
    }
}

fn collect(folder: &Path, module: &mut Module, code: &mut BTreeMap<Module, String>) {
    let of_tests = ["tests", "testing", "scenarios", "authenticator", "signing", "main"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if of_tests.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            module.push(name);
            collect(&path, module, code);
            module.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let is_of_folder = name == "mod" || name == "lib";
            let own = if is_of_folder { Vec::new() } else { vec![name] };
            let text = without_comments_and_tests(&fs::read_to_string(&path).unwrap());
            code.insert([module.clone(), own].concat(), text);
        }
    }
}

fn without_comments_and_tests(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let text = COMMENT.replace_all(text, "");
    OF_TESTS.replace_all(&text, "").into_owned()
}

/// `a::{b, c::{d, e}}` as three paths.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((before, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inner = &rest[..rest.rfind('}').unwrap()];
    let (mut depth, mut item, mut items) = (0, String::new(), Vec::new());
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(letter);
    }
    items.push(item);
    let items = items.iter().filter(|item| !item.trim().is_empty());
    items.flat_map(|item| expanded(&format!("{before}{}", item.trim()))).collect()
}

fn floor(module: &Module) -> usize {
    let room = module.first().map_or("lib", String::as_str);
    FLOORS
        .iter()
        .position(|(_, rooms)| rooms.contains(&room))
        .unwrap_or_else(|| panic!("{room} is on no floor"))
}

/// A module that leads back to itself, with the way.
fn circle(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Option<Vec<String>> {
    fn walk(
        at: &Module,
        arrows: &BTreeMap<Module, BTreeSet<Module>>,
        way: &mut Vec<Module>,
        done: &mut BTreeSet<Module>,
    ) -> Option<Vec<Module>> {
        if let Some(begin) = way.iter().position(|known| known == at) {
            return Some(way[begin..].to_vec());
        }
        if done.contains(at) {
            return None;
        }
        way.push(at.clone());
        let found = arrows[at].iter().find_map(|next| walk(next, arrows, way, done));
        way.pop();
        done.insert(at.clone());
        found
    }
    let mut done = BTreeSet::new();
    let found = arrows.keys().find_map(|at| walk(at, arrows, &mut Vec::new(), &mut done))?;
    Some(found.iter().map(|module| module.join("::")).collect())
}

fn arrows(house: &House) -> BTreeMap<Module, BTreeSet<Module>> {
    house.code.keys().map(|module| (module.clone(), house.named(module))).collect()
}

#[test]
fn nothing_names_what_stands_above_it() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let arrows = arrows(&house);
    let mut upwards = Vec::new();
    for (module, named) in &arrows {
        for other in named.iter().filter(|other| floor(other) > floor(module)) {
            upwards.push(format!("{} names {}", module.join("::"), other.join("::")));
        }
    }

    assert!(arrows.len() > 120, "{}", arrows.len());
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 500);
    assert!(upwards.is_empty(), "{upwards:#?}");
}

#[test]
fn no_circle_of_files_is_left() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));

    assert_eq!(circle(&arrows(&house)), None);
}

#[test]
fn no_judge_knows_what_comes_next() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let auth = |name: &str| vec!["auth".to_owned(), name.to_owned()];
    for judge in JUDGES {
        let named = house.named(&auth(judge));

        assert!(!named.is_empty(), "{judge}");
        assert!(!named.contains(&auth("step")), "{judge} names the step");
    }
}

#[test]
fn the_check_finds_an_arrow_up_and_a_circle() {
    let modules = [
        ("clock", "use crate::store::User;"),
        ("store", "mod user;\npub(crate) use user::*;"),
        ("store::user", "use super::super::hex::{self, encode as e}; pub struct User;"),
        ("hex", "fn f() { crate::clock::now() } pub fn encode() {}"),
    ];
    let path = |name: &str| name.split("::").map(str::to_owned).collect::<Module>();
    let mut code: BTreeMap<Module, String> =
        modules.iter().map(|(name, text)| (path(name), (*text).to_owned())).collect();
    code.insert(Module::new(), String::new());
    let house = House::of(code);

    // Through what the store hands on, to the file that has it.
    assert_eq!(house.named(&path("clock")), BTreeSet::from([path("store::user")]));
    assert!(floor(&path("store::user")) > floor(&path("clock")));
    let circle = circle(&arrows(&house)).unwrap();
    assert_eq!(circle.iter().collect::<BTreeSet<_>>().len(), 3, "{circle:?}");
}
