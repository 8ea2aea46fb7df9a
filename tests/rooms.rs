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

const WEB: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "gloo_net", "serde_wasm_bindgen"];

const ROOMS: &[Room] = &[
    Room {
        name: "protocol",
        may_use: &["protocol"],
        must_not_name: &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "gloo_net",
            "serde_wasm_bindgen",
            "async fn",
            ".await",
            "std::time",
            "std::net",
            "std::fs",
            "getrandom",
        ],
    },
    Room { name: "platform", may_use: &["platform", "protocol"], must_not_name: WEB },
    Room { name: "client", may_use: &["client", "platform", "protocol"], must_not_name: WEB },
    Room {
        name: "browser",
        may_use: &["browser", "platform", "protocol"],
        must_not_name: &[
            "protocol::session",
            "protocol::sign_in",
            "protocol::wire",
            "crate::client",
        ],
    },
    Room {
        name: "bindings",
        may_use: &["bindings", "browser", "client", "platform", "protocol"],
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

/// Code of a line, without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or(line)
}

fn broken_rules(room: &Room, path: &Path, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, code(line))) {
        let at = format!("{}:{number}", path.display());
        for (start, _) in line.match_indices("crate::") {
            let used: String = line[start + 7..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if !used.is_empty() && !room.may_use.contains(&used.as_str()) {
                broken.push(format!("{at}: `{}` may not use `{used}`", room.name));
            }
        }
        for word in room.must_not_name {
            if line.contains(word) && !is_test(path) {
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
    let client = &ROOMS[2];
    let path = Path::new("src/client/x.rs");

    assert_eq!(broken_rules(client, path, "use crate::browser::Page;").len(), 1);
    assert_eq!(broken_rules(client, path, "fn f(x: &web_sys::Window) {}").len(), 1);
    assert_eq!(
        broken_rules(client, path, "use crate::protocol::pool::Pool; // crate::browser").len(),
        0
    );
}

#[test]
fn the_dev_server_shares_no_code_with_the_sdk() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("dev-server/Cargo.toml")).unwrap();

    assert!(!manifest.contains("path = \"..\"") && !manifest.contains("lifeguard ="), "{manifest}");
    assert!(!manifest.contains("modexp"), "the server's arithmetic must be somebody else's");
}
