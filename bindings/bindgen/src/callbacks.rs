//! What Kotlin's callbacks throw.
//!
//! The generator's Kotlin catches exceptions only. An `Error`, such as a class that a
//! shrinker took out or no memory, would leave the library with a success: a secret store
//! that kept nothing would count as one that did.

/// The generated code does not look as it did.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the generated Kotlin does not catch what callbacks throw where it is expected")]
pub(crate) struct Unexpected;

const CAUGHT: &str = "catch(e: kotlin.Exception)";
/// For callbacks with an error of their own, and for those without.
const CALLBACKS: usize = 2;

/// The same file, which catches everything.
pub(crate) fn caught(written: &str) -> Result<String, Unexpected> {
    if written.matches(CAUGHT).count() != CALLBACKS {
        return Err(Unexpected);
    }
    Ok(written.replace(CAUGHT, "catch(e: kotlin.Throwable)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_callbacks_catch_everything() {
        let written = format!("one {CAUGHT} {{ }} two {CAUGHT} {{ }}");
        assert_eq!(caught(&written).unwrap().matches("kotlin.Throwable").count(), 2);
        assert_eq!(caught(CAUGHT), Err(Unexpected));
    }
}
