//! Which passwords may be chosen.

use super::person_fault::PersonFault;
use crate::error::Refusal;

/// Fewest characters (wallet-api section 1.4).
pub(crate) const MIN_LENGTH: usize = 8;

/// Most bytes: hashing must stay short.
const MAX_BYTES: usize = 256;

/// Fewest different characters. PROPOSAL.
const MIN_DIFFERENT: usize = 5;

/// What guessers try first. PROPOSAL.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyui",
    "qwerty123",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "welcome1",
    "abcd1234",
    "password1",
    "password123",
    "11111111",
    "letmein1",
];

/// Checks a new password of a user with these contacts.
pub(crate) fn check(password: &str, contacts: &[Option<&str>]) -> Result<(), Refusal> {
    if password.chars().count() < MIN_LENGTH {
        return Err(Refusal::Person(PersonFault::PasswordTooShort));
    }
    if password.len() > MAX_BYTES {
        return Err(Refusal::parameter("password", "This value is too long"));
    }
    let lower = password.to_lowercase();
    let different = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
    // Both the password that is the phone and the one with the mail's name.
    let told = contacts.iter().flatten().any(|contact| {
        let name = contact.split('@').next().unwrap_or(contact);
        name.contains(&lower) || (name.len() >= MIN_LENGTH && lower.contains(name))
    });
    if COMMON.contains(&lower.as_str()) || different < MIN_DIFFERENT || told {
        return Err(Refusal::Person(PersonFault::PasswordTooRisky));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_guessable_ones_are_refused() {
        let contacts = [Some("995555014471"), Some("customer@sandbox.example"), None];
        let fault = |password: &str| match check(password, &contacts) {
            Err(Refusal::Person(fault)) => Some(fault),
            Err(other) => panic!("{other:?}"),
            Ok(()) => None,
        };
        for short in ["", "a", "1234567", "ääääääé"] {
            assert_eq!(fault(short), Some(PersonFault::PasswordTooShort), "{short}");
        }
        for risky in ["Password123", "12121212", "995555014471", "99555501", "customer", "my-customer-1"] {
            assert_eq!(fault(risky), Some(PersonFault::PasswordTooRisky), "{risky}");
        }
        for good in ["Sandbox-14471", "correct horse", "пароль-друга"] {
            assert_eq!(fault(good), None, "{good}");
        }
        assert!(matches!(check(&"ab3De".repeat(60), &contacts), Err(Refusal::InvalidParameter { .. })));
    }
}
