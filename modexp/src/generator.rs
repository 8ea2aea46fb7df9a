//! Powers of the generator, from tables that are made once.

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
type Tables = [[Digits; 1 << TEETH]; COMBS];

static TABLES: OnceLock<Box<Tables>> = OnceLock::new();

/// Makes the tables of [`pow_generator`] in steps, for a thread that has other things to do.
///
/// All steps take about the time of 350 multiplications and the tables 48 kB. Without this, the
/// first call of [`pow_generator`] makes them.
pub struct Preparation {
    tables: Box<Tables>,
    /// The generator to the power of 2^(18 · teeth so far).
    power: Digits,
    teeth: usize,
}

impl Preparation {
    /// Begins to make the tables; nothing is computed yet.
    #[must_use]
    pub fn new() -> Preparation {
        let one = constants().one.0;
        let mut tables = Box::new([const { [const { Digits::ZERO }; 1 << TEETH] }; COMBS]);
        for [first, ..] in tables.iter_mut() {
            first.0 = one;
        }
        Preparation { tables, power: Element::from_bytes_be(&[2]).0, teeth: 0 }
    }

    /// Computes a part, in about the time of 30 multiplications, and tells whether that was all.
    pub fn step(&mut self) -> bool {
        if TABLES.get().is_some() {
            return true;
        }
        let mut workspace = Workspace::new(&constants().modulus);
        if let Some(table) = self.tables.get_mut(self.teeth / TEETH) {
            // The entries with this tooth as their highest are the entries below it times it.
            let middle = 1 << (self.teeth % TEETH);
            if let Some((below, above)) = table.split_at_mut_checked(middle) {
                for (above, below) in above.iter_mut().zip(below) {
                    above.0 = below.0;
                    workspace.multiply(above, &self.power);
                }
            }
            for _ in 0..ROWS {
                workspace.square(&mut self.power);
            }
            self.teeth += 1;
        }
        self.teeth == COMBS * TEETH
    }

    /// Computes what is left and puts the tables to use.
    pub fn finish(mut self) {
        while !self.step() {}
        // Somebody else may have finished before; the tables are the same.
        let _ = TABLES.set(self.tables);
    }
}

impl Default for Preparation {
    fn default() -> Preparation {
        Preparation::new()
    }
}

/// Makes the tables of [`pow_generator`] if they are not there yet.
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
    let mut started = false;
    for chunk in crate::element::chunks_from_end(exponent, CHUNK) {
        let mut power = constants.one.clone();
        for row in (0..ROWS).rev() {
            workspace.square(&mut power);
            for (comb, table) in tables().iter().enumerate() {
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
    TABLES.get_or_init(|| {
        let mut preparation = Preparation::new();
        while !preparation.step() {}
        preparation.tables
    })
}
