//! The prime and what is derived from it, computed once.

use std::sync::OnceLock;

use crate::columns::Columns;
use crate::digits::{Digits, Staggered};
use crate::element::{ELEMENT_BYTES, columns_of_bytes};
use crate::lanes::{Lanes, as_words_mut};
use crate::montgomery::{Modulus, Workspace, normalize};

/// What every operation needs to know about the prime.
pub(crate) struct Constants {
    /// The prime in the forms that reduction wants.
    pub(crate) modulus: Modulus,
    /// `2^3072 mod N`: the Montgomery form of 1.
    pub(crate) one: Digits,
    /// `2^6144 mod N`: multiplying by it brings a number into Montgomery form.
    pub(crate) square_of_radix: Digits,
}

/// The constants, derived by the first call.
pub(crate) fn constants() -> &'static Constants {
    static CONSTANTS: OnceLock<Constants> = OnceLock::new();
    CONSTANTS.get_or_init(derive_constants)
}

fn derive_constants() -> Constants {
    let mut prime = Digits::ZERO;
    let carry = normalize(columns_of_bytes(&PRIME).low(), &mut prime);
    prime.add_to_top(carry);
    let mut modulus = Modulus { modulus: Staggered::ZERO, minus_inverse: Staggered::ZERO };
    modulus.modulus.load(&prime);
    modulus.minus_inverse.load(&derive_minus_inverse(&modulus.modulus));

    // N is 2^3072 less a number of 3008 bits, so -N modulo 2^3072 is 2^3072 mod N.
    let one = multiple_of_radix(&modulus.modulus, 1);
    // 2^3 in Montgomery form, squared ten times: 2^(3 · 1024) in Montgomery form.
    let mut square_of_radix = multiple_of_radix(&modulus.modulus, 8);
    let mut workspace = Workspace::new(&modulus);
    for _ in 0..10 {
        workspace.square(&mut square_of_radix);
    }
    drop(workspace);
    Constants { modulus, one, square_of_radix }
}

/// `factor · 2^3072` modulo N, for a small factor.
fn multiple_of_radix(modulus: &Staggered, factor: i32) -> Digits {
    let mut columns = Columns::ZERO;
    let minus_factor = Lanes::splat(-factor & 0xffff);
    for (column, word) in columns.low().iter_mut().zip(modulus.words()) {
        *column = word.dot(minus_factor);
    }
    let mut digits = Digits::ZERO;
    normalize(columns.low(), &mut digits);
    digits
}

/// `-1/N` modulo 2^3072.
///
/// N ends in 64 one bits, so `X = 1` solves `X·N = -1` modulo 2^64, and each round of
/// `X · (2 + N·X)` doubles the bits: 128, 256, … 4096.
fn derive_minus_inverse(modulus: &Staggered) -> Digits {
    let mut columns = Columns::ZERO;
    let mut inverse = Digits::ZERO;
    if let Some(lowest) = inverse.pairs_mut().first_mut() {
        *lowest = 1;
    }
    let mut factor = Staggered::ZERO;
    for _ in 0..6 {
        columns.set_low_product(&inverse, modulus);
        if let Some(lowest) = as_words_mut(columns.low()).first_mut() {
            *lowest = lowest.wrapping_add(2);
        }
        let mut digits = Digits::ZERO;
        normalize(columns.low(), &mut digits);
        factor.load(&digits);
        columns.set_low_product(&inverse, &factor);
        normalize(columns.low(), &mut inverse);
    }
    inverse
}

/// The prime, highest byte first: RFC 3526, section 4.
pub(crate) const PRIME: [u8; ELEMENT_BYTES] = bytes_of_hex(
    b"\
        ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74\
        020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437\
        4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
        ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05\
        98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb\
        9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b\
        e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718\
        3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33\
        a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7\
        abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864\
        d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2\
        08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);

/// Decodes lower-case hexadecimal digits.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn bytes_of_hex(hex: &[u8; 2 * ELEMENT_BYTES]) -> [u8; ELEMENT_BYTES] {
    const fn value(digit: u8) -> u8 {
        if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 }
    }
    let mut bytes = [0; ELEMENT_BYTES];
    let (pairs, _) = hex.as_chunks::<2>();
    let mut at = 0;
    while at < ELEMENT_BYTES {
        let [high, low] = pairs[at];
        bytes[at] = value(high) << 4 | value(low);
        at += 1;
    }
    bytes
}
