//! What `readelf` and `nm` say of a library for Android.

use std::collections::BTreeSet;

use crate::error::Error;

/// Pages of 16 KiB: Android 15 loads a 64-bit library on phones that have them only if
/// its segments are aligned to them.
const PAGE: u64 = 16 * 1024;

/// The alignments of the segments that are loaded, from `readelf --program-headers --wide`.
fn alignments(printed: &str) -> Vec<u64> {
    printed
        .lines()
        .filter(|line| line.trim_start().starts_with("LOAD "))
        .filter_map(|line| line.split_whitespace().next_back()?.strip_prefix("0x"))
        .filter_map(|digits| u64::from_str_radix(digits, 16).ok())
        .collect()
}

/// The libraries that the loader must find, from `readelf --dynamic-table`.
pub(crate) fn needed(printed: &str) -> Vec<&str> {
    let lines = printed.lines().filter(|line| line.contains("(NEEDED)"));
    lines.filter_map(|line| line.split_once('[')?.1.split_once(']')).map(|(name, _)| name).collect()
}

/// The symbols that the system must have, from `nm --dynamic --undefined-only`. The weak
/// ones are asked for by code that does without where they are not.
pub(crate) fn undefined(printed: &str) -> BTreeSet<&str> {
    printed.lines().filter_map(|line| line.trim_start().strip_prefix("U ")).collect()
}

/// The least alignment; an error where there is none, or where it is not that of a page
/// and the library is one for which that counts.
pub(crate) fn check_pages(library: &str, is_64_bit: bool, printed: &str) -> Result<u64, Error> {
    let least = alignments(printed).into_iter().min();
    match least {
        Some(alignment) if !is_64_bit || alignment.is_multiple_of(PAGE) => Ok(alignment),
        _ => Err(Error::Pages { library: library.to_owned(), alignment: least.unwrap_or_default() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\nElf file type is DYN (Shared object file)\nThere are 9 program headers\n\n\
        \x20 Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align\n";

    fn printed(align: &str) -> String {
        let segment = "0x000000 0x0000000000000000 0x0000000000000000 0x002280 0x002280";
        format!(
            "{HEADER}  LOAD           {segment} R   0x4000\n  LOAD           {segment} R E {align}\n  \
            DYNAMIC        {segment} RW  0x8\n\n Section to Segment mapping:\n   00     .dynsym LOAD\n"
        )
    }

    #[test]
    fn only_segments_that_are_loaded_count() {
        assert_eq!(alignments(&printed("0x1000")), [0x4000, 0x1000]);
    }

    #[test]
    fn what_the_loader_must_find_is_named() {
        let printed = " 0x0000000000000001 (NEEDED)  Shared library: [libdl.so]\n\
            \x20 0x000000000000000e (SONAME)  Library soname: [x.so]\n\
            \x20 0x0000000000000001 (NEEDED)  Shared library: [libc.so]\n";
        assert_eq!(needed(printed), ["libdl.so", "libc.so"]);
    }

    #[test]
    fn weak_symbols_need_not_be_there() {
        let printed = "                 U abort\n                 w getrandom\n                 U read\n";
        assert_eq!(undefined(printed), ["abort", "read"].into());
    }

    #[test]
    fn small_pages_are_refused_for_64_bits() {
        assert_eq!(check_pages("x", true, &printed("0x4000")).unwrap(), 0x4000);
        assert_eq!(check_pages("x", true, &printed("0x10000")).unwrap(), 0x4000);
        assert_eq!(check_pages("x", false, &printed("0x1000")).unwrap(), 0x1000);
        let text = check_pages("x", true, &printed("0x1000")).unwrap_err().to_string();
        assert!(text.contains("4096"), "{text}");
        assert!(check_pages("x", false, HEADER).is_err());
    }
}
