//! The kernel against crypto-bigint: boundary, adversarial and random values.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod support;

use crypto_bigint::{BoxedUint, Resize};
use modexp::{Element, Exponent, Power, Preparation, pow, pow_generator};
use support::{Random, adversarial, bytes_of, exponents, modular_pow, modulus, reduced};

case! {
    fn bytes_of_any_length_are_reduced() {
        for value in adversarial() {
            assert_eq!(Element::from_bytes_be(&value).to_bytes_be(), reduced(&value), "{value:02x?}");
        }
        let mut random = Random::new(1);
        for length in (0..1024).step_by(13) {
            let value = random.bytes(length);
            assert_eq!(Element::from_bytes_be(&value).to_bytes_be(), reduced(&value), "{length}");
        }
    }

    fn only_multiples_of_the_prime_are_zero() {
        let prime = bytes_of(modulus());
        let double = modulus().resize(8 * 400).shl(1).to_be_bytes();

        assert!(Element::from_bytes_be(&[]).is_zero());
        assert!(Element::from_bytes_be(&[0; 500]).is_zero());
        assert!(Element::from_bytes_be(&prime).is_zero());
        assert!(Element::from_bytes_be(&double).is_zero());
        for value in adversarial() {
            let expected = reduced(&value).iter().all(|&byte| byte == 0);
            assert_eq!(Element::from_bytes_be(&value).is_zero(), expected, "{value:02x?}");
        }
    }

    fn sums_differences_and_products_agree() {
        let mut values = adversarial();
        let mut random = Random::new(2);
        values.extend((0..8).map(|_| random.bytes(384)));
        let modulus = modulus();
        let wide = |value: &[u8]| BoxedUint::from_be_slice(&reduced(value), 3072).unwrap();
        for x in &values {
            for y in &values {
                let (a, b) = (Element::from_bytes_be(x), Element::from_bytes_be(y));
                let (m, n) = (wide(x), wide(y));

                assert_eq!(a.mul(&b).to_bytes_be(), bytes_of(&m.mul_mod(&n, modulus)));
                assert_eq!(a.add(&b).to_bytes_be(), bytes_of(&m.add_mod(&n, modulus)));
                assert_eq!(a.sub(&b).to_bytes_be(), bytes_of(&m.sub_mod(&n, modulus)));
            }
        }
    }

    fn long_chains_stay_in_bounds() {
        let modulus = modulus();
        for seed in adversarial() {
            let start = Element::from_bytes_be(&seed);
            let (mut ours, mut theirs) = (start.clone(), BoxedUint::from_be_slice(&reduced(&seed), 3072).unwrap());
            let first = theirs.clone();
            for _ in 0..40 {
                ours = ours.mul(&ours).add(&ours).sub(&start).sub(&start);
                theirs = theirs.mul_mod(&theirs, modulus).add_mod(&theirs, modulus);
                theirs = theirs.sub_mod(&first, modulus).sub_mod(&first, modulus);
            }
            assert_eq!(ours.to_bytes_be(), bytes_of(&theirs));
        }
    }

    fn powers_agree() {
        let mut random = Random::new(3);
        let mut bases = adversarial();
        bases.push(random.bytes(384));
        for base in &bases {
            for exponent in exponents().iter().filter(|exponent| exponent.len() <= 34) {
                let power = pow(&Element::from_bytes_be(base), exponent).unwrap();
                assert_eq!(power.to_bytes_be(), modular_pow(base, exponent), "{base:02x?} {exponent:02x?}");
            }
        }
        for exponent in exponents() {
            let power = pow(&Element::from_bytes_be(&bases[0]), &exponent).unwrap();
            assert_eq!(power.to_bytes_be(), modular_pow(&bases[0], &exponent), "{exponent:02x?}");
        }
    }

    fn powers_of_the_generator_agree() {
        for exponent in exponents() {
            let power = pow_generator(&exponent);
            assert_eq!(power.to_bytes_be(), modular_pow(&[2], &exponent), "{exponent:02x?}");
        }
        let mut random = Random::new(4);
        for _ in 0..20 {
            let exponent = random.bytes(32);
            assert_eq!(pow_generator(&exponent).to_bytes_be(), modular_pow(&[2], &exponent));
        }
    }

    fn exponents_are_multiplied_and_added() {
        let mut random = Random::new(5);
        let edges = [[0; 32], [0xff; 32], { let mut one = [0; 32]; one[31] = 1; one }];
        let mut cases = Vec::new();
        for u in edges {
            for x in edges {
                cases.extend([vec![], vec![0xff; 32], vec![0xff; 64], vec![0xff; 128]].map(|a| (a, u, x)));
            }
        }
        for length in [1, 31, 32, 33, 63, 65, 127] {
            let words = |bytes: Vec<u8>| bytes.try_into().unwrap();
            cases.push((random.bytes(length), words(random.bytes(32)), words(random.bytes(32))));
        }
        let base = random.bytes(384);
        for (a, u, x) in cases {
            let wide = |bytes: &[u8]| {
                let padded = [vec![0; 256 - bytes.len()], bytes.to_vec()].concat();
                BoxedUint::from_be_slice(&padded, 2048).unwrap()
            };
            let sum = wide(&a).wrapping_add(wide(&u).wrapping_mul(wide(&x)));

            let exponent = Exponent::mul_add(&a, &u, &x).unwrap();

            let expected = modular_pow(&base, &sum.to_be_bytes());
            let power = Power::new(&Element::from_bytes_be(&base), exponent).finish();
            assert_eq!(power.to_bytes_be(), expected);
        }
    }

    fn steps_lead_where_one_call_does() {
        let mut random = Random::new(6);
        let (base, exponent) = (Element::from_bytes_be(&random.bytes(384)), random.bytes(65));
        let mut steps = 1;

        let mut power = Power::new(&base, Exponent::from_bytes_be(&exponent).unwrap());
        while !power.step() {
            steps += 1;
        }
        let mut preparation = Preparation::new();
        while !preparation.step() {}
        preparation.finish();

        assert_eq!(steps, 8);
        assert_eq!(power.finish().to_bytes_be(), pow(&base, &exponent).unwrap().to_bytes_be());
        assert_eq!(pow_generator(&exponent).to_bytes_be(), modular_pow(&[2], &exponent));
    }

    fn an_overlong_exponent_is_refused() {
        assert!(pow(&Element::from_bytes_be(&[2]), &[1; 129]).is_some());
        assert!(pow(&Element::from_bytes_be(&[2]), &[1; 130]).is_none());
        assert!(Exponent::mul_add(&[1; 128], &[1; 32], &[1; 32]).is_some());
        assert!(Exponent::mul_add(&[1; 129], &[1; 32], &[1; 32]).is_none());
    }
}
