//! Messages of Kotlin's exceptions.
//!
//! The generator writes a dump of an error's fields into `message`, and the error's
//! own words into `toString` only. Here `message` becomes the error's own words.

use crate::exchange::Unexpected;

/// Errors with words of their own, as Kotlin calls them.
const SPEAKING: [&str; 2] = ["ApiException", "SecretStoreException"];

/// What the generator writes, but for the fields.
const DUMP: &str = "override val message\n            get() = \"";

/// The same file with readable messages.
pub(crate) fn readable(written: &str) -> Result<String, Unexpected> {
    SPEAKING.into_iter().try_fold(written.to_owned(), |text, exception| {
        let unexpected = || Unexpected(exception.to_owned());
        let head = format!("sealed class {exception}: kotlin.Exception()");
        let (before, class) = text.split_once(&head).ok_or_else(unexpected)?;
        let (class, after) = class.split_once("companion object ErrorHandler").ok_or_else(unexpected)?;
        let spoken = class.split(DUMP).enumerate().map(|(index, part)| match part.split_once('\n') {
            Some((_, rest)) if index > 0 => {
                format!("override val message: String\n            get() = toString()\n{rest}")
            }
            _ => part.to_owned(),
        });
        let spoken: Vec<String> = spoken.collect();
        let speaks = class.contains("override fun toString()");
        if spoken.len() < 2 || !speaks {
            return Err(unexpected());
        }
        let spoken = spoken.concat();
        Ok(format!("{before}{head}{spoken}companion object ErrorHandler{after}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
sealed class ApiException: kotlin.Exception() {
    class Failed(
        val `code`: kotlin.String
    ) : ApiException() {
        override val message
            get() = "code=${ `code` }"
    }
    class ShutDown(
    ) : ApiException() {
        override val message
            get() = ""
    }
    override fun toString(): String { return "" }
    companion object ErrorHandler : Other
}
sealed class SecretStoreException: kotlin.Exception() {
    class Failed(
        val `reason`: kotlin.String
    ) : SecretStoreException() {
        override val message
            get() = "reason=${ `reason` }"
    }
    override fun toString(): String { return "" }
    companion object ErrorHandler : Other
}
"#;

    #[test]
    fn every_message_is_the_errors_own_words() {
        let readable = readable(WRITTEN).unwrap();
        assert_eq!(readable.matches("get() = toString()").count(), 3);
        assert!(!readable.contains("code=$"), "{readable}");
        let plain = |text: &str| text.replace("override val message: String", "override val message");
        let lines = |text: &str| {
            plain(text)
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with("get()"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        assert_eq!(lines(&readable), lines(WRITTEN));
    }

    #[test]
    fn another_form_of_the_generated_code_is_refused() {
        for other in ["", &WRITTEN.replace("override val message", "val text")] {
            assert!(readable(other).is_err());
        }
    }
}
