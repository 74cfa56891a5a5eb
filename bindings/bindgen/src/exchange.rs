//! Exchanging what the generator writes for what it should have written.

/// The generated code does not look as it did.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the generated code has no `{0}` where it is expected, so it can't be completed")]
pub(crate) struct Unexpected(pub(crate) String);

/// The same text with `to` for `from`, which must be there exactly so many times.
pub(crate) fn exchanged(text: &str, from: &str, to: &str, times: usize) -> Result<String, Unexpected> {
    if text.matches(from).count() == times {
        Ok(text.replace(from, to))
    } else {
        Err(Unexpected(from.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_or_fewer_than_expected_are_refused() {
        assert_eq!(exchanged("a b a", "a", "c", 2).unwrap(), "c b c");
        for times in [0, 1, 3] {
            assert_eq!(exchanged("a b a", "a", "c", times), Err(Unexpected("a".to_owned())));
        }
    }
}
