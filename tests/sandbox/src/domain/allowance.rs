//! Permissions to charge a wallet without asking (wallet-api section 6.1): what
//! a request may ask for, and how much may be charged.

use paysera_core::money::{Currency, Money};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::span::{MAX_SPAN_SECONDS, Span};
use crate::error::Refusal;

/// How long an allowance is good if the request does not say: the documented
/// 720 hours.
const DEFAULT_VALID_SECONDS: i64 = 2_592_000;

/// Most windows of one allowance.
const MAX_LIMITS: usize = 20;

/// Status of an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowanceStatus {
    /// Nobody accepted it.
    New,
    /// It may be charged.
    Active,
    /// It was active: taken back, replaced or over.
    Inactive,
    /// It never came about, or its transaction did not stay.
    Deleted,
}

impl AllowanceStatus {
    const ALL: [Self; 4] = [Self::New, Self::Active, Self::Inactive, Self::Deleted];

    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Deleted => "deleted",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// What it is once somebody took it back; `None` if it is over already.
    pub(crate) const fn canceled(self) -> Option<Self> {
        match self {
            Self::New => Some(Self::Deleted),
            Self::Active => Some(Self::Inactive),
            Self::Inactive | Self::Deleted => None,
        }
    }
}

/// Most that may be charged in any `time` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) max_price: Money,
    pub(crate) time: i64,
}

/// What an allowance allows. It has a `max_price`, limits or both, all in its
/// currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) currency: Currency,
    pub(crate) description: Option<String>,
    /// Most that is charged in its whole life.
    pub(crate) max_price: Option<Money>,
    pub(crate) limits: Vec<Limit>,
    /// How long it is good, from its acceptance.
    pub(crate) valid: Span,
}

impl Terms {
    /// Reads an allowance at server time `now`.
    pub(crate) fn read(fields: &Fields<'_>, now: i64) -> Result<Self, Refusal> {
        let currency = fields.currency()?;
        let max_price = fields.money("max_price", currency)?;
        let limits = fields
            .list("limits", MAX_LIMITS)?
            .into_iter()
            .map(|limit| Limit::read(&limit, currency))
            .collect::<Result<Vec<_>, _>>()?;
        if max_price.is_none() && limits.is_empty() {
            return Err(fields.blank("max_price"));
        }
        if fields.object("valid")?.is_some_and(|valid| valid.get("from").is_some()) {
            return Err(fields.refuse("valid.from", "An allowance starts when it is accepted"));
        }
        let valid = Span::read(fields, "valid")?.unwrap_or(Span::For(DEFAULT_VALID_SECONDS));
        let end = valid.end(now);
        if end <= now {
            return Err(fields.refuse("valid", "This value should be in the future"));
        }
        if end.saturating_sub(now) > MAX_SPAN_SECONDS {
            return Err(fields.refuse("valid", "This value is out of range: at most ten years"));
        }
        Ok(Self {
            currency,
            description: fields.text("description")?.map(str::to_owned),
            max_price,
            limits,
            valid,
        })
    }

    /// The largest sum, in minor units, that may be charged at `now`.
    /// `charged` answers the sum of the charges that count: all of them, or
    /// those after a second.
    pub(crate) fn room<E>(
        &self,
        now: i64,
        mut charged: impl FnMut(Option<i64>) -> Result<i64, E>,
    ) -> Result<i64, E> {
        let mut room = i64::MAX;
        if let Some(max_price) = self.max_price {
            room = max_price.minor().saturating_sub(charged(None)?);
        }
        for limit in &self.limits {
            let used = charged(Some(now.saturating_sub(limit.time)))?;
            room = room.min(limit.max_price.minor().saturating_sub(used));
        }
        Ok(room.max(0))
    }
}

impl Limit {
    fn read(fields: &Fields<'_>, currency: Currency) -> Result<Self, Refusal> {
        let max_price = fields.money("max_price", currency)?.ok_or_else(|| fields.blank("max_price"))?;
        // `period` is not read: some sources count it in hours, some in seconds.
        let time = fields
            .integer("time")?
            .ok_or_else(|| fields.refuse("time", "This value should not be blank: the window in seconds"))?;
        if (1..=MAX_SPAN_SECONDS).contains(&time) {
            Ok(Self { max_price, time })
        } else {
            Err(fields.refuse("time", "This value is out of range"))
        }
    }
}

