//! `lifeguard_fuzz::replies` by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lifeguard_fuzz::replies::check(input));
