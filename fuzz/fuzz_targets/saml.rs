//! `lifeguard_fuzz::saml` by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lifeguard_fuzz::saml::check(input));
