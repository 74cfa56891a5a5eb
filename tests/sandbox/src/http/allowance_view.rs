//! The allowance as clients see it (wallet-api section 6.1).

use paysera_core::money::Money;
use rusqlite::Connection;
use serde::Serialize;

use crate::domain::allowance::Limit;
use crate::domain::span::{Span, whole_hours};
use crate::error::Refusal;
use crate::store::allowances::{self, StoredAllowance};

#[derive(Serialize)]
pub(super) struct AllowanceView {
    id: i64,
    transaction_key: String,
    created_at: i64,
    status: &'static str,
    currency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canceled_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price_decimal: Option<String>,
    valid: ValidView,
    /// Hours, for PHP.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_for: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limits: Vec<LimitView>,
}

#[derive(Default, Serialize)]
struct ValidView {
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

#[derive(Serialize)]
struct LimitView {
    max_price: i64,
    max_price_decimal: String,
    time: i64,
    /// Hours; Swift reads both.
    period: i64,
}

impl From<Limit> for LimitView {
    fn from(limit: Limit) -> Self {
        Self {
            max_price: limit.max_price.minor(),
            max_price_decimal: limit.max_price.to_decimal(),
            time: limit.time,
            period: whole_hours(limit.time),
        }
    }
}

impl From<StoredAllowance> for AllowanceView {
    fn from(allowance: StoredAllowance) -> Self {
        let terms = allowance.terms;
        // Once it runs only the end says how long: PHP would add `valid_for`
        // to the present.
        let valid = match (allowance.given, terms.valid) {
            (Some(given), _) => ValidView {
                from: Some(given.confirmed_at),
                until: Some(given.expires_at),
                ..ValidView::default()
            },
            (None, Span::For(seconds)) => ValidView { seconds: Some(seconds), ..ValidView::default() },
            (None, Span::Until(end)) => ValidView { until: Some(end), ..ValidView::default() },
        };
        Self {
            id: allowance.id,
            transaction_key: allowance.transaction_key,
            created_at: allowance.created_at,
            status: allowance.status.name(),
            currency: terms.currency.code(),
            wallet: allowance.given.map(|given| given.wallet),
            confirmed_at: allowance.given.map(|given| given.confirmed_at),
            canceled_at: allowance.canceled_at,
            description: terms.description,
            max_price: terms.max_price.map(Money::minor),
            max_price_decimal: terms.max_price.map(Money::to_decimal),
            valid_for: valid.seconds.map(whole_hours),
            valid_until: valid.until,
            valid,
            limits: terms.limits.into_iter().map(LimitView::from).collect(),
        }
    }
}

/// `allowance` of a transaction (wallet-api section 5.1).
#[derive(Serialize)]
pub(super) struct ShownAllowanceView {
    id: i64,
    optional: bool,
    data: AllowanceView,
}

impl ShownAllowanceView {
    /// What stands beside the payments of that transaction.
    pub(super) fn of(db: &Connection, key: &str) -> Result<Option<Self>, Refusal> {
        let shown = allowances::shown(db, key)?;
        Ok(shown.map(|(allowance, optional)| Self { id: allowance.id, optional, data: allowance.into() }))
    }
}
