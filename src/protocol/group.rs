//! The 3072-bit group of RFC 3526 (group 15) with generator 2: the only file that knows which
//! big-number code is used.

use super::impossible;
use super::text::without_zeros;

use modexp::{Element, Exponent, Power, pow_generator};

/// The tables for powers of g, made in slices: in idle time, before a user waits for them.
pub use modexp::Preparation;

/// Where powers come from. A call that runs again reads those that it has computed before.
pub trait Arithmetic {
    /// The result of `work`, which follows from `inputs` alone.
    fn power(&self, inputs: &[&[u8]], work: &dyn Fn() -> Vec<u8>) -> Vec<u8>;
}

/// Computes each time.
pub struct Direct;

impl Arithmetic for Direct {
    fn power(&self, _: &[&[u8]], work: &dyn Fn() -> Vec<u8>) -> Vec<u8> {
        work()
    }
}

/// g^exponent mod N. Exponent and result are big-endian; the result has no leading zeros.
pub fn generator_power(exponent: &[u8], arithmetic: &dyn Arithmetic) -> Vec<u8> {
    arithmetic.power(&[exponent], &|| minimal(&pow_generator(exponent)))
}

/// Whether an integer is a multiple of N.
pub fn is_zero(integer: &[u8]) -> bool {
    Element::from_bytes_be(integer).is_zero()
}

/// S = (B - k * g^x)^(a + u * x) mod N, without leading zeros. All big-endian. `None` when `a` is
/// longer than 128 bytes, four times what this library draws.
pub fn premaster(
    b: &[u8],
    k: &[u8],
    x: &[u8; 32],
    a: &[u8],
    u: &[u8; 32],
    arithmetic: &dyn Arithmetic,
) -> Option<Vec<u8>> {
    // The check of the length alone: the exponent itself is not needed where S is known.
    Exponent::mul_add(a, u, x)?;
    Some(arithmetic.power(&[b, k, x, a, u], &|| {
        let Some(exponent) = Exponent::mul_add(a, u, x) else { impossible() };
        let base = Element::from_bytes_be(b).sub(&Element::from_bytes_be(k).mul(&pow_generator(x)));
        minimal(&Power::new(&base, exponent).finish())
    }))
}

fn minimal(element: &Element) -> Vec<u8> {
    without_zeros(&element.to_bytes_be()).to_vec()
}
