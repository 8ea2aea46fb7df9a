//! The kernel as a bare wasm module, for measuring and checking it from JavaScript.
//!
//! `cargo build --release -p modexp --target wasm32-unknown-unknown --example kernel`

#![allow(unsafe_code, reason = "exported names")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "not part of the product")]

use std::sync::Mutex;

use modexp::{Element, Exponent, Power, Preparation, pow, pow_generator};

/// Arguments go in and results come out through this buffer.
static BUFFER: Mutex<[u8; 4096]> = Mutex::new([0; 4096]);

/// Where the buffer lies in memory.
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *mut u8 {
    BUFFER.lock().unwrap().as_mut_ptr()
}

/// The preparation under way.
static PREPARATION: Mutex<Option<Preparation>> = Mutex::new(None);

/// Makes a part of the generator's tables and tells whether they are ready.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_prepare_step() -> bool {
    let mut slot = PREPARATION.lock().unwrap();
    let mut preparation = slot.take().unwrap_or_default();
    if preparation.step() {
        preparation.finish();
        return true;
    }
    *slot = Some(preparation);
    false
}

/// The exponentiation under way.
static POWER: Mutex<Option<Power>> = Mutex::new(None);

/// As `kernel_shared_secret`, but only begins.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_shared_secret_begin(a_length: usize) {
    *POWER.lock().unwrap() = Some(shared_secret(&BUFFER.lock().unwrap(), a_length));
}

/// Goes on with what `kernel_shared_secret_begin` began and tells whether S is in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_shared_secret_step() -> bool {
    let mut slot = POWER.lock().unwrap();
    let mut power = slot.take().unwrap();
    if power.step() {
        BUFFER.lock().unwrap()[..384].copy_from_slice(&power.finish().to_bytes_be());
        return true;
    }
    *slot = Some(power);
    false
}

/// Replaces an exponent of `length` bytes by 2 to its power.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_pow_generator(length: usize) {
    let mut buffer = BUFFER.lock().unwrap();
    let power = pow_generator(&buffer[..length]).to_bytes_be();
    buffer[..384].copy_from_slice(&power);
}

/// Replaces base (`base_length` bytes) and exponent by the power.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_pow(base_length: usize, exponent_length: usize) {
    let mut buffer = BUFFER.lock().unwrap();
    let (base, rest) = buffer.split_at(base_length);
    let power = pow(&Element::from_bytes_be(base), &rest[..exponent_length]).unwrap().to_bytes_be();
    buffer[..384].copy_from_slice(&power);
}

/// Replaces B (384), k, x, u (32 each) and a (`a_length`) by S = (B - k·2^x)^(a + u·x).
#[unsafe(no_mangle)]
pub extern "C" fn kernel_shared_secret(a_length: usize) {
    let mut buffer = BUFFER.lock().unwrap();
    let secret = shared_secret(&buffer, a_length).finish().to_bytes_be();
    buffer[..384].copy_from_slice(&secret);
}

fn shared_secret(buffer: &[u8; 4096], a_length: usize) -> Power {
    let server = Element::from_bytes_be(&buffer[..384]);
    let k = Element::from_bytes_be(&buffer[384..416]);
    let x: [u8; 32] = buffer[416..448].try_into().unwrap();
    let u: [u8; 32] = buffer[448..480].try_into().unwrap();
    let base = server.sub(&k.mul(&pow_generator(&x)));
    Power::new(&base, Exponent::mul_add(&buffer[480..480 + a_length], &u, &x).unwrap())
}

/// `count` multiplications one after the other.
#[unsafe(no_mangle)]
pub extern "C" fn kernel_multiply(count: usize) -> u8 {
    let factor = Element::from_bytes_be(&[3; 384]);
    let mut product = factor.clone();
    for _ in 0..count {
        product = product.mul(&factor);
    }
    product.to_bytes_be()[383]
}
