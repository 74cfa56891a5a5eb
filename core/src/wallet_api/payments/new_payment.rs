//! A payment as it is asked for.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::parts::{Commission, CommissionToSend, Freeze, FundsSource, Item, NewPassword, PriceRules};
use super::payment::PaymentPurpose;
use crate::code::WalletId;
use crate::money::Money;

/// A payment to create. `NewPayment::new` gives a plain one; set the other
/// fields with struct update syntax.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPayment {
    /// The merchant's words for it, shown to the payer.
    pub description: String,
    /// What is to be paid; sent in minor units.
    pub price: Money,
    /// What is bought. The prices must come to `price`.
    pub items: Vec<Item>,
    /// Who is paid; the merchant's own project wallet if absent.
    pub beneficiary: Option<NewBeneficiary>,
    /// What it is for, if it is not a plain payment.
    pub purpose: Option<PaymentPurpose>,
    /// What is taken for the service.
    pub commission: Commission,
    /// What the payer gets back, in the currency of the price.
    pub cashback: Option<Money>,
    /// How long it can still be given back.
    pub freeze: Option<Freeze>,
    /// A password that stands in the way.
    pub password: Option<NewPassword>,
    /// What the payer may choose to pay instead.
    pub price_rules: Option<PriceRules>,
    /// Where the payer has the money from.
    pub funds_source: Option<FundsSource>,
    /// Comes back in every representation of the payment.
    pub parameters: Option<Value>,
}

impl NewPayment {
    /// A plain payment to the merchant.
    #[must_use]
    pub fn new(description: impl Into<String>, price: Money) -> Self {
        Self {
            description: description.into(),
            price,
            items: Vec::new(),
            beneficiary: None,
            purpose: None,
            commission: Commission::default(),
            cashback: None,
            freeze: None,
            password: None,
            price_rules: None,
            funds_source: None,
            parameters: None,
        }
    }
}

/// Who is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewBeneficiary {
    /// A wallet by number.
    Id(WalletId),
    /// By e-mail address.
    Email(String),
    /// By phone number, digits with the country code.
    Phone(String),
    /// By the barcode of a wallet.
    Barcode(String),
}

impl Serialize for NewPayment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            description: &'a str,
            price: i64,
            currency: &'a str,
            #[serde(skip_serializing_if = "<[Item]>::is_empty")]
            items: &'a [Item],
            #[serde(skip_serializing_if = "Option::is_none")]
            beneficiary: Option<&'a NewBeneficiary>,
            #[serde(skip_serializing_if = "Option::is_none")]
            purpose: Option<&'a PaymentPurpose>,
            #[serde(skip_serializing_if = "Option::is_none")]
            commission: Option<CommissionToSend>,
            #[serde(skip_serializing_if = "Option::is_none")]
            cashback: Option<i64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            freeze: Option<Freeze>,
            #[serde(skip_serializing_if = "Option::is_none")]
            password: Option<&'a NewPassword>,
            #[serde(skip_serializing_if = "Option::is_none")]
            price_rules: Option<&'a PriceRules>,
            #[serde(skip_serializing_if = "Option::is_none")]
            funds_source: Option<&'a FundsSource>,
            #[serde(skip_serializing_if = "Option::is_none")]
            parameters: Option<&'a Value>,
        }
        let others = [self.commission.incoming, self.commission.outgoing, self.cashback];
        let items = self.items.iter().map(|item| Some(item.price));
        if others.into_iter().chain(items).flatten().any(|other| other.currency() != self.price.currency()) {
            return Err(serde::ser::Error::custom("one payment has one currency"));
        }
        Body {
            description: &self.description,
            price: self.price.minor(),
            currency: self.price.currency().code(),
            items: &self.items,
            beneficiary: self.beneficiary.as_ref(),
            purpose: self.purpose.as_ref(),
            commission: (self.commission != Commission::default()).then(|| self.commission.into()),
            cashback: self.cashback.map(Money::minor),
            freeze: self.freeze,
            password: self.password.as_ref(),
            price_rules: self.price_rules.as_ref(),
            funds_source: self.funds_source.as_ref(),
            parameters: self.parameters.as_ref(),
        }
        .serialize(serializer)
    }
}
