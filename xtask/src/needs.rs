//! What a task needs of a machine and cannot install there itself.

use crate::error::Error;

/// One thing, and what to do where it is missing.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) what: &'static str,
    pub(crate) remedy: String,
    pub(crate) is_there: bool,
}

/// Everything that is missing, in one answer and before anything is built.
pub(crate) fn all_there(task: &'static str, needs: &[Need]) -> Result<(), Error> {
    let missing: String = needs
        .iter()
        .filter(|need| !need.is_there)
        .map(|need| format!("\n  - {}: {}", need.what, need.remedy))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::NotThere { task, missing }) }
}

/// The Rust targets, given those that are installed, one a line.
pub(crate) fn rust_targets<'a>(installed: &str, targets: impl IntoIterator<Item = &'a str>) -> Need {
    let is_missing = |target: &&str| !installed.lines().any(|line| line.trim() == *target);
    let missing: Vec<&str> = targets.into_iter().filter(is_missing).collect();
    Need {
        what: "Rust's standard library for the phones",
        remedy: format!("rustup target add {}", missing.join(" ")),
        is_there: missing.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let need = |what, is_there| Need { what, remedy: format!("get {what}"), is_there };
        assert!(all_there("x", &[need("a", true)]).is_ok());
        let text = all_there("x", &[need("a", false), need("b", true), need("c", false)]).unwrap_err();
        assert!(text.to_string().contains(":\n  - a: get a\n  - c: get c\n"), "{text}");
    }

    #[test]
    fn only_targets_that_are_missing_are_to_be_added() {
        let need = rust_targets(
            "aarch64-linux-android\nx86_64-unknown-linux-gnu\n",
            ["aarch64-linux-android", "x86_64-linux-android"],
        );
        assert!(!need.is_there);
        assert_eq!(need.remedy, "rustup target add x86_64-linux-android");
        assert!(rust_targets("a\nb", ["b"]).is_there);
    }
}
