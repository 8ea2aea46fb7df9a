//! No branch and no address may depend on a secret: valgrind's memcheck watches.
//!
//! Secrets are declared undefined memory, and memcheck reports every jump and every address that
//! depends on undefined memory. A leak made on purpose shows that it would be seen.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(unsafe_code, reason = "valgrind's client requests")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "test code")]

use std::process::Command;

use modexp::{Element, Exponent, Power, pow, pow_generator};

/// What memcheck ends with when it has something to report.
const LEAKED: i32 = 99;

/// Runs one of the ignored tests below under memcheck, and returns how that ended.
fn under_memcheck(test: &str) -> Option<i32> {
    let this = std::env::current_exe().unwrap();
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=memcheck", "--leak-check=no"])
        .arg(format!("--error-exitcode={LEAKED}"))
        .arg(this)
        .args(["--ignored", "--exact", test, "--test-threads=1"])
        .status();
    match status {
        Ok(status) => Some(status.code().unwrap()),
        Err(error) if std::env::var("CI").as_deref() != Ok("true") => {
            eprintln!("SKIPPED, nothing was shown: valgrind does not run here ({error})");
            None
        }
        Err(error) => panic!("valgrind does not run here: {error}"),
    }
}

#[test]
fn no_branch_or_address_depends_on_a_secret() {
    for test in ["watched_generator", "watched_power", "watched_handshake"] {
        assert!(matches!(under_memcheck(test), None | Some(0)), "{test} leaks");
    }
}

#[test]
fn a_secret_branch_or_index_would_be_seen() {
    for test in ["leaky_branch", "leaky_index"] {
        assert!(matches!(under_memcheck(test), None | Some(LEAKED)), "{test} went unseen");
    }
}

#[test]
#[ignore = "runs under valgrind"]
fn watched_generator() {
    for byte in [0, 1, 0x5a, 0xff] {
        let secret: [u8; 32] = secret(byte);
        public(&pow_generator(&secret).to_bytes_be());
    }
}

#[test]
#[ignore = "runs under valgrind"]
fn watched_power() {
    let base = Element::from_bytes_be(&secret::<384>(0x33));
    let exponent: [u8; 8] = secret(0xa5);
    public(&pow(&base, &exponent).unwrap().to_bytes_be());
}

#[test]
#[ignore = "runs under valgrind"]
fn watched_handshake() {
    let (a, x): ([u8; 32], [u8; 32]) = (secret(0x77), secret(0xee));
    let verifier = pow_generator(&x);
    let key =
        Element::from_bytes_be(&[0x5c; 384]).sub(&Element::from_bytes_be(&[7; 32]).mul(&verifier));
    let exponent = Exponent::mul_add(&a, &[0xc1; 32], &x).unwrap();
    let shared = Power::new(&key.add(&verifier), exponent).finish();
    public(&[u8::from(shared.is_zero())]);
    public(&shared.to_bytes_be());
}

#[test]
#[ignore = "runs under valgrind"]
fn leaky_branch() {
    let secret: [u8; 32] = secret(1);
    let mut power = Element::from_bytes_be(&[1]);
    let base = Element::from_bytes_be(&[3]);
    for byte in secret {
        if std::hint::black_box(byte) & 1 == 1 {
            power = power.mul(&base);
        }
    }
    public(&power.to_bytes_be());
}

#[test]
#[ignore = "runs under valgrind"]
fn leaky_index() {
    let secret: [u8; 1] = secret(3);
    let table = [Element::from_bytes_be(&[1]), Element::from_bytes_be(&[2])];
    public(&table[usize::from(std::hint::black_box(secret[0]) & 1)].to_bytes_be());
}

/// Bytes of which memcheck is told that their values are undefined.
fn secret<const LENGTH: usize>(byte: u8) -> [u8; LENGTH] {
    let mut bytes = [byte; LENGTH];
    request(MAKE_UNDEFINED, &mut bytes);
    std::hint::black_box(bytes)
}

/// Tells memcheck that a result may be known from here on.
fn public(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    request(MAKE_DEFINED, &mut bytes);
}

/// `VG_USERREQ__MAKE_MEM_UNDEFINED` of valgrind's memcheck.h: 'M', 'C', 1.
const MAKE_UNDEFINED: usize = 0x4d43_0001;
/// `VG_USERREQ__MAKE_MEM_DEFINED`.
const MAKE_DEFINED: usize = 0x4d43_0002;

/// A client request, as valgrind.h describes it: four rotations that add up to nothing, and a
/// no-op, which valgrind recognizes and a processor passes over.
fn request(code: usize, bytes: &mut [u8]) {
    let arguments = [code, bytes.as_mut_ptr() as usize, bytes.len(), 0, 0, 0];
    // SAFETY: without valgrind the instructions leave every register as it was; with it, they
    // change what memcheck knows of the bytes, not the bytes.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            inout("rdx") 0_usize => _,
            in("rax") arguments.as_ptr(),
            options(nostack),
        );
    }
}
