//! What the generator's Kotlin leaves to exceptions of its own.

use crate::exchange::{Unexpected, exchanged};
use crate::messages;

/// Callbacks with an error of their own, and those without. Caught are exceptions only: an
/// `Error`, such as a class that a shrinker took out or no memory, would leave the library
/// with a success, and a secret store that kept nothing would count as one that did.
const CALLBACKS: usize = 2;
const CAUGHT: [&str; 2] = ["catch(e: kotlin.Exception)", "catch(e: kotlin.Throwable)"];

/// Half of a surrogate pair, as it is left where a text is cut in the middle of an emoji,
/// makes the encoder throw. It becomes a question mark, as in Java's own conversions.
const HALF_A_PAIR: [&str; 2] =
    ["onMalformedInput(CodingErrorAction.REPORT)", "onMalformedInput(CodingErrorAction.REPLACE)"];

/// The same file, completed.
pub(crate) fn completed(written: &str) -> Result<String, Unexpected> {
    let text = messages::readable(written)?;
    let [exceptions, everything] = CAUGHT;
    let text = exchanged(&text, exceptions, everything, CALLBACKS)?;
    let [refused, replaced] = HALF_A_PAIR;
    exchanged(&text, refused, replaced, 1)
}
