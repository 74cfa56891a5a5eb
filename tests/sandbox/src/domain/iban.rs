//! The sandbox's IBANs: Georgian in form, of a bank that does not exist.

/// Country, bank, and the digits of an account.
const COUNTRY: &str = "GE";
const BANK: &str = "SB";
const ACCOUNT_DIGITS: usize = 16;

/// The IBAN of a wallet.
pub(crate) fn of_wallet(id: i64) -> String {
    let account = format!("{BANK}{id:016}");
    let check = 98_u32.saturating_sub(remainder(&format!("{account}{COUNTRY}00")).unwrap_or_default());
    format!("{COUNTRY}{check:02}{account}")
}

/// The wallet of an IBAN, written with or without spaces; `None` if its check
/// digits are wrong or it is of another bank.
pub(crate) fn wallet(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|character| *character != ' ').collect();
    let text = text.to_ascii_uppercase();
    let rest = text.strip_prefix(COUNTRY)?;
    let (check, account) = rest.split_at_checked(2)?;
    let digits = account.strip_prefix(BANK)?;
    let is_number = digits.len() == ACCOUNT_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !check.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    (remainder(&format!("{account}{COUNTRY}{check}")) == Some(1)).then(|| digits.parse().ok()).flatten()
}

/// The text, its letters as the numbers 10 to 35, modulo 97 (ISO 7064).
fn remainder(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |sum, character| {
        let value = character.to_digit(36)?;
        let shift = if value > 9 { 100 } else { 10 };
        sum.checked_mul(shift)?.checked_add(value)?.checked_rem(97)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_the_standards() {
        // The example of the IBAN registry for Georgia.
        assert_eq!(remainder("NB0000000101904917GE29"), Some(1));
        for id in [1, 2112, 14471, 9_999_999_999_999_999] {
            let iban = of_wallet(id);
            assert_eq!(iban.len(), 22);
            assert_eq!(wallet(&iban), Some(id), "{iban}");
        }
    }

    #[test]
    fn one_wrong_character_is_seen() {
        let right = of_wallet(14471);
        for index in 0..right.len() {
            let mut wrong = right.clone().into_bytes();
            wrong[index] = if wrong[index] == b'7' { b'1' } else { b'7' };
            assert_eq!(wallet(&String::from_utf8(wrong).unwrap()), None, "{index}");
        }
        assert_eq!(wallet(&format!(" {}", right.to_lowercase())), Some(14471));
        for text in ["", "GE", "GE29NB0000000101904917", "GE2é", "GE29SB٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠"] {
            assert_eq!(wallet(text), None, "{text}");
        }
    }
}
