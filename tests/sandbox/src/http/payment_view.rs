//! A payment as clients see it: names, order and omissions of wallet-api
//! sections 5.5 and 14.

use paysera_core::money::Money;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::transaction_view::{Expansions, SpanView};
use super::wallet_view::WalletView;
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::payments::{Ended, StoredPassword, StoredPayment};
use crate::store::transactions::StoredTransaction;
use crate::store::wallets;

#[derive(Serialize)]
pub(super) struct PaymentView {
    id: i64,
    transaction_key: String,
    created_at: i64,
    status: &'static str,
    cancelable: bool,
    price: i64,
    currency: &'static str,
    price_decimal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cashback: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cashback_decimal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commission: Option<CommissionView>,
    freeze: SpanView,
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_for: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Value>,
    beneficiary: BeneficiaryView,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<PasswordView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_rules: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    funds_source: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<i64>,
}

#[derive(Serialize)]
struct CommissionView {
    #[serde(skip_serializing_if = "Option::is_none")]
    in_commission: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_commission_decimal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_commission: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_commission_decimal: Option<String>,
}

#[derive(Serialize)]
struct BeneficiaryView {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletView>,
}

#[derive(Serialize)]
struct PasswordView {
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    optional: bool,
    cancelable: bool,
    /// Only for the payer, who tells it to whom the money is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl PasswordView {
    fn new(password: &StoredPassword, for_payer: bool) -> Self {
        Self {
            kind: if password.generated { "generated" } else { "provided" },
            status: password.status.name(),
            optional: password.optional,
            cancelable: password.cancelable,
            value: (for_payer && password.generated).then(|| password.value.clone()),
        }
    }
}

impl PaymentView {
    /// As `viewer` sees it; without one, as its merchant's server.
    pub(super) fn new(
        db: &Connection,
        transaction: &StoredTransaction,
        payment: &StoredPayment,
        expansions: Expansions,
        viewer: Option<&Caller>,
    ) -> Result<Self, Refusal> {
        let wallet = match payment.beneficiary {
            Some(wallet) if expansions.beneficiary_wallet => {
                wallets::wallet(db, wallet)?.map(|wallet| WalletView::new(wallet, true))
            }
            _ => None,
        };
        let (freeze_for, freeze_until) = payment.freeze.legacy();
        let currency = payment.price.currency();
        let decimal = |minor: Option<i64>| minor.map(|minor| Money::from_minor(minor, currency).to_decimal());
        let terms = payment.terms;
        let for_payer =
            matches!(viewer, Some(Caller::User { wallet, .. }) if transaction.wallet == Some(*wallet));
        let waits = transaction.status == Status::WaitingPassword;
        Ok(Self {
            id: payment.id,
            transaction_key: transaction.key.clone(),
            created_at: transaction.created_at,
            status: payment.ended.map_or(transaction.status.name(), Ended::name),
            cancelable: waits && payment.password.as_ref().is_some_and(|password| password.cancelable),
            price: payment.price.minor(),
            currency: currency.code(),
            price_decimal: payment.price.to_decimal(),
            cashback: terms.cashback,
            cashback_decimal: decimal(terms.cashback),
            commission: terms.in_commission.or(terms.out_commission).map(|_| CommissionView {
                in_commission: terms.in_commission,
                in_commission_decimal: decimal(terms.in_commission),
                out_commission: terms.out_commission,
                out_commission_decimal: decimal(terms.out_commission),
            }),
            freeze: payment.freeze.into(),
            freeze_for,
            freeze_until,
            description: payment.description.clone(),
            items: payment.items.clone(),
            beneficiary: BeneficiaryView {
                id: payment.beneficiary,
                email: payment.beneficiary_email.clone(),
                phone: payment.beneficiary_phone.clone(),
                wallet,
            },
            wallet: transaction.wallet,
            purpose: payment.purpose.clone(),
            parameters: payment.parameters.clone(),
            password: payment.password.as_ref().map(|password| PasswordView::new(password, for_payer)),
            price_rules: payment.price_rules.clone(),
            funds_source: payment.funds_source.clone(),
            confirmed_at: transaction.confirmed_at,
        })
    }
}
