//! The quick starts of the bindings' README are those that the packages' tests play.

use std::fs;
use std::path::Path;

use crate::error::Error;

const README: &str = "bindings/README.md";

/// The language of a block, and the test that holds the same lines.
const PLAYED: [(&str, &str); 2] = [
    ("kotlin", "bindings/kotlin/src/test/kotlin/com/paysera/retailer/QuickStartTest.kt"),
    ("swift", "bindings/swift/Tests/PayseraRetailerTests/QuickStartTests.swift"),
];

pub(crate) fn check(root: &Path) -> Result<(), Error> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|source| Error::Read { path: path.into(), source })
    };
    let readme = read(README)?;
    for (language, test) in PLAYED {
        let shown = block(&readme, language);
        if shown.is_empty() || shown != played(&read(test)?) {
            return Err(Error::QuickStart { language, test });
        }
    }
    Ok(())
}

/// The lines of a fenced block, without their indentation.
fn block<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let fence = format!("```{language}");
    let lines = text.lines().skip_while(|line| *line != fence).skip(1);
    lines.take_while(|line| *line != "```").map(str::trim).collect()
}

/// The lines between the marks of a test, without their indentation.
fn played(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim).skip_while(|line| *line != "// quick start").skip(1);
    lines.take_while(|line| *line != "// end").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_and_a_test_are_compared_by_their_lines() {
        let readme = "# A\n```kotlin\nval a = 1\n    b()\n```\n```swift\nlet a = 1\n```\n";
        let test = "fun x() {\n    // quick start\n    val a = 1\n        b()\n    // end\n}\n";
        assert_eq!(block(readme, "kotlin"), ["val a = 1", "b()"]);
        assert_eq!(block(readme, "kotlin"), played(test));
        assert!(block(readme, "java").is_empty());
    }
}
