//! How a merchant has a transaction accepted (wallet-api section 5.4).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::code::{ReservationCode, TransactionKey, WalletId};
use crate::secret::Secret;
use crate::wallet_api::payments::{FundsSource, PaymentId};

/// A payer named in a reserve call; exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// By wallet number.
    Id(WalletId),
    /// By e-mail address.
    Email(String),
    /// By phone number, digits with the country code.
    Phone(String),
    /// By account number, for example `EVP0010001000101`.
    AccountNumber(String),
    /// By a card that the wallet knows.
    Card {
        /// Who issued it.
        issuer: String,
        /// Its number.
        #[serde(serialize_with = "exposed")]
        number: Secret,
    },
}

fn exposed<S: serde::Serializer>(number: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(number.expose())
}

/// What proves that the payer agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The customer's reservation code.
    ReservationCode(ReservationCode),
    /// The code of an SMS that the payer got.
    SmsCode(Secret),
    /// The payer's PIN, typed at the till.
    Pin {
        /// Who pays.
        payer: Payer,
        /// The PIN.
        pin: Secret,
    },
    /// An active allowance.
    Allowance {
        /// Who pays.
        payer: Payer,
    },
}

/// The body of `PUT transaction/{key}/reserve`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// What proves that the payer agrees.
    pub consent: Consent,
    /// Where the payer has the money for each payment from.
    pub funds_sources: BTreeMap<u64, FundsSource>,
    /// A transaction to take back before this one is accepted.
    pub revokes: Option<TransactionKey>,
}

impl From<Consent> for Acceptance {
    fn from(consent: Consent) -> Self {
        Self { consent, funds_sources: BTreeMap::new(), revokes: None }
    }
}

impl Acceptance {
    /// Says where the payer has the money for a payment from.
    #[must_use]
    pub fn funds_source(mut self, payment: PaymentId, source: FundsSource) -> Self {
        self.funds_sources.insert(payment.0, source);
        self
    }
}

impl Serialize for Acceptance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            reservation_code: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            sms_code: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            payer: Option<&'a Payer>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pin: Option<&'a str>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            funds_sources: &'a BTreeMap<u64, FundsSource>,
            #[serde(skip_serializing_if = "Option::is_none")]
            revoke_transaction_key: Option<&'a TransactionKey>,
        }
        let (funds_sources, revoke_transaction_key) = (&self.funds_sources, self.revokes.as_ref());
        let nothing = Body {
            reservation_code: None,
            sms_code: None,
            payer: None,
            pin: None,
            funds_sources,
            revoke_transaction_key,
        };
        match &self.consent {
            Consent::ReservationCode(code) => Body { reservation_code: Some(code.expose()), ..nothing },
            Consent::SmsCode(code) => Body { sms_code: Some(code.expose()), ..nothing },
            Consent::Pin { payer, pin } => Body { payer: Some(payer), pin: Some(pin.expose()), ..nothing },
            Consent::Allowance { payer } => Body { payer: Some(payer), ..nothing },
        }
        .serialize(serializer)
    }
}

/// The body of `PUT transaction/{key}/reserve/{wallet}`: what goes with a wallet
/// that is named in the path. Its default is nothing: an allowance, or the token
/// of the wallet's owner, has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FromWallet {
    /// The payer's PIN, typed at the till.
    pub pin: Option<Secret>,
    /// Where the payer has the money for each payment from.
    pub funds_sources: BTreeMap<u64, FundsSource>,
}

impl Serialize for FromWallet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            pin: Option<&'a str>,
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            funds_sources: &'a BTreeMap<u64, FundsSource>,
        }
        let pin = self.pin.as_ref().map(Secret::expose);
        Body { pin, funds_sources: &self.funds_sources }.serialize(serializer)
    }
}
