//! RustCrypto's `srp` in Cognito's group: the same arithmetic by others, natively and in a browser.

use lifeguard::protocol::srp::K;
use srp::bigint::modular::ConstMontyForm;
use srp::bigint::{BoxedUint, U3072, const_monty_params};
use srp::{Client, Group};

const_monty_params!(
    Prime,
    U3072,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879\
     8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b\
     0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836\
     1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804\
     f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6\
     955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64\
     ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d226\
     1ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2\
     08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    "The prime of RFC 3526, group 15."
);

/// RFC 5054 takes generator 5 with this prime; Cognito takes 2.
struct Cognito;

impl Group for Cognito {
    type Element = ConstMontyForm<Prime, { U3072::LIMBS }>;
    const G: Self::Element = ConstMontyForm::new(&U3072::from_u8(2));
}

type Oracle = Client<Cognito, sha2::Sha256>;

/// The public ephemeral `A` of `a`.
pub(crate) fn public(a: &[u8]) -> Vec<u8> {
    Oracle::new().compute_public_ephemeral(a)
}

/// The premaster secret `S`.
pub(crate) fn premaster(b: &[u8], x: &[u8], a: &[u8], u: &[u8]) -> Vec<u8> {
    let [b, k, x, a, u] = [b, &K, x, a, u].map(BoxedUint::from_be_slice_vartime);
    Oracle::new().compute_premaster_secret(&b, &k, &x, &a, &u).to_be_bytes_trimmed_vartime().into()
}
