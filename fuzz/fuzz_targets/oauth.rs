//! `lifeguard_fuzz::oauth` by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lifeguard_fuzz::oauth::check(input));