/// The allowance of a transaction to be created (wallet-api section 5.2).
#[derive(Clone, Debug)]
pub(crate) struct AskedAllowance {
    pub(crate) what: Asked,
    /// Whether the payer may decline it and still pay.
    pub(crate) optional: bool,
}

/// Which allowance a transaction asks for.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// A new one.
    New(Terms),
    /// The one of that number.
    Existing(i64),
}

impl AskedAllowance {
    /// `allowance` of a transaction, if it is there.
    pub(crate) fn read(transaction: &Fields<'_>, now: i64) -> Result<Option<Self>, Refusal> {
        let Some(fields) = transaction.object("allowance")? else { return Ok(None) };
        let what = match (fields.object("data")?, fields.integer("id")?) {
            (Some(data), None) => Asked::New(Terms::read(&data, now)?),
            (None, Some(id)) => Asked::Existing(id),
            (Some(_), Some(_)) => return Err(fields.refuse("id", "Give either data or id, not both")),
            (None, None) => return Err(fields.blank("data")),
        };
        Ok(Some(Self { what, optional: fields.boolean("optional")?.unwrap_or(false) }))
    }

    /// The body of a transaction that only asks for this new allowance.
    pub(crate) fn alone(data: Map<String, Value>) -> Map<String, Value> {
        let allowance = json!({ "data": data, "optional": false });
        Map::from_iter([("allowance".to_owned(), allowance)])
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_000_000;

    fn read(changes: Value) -> Result<Terms, String> {
        let mut body = json!({"currency": "GEL", "max_price": 1500});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        Terms::read(&Fields::at(&body, String::new()).unwrap(), NOW).map_err(|refusal| match refusal {
            Refusal::InvalidParameter { path, .. } => path,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn every_documented_form_is_read() {
        let plain = read(json!({})).unwrap();
        assert_eq!((plain.max_price.unwrap().minor(), plain.valid), (1500, Span::For(2_592_000)));
        assert_eq!((plain.description, plain.limits), (None, vec![]));
        let decimal = read(json!({"max_price": null, "max_price_decimal": "15"})).unwrap();
        assert_eq!(decimal.max_price.unwrap().minor(), 1500);
        for (changes, valid) in [
            (json!({"valid": {"for": 60}}), Span::For(60)),
            (json!({"valid": {"until": NOW + 1}}), Span::Until(NOW + 1)),
            (json!({"valid_for": 2}), Span::For(7200)),
            (json!({"valid_until": NOW + 5}), Span::Until(NOW + 5)),
        ] {
            assert_eq!(read(changes).unwrap().valid, valid);
        }
        let limited = read(json!({"max_price": null, "limits": [{"max_price": 5, "time": 60},
            {"max_price_decimal": 1.5, "time": 3600, "period": 9}]}))
        .unwrap();
        assert_eq!(limited.max_price, None);
        let limits: Vec<_> = limited.limits.iter().map(|one| (one.max_price.minor(), one.time)).collect();
        assert_eq!(limits, [(5, 60), (150, 3600)]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let limit = |limit: Value| json!({ "limits": [{"max_price": 1, "time": 1}, limit] });
        for (changes, path) in [
            (json!({"currency": null}), "currency"),
            (json!({"currency": "JPY"}), "currency"),
            (json!({"max_price": null}), "max_price"),
            (json!({"max_price": null, "limits": []}), "max_price"),
            (json!({"max_price": 0}), "max_price"),
            (json!({"max_price": "1"}), "max_price"),
            (json!({"max_price_decimal": "1"}), "max_price"),
            (json!({"max_price": null, "max_price_decimal": "-1"}), "max_price_decimal"),
            (json!({"description": 1}), "description"),
            (json!({"limits": {}}), "limits"),
            (json!({"limits": vec![json!({"max_price": 1, "time": 1}); 21]}), "limits"),
            (limit(json!(1)), "limits[1]"),
            (limit(json!({"time": 1})), "limits[1].max_price"),
            (limit(json!({"max_price": 1})), "limits[1].time"),
            (limit(json!({"max_price": 1, "period": 1})), "limits[1].time"),
            (limit(json!({"max_price": 1, "time": 0})), "limits[1].time"),
            (limit(json!({"max_price": 1, "time": i64::MAX})), "limits[1].time"),
            (json!({"valid": {"for": 0}}), "valid"),
            (json!({"valid": {"until": NOW}}), "valid"),
            (json!({"valid": {"until": i64::MAX}}), "valid"),
            (json!({"valid": {"for": 1, "until": NOW + 1}}), "valid"),
            (json!({"valid": {"for": 1}, "valid_for": 1}), "valid"),
            (json!({"valid": {"from": NOW + 9, "until": NOW + 99}}), "valid.from"),
            (json!({"valid_for": i64::MAX}), "valid_for"),
        ] {
            assert_eq!(read(changes.clone()), Err(path.to_owned()), "{changes}");
        }
    }

    fn room(terms: &Terms, now: i64, charges: &[(i64, i64)]) -> i64 {
        let Ok(room) = terms.room(now, |since| {
            let counts = |at: i64| since.is_none_or(|since| at > since);
            let sum = charges.iter().filter(|(at, _)| counts(*at)).map(|(_, minor)| minor).sum();
            Ok::<_, Infallible>(sum)
        });
        room
    }

    fn terms() -> impl Strategy<Value = Terms> {
        let gel = |minor| Money::from_minor(minor, Currency::GEL);
        let limit = (1..500_i64, 1..200_i64)
            .prop_map(move |(max_price, time)| Limit { max_price: gel(max_price), time });
        (prop::option::of(1..2000_i64), prop::collection::vec(limit, 0..4))
            .prop_filter("a max_price or limits", |(max_price, limits)| {
                max_price.is_some() || !limits.is_empty()
            })
            .prop_map(move |(max_price, limits)| Terms {
                currency: Currency::GEL,
                description: None,
                max_price: max_price.map(gel),
                limits,
                valid: Span::For(1),
            })
    }

    proptest! {
        /// Whatever is tried and when: nothing that was let through ever
        /// passes the total or any window, and what fits is let through.
        #[test]
        fn no_window_and_no_life_is_overcharged(
            terms in terms(),
            tries in prop::collection::vec((0..80_i64, 1..300_i64), 1..60),
        ) {
            let mut charges = Vec::new();
            let mut now = NOW;
            for (pause, price) in tries {
                now += pause;
                let fits = price <= room(&terms, now, &charges);
                charges.push((now, price));
                let total: i64 = charges.iter().map(|(_, minor)| minor).sum();
                let within_life = terms.max_price.is_none_or(|max| total <= max.minor());
                let within_windows = terms.limits.iter().all(|limit| {
                    charges.iter().all(|(start, _)| {
                        let window = *start..start.saturating_add(limit.time);
                        let inside = charges.iter().filter(|(at, _)| window.contains(at));
                        inside.map(|(_, minor)| minor).sum::<i64>() <= limit.max_price.minor()
                    })
                });
                prop_assert_eq!(fits, within_life && within_windows);
                if !fits {
                    charges.pop();
                }
            }
        }

        /// A lower price at the confirm gives back the difference, a revoke
        /// all; never more than that.
        #[test]
        fn what_is_not_charged_in_the_end_is_given_back(
            terms in terms(),
            before in prop::collection::vec((0..100_i64, 1..50_i64), 0..10),
            price in 1..300_i64,
            lower in 0..300_i64,
        ) {
            let mut charges: Vec<_> = before.iter().map(|(age, minor)| (NOW - age, *minor)).collect();
            let without = room(&terms, NOW, &charges);
            let (price, lower) = (price.min(without), lower.min(price.min(without)));
            charges.push((NOW, price));
            prop_assert_eq!(room(&terms, NOW, &charges), without - price);
            *charges.last_mut().unwrap() = (NOW, lower);
            prop_assert_eq!(room(&terms, NOW, &charges), without - lower);
            charges.pop();
            prop_assert_eq!(room(&terms, NOW, &charges), without);
        }
    }
}
