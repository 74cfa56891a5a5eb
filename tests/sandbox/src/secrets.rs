//! Passwords as the database keeps them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::random;

const SCHEME: &str = "pbkdf2-sha256";

/// Few for a bank, bearable for a test that signs in on one thread.
const ROUNDS: u32 = 10_000;

/// Characters of a salt.
const SALT_LENGTH: usize = 16;

/// `pbkdf2-sha256$rounds$salt$hash` of a password, or `None` if the system has
/// no randomness for the salt.
pub(crate) fn hash(password: &str) -> Option<String> {
    let salt = random::name(SALT_LENGTH)?;
    let hash = STANDARD_NO_PAD.encode(derive(password, &salt, ROUNDS));
    Some(format!("{SCHEME}${ROUNDS}${salt}${hash}"))
}

/// Whether `password` is the one of `stored`. Takes as long without one, so
/// that nobody learns by time which names exist.
pub(crate) fn verify(password: &str, stored: Option<&str>) -> bool {
    let parts: Vec<&str> = stored.unwrap_or_default().split('$').collect();
    if let [SCHEME, rounds, salt, hash] = parts.as_slice()
        && let Ok(rounds) = rounds.parse()
        && let Ok(hash) = STANDARD_NO_PAD.decode(hash)
    {
        return derive(password, salt, rounds).ct_eq(hash.as_slice()).into();
    }
    let _nobodys = derive(password, "", ROUNDS);
    false
}

fn derive(password: &str, salt: &str, rounds: u32) -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2_hmac::<Sha256>(password.as_bytes(), salt.as_bytes(), rounds, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let first = hash("correct horse").unwrap();
        let second = hash("correct horse").unwrap();
        assert_ne!(first, second);
        assert!(verify("correct horse", Some(&first)) && verify("correct horse", Some(&second)));
        for stored in [None, Some(""), Some("correct horse"), Some("pbkdf2-sha256$x$y$z"), Some("a$1$b$")] {
            assert!(!verify("correct horse", stored), "{stored:?}");
        }
        assert!(!verify("Correct horse", Some(&first)));
    }

    #[test]
    fn the_derivation_is_the_published_one() {
        // RFC 7914, section 11.
        let key = derive("Password", "NaCl", 80_000);
        assert_eq!(key.first_chunk(), Some(&[0x4d, 0xdc, 0xd8, 0xf6, 0x0b, 0x98, 0xbe, 0x21]));
    }
}
