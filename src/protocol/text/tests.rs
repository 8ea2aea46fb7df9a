use super::*;

#[test]
fn codes_lose_white_space_and_width_and_names_only_what_is_around_them() {
    for given in [
        "123 456",
        "123456\n",
        "\u{a0}123456",
        "123456\u{200b}",
        "\u{feff}123\u{2009}456",
        "１２３４５６",
        "\u{202a}123456\u{202c}",
        "\u{2066}123\u{ad}456\u{2069}\u{200e}",
    ] {
        assert_eq!(code(given), "123456", "{given:?}");
    }
    assert_eq!(code("ab-12 é"), "ab-12é");
    for given in ["a b ", " a b", "a b\t\r\n", "\u{3000}a b\u{200b}", "a b\u{a0}"] {
        assert_eq!(trimmed(given), "a b", "{given:?}");
    }
    assert_eq!((code(" "), trimmed("\u{feff}")), (String::new(), ""));
}

#[test]
fn integers_print_as_the_standard_library_prints_them() {
    for value in [0, 7, 10, -1, 1_780_000_000_123, i64::MAX, i64::MIN] {
        let mut out = String::new();
        push_integer(&mut out, value);
        assert_eq!(out, value.to_string());
    }
}

#[test]
fn hex_integers_lose_case_length_and_leading_zeros() {
    assert_eq!(integer_from_hex("000F0a").unwrap(), [0x0f, 0x0a]);
    assert_eq!(integer_from_hex("abc").unwrap(), [0x0a, 0xbc]);
    assert!(integer_from_hex("0").unwrap().is_empty());
    assert_eq!(integer_from_hex(""), None);
    assert_eq!(integer_from_hex("0x12"), None);
    assert_eq!(hex_minimal(&[0, 0x0a, 0xbc]), "abc");
    assert_eq!(hex_minimal(&[0]), "0");
}

#[test]
fn base64_is_read_in_both_alphabets() {
    let bytes = [0xfb, 0xff, 0x01];

    assert_eq!(base64_decode("+/8B").unwrap(), bytes);
    assert_eq!(base64_decode("-_8B").unwrap(), bytes);
    assert_eq!(base64_decode(&base64(&[1])).unwrap(), [1]);
    assert_eq!(base64_decode("%%"), None);
}

#[test]
fn base64_agrees_with_the_reference() {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding};

    let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    for (start, length) in (0..400).flat_map(|start| (0..70).map(move |length| (start, length))) {
        let part = &bytes[start..start + length];
        assert_eq!(base64(part), Base64::encode_string(part));
        assert_eq!(base64url(part), Base64UrlUnpadded::encode_string(part));
        assert_eq!(base64_decode(&base64(part)).unwrap(), part);
    }
    for first in 0..=255u8 {
        for text in [[first, b'A', b'A', b'A'], [b'A', b'A', b'A', first]] {
            let Ok(text) = str::from_utf8(&text) else { continue };
            let url = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
            let expected = Base64UrlUnpadded::decode_vec(&url).ok();
            assert_eq!(base64_decode(text), expected, "{text}");
        }
    }
    for (text, bytes) in
        [("", Some(vec![])), ("A", None), ("AB", None), ("AA", Some(vec![0])), ("A=A", None)]
    {
        assert_eq!(base64_decode(text), bytes, "{text}");
    }
}

#[test]
fn texts_are_those_of_the_standard_library() {
    let starts = [0, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef];
    let starts = starts.into_iter().chain([0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xfc, 0xfe, 0xff]);
    let others = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xff];
    for first in starts {
        for at in 0..others.len().pow(4) {
            let other = |place: u32| others[at / others.len().pow(place) % others.len()];
            let bytes = [first, other(0), other(1), other(2), other(3)];
            for length in 0..=bytes.len() {
                let part = &bytes[..length];
                let expected = String::from_utf8(part.to_vec()).ok();
                assert_eq!(from_utf8(part), expected, "{part:?}");
            }
        }
    }
}

#[test]
fn words_are_counted_from_the_first() {
    assert_eq!(word("a bc d ", "a"), Some(0));
    assert_eq!(word("a bc d ", "d"), Some(2));
    for none in ["", "b", "c", "a bc", "d "] {
        assert_eq!(word("a bc d ", none), None, "{none}");
    }
}

#[test]
fn parts_are_those_of_the_standard_library() {
    for text in [
        "",
        ".",
        "a",
        "a.b",
        "a..b",
        ".a.",
        "äö.ü",
        "0.00.12x",
        "18446744073709551616",
        "+1",
        "007",
    ] {
        assert_eq!(cut(text, b'.'), text.split_once('.'));
        assert_eq!(until(text, b'.'), text.split('.').next().unwrap());
        assert_eq!(without_end(text, b'.'), text.trim_end_matches('.'));
        assert_eq!(parts(text, b'.'), text.split('.').collect::<Vec<_>>());
        assert_eq!(join(&parts(text, b'.'), ", "), text.replace('.', ", "));
        for part in ["a", ".b", "ü", "longer than all of them"] {
            assert_eq!(has(text, part), text.contains(part));
        }
        let number = text.parse().ok().filter(|_: &u64| !text.starts_with('+'));
        assert_eq!(whole_number(text), number, "{text}");
    }
}
