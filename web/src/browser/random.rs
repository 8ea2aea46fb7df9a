//! Randomness: `crypto.getRandomValues`, whose presence the wrapper checks before the core is made.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// Fills with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) {
    get_random_values(bytes);
}
