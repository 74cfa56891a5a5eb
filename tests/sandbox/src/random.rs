//! Names that nobody can guess.

/// Characters of a transaction key (wallet-api section 5.1).
const KEY_ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Length of the keys that the sandbox hands out, as in the documentation's samples.
const KEY_LENGTH: usize = 20;

/// A fresh transaction key, or `None` if the system has no randomness: a
/// guessable key would let anyone read the transaction.
pub(crate) fn transaction_key() -> Option<String> {
    name(KEY_LENGTH)
}

/// So many letters and digits, or `None` if the system has no randomness.
pub(crate) fn name(length: usize) -> Option<String> {
    let mut key = String::with_capacity(length);
    while key.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes).ok()?;
        for byte in bytes {
            // Rejecting instead of reducing keeps every character equally likely.
            if let Some(character) = KEY_ALPHABET.get(usize::from(byte & 63))
                && key.len() < length
            {
                key.push(char::from(*character));
            }
        }
    }
    Some(key)
}

/// So many decimal digits, or `None` if the system has no randomness.
pub(crate) fn digits(length: usize) -> Option<String> {
    let mut digits = String::with_capacity(length);
    while digits.len() < length {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).ok()?;
        for byte in bytes {
            // Rejecting instead of reducing keeps every digit equally likely.
            if byte < 250 && digits.len() < length {
                digits.push(char::from(b'0'.saturating_add(byte.rem_euclid(10))));
            }
        }
    }
    Some(digits)
}

/// A random (version 4) UUID in its usual spelling. Without randomness it is
/// all zeros: it only labels an answer, nothing depends on it.
pub(crate) fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::warn!("the system has no randomness for a correlation id");
    }
    let number = u128::from_be_bytes(bytes);
    let version_4 = (number & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{version_4:032x}");
    let mut text = String::with_capacity(36);
    for (index, character) in hex.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_like_the_documented_ones_and_differ() {
        let key = transaction_key().unwrap();
        assert_eq!(key.len(), KEY_LENGTH);
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(Some(key), transaction_key());
    }

    #[test]
    fn a_uuid_says_its_version() {
        let text = uuid();
        assert_eq!(text.len(), 36);
        assert_eq!(text.as_bytes()[14], b'4');
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }
}
