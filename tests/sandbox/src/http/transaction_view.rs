//! The transaction as clients see it: names, order and omissions of wallet-api
//! sections 5.1, 5.5 and 14.

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::query::Query;
use super::wallet_view::WalletView;
use crate::domain::draft::Span;
use crate::error::Refusal;
use crate::store::transactions::{StoredPayment, StoredTransaction};
use crate::store::{places, wallets};

/// Seconds in an hour of the legacy `freeze_for`.
const HOUR_SECONDS: i64 = 3600;

/// Which sub-objects the request wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expansions {
    project: bool,
    beneficiary_wallet: bool,
}

impl Expansions {
    pub(super) fn of(query: &Query) -> Self {
        Self {
            project: query.expands("project") || query.expands("project.wallet"),
            beneficiary_wallet: query.expands("payments.beneficiary.wallet"),
        }
    }
}

#[derive(Serialize)]
pub(super) struct TransactionView {
    transaction_key: String,
    created_at: i64,
    status: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    accepted_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<i64>,
    valid_for_payment_card_debit: bool,
    reserve: SpanView,
    use_allowance: bool,
    suggest_allowance: bool,
    auto_confirm: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_uri: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectView>,
    payments: Vec<PaymentView>,
    inquiries: [(); 0],
}

#[derive(Serialize)]
struct PaymentView {
    id: i64,
    transaction_key: String,
    created_at: i64,
    status: &'static str,
    cancelable: bool,
    price: i64,
    currency: &'static str,
    price_decimal: String,
    freeze: SpanView,
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_for: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_until: Option<i64>,
    description: String,
    beneficiary: BeneficiaryView,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum SpanView {
    For(i64),
    Until(i64),
}

impl From<Span> for SpanView {
    fn from(span: Span) -> Self {
        match span {
            Span::For(seconds) => Self::For(seconds),
            Span::Until(end) => Self::Until(end),
        }
    }
}

#[derive(Serialize)]
struct ProjectView {
    id: i64,
    title: String,
    wallet_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_display_name: Option<String>,
}

#[derive(Serialize)]
struct BeneficiaryView {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    wallet: Option<WalletView>,
}

impl TransactionView {
    pub(super) fn new(
        db: &Connection,
        transaction: StoredTransaction,
        expansions: Expansions,
    ) -> Result<Self, Refusal> {
        let project = match transaction.project_id {
            Some(id) if expansions.project => project(db, id)?,
            _ => None,
        };
        let payments = transaction
            .payments
            .iter()
            .map(|payment| PaymentView::new(db, &transaction, payment, expansions))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            transaction_key: transaction.key,
            created_at: transaction.created_at,
            status: transaction.status.name(),
            accepted_by: transaction.accepted_by,
            wallet: transaction.wallet,
            confirmed_at: transaction.confirmed_at,
            valid_for_payment_card_debit: false,
            reserve: transaction.reserve.into(),
            use_allowance: transaction.use_allowance,
            suggest_allowance: transaction.suggest_allowance,
            auto_confirm: transaction.auto_confirm,
            redirect_uri: transaction.redirect_uri,
            callback_uri: transaction.callback_uri,
            project_id: transaction.project_id,
            location_id: transaction.location_id,
            project,
            payments,
            inquiries: [],
        })
    }
}

impl PaymentView {
    fn new(
        db: &Connection,
        transaction: &StoredTransaction,
        payment: &StoredPayment,
        expansions: Expansions,
    ) -> Result<Self, Refusal> {
        let wallet = if expansions.beneficiary_wallet {
            wallets::wallet(db, payment.beneficiary)?.map(|wallet| WalletView::new(wallet, true))
        } else {
            None
        };
        // The flat field counts hours, rounded up as a shorter freeze would be
        // a wrong promise.
        let (freeze_for, freeze_until) = match payment.freeze {
            Span::For(seconds) => {
                (seconds.saturating_add(HOUR_SECONDS.saturating_sub(1)).checked_div(HOUR_SECONDS), None)
            }
            Span::Until(end) => (None, Some(end)),
        };
        Ok(Self {
            id: payment.id,
            transaction_key: transaction.key.clone(),
            created_at: transaction.created_at,
            status: transaction.status.name(),
            cancelable: false,
            price: payment.price.minor(),
            currency: payment.price.currency().code(),
            price_decimal: payment.price.to_decimal(),
            freeze: payment.freeze.into(),
            freeze_for,
            freeze_until,
            description: payment.description.clone(),
            beneficiary: BeneficiaryView { id: payment.beneficiary, wallet },
            wallet: transaction.wallet,
            purpose: payment.purpose.clone(),
            parameters: payment.parameters.clone(),
            confirmed_at: transaction.confirmed_at,
        })
    }
}

fn project(db: &Connection, id: i64) -> Result<Option<ProjectView>, Refusal> {
    let Some((title, wallet_id)) = places::project(db, id)? else { return Ok(None) };
    let owner = wallets::wallet(db, wallet_id)?;
    Ok(Some(ProjectView {
        id,
        title,
        wallet_id,
        owner_display_name: owner.map(|wallet| wallet.owner_display_name),
    }))
}
