//! Percent-encoding (RFC 3986, section 2.1), written and read: for queries, forms and signatures.

use super::text::nibble;

/// Appends a text. Everything but the unreserved characters (section 2.3) is encoded: those alone
/// come back unchanged from a service that decodes once too often.
pub fn encode(out: &mut String, bytes: &[u8], keeps_slashes: bool) {
    for &byte in bytes {
        let is_unreserved =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if is_unreserved || keeps_slashes && byte == b'/' {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }));
            }
        }
    }
}

/// The bytes that a text stands for, and whether it is well-formed: a percent sign without two hex
/// digits stays what it is. `is_form`: a plus sign stands for a space.
pub fn decode(text: &str, is_form: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let mut is_well_formed = true;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match (*byte, escaped(after)) {
            (b'%', Some((decoded, after))) => {
                out.push(decoded);
                rest = after;
            }
            (b'+', _) if is_form => out.push(b' '),
            (byte, _) => {
                is_well_formed &= byte != b'%';
                out.push(byte);
            }
        }
    }
    (out, is_well_formed)
}

fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = text else { return None };
    Some((nibble(*high)? << 4 | nibble(*low)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, keeps_slashes: bool) -> String {
        let mut out = String::new();
        encode(&mut out, text.as_bytes(), keeps_slashes);
        out
    }

    #[test]
    fn everything_but_unreserved_characters_is_encoded() {
        assert_eq!(encoded("a-Z_0.~", false), "a-Z_0.~");
        assert_eq!(encoded("a/b c+ü", false), "a%2Fb%20c%2B%C3%BC");
        assert_eq!(encoded("a/b", true), "a/b");
    }

    #[test]
    fn a_percent_sign_that_stands_for_no_byte_stays_and_is_told() {
        assert_eq!(decode("%41%6a%00", true), (b"Aj\0".to_vec(), true));
        assert_eq!(decode("a+b", true), (b"a b".to_vec(), true));
        assert_eq!(decode("a+b", false), (b"a+b".to_vec(), true));
        for broken in ["%", "%4", "%g1", "%+1", "a%%41"] {
            assert!(!decode(broken, true).1, "{broken}");
        }
        assert_eq!(decode("%zz%41", true), (b"%zzA".to_vec(), false));
    }
}
