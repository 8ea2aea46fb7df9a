//! Every check over its corpus: what fuzzing has found once stays found.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and says of what")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn every_check_holds_for_its_corpus() {
    for (name, check) in lifeguard_fuzz::TARGETS {
        let inputs = entries(&corpus().join(name));
        assert!(inputs.len() > 5, "{name} has a corpus");
        for path in inputs {
            // Its name is in the output of a failure.
            println!("{}", path.display());
            check(&fs::read(&path).unwrap());
        }
    }
}

/// A check that nothing gets through proves nothing.
#[test]
fn what_the_provider_signed_is_accepted_and_nothing_else() {
    let mut accepted = BTreeSet::new();
    for path in entries(&corpus().join("saml")) {
        if lifeguard_fuzz::saml::is_accepted(&fs::read_to_string(&path).unwrap()) {
            accepted.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }

    let signed = ["comment-in-name", "signed-assertion", "signed-response", "signed-sha384"];
    assert_eq!(accepted, signed.map(String::from).into());
}

#[test]
fn every_input_that_was_cut_off_holds_too() {
    for (name, check) in lifeguard_fuzz::TARGETS.iter().filter(|(name, _)| CHEAP.contains(name)) {
        for path in entries(&corpus().join(name)) {
            let input = fs::read(&path).unwrap();
            println!("{}", path.display());
            for end in 0..input.len() {
                check(&input[..end]);
            }
        }
    }
}

#[test]
fn corpora_targets_and_checks_have_the_same_names() {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let names = |folder: PathBuf| entries(&folder).into_iter().map(stem).collect::<BTreeSet<_>>();
    let checks: BTreeSet<_> =
        lifeguard_fuzz::TARGETS.iter().map(|(name, _)| String::from(*name)).collect();

    assert_eq!(names(corpus()), checks);
    assert_eq!(names(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets")), checks);
}

/// Those that take microseconds.
const CHEAP: &[&str] = &["json", "jwt"];
