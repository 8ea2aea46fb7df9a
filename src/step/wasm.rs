//! The export of the WebAssembly module.

use wasm_bindgen::prelude::*;

use crate::transcript::Machine;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date)]
    fn now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// The JavaScript engine.
struct Engine;

impl Machine for Engine {
    fn now(&self) -> u64 {
        now() as u64
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        get_random_values(bytes);
    }
}

/// A step of a call: see [`super::step`].
#[wasm_bindgen]
pub fn step(message: &str) -> String {
    super::step(&Engine, message)
}
