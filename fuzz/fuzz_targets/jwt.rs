//! `lifeguard_fuzz::jwt` by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lifeguard_fuzz::jwt::check(input));
