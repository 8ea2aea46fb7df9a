//! Powers of the generator, from a table that is made once.

use std::sync::OnceLock;

use crate::constants::constants;
use crate::digits::Digits;
use crate::element::Element;
use crate::montgomery::Workspace;
use crate::power::{bit_of, select};

/// Bits of the exponent that one entry of a table combines.
const TEETH: usize = 5;
/// Tables.
const COMBS: usize = 3;
/// Distance of a comb's teeth: 3 · 5 · 18 bits are enough for 256.
const ROWS: usize = 18;
/// Bytes of an exponent that one pass over the tables covers.
const CHUNK: usize = 32;

/// For each comb, the products of the generator's powers at its teeth.
struct Tables([[Digits; 1 << TEETH]; COMBS]);

/// Makes the table for [`pow_generator`], so that its first call need not.
///
/// Takes about as long as 300 multiplications and 48 kB; later calls return at once.
pub fn prepare() {
    tables();
}

/// 2 to the power of a big-endian exponent of any length.
///
/// Constant time in the exponent's value; its length is public. Fastest up to 32 bytes.
#[must_use]
pub fn pow_generator(exponent: &[u8]) -> Element {
    let constants = constants();
    let mut workspace = Workspace::new(&constants.modulus);
    let mut result = constants.one.clone();
    let mut factor = Digits::ZERO;
    let (first, chunks) = exponent.split_at(exponent.len() % CHUNK);
    let mut started = false;
    for chunk in core::iter::once(first).chain(chunks.chunks(CHUNK)) {
        if chunk.is_empty() {
            continue;
        }
        let mut power = constants.one.clone();
        for row in (0..ROWS).rev() {
            workspace.square(&mut power);
            for (comb, table) in tables().0.iter().enumerate() {
                let index = (0..TEETH).rev().fold(0, |index, tooth| {
                    index << 1 | bit_of(chunk, (comb * TEETH + tooth) * ROWS + row)
                });
                select(&mut factor, table, index);
                workspace.multiply(&mut power, &factor);
            }
        }
        if started {
            for _ in 0..CHUNK * 8 {
                workspace.square(&mut result);
            }
        }
        workspace.multiply(&mut result, &power);
        started = true;
    }
    Element(result)
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Box<Tables>> = OnceLock::new();
    TABLES.get_or_init(derive_tables)
}

fn derive_tables() -> Box<Tables> {
    let constants = constants();
    let mut workspace = Workspace::new(&constants.modulus);
    let mut tables = Box::new(Tables([const { [const { Digits::ZERO }; 1 << TEETH] }; COMBS]));
    let mut power = Element::from_bytes_be(&[2]).0;
    for table in &mut tables.0 {
        if let Some(first) = table.first_mut() {
            first.0 = constants.one.0;
        }
        for tooth in 0..TEETH {
            // The entries with this tooth as their highest are the entries below it times it.
            let (below, above) = table.split_at_mut(1 << tooth);
            for (above, below) in above.iter_mut().zip(below) {
                above.0 = below.0;
                workspace.multiply(above, &power);
            }
            for _ in 0..ROWS {
                workspace.square(&mut power);
            }
        }
    }
    tables
}
