//! Allowances (wallet-api section 6.1): permission to charge a wallet without
//! asking. A cash-in is paid from the retailer's wallet by one.

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::tolerance::{null_is_missing, readable};
use super::transactions::WalletRef;
use super::transport::{Call, Transport};
use super::wire::{DecimalText, Priced, both_amounts, numeric_id, wire_enum};
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::money::{Currency, Money};

numeric_id! {
    /// The number of an allowance.
    AllowanceId
}

wire_enum! {
    /// Whether an allowance can be charged.
    pub enum AllowanceStatus {
        /// The payer has not agreed yet.
        New = "new",
        /// It can be charged.
        Active = "active",
        /// It can't be charged any more.
        Inactive = "inactive",
        /// It was taken back.
        Deleted = "deleted",
    }
}

/// How long an allowance is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Validity {
    /// For so many seconds from the payer's consent.
    #[serde(rename = "for")]
    For(i64),
    /// Until a moment.
    #[serde(rename = "until")]
    Until(UnixSeconds),
}

/// So much in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowanceLimit {
    /// What may be charged.
    pub max_price: Money,
    /// In this time, in seconds.
    pub seconds: i64,
}

/// An allowance to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAllowance {
    /// The merchant's words for it.
    pub description: Option<String>,
    /// The currency of everything that is charged.
    pub currency: Currency,
    /// What may be charged in all; may be left out where there are limits.
    pub max_price: Option<Money>,
    /// What may be charged in a time.
    pub limits: Vec<AllowanceLimit>,
    /// How long it is good; 30 days by default.
    pub validity: Option<Validity>,
}

impl Serialize for NewAllowance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            description: Option<&'a str>,
            currency: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            max_price: Option<i64>,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            limits: Vec<LimitPart>,
            #[serde(skip_serializing_if = "Option::is_none")]
            valid: Option<Validity>,
        }
        #[derive(Serialize)]
        struct LimitPart {
            max_price: i64,
            time: i64,
        }
        let amounts = self.limits.iter().map(|limit| limit.max_price).chain(self.max_price);
        if amounts.into_iter().any(|amount| amount.currency() != self.currency) {
            return Err(serde::ser::Error::custom("one allowance has one currency"));
        }
        let limit =
            |limit: &AllowanceLimit| LimitPart { max_price: limit.max_price.minor(), time: limit.seconds };
        Body {
            description: self.description.as_deref(),
            currency: self.currency.code(),
            max_price: self.max_price.map(Money::minor),
            limits: self.limits.iter().map(limit).collect(),
            valid: self.validity,
        }
        .serialize(serializer)
    }
}

/// An allowance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AllowanceBody")]
pub struct Allowance {
    /// Its number.
    pub id: AllowanceId,
    /// The transaction by which the payer agrees.
    pub transaction_key: Option<TransactionKey>,
    /// When it was created.
    pub created_at: Option<UnixSeconds>,
    /// Whether it can be charged.
    pub status: AllowanceStatus,
    /// The currency of everything that is charged.
    pub currency: Currency,
    /// Whose money it is, once agreed.
    pub wallet: Option<WalletId>,
    /// When the payer agreed.
    pub confirmed_at: Option<UnixSeconds>,
    /// When it was taken back.
    pub canceled_at: Option<UnixSeconds>,
    /// The merchant's words for it.
    pub description: Option<String>,
    /// What may be charged in all.
    pub max_price: Option<Money>,
    /// When it ends, where that is known.
    pub valid_until: Option<UnixSeconds>,
    /// For how many seconds from the payer's consent it is good, where the server
    /// says it so.
    pub valid_for: Option<i64>,
    /// What may be charged in a time.
    pub limits: Vec<AllowanceLimit>,
}

#[derive(Deserialize)]
struct AllowanceBody {
    id: AllowanceId,
    transaction_key: Option<TransactionKey>,
    created_at: Option<UnixSeconds>,
    status: AllowanceStatus,
    currency: String,
    wallet: Option<WalletId>,
    confirmed_at: Option<UnixSeconds>,
    canceled_at: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "readable")]
    description: Option<String>,
    max_price: Option<i64>,
    max_price_decimal: Option<DecimalText>,
    #[serde(default, deserialize_with = "readable")]
    valid: ValidBody,
    #[serde(default, deserialize_with = "readable")]
    valid_until: Option<UnixSeconds>,
    /// Hours, in the older form.
    #[serde(default, deserialize_with = "readable")]
    valid_for: Option<i64>,
    #[serde(default, deserialize_with = "null_is_missing")]
    limits: Vec<LimitBody>,
}

#[derive(Default, Deserialize)]
struct ValidBody {
    until: Option<UnixSeconds>,
    r#for: Option<i64>,
}

#[derive(Deserialize)]
struct LimitBody {
    max_price: Option<i64>,
    max_price_decimal: Option<DecimalText>,
    time: Option<i64>,
    /// Hours, as older servers say it.
    period: Option<i64>,
}

impl TryFrom<AllowanceBody> for Allowance {
    type Error = String;

