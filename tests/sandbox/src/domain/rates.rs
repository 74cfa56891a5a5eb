//! The sandbox's rates, which never change.

use paysera_core::money::{Currency, Money};

/// What one unit is worth in ten-thousandths of a lari. PROPOSAL.
const RATES: [(&str, i64); 5] =
    [("EUR", 32_000), ("GBP", 37_500), ("GEL", 10_000), ("PLN", 7_500), ("USD", 27_000)];

/// The currencies that the sandbox converts.
pub(crate) fn currencies() -> [&'static str; 5] {
    RATES.map(|(code, _)| code)
}

fn rate(currency: Currency) -> Option<i128> {
    RATES.iter().find(|(code, _)| *code == currency.code()).map(|(_, rate)| i128::from(*rate))
}

/// `money` in another currency, rounded to the nearest minor unit, halves away
/// from zero; `None` if a rate is missing or the sum too large.
pub(crate) fn convert(money: Money, to: Currency) -> Option<Money> {
    let product = i128::from(money.minor()).checked_mul(rate(money.currency())?)?;
    let divisor = rate(to)?;
    let half = divisor.checked_div(2)?;
    let rounded = product.checked_add(if product < 0 { half.checked_neg()? } else { half })?;
    let minor = i64::try_from(rounded.checked_div(divisor)?).ok()?;
    Some(Money::from_minor(minor, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_is_exact_and_rounds_halves_away_from_zero() {
        let (gel, eur) = (Currency::GEL, Currency::parse("EUR").unwrap());
        for (minor, from, to, expected) in [
            (100, eur, gel, Some(320)),
            (100_000, gel, eur, Some(31_250)),
            (1, gel, eur, Some(0)),
            (2, gel, eur, Some(1)),
            // 0.48 / 3.2 = 0.15; 8 / 3.2 = 2.5.
            (8, gel, eur, Some(3)),
            (-8, gel, eur, Some(-3)),
            (7, gel, gel, Some(7)),
            (i64::MAX, gel, gel, Some(i64::MAX)),
            (i64::MAX, eur, gel, None),
        ] {
            let converted = convert(Money::from_minor(minor, from), to);
            assert_eq!(converted.map(Money::minor), expected, "{minor} {}", from.code());
        }
        assert_eq!(convert(Money::from_minor(1, Currency::parse("CHF").unwrap()), gel), None);
        for code in currencies() {
            assert!(Currency::parse(code).is_ok());
        }
    }
}
