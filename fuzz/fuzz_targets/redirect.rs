//! `lifeguard_fuzz::redirect` by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lifeguard_fuzz::redirect::check(input));
