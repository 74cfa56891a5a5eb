//! The Kotlin package: its tests on the JVM, and what of it the public sees.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::bindings::{self, Surface};
use crate::error::Error;
use crate::process::Cmd;

/// The public surface as it was agreed on.
const SNAPSHOT: &str = "bindings/kotlin/api/paysera-retailer.api";
const CLASSES: &str = "bindings/kotlin/target/classes";
const TEST_CLASSES: &str = "bindings/kotlin/target/test-classes";
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

const MAVEN: &str = "mvn --batch-mode --quiet --file bindings/kotlin/pom.xml";

/// Tests the package and compares its public surface with what was agreed on.
pub(crate) fn run(root: &Path) -> Result<(), Error> {
    let sandbox = bindings::build_for_tests(root)?;
    maven(root, "test")?.env("PAYSERA_SANDBOX", sandbox.display().to_string()).run(root)?;
    let path = root.join(SNAPSHOT);
    let agreed = fs::read_to_string(&path).map_err(|source| Error::Read { path, source })?;
    compare(&agreed, &surface(root)?)
}

/// Agrees on the public surface as it is, without testing.
pub(crate) fn bless(root: &Path) -> Result<(), Error> {
    bindings::build(root, Surface::ForTests)?;
    maven(root, "compile")?.run(root)?;
    let path = root.join(SNAPSHOT);
    fs::write(&path, surface(root)?).map_err(|source| Error::Make { path, source })
}

/// Maven with nothing compiled before it: it leaves the classes of what is gone.
fn maven(root: &Path, goal: &str) -> Result<Cmd, Error> {
    for compiled in [CLASSES, TEST_CLASSES] {
        let path = root.join(compiled);
        match fs::remove_dir_all(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => return Err(Error::Make { path, source }),
            _ => {}
        }
    }
    Ok(Cmd::new(MAVEN).arg(goal))
}

fn compare(agreed: &str, found: &str) -> Result<(), Error> {
    if agreed == found {
        return Ok(());
    }
    let only_in = |one: &str, other: &str, sign: char| {
        let known: HashSet<(&str, &str)> = placed(other).collect();
        let lines = placed(one).filter(|placed| !known.contains(placed));
        lines.map(|(class, line)| format!("\n{sign} {class}\n{sign} {line}")).collect::<String>()
    };
    let changes = only_in(agreed, found, '-') + &only_in(found, agreed, '+');
    Err(Error::SurfaceChanged { changes })
}

/// Each member with its class: many classes have the same.
fn placed(surface: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut class = "";
    surface.lines().filter_map(move |line| {
        if !line.starts_with(' ') {
            class = line;
        }
        line.starts_with(' ').then_some((class, line))
    })
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

/// Members in the order of their texts: where they stand in a file is nobody's business.
fn members(printed: &str) -> String {
    let is_shown = |line: &&str| {
        !line.starts_with("Compiled from")
            && !is_internal(line)
            && !OF_TESTS.iter().any(|name| line.contains(name))
    };
    let mut text = String::new();
    let mut members = Vec::new();
    let mut class = "";
    for line in printed.lines().filter(is_shown) {
        if line == "}" {
            members.sort_unstable();
            // A class of which nothing is public says nothing.
            if !members.is_empty() {
                text.extend([class, "\n"]);
                members.drain(..).for_each(|member: &str| text.extend([member, "\n"]));
                text.push_str("}\n");
            }
        } else if line.starts_with(' ') {
            members.push(line);
        } else {
            class = line;
        }
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
    fn a_class_that_is_gone_is_not_compiled_any_more() {
        let root = std::env::temp_dir().join(format!("xtask-kotlin-{}", std::process::id()));
        for folder in [CLASSES, TEST_CLASSES] {
            let folder = root.join(folder).join(PACKAGE);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("Gone.class"), "").unwrap();
        }
        maven(&root, "test").unwrap();
        assert!(!root.join(CLASSES).exists() && !root.join(TEST_CLASSES).exists());
        maven(&root, "test").unwrap();
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_change_of_the_surface_names_its_lines() {
        let agreed = "class A {\n  equals\n  b\n}\nclass B {\n  equals\n}\n";
        assert!(compare(agreed, agreed).is_ok());
        let text = compare(agreed, &agreed.replace("  b", "  c")).unwrap_err().to_string();
        assert!(text.contains("\n- class A {\n-   b") && text.contains("\n+ class A {\n+   c"), "{text}");
        // Another class has the same member.
        let text = compare(agreed, &agreed.replacen("  equals\n", "", 1)).unwrap_err().to_string();
        assert!(text.contains("\n- class A {\n-   equals"), "{text}");
    }
}