    fn try_from(body: AllowanceBody) -> Result<Self, String> {
        let max_price = match (body.max_price, &body.max_price_decimal) {
            (None, None) => None,
            (minor, decimal) => Some(both_amounts(minor, decimal.as_ref(), &body.currency)?),
        };
        let limit = |limit: &LimitBody| {
            let max_price = both_amounts(limit.max_price, limit.max_price_decimal.as_ref(), &body.currency)?;
            let seconds = limit.time.or_else(|| limit.period?.checked_mul(3600));
            let seconds = seconds.ok_or_else(|| "a limit has no time".to_owned())?;
            Ok::<_, String>(AllowanceLimit { max_price, seconds })
        };
        Ok(Self {
            id: body.id,
            transaction_key: body.transaction_key,
            created_at: body.created_at,
            status: body.status,
            currency: Currency::parse(&body.currency).map_err(|error| error.to_string())?,
            wallet: body.wallet,
            confirmed_at: body.confirmed_at,
            canceled_at: body.canceled_at,
            description: body.description,
            max_price,
            valid_until: body.valid.until.or(body.valid_until),
            valid_for: body.valid.r#for.or_else(|| body.valid_for?.checked_mul(3600)),
            limits: body.limits.iter().map(limit).collect::<Result<_, _>>()?,
        })
    }
}

/// Calls about allowances.
#[derive(Debug)]
pub struct Allowances<'a> {
    transport: &'a Transport,
}

impl<'a> Allowances<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Asks for an allowance in a transaction of its own (`POST allowance`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, new: &NewAllowance) -> Result<Allowance, WalletApiError> {
        self.transport.send(&Call::post("allowance").json(new)?).await
    }

    /// Reads an allowance (`GET allowance/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, id: AllowanceId) -> Result<Allowance, WalletApiError> {
        self.transport.send(&Call::get(format!("allowance/{id}"))).await
    }

    /// Takes an allowance back (`DELETE allowance/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn cancel(&self, id: AllowanceId) -> Result<Allowance, WalletApiError> {
        self.transport.send(&Call::delete(format!("allowance/{id}"))).await
    }

    /// The allowance by which `wallet` can be charged now
    /// (`GET allowance/active/{wallet|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is none.
    pub async fn active(&self, wallet: WalletRef) -> Result<Allowance, WalletApiError> {
        self.transport.send(&Call::get(format!("allowance/active/{wallet}"))).await
    }

    /// Takes the active allowance of `wallet` back
    /// (`DELETE allowance/active/{wallet|me}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is none.
    pub async fn cancel_active(&self, wallet: WalletRef) -> Result<Allowance, WalletApiError> {
        self.transport.send(&Call::delete(format!("allowance/active/{wallet}"))).await
    }

    /// The largest sum that can be charged to `wallet` now
    /// (`GET allowance/limit/{wallet}`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` if there is no active allowance.
    pub async fn limit(&self, wallet: WalletId, currency: Currency) -> Result<Money, WalletApiError> {
        let call = Call::get(format!("allowance/limit/{wallet}")).query("currency", currency);
        self.transport.send::<Priced>(&call).await.map(|limit| limit.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_as_it_is_asked_for() {
        let gel = |minor| Money::from_minor(minor, Currency::GEL);
        let new = NewAllowance {
            description: Some("Monthly".to_owned()),
            currency: Currency::GEL,
            max_price: Some(gel(10_000)),
            limits: vec![AllowanceLimit { max_price: gel(500), seconds: 86_400 }],
            validity: Some(Validity::For(2_592_000)),
        };
        insta::assert_json_snapshot!(new);
        let mixed = NewAllowance { max_price: Some(Money::from_minor(1, Currency::EUR)), ..new };
        assert!(serde_json::to_string(&mixed).is_err());
    }

    #[test]
    fn an_allowance_is_read_in_both_of_its_forms() {
        let read = |text: &str| serde_json::from_str::<Allowance>(text);
        let newer = read(
            r#"{"id":784,"transaction_key":"pDAlAZ3z","status":"active","currency":"GEL","wallet":2112,
                "max_price":5000,"max_price_decimal":"50.00","valid":{"until":9},"valid_until":9,
                "limits":[{"max_price":100,"time":60,"period":1},{"max_price":1,"period":2}]}"#,
        )
        .unwrap();
        assert_eq!(newer.valid_until, Some(UnixSeconds(9)));
        assert_eq!(newer.limits[0].max_price.minor(), 100);
        assert_eq!(newer.limits.iter().map(|limit| limit.seconds).collect::<Vec<_>>(), [60, 7200]);
        let spans = [r#""valid":{"for":7200}"#, r#""valid_for":2"#, r#""valid":[],"valid_for":2"#];
        for span in spans {
            let spanned = read(&format!(r#"{{"id":1,"status":"new","currency":"EUR",{span}}}"#)).unwrap();
            assert_eq!((spanned.valid_for, spanned.valid_until), (Some(7200), None), "{span}");
        }
        let bare =
            read(r#"{"id":1,"status":"new","currency":"EUR","valid":null,"limits":null,"valid_until":7}"#);
        assert_eq!(bare.unwrap().valid_until, Some(UnixSeconds(7)));
        assert!(
            read(r#"{"id":1,"status":"new","currency":"EUR","max_price":1,"max_price_decimal":"1"}"#)
                .is_err()
        );
    }
}
