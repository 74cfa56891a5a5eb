//! A transaction as clients see it: names, order and omissions of wallet-api
//! sections 5.1 and 14.

use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::allowance_view::ShownAllowanceView;
use super::payment_view::PaymentView;
use super::project_view::ProjectView;
use super::query::Query;
use super::wallet_view::WalletView;
use crate::domain::callback::CallbackTarget;
use crate::domain::span::Span;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::projects;
use crate::store::transactions::StoredTransaction;

/// Which sub-objects the request wants.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Expansions {
    project: bool,
    project_wallet: bool,
    pub(super) beneficiary_wallet: bool,
}

impl Expansions {
    pub(super) fn of(query: &Query) -> Self {
        Self {
            project: query.expands("project") || query.expands("project.wallet"),
            project_wallet: query.expands("project.wallet"),
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
    #[serde(skip_serializing_if = "CallbackTarget::is_default")]
    callback_uri: CallbackTarget,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<ProjectView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    payments: Vec<PaymentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowance: Option<ShownAllowanceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restrictions: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserView>,
    inquiries: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SpanView {
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
struct UserView {
    email: String,
}

impl TransactionView {
    pub(super) fn new(
        db: &Connection,
        transaction: StoredTransaction,
        expansions: Expansions,
        viewer: Option<&Caller>,
    ) -> Result<Self, Refusal> {
        let project = match transaction.project_id {
            Some(id) if expansions.project => {
                let wallet: Option<fn(_) -> _> =
                    expansions.project_wallet.then_some(|wallet| WalletView::new(wallet, true));
                projects::find(db, id)?.map(|project| ProjectView::new(db, project, wallet)).transpose()?
            }
            _ => None,
        };
        let payments = transaction
            .payments
            .iter()
            .map(|payment| PaymentView::new(db, &transaction, payment, expansions, viewer))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            allowance: ShownAllowanceView::of(db, &transaction.key)?,
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
            restrictions: transaction.restrictions,
            user: transaction.user_email.map(|email| UserView { email }),
            inquiries: transaction.inquiries.unwrap_or_else(|| Value::Array(Vec::new())),
        })
    }
}
