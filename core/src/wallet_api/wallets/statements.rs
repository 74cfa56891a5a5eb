//! What came and went, what is pending and what is held (wallet-api section
//! 6.3).

use std::collections::VecDeque;

use serde::Deserialize;

use super::{WalletRef, Wallets};
use crate::clock::UnixSeconds;
use crate::code::{TransactionKey, WalletId};
use crate::money::{Currency, Money};
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::page::{Listed, Page};
use crate::wallet_api::wire::{DecimalText, both_amounts, null_is_missing, numeric_id, wire_enum};

numeric_id! {
    /// The number of a statement.
    StatementId
}

numeric_id! {
    /// The number of a pending payment.
    PendingPaymentId
}

wire_enum! {
    /// Which way money went, seen from the wallet.
    pub enum Direction {
        /// It came.
        In = "in",
        /// It went.
        Out = "out",
    }
}

wire_enum! {
    /// What a statement is about.
    pub enum StatementType {
        /// A payment or a transfer.
        Transfer = "transfer",
        /// What is taken for a service.
        Commission = "commission",
        /// A conversion of currencies.
        Currency = "currency",
        /// A tax.
        Tax = "tax",
        /// Money that came back.
        Return = "return",
        /// A payment by itself.
        AutomaticPayment = "automatic_payment",
    }
}

/// Who is on the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct OtherParty {
    /// The name; some servers call it `name`.
    #[serde(alias = "name")]
    pub display_name: Option<String>,
    /// The wallet.
    pub wallet_id: Option<WalletId>,
    /// The account number.
    pub account_number: Option<String>,
}

/// Money that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "StatementBody")]
pub struct Statement {
    /// Its number.
    pub id: StatementId,
    /// How much; never negative.
    pub amount: Money,
    /// When.
    pub date: UnixSeconds,
    /// The words for it.
    pub details: String,
    /// Which way.
    pub direction: Direction,
    /// What it is about.
    pub kind: Option<StatementType>,
    /// Who is on the other side.
    pub other_party: Option<OtherParty>,
    /// The reference; the sandbox puts the transaction key here.
    pub reference_number: Option<String>,
}

#[derive(Deserialize)]
struct StatementBody {
    id: StatementId,
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    date: UnixSeconds,
    #[serde(default, deserialize_with = "null_is_missing")]
    details: String,
    direction: Direction,
    #[serde(rename = "type")]
    kind: Option<StatementType>,
    other_party: Option<OtherParty>,
    reference_number: Option<String>,
}

impl TryFrom<StatementBody> for Statement {
    type Error = String;

    fn try_from(body: StatementBody) -> Result<Self, String> {
        Ok(Self {
            id: body.id,
            amount: both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency)?,
            date: body.date,
            details: body.details,
            direction: body.direction,
            kind: body.kind,
            other_party: body.other_party,
            reference_number: body.reference_number,
        })
    }
}

/// A payment that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PendingBody")]
pub struct PendingPayment {
    /// Its number.
    pub id: PendingPaymentId,
    /// How much.
    pub amount: Money,
    /// The words for it.
    pub details: Option<String>,
    /// Which way.
    pub direction: Direction,
    /// Whether it can be taken back, see [`Wallets::cancel_pending`].
    pub cancelable: bool,
    /// Its transaction.
    pub transaction_key: Option<TransactionKey>,
    /// When it began.
    pub date: Option<UnixSeconds>,
    /// When it ends by itself.
    pub valid_until: Option<UnixSeconds>,
    /// Who is on the other side.
    pub other_party: Option<OtherParty>,
}

#[derive(Deserialize)]
struct PendingBody {
    id: PendingPaymentId,
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    details: Option<String>,
    direction: Direction,
    #[serde(default, deserialize_with = "null_is_missing")]
    cancelable: bool,
    transaction_key: Option<TransactionKey>,
    date: Option<UnixSeconds>,
    valid_until: Option<UnixSeconds>,
    other_party: Option<OtherParty>,
}

impl TryFrom<PendingBody> for PendingPayment {
    type Error = String;

    fn try_from(body: PendingBody) -> Result<Self, String> {
        Ok(Self {
            id: body.id,
            amount: both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency)?,
            details: body.details,
            direction: body.direction,
            cancelable: body.cancelable,
            transaction_key: body.transaction_key,
            date: body.date,
            valid_until: body.valid_until,
            other_party: body.other_party,
        })
    }
}

/// Money that is held.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ReservationBody")]
pub struct ReservationStatement {
    /// How much.
    pub amount: Money,
    /// The words for it.
    pub details: Option<String>,
    /// The reference.
    pub reference_number: Option<String>,
    /// Since when.
    pub date: UnixSeconds,
    /// Which way.
    pub direction: Option<Direction>,
    /// Who is on the other side.
    pub other_party: Option<OtherParty>,
}

