//! The import table of `docs/ARCHITECTURE.md`, as a test: each room names only the rooms it may.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::fs;
use std::path::{Path, PathBuf};

/// A room, what it may name, and the words that must not appear in it.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    must_not_name: &'static [&'static str],
}

/// Nothing in `src` but the export of the module knows JavaScript, and nothing waits.
const EVERYWHERE: &[&str] = &[
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "gloo_net",
    "serde_wasm_bindgen",
    "async fn",
    "async move",
    "async {",
    ".await",
    "maybe_async",
    "std::time",
    "std::net",
    "std::fs",
    "getrandom",
];

const ROOMS: &[Room] = &[
    Room { name: "protocol", may_use: &["protocol"], must_not_name: &["crate::host"] },
    Room { name: "host", may_use: &["host", "protocol"], must_not_name: &["sign_in", "Cognito"] },
    Room {
        name: "transcript",
        // Its end takes what an operation came to apart: a suspension, or an error for the caller.
        may_use: &["transcript", "host", "protocol", "operations"],
        must_not_name: &["protocol::sign_in", "protocol::session", "protocol::wire"],
    },
    Room { name: "operations", may_use: &["operations", "host", "protocol"], must_not_name: &[] },
    Room {
        name: "step",
        may_use: &["step", "operations", "transcript", "host", "protocol"],
        must_not_name: &[],
    },
];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn files_of(room: &str) -> Vec<PathBuf> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![src.join(format!("{room}.rs"))];
    let folder = src.join(room);
    if folder.is_dir() {
        files(&folder, &mut found);
    }
    found
}

fn is_test(path: &Path) -> bool {
    path.file_stem()
        .is_some_and(|stem| stem == "tests" || stem.to_string_lossy().ends_with("_tests"))
}

/// Tests, and the simulated world that only tests have.
fn is_for_tests(path: &Path) -> bool {
    let mut folders = path.components().map(|part| part.as_os_str().to_string_lossy());
    is_test(path)
        || folders.any(|name| name == "tests" || name == "fake" || name == "simulation")
        || path.ends_with("host/fake.rs")
        || path.ends_with("session/simulation.rs")
}

/// Code of a line, without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn broken_rules(room: &Room, path: &Path, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    // Tests run operations by transcripts, over the simulated world of `host/fake`.
    let is_for_tests = is_for_tests(path);
    let of_tests: &[&str] = match (is_for_tests, room.name) {
        (true, "host") => &["operations", "transcript"],
        (true, "operations") => &["transcript"],
        _ => &[],
    };
    let is_export = path.ends_with("step/wasm.rs");
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, code(line))) {
        let at = format!("{}:{number}", path.display());
        for (start, _) in line.match_indices("crate::") {
            let used: String = line[start + 7..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !used.is_empty()
                && !room.may_use.contains(&used.as_str())
                && !of_tests.contains(&used.as_str())
            {
                broken.push(format!("{at}: `{}` may not use `{used}`", room.name));
            }
        }
        let words = EVERYWHERE.iter().filter(|word| !(is_export && **word == "wasm_bindgen"));
        for word in words.chain(room.must_not_name) {
            if line.contains(word) && !is_for_tests {
                broken.push(format!("{at}: `{}` must not name `{word}`", room.name));
            }
        }
    }
    broken
}

#[test]
fn every_room_uses_only_what_it_may() {
    let mut broken = Vec::new();
    for room in ROOMS {
        for path in files_of(room.name) {
            broken.extend(broken_rules(room, &path, &fs::read_to_string(&path).unwrap()));
        }
    }

    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_file_of_src_belongs_to_a_room() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let known: Vec<_> = ROOMS.iter().flat_map(|room| files_of(room.name)).collect();

    for path in all {
        assert!(known.contains(&path) || path == src.join("lib.rs"), "{}", path.display());
    }
}

#[test]
fn the_check_finds_what_is_forbidden() {
    let room = |name| ROOMS.iter().find(|room| room.name == name).unwrap();
    let found = |name, line| broken_rules(room(name), Path::new("src/x.rs"), line).len();

    assert_eq!(found("protocol", "use crate::operations::Client;"), 1);
    assert_eq!(found("host", "use crate::transcript::Transcript;"), 1);
    assert_eq!(found("operations", "use crate::transcript::Transcript;"), 1);
    assert_eq!(found("operations", "use crate::protocol::pool::Pool; // crate::step"), 0);
    assert_eq!(found("operations", "fn f(x: &web_sys::Window) {}"), 1);
    assert_eq!(found("step", "use wasm_bindgen::prelude::*;"), 1);
    assert_eq!(found("step", "pub async fn f() { g().await }"), 2);
    let export = Path::new("src/step/wasm.rs");
    assert!(broken_rules(room("step"), export, "use wasm_bindgen::prelude::*;").is_empty());
    assert_eq!(broken_rules(room("step"), export, "use js_sys::Date;").len(), 1);
}

/// The host for Rust front ends performs effects; what they are for is the core's.
#[test]
fn adapters_of_a_page_know_no_sign_in_and_no_session() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src");
    let mut all = Vec::new();
    files(&src, &mut all);
    assert!(all.len() > 8, "{all:?}");
    for path in all.iter().filter(|path| !path.ends_with("driver.rs")) {
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for word in [
                "lifeguard::operations",
                "protocol::session",
                "protocol::sign_in",
                "protocol::wire",
            ] {
                assert!(!code(line).contains(word), "{}:{}: {word}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn the_dev_server_shares_no_code_with_the_sdk() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("dev-server/Cargo.toml")).unwrap();

    assert!(!manifest.contains("path = \"..\"") && !manifest.contains("lifeguard ="), "{manifest}");
    assert!(!manifest.contains("modexp"), "the server's arithmetic must be somebody else's");
}
