//! Texts of Kotlin that are not Unicode.
//!
//! Half of a surrogate pair, as it is left where a text is cut in the middle of an emoji,
//! makes the generator's Kotlin throw an exception of the encoder's. Here it becomes a
//! question mark, as in Java's own conversions.

/// The generated code does not look as it did.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the generated Kotlin does not encode texts as expected")]
pub(crate) struct Unexpected;

const REFUSED: &str = "onMalformedInput(CodingErrorAction.REPORT)";

/// The same file, which takes any text.
pub(crate) fn taken(written: &str) -> Result<String, Unexpected> {
    if written.matches(REFUSED).count() != 1 {
        return Err(Unexpected);
    }
    Ok(written.replace(REFUSED, "onMalformedInput(CodingErrorAction.REPLACE)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_pair_is_replaced() {
        assert_eq!(taken(REFUSED).unwrap(), "onMalformedInput(CodingErrorAction.REPLACE)");
        assert_eq!(taken("encode(value)"), Err(Unexpected));
    }
}
