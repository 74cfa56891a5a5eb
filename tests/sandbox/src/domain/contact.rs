//! How people are named: phones and e-mail addresses as they write them.

/// How a user is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Criterion {
    Id(i64),
    /// Digits with the country code.
    Phone(String),
    /// In lower case.
    Email(String),
    PersonCode {
        code: String,
        nationality: Option<String>,
    },
    CompanyCode(String),
}

/// Digits of a phone with the country code (ITU-T E.164 allows fifteen).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Digits of a wallet code.
const CODE_DIGITS: usize = 12;

/// Longest e-mail address (RFC 5321).
const MAX_EMAIL: usize = 254;

/// PROPOSAL: phones of this country code can't be used. No country has it.
const PROHIBITED_COUNTRY: &str = "999";

/// The digits of a phone with its country code, without `+`, `00` and the
/// signs that people write between.
pub(crate) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(text);
    let mut digits = String::with_capacity(rest.len());
    for character in rest.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' | '(' | ')' => {}
            _ => return None,
        }
    }
    (PHONE_DIGITS.contains(&digits.len()) && !digits.starts_with('0')).then_some(digits)
}

/// An e-mail address in lower case.
pub(crate) fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, domain) = text.rsplit_once('@')?;
    let fits = !name.is_empty()
        && !domain.is_empty()
        && text.len() <= MAX_EMAIL
        && !text.chars().any(|character| character.is_whitespace() || character.is_control());
    fits.then_some(text)
}

/// The wallet of a wallet code (wallet-api section 8.1).
pub(crate) fn wallet_code(text: &str) -> Option<i64> {
    text.strip_prefix("EVP")
        .filter(|digits| digits.len() == CODE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
}

/// Who is meant by a phone or an e-mail address.
pub(crate) fn criterion(text: &str) -> Option<Criterion> {
    if text.contains('@') { email(text).map(Criterion::Email) } else { phone(text).map(Criterion::Phone) }
}

/// Whether nobody may register with the phone.
pub(crate) fn is_prohibited(phone: &str) -> bool {
    phone.starts_with(PROHIBITED_COUNTRY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_their_digits() {
        for text in ["995555014471", "+995 555 01-44-71", "00995555014471", " +995(555)014471 "] {
            assert_eq!(phone(text).as_deref(), Some("995555014471"), "{text}");
        }
        for text in ["", "555", "+", "0555014471", "99555501447a", "1234567890123456", "9955550١٤٤٧١"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_are_in_lower_case() {
        assert_eq!(email(" Customer@Sandbox.Example ").as_deref(), Some("customer@sandbox.example"));
        for text in ["", "@", "a@", "@b", "a b@c", "ab", &format!("{}@b", "a".repeat(260))] {
            assert_eq!(email(text), None, "{text}");
        }
        assert_eq!(criterion("A@b"), Some(Criterion::Email("a@b".to_owned())));
        assert_eq!(criterion("+995555014471"), Some(Criterion::Phone("995555014471".to_owned())));
        assert_eq!(criterion("somebody"), None);
    }
}
