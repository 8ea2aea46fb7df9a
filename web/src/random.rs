//! Random bytes: `crypto.getRandomValues`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// Fills with bytes fit for keys.
pub fn fill(bytes: &mut [u8]) {
    get_random_values(bytes);
}
