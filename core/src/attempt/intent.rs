//! What an attempt is to do: written down first, so that it can go on after the
//! process died. Holds no secret; a reservation code stays in memory.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::code::{TransactionKey, WalletId};
use crate::journal::{AttemptId, AttemptKind};
use crate::money::Money;
use crate::wallet_api::{
    CallbackUri, CreateTransaction, Freeze, NewBeneficiary, NewPayment, PaymentId, PaymentPurpose, Reserve,
    SpotId,
};

/// What an attempt is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub(crate) kind: AttemptKind,
    pub(crate) amount: Money,
    /// The identifier of the request that asked for it.
    pub(crate) request_id: String,
    /// The till's or phone's name, which the server keeps in the payment.
    pub(crate) device: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bill: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) staff: Option<String>,
    /// The part of the amount that is a tip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tip: Option<Money>,
    pub(crate) steps: Steps,
}

/// The steps of each kind of operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Steps {
    /// Make, show, wait for acceptance, confirm.
    Collect {
        make: Make,
        /// For how long the code is shown.
        present_seconds: i64,
        /// The table or till whose printed code the customer scanned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spot: Option<SpotId>,
        /// Whether a person says how much of the held money is taken.
        hold: bool,
    },
    /// Make, reserve by the customer's code, confirm, hand out cash.
    CashOut {
        make: Make,
        /// Whether the cashier compares the customer with a photo-id first.
        identity_check: bool,
    },
    /// Make, reserve from the merchant's wallet, take cash, confirm.
    CashIn { make: Make, from: WalletId },
    /// Accept a merchant's transaction; the merchant confirms.
    Pay { key: TransactionKey, wallet: WalletId },
    /// Make a transaction of one's own to a wallet, reserve, confirm.
    PayWallet {
        make: Make,
        /// The account that pays; the user's first where an older version began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<WalletId>,
    },
    /// Cancel a settled payment, or lower its price for good.
    Refund {
        key: TransactionKey,
        payment: PaymentId,
        /// What the payment comes to in the end; nothing if all goes back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Money>,
        /// Whether it undoes a cash-in: the cash goes back, too.
        returns_cash: bool,
    },
}

/// A transaction to make: one payment, settled only by an own confirm, held for
/// a limited time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Make {
    pub(crate) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beneficiary: Option<WalletId>,
    pub(crate) cash: bool,
    /// How long the payer's money stays held: a dead till must not lock it for
    /// the server's default of 30 days.
    pub(crate) reserve_seconds: i64,
    /// Whether the merchant's own allowance pays.
    pub(crate) use_allowance: bool,
    /// How long a settled payment can be given back; the merchant's money waits
    /// as long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) freeze_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) callback_uri: Option<String>,
}

impl Intent {
    pub(crate) fn make(&self) -> Option<&Make> {
        match &self.steps {
            Steps::Collect { make, .. }
            | Steps::CashOut { make, .. }
            | Steps::CashIn { make, .. }
            | Steps::PayWallet { make, .. } => Some(make),
            Steps::Pay { .. } | Steps::Refund { .. } => None,
        }
    }

    /// How a transaction whose answer was lost is recognised as this attempt's,
    /// and what a receipt made from the server's data alone needs.
    pub(crate) fn parameters(&self, id: AttemptId) -> Value {
        let mut parameters = Map::new();
        parameters.insert("attempt".to_owned(), json!(id));
        parameters.insert("device".to_owned(), json!(self.device));
        parameters.insert("kind".to_owned(), json!(self.kind.name()));
        if let Some(bill) = &self.bill {
            parameters.insert("bill".to_owned(), json!(bill));
        }
        if let Some(staff) = &self.staff {
            parameters.insert("staff".to_owned(), json!(staff));
        }
        if let Some(tip) = self.tip {
            parameters.insert("tip".to_owned(), json!(tip.to_decimal()));
        }
        if matches!(self.steps, Steps::Collect { hold: true, .. }) {
            parameters.insert("hold".to_owned(), json!("yes"));
        }
        Value::Object(parameters)
    }

    /// The body of `POST transaction`.
    pub(crate) fn transaction(&self, id: AttemptId) -> Option<CreateTransaction> {
        let make = self.make()?;
        Some(CreateTransaction {
            payments: vec![NewPayment {
                beneficiary: make.beneficiary.map(NewBeneficiary::Id),
                purpose: make.cash.then_some(PaymentPurpose::Cash),
                freeze: make.freeze_seconds.map(Freeze::For),
                parameters: Some(self.parameters(id)),
                ..NewPayment::new(make.description.clone(), self.amount)
            }],
            reserve: Some(Reserve::For(make.reserve_seconds)),
            use_allowance: make.use_allowance,
            auto_confirm: false,
            callback_uri: make.callback_uri.clone().map_or(CallbackUri::Disabled, CallbackUri::To),
            ..CreateTransaction::default()
        })
    }
}
