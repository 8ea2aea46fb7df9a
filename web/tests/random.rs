//! Random bytes.
#![cfg(target_arch = "wasm32")]

use lifeguard_web::random;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn randomness_fills_every_byte() {
    let mut seen = [0u8; 32];
    for _ in 0..64 {
        let mut bytes = [0u8; 32];
        random::fill(&mut bytes);
        for (all, byte) in seen.iter_mut().zip(bytes) {
            *all |= byte;
        }
    }

    assert!(seen.iter().all(|byte| *byte == 0xff), "{seen:?}");
}