#[derive(Deserialize)]
struct ReservationBody {
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    details: Option<String>,
    reference_number: Option<String>,
    date: UnixSeconds,
    direction: Option<Direction>,
    other_party: Option<OtherParty>,
}

impl TryFrom<ReservationBody> for ReservationStatement {
    type Error = String;

    fn try_from(body: ReservationBody) -> Result<Self, String> {
        Ok(Self {
            amount: both_amounts(body.amount, body.amount_decimal.as_ref(), &body.currency)?,
            details: body.details,
            reference_number: body.reference_number,
            date: body.date,
            direction: body.direction,
            other_party: body.other_party,
        })
    }
}

impl Listed for Statement {
    const PLURAL: &'static str = "statements";
}

impl Listed for PendingPayment {
    const PLURAL: &'static str = "pending_payments";
}

impl Listed for ReservationStatement {
    const PLURAL: &'static str = "reservation_statements";
}

/// Which statements to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementFilter {
    /// In any of these currencies; all if empty.
    pub currencies: Vec<Currency>,
    /// This way only.
    pub direction: Option<Direction>,
    /// With this text in them.
    pub text: Option<String>,
    /// At or after this moment.
    pub from: Option<UnixSeconds>,
    /// At or before this moment.
    pub to: Option<UnixSeconds>,
    /// So many in one answer, 1 to 200; the server's default is 20.
    pub page: Option<u32>,
}

impl StatementFilter {
    pub(super) fn pairs(&self, after: Option<String>) -> [(&'static str, Option<String>); 7] {
        let currencies = self.currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(",");
        [
            ("currency", (!currencies.is_empty()).then_some(currencies)),
            ("direction", self.direction.as_ref().map(|direction| direction.as_str().to_owned())),
            ("text", self.text.clone()),
            ("from", self.from.map(|from| from.to_string())),
            ("to", self.to.map(|to| to.to_string())),
            ("limit", self.page.map(|limit| limit.to_string())),
            ("after", after),
        ]
    }
}

/// Statements one after the other, newest first, read page by page as they are
/// asked for. What comes in while it is read is not in it: pages follow a
/// cursor, not a number.
#[derive(Debug)]
pub struct Statements<'a> {
    wallets: Wallets<'a>,
    wallet: WalletRef,
    filter: StatementFilter,
    read: VecDeque<Statement>,
    next: Next,
}

#[derive(Debug)]
enum Next {
    Page(Option<String>),
    End,
}

impl<'a> Statements<'a> {
    pub(super) fn new(wallets: Wallets<'a>, wallet: WalletRef, filter: StatementFilter) -> Self {
        Self { wallets, wallet, filter, read: VecDeque::new(), next: Next::Page(None) }
    }

    /// The next statement; `None` at the end.
    ///
    /// # Errors
    /// [`WalletApiError`]; asking again goes on at the same place.
    pub async fn next(&mut self) -> Result<Option<Statement>, WalletApiError> {
        loop {
            if let Some(statement) = self.read.pop_front() {
                return Ok(Some(statement));
            }
            let Next::Page(after) = &self.next else { return Ok(None) };
            let page: Page<Statement> =
                self.wallets.statement_page(self.wallet, &self.filter, after.clone()).await?;
            let cursor = page.metadata.cursors.after;
            // A server that gives the same mark again would be read for ever.
            self.next = match cursor {
                Some(cursor) if !page.items.is_empty() && after.as_ref() != Some(&cursor) => {
                    if page.metadata.has_next == Some(false) { Next::End } else { Next::Page(Some(cursor)) }
                }
                _ => Next::End,
            };
            self.read = page.items.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read_with_both_of_its_amounts() {
        const STATEMENT: &str = r#"{"id":7,"transfer_id":1,"amount":2599,"amount_decimal":"25.99","currency":"GEL",
            "date":1760000000,"details":"Coffee","direction":"out","type":"transfer",
            "other_party":{"name":"Demo cafe","wallet_id":2112,"new":1},"reference_number":"k"}"#;
        let statement: Statement = serde_json::from_str(STATEMENT).unwrap();
        assert_eq!(statement.amount, Money::from_minor(2599, Currency::GEL));
        assert_eq!(statement.other_party.unwrap().display_name.as_deref(), Some("Demo cafe"));
        let contradiction = STATEMENT.replace("25.99", "2599");
        assert!(serde_json::from_str::<Statement>(&contradiction).is_err());
    }
}
