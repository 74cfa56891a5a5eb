//! What the library may ask of a phone's own libraries.

use std::collections::BTreeSet;

use crate::error::Error;

/// A list with one symbol a line, after the library that has it: `libc.so abort`.
pub(super) struct Symbols {
    pub(super) file: &'static str,
    pub(super) text: &'static str,
}

impl Symbols {
    fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let lines = self.text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(' '))
    }

    pub(super) fn libraries(&self) -> BTreeSet<&'static str> {
        self.lines().map(|(library, _)| library).collect()
    }

    pub(super) fn of(&self, library: &str) -> impl Iterator<Item = &'static str> {
        self.lines().filter(move |(other, _)| *other == library).map(|(_, symbol)| symbol)
    }

    /// An error that names what is asked for and not on the list, or listed and not asked
    /// for: the list is what a reviewer reads.
    pub(super) fn check(&self, undefined: &BTreeSet<&str>) -> Result<(), Error> {
        let listed: BTreeSet<&str> = self.lines().map(|(_, symbol)| symbol).collect();
        let named = |set: &BTreeSet<&str>, other: &BTreeSet<&str>, sign: char| -> String {
            set.difference(other).map(|symbol| format!("\n  {sign} {symbol}")).collect()
        };
        let changes = named(undefined, &listed, '+') + &named(&listed, undefined, '-');
        if changes.is_empty() { Ok(()) } else { Err(Error::Symbols { file: self.file, changes }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Symbols =
        Symbols { file: "list.txt", text: "# why\nlibc.so open\nlibc.so read\nlibm.so sin\n" };

    #[test]
    fn a_list_is_read_by_library() {
        assert_eq!(Vec::from_iter(LIST.libraries()), ["libc.so", "libm.so"]);
        assert_eq!(Vec::from_iter(LIST.of("libc.so")), ["open", "read"]);
    }

    #[test]
    fn both_sides_of_a_difference_are_named() {
        assert!(LIST.check(&["open", "read", "sin"].into()).is_ok());
        let text = LIST.check(&["open", "sin", "tan"].into()).unwrap_err().to_string();
        assert!(text.contains("list.txt") && text.ends_with("\n  + tan\n  - read"), "{text}");
    }
}
