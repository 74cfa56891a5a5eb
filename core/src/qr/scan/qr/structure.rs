//! What every QR code of a size has in the same place: finder patterns, timing
//! lines, alignment patterns (ISO/IEC 18004, section 6.3).

/// Large symbols have thousands of modules; this many of a sort, evenly drawn,
/// place a grid as well.
const MAX_MODULES: usize = 300;

/// A module whose colour is known beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownModule {
    pub(super) column: i16,
    pub(super) row: i16,
    pub(super) dark: bool,
}

/// What a symbol of one size looks like before anything is read.
#[derive(Debug)]
pub(super) struct Structure {
    /// Modules whose colour is known.
    pub(super) known: Vec<KnownModule>,
    /// Columns and rows of the others.
    pub(super) data: Vec<(i16, i16)>,
}

impl Structure {
    /// The structure of a symbol with `width` modules a side, 21 to 177.
    pub(super) fn of(width: i16) -> Self {
        let known = known_modules(width);
        let mut places: Vec<(i16, i16)> = known.iter().map(|module| (module.row, module.column)).collect();
        places.sort_unstable();
        places.dedup();
        let mut places = places.into_iter().peekable();
        let data: Vec<(i16, i16)> = (0..width)
            .flat_map(|row| (0..width).map(move |column| (column, row)))
            .filter(|&(column, row)| places.next_if_eq(&(row, column)).is_none())
            .collect();
        Self { known: thin_out(known), data: thin_out(data) }
    }
}

fn thin_out<T>(all: Vec<T>) -> Vec<T> {
    let step = all.len().div_ceil(MAX_MODULES).max(1);
    all.into_iter().step_by(step).collect()
}

fn known_modules(width: i16) -> Vec<KnownModule> {
    let mut known = Vec::new();
    // Finder patterns with the light line around them.
    for (left, top) in [(0, 0), (width - 7, 0), (0, width - 7)] {
        push_rings(&mut known, left + 3, top + 3, 4, |ring| ring != 2 && ring != 4);
    }
    for along in 8..width - 8 {
        let dark = along % 2 == 0;
        known.push(KnownModule { column: along, row: 6, dark });
        known.push(KnownModule { column: 6, row: along, dark });
    }
    let centres = alignment_centres(width);
    let last = width - 7;
    for &column in &centres {
        for &row in &centres {
            // These three places belong to the finder patterns.
            if (column, row) != (6, 6) && (column, row) != (6, last) && (column, row) != (last, 6) {
                push_rings(&mut known, column, row, 2, |ring| ring != 1);
            }
        }
    }
    known.retain(|module| (0..width).contains(&module.column) && (0..width).contains(&module.row));
    known
}

/// Square rings around a centre; ring 0 is the centre itself.
fn push_rings(
    known: &mut Vec<KnownModule>,
    column: i16,
    row: i16,
    rings: i16,
    is_dark: impl Fn(i16) -> bool,
) {
    for dy in -rings..=rings {
        for dx in -rings..=rings {
            let dark = is_dark(dx.abs().max(dy.abs()));
            known.push(KnownModule { column: column + dx, row: row + dy, dark });
        }
    }
}

/// Columns (and rows) of the alignment patterns' centres.
fn alignment_centres(width: i16) -> Vec<i16> {
    let version = (width - 17) / 4;
    if version < 2 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    // Version 32 is the one that the rule of even spacing does not give.
    let step = if version == 32 { 26 } else { (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
    let mut centres = vec![6];
    centres.extend((0..count - 1).rev().map(|index| width - 7 - index * step));
    centres
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::{ErrorCorrection, QrSymbol};

    #[test]
    fn known_and_other_modules_are_all_there_are() {
        let Structure { known, data } = Structure::of(21);
        // Three finder patterns with their light lines, two timing lines of five.
        assert_eq!((known.len(), data.len()), (3 * 64 + 2 * 5, 21 * 21 - 3 * 64 - 2 * 5));
    }

    #[test]
    fn every_size_of_symbol_has_these_modules() {
        for length in 1..2900 {
            if length % 60 != 1 {
                continue;
            }
            let symbol = QrSymbol::encode(&"a".repeat(length), ErrorCorrection::Low).unwrap();
            for module in known_modules(i16::try_from(symbol.width()).unwrap()) {
                let (x, y) = (module.column.try_into().unwrap(), module.row.try_into().unwrap());
                assert_eq!(symbol.is_dark(x, y), module.dark, "{module:?} of {}", symbol.width());
            }
        }
    }
}
