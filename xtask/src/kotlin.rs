//! The Kotlin package: its tests on the JVM, and what of it the public sees.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bindings::{self, Surface};
use crate::error::Error;
use crate::process::Cmd;

/// The public surface as it was agreed on.
const SNAPSHOT: &str = "bindings/kotlin/api/paysera-retailer.api";
const CLASSES: &str = "bindings/kotlin/target/classes";
const PACKAGE: &str = "com/paysera/retailer";

/// Generated code that is public for the generator's sake alone.
const INTERNAL: [&str; 9] = [
    "FfiConverter",
    "uniffi",
    "RustBuffer",
    "ForeignBytes",
    "NoHandle",
    "InternalException",
    "ErrorHandler",
    "access$",
    "CallbackInterface",
];

/// What the library for tests has besides.
const OF_TESTS: [&str; 2] = ["panicAfterCalling", "panicInATask"];

/// Tests the package and compares its public surface with what was agreed on;
/// `bless` writes it down instead.
pub(crate) fn run(root: &Path, bless: bool) -> Result<(), Error> {
    bindings::build(root, Surface::ForTests)?;
    Cmd::new("cargo build --quiet --locked -p paysera-sandbox").run(root)?;
    Cmd::new("mvn --batch-mode --quiet --file bindings/kotlin/pom.xml test")
        .env(
            "PAYSERA_SANDBOX",
            bindings::built(root, Surface::ForTests).join("paysera-sandbox").display().to_string(),
        )
        .run(root)?;
    let found = surface(root)?;
    let path = root.join(SNAPSHOT);
    if bless {
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(|source| Error::Make { path: folder.to_owned(), source })?;
        return fs::write(&path, found).map_err(|source| Error::Make { path, source });
    }
    let agreed = fs::read_to_string(&path).map_err(|source| Error::Read { path, source })?;
    compare(&agreed, &found)
}

fn compare(agreed: &str, found: &str) -> Result<(), Error> {
    if agreed == found {
        return Ok(());
    }
    let only_in = |one: &str, other: &str, sign: char| {
        let known: std::collections::HashSet<&str> = other.lines().collect();
        let lines = one.lines().filter(|line| !known.contains(line));
        lines.map(|line| format!("\n{sign} {line}")).collect::<String>()
    };
    let changes = only_in(agreed, found, '-') + &only_in(found, agreed, '+');
    Err(Error::SurfaceChanged { changes })
}

/// The public classes and their public members, in an order that stays.
fn surface(root: &Path) -> Result<String, Error> {
    let folder = root.join(CLASSES).join(PACKAGE);
    let mut classes = Vec::new();
    let failed = |source| Error::Read { path: folder.clone(), source };
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = PathBuf::from(entry.map_err(failed)?.file_name());
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "class") && is_for_people(name) {
            classes.push(format!("{}.{name}", PACKAGE.replace('/', ".")));
        }
    }
    classes.sort();
    let javap = Cmd::new("javap -public -cp").arg(CLASSES);
    let printed = classes.into_iter().fold(javap, Cmd::arg).output(root)?;
    Ok(members(&printed))
}

/// Whether a class is neither the generator's own nor an anonymous one.
fn is_for_people(class: &str) -> bool {
    let is_anonymous =
        class.split('$').skip(1).any(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    !is_anonymous && !is_internal(class)
}

fn is_internal(text: &str) -> bool {
    let lower = text.to_lowercase();
    INTERNAL.iter().any(|internal| lower.contains(&internal.to_lowercase()))
}

fn members(printed: &str) -> String {
    let is_shown = |line: &&str| {
        !line.starts_with("Compiled from")
            && !is_internal(line)
            && !OF_TESTS.iter().any(|name| line.contains(name))
    };
    let mut text: String = printed.lines().filter(is_shown).map(|line| format!("{line}\n")).collect();
    // A class of which nothing is public says nothing.
    while let Some(at) = text.find("{\n}\n") {
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        text.replace_range(start..at + 4, "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generators_own_classes_are_not_the_surface() {
        for name in ["Attempt", "AttemptState$Presenting", "PayseraKt"] {
            assert!(is_for_people(name), "{name}");
        }
        for name in ["FfiConverterTypeMoney", "UniffiLib", "RustBuffer$ByValue", "AttemptsKt$states$1"] {
            assert!(!is_for_people(name), "{name}");
        }
    }

    #[test]
    fn members_are_listed_without_what_only_tests_see() {
        let printed = "Compiled from \"paysera.kt\"\npublic final class a.PayseraKt {\n  \
            public static final void shutdown();\n  public static final void panicAfterCalling(a.B);\n  \
            public static final a.UniffiCleaner access$create();\n}\npublic class a.Empty {\n}\n";
        let expected = "public final class a.PayseraKt {\n  public static final void shutdown();\n}\n";
        assert_eq!(members(printed), expected);
    }

    #[test]
    fn a_change_of_the_surface_names_its_lines() {
        assert!(compare("a\nb\n", "a\nb\n").is_ok());
        let text = compare("a\nb\n", "a\nc\n").unwrap_err().to_string();
        assert!(text.contains("\n- b") && text.contains("\n+ c"), "{text}");
    }
}
