//! The 3072-bit group of RFC 3526 (group 15) with generator 2: the only file that knows which
//! big-number code is used.

use super::text::without_zeros;
#[cfg(all(feature = "sign-in", not(feature = "vectors")))]
use core::cell::RefCell;

use modexp::{Element, Exponent, Power, pow_generator};

/// The tables for powers of g, made in steps: in idle time, before anybody waits for them.
pub use modexp::Preparation;

/// g^exponent mod N. Exponent and result are big-endian; the result has no leading zeros.
pub fn generator_power(exponent: &[u8]) -> Vec<u8> {
    once(&[exponent], || minimal(&pow_generator(exponent)))
}

/// Whether an integer is a multiple of N.
pub fn is_zero(integer: &[u8]) -> bool {
    Element::from_bytes_be(integer).is_zero()
}

/// S = (B - k * g^x)^(a + u * x) mod N, without leading zeros. All big-endian. `None` when `a` is
/// longer than 128 bytes, four times what this library draws.
pub fn premaster(b: &[u8], k: &[u8], x: &[u8; 32], a: &[u8], u: &[u8; 32]) -> Option<Vec<u8>> {
    let exponent = Exponent::mul_add(a, u, x)?;
    Some(once(&[b, k, x, a, u], || {
        let base = Element::from_bytes_be(b).sub(&Element::from_bytes_be(k).mul(&pow_generator(x)));
        minimal(&Power::new(&base, exponent).finish())
    }))
}

#[cfg(any(not(feature = "sign-in"), feature = "vectors"))]
fn once(_: &[&[u8]], compute: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    compute()
}

/// Where calls run again from their beginning (`browser/journal.rs`) the arithmetic must not: results
/// by the hash of what they follow from. They are wiped with the module's instance, when its calls have ended.
/// Who measures or checks the arithmetic wants it done each time.
#[cfg(all(feature = "sign-in", not(feature = "vectors")))]
fn once(inputs: &[&[u8]], compute: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    use super::srp::sha256;

    let mut hash = [0; 32];
    for input in inputs {
        hash = sha256(&[&hash, input]);
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, result)) = known.iter().find(|(of, _)| *of == hash) {
            return result.clone();
        }
        let result = compute();
        known.push((hash, result.clone()));
        result
    })
}

#[cfg(all(feature = "sign-in", not(feature = "vectors")))]
thread_local! {
    static KNOWN: RefCell<Vec<([u8; 32], Vec<u8>)>> = const { RefCell::new(Vec::new()) };
}

/// How many results there are: each is one time that the arithmetic was done.
#[cfg(all(feature = "sign-in", not(feature = "vectors")))]
pub fn computed() -> usize {
    KNOWN.with_borrow(Vec::len)
}

fn minimal(element: &Element) -> Vec<u8> {
    without_zeros(&element.to_bytes_be()).to_vec()
}
