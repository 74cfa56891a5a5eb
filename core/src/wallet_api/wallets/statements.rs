//! What came and went (wallet-api section 6.3).

use serde::Deserialize;

use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::money::Money;
use crate::wallet_api::page::Listed;
use crate::wallet_api::tolerance::{readable, readable_rows};
use crate::wallet_api::users::UserId;
use crate::wallet_api::wire::{DecimalText, both_amounts, numeric_id, wire_enum};

numeric_id! {
    /// The number of a statement.
    StatementId
}

numeric_id! {
    /// The number of a transfer between accounts.
    TransferId
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

/// Who is on the other side; what can't be read of it is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OtherPartyBody")]
pub struct OtherParty {
    /// The name.
    pub display_name: Option<String>,
    /// The wallet.
    pub wallet_id: Option<WalletId>,
    /// The user.
    pub user_id: Option<UserId>,
    /// The user who owns the wallet.
    pub owner_id: Option<UserId>,
    /// The account number.
    pub account_number: Option<String>,
    /// The code of a person or a company.
    pub code: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The bank's BIC.
    pub bic: Option<String>,
    /// IBANs of the account.
    pub ibans: Vec<String>,
}

#[derive(Deserialize)]
struct OtherPartyBody {
    #[serde(default, deserialize_with = "readable")]
    display_name: Option<String>,
    /// What some servers call the same; some send both.
    #[serde(default, deserialize_with = "readable")]
    name: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    wallet_id: Option<WalletId>,
    #[serde(default, deserialize_with = "readable")]
    user_id: Option<UserId>,
    #[serde(default, deserialize_with = "readable")]
    owner_id: Option<UserId>,
    #[serde(default, deserialize_with = "readable")]
    account_number: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    code: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    phone: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    email: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    bic: Option<String>,
    #[serde(default, deserialize_with = "readable_rows")]
    ibans: Vec<String>,
}

impl From<OtherPartyBody> for OtherParty {
    fn from(body: OtherPartyBody) -> Self {
        Self {
            display_name: body.display_name.or(body.name),
            wallet_id: body.wallet_id,
            user_id: body.user_id,
            owner_id: body.owner_id,
            account_number: body.account_number,
            code: body.code,
            phone: body.phone,
            email: body.email,
            bic: body.bic,
            ibans: body.ibans,
        }
    }
}

/// Money that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "StatementBody")]
pub struct Statement {
    /// Its number.
    pub id: StatementId,
    /// Its transfer.
    pub transfer_id: Option<TransferId>,
    /// The account that it is of.
    pub account_number: Option<String>,
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
    #[serde(default, deserialize_with = "readable")]
    transfer_id: Option<TransferId>,
    #[serde(default, deserialize_with = "readable")]
    account_number: Option<String>,
    amount: Option<i64>,
    amount_decimal: Option<DecimalText>,
    currency: String,
    date: UnixSeconds,
    #[serde(default, deserialize_with = "readable")]
    details: String,
    direction: Direction,
    #[serde(rename = "type", default, deserialize_with = "readable")]
    kind: Option<StatementType>,
    #[serde(default, deserialize_with = "readable")]
    other_party: Option<OtherParty>,
    #[serde(default, deserialize_with = "readable")]
    reference_number: Option<String>,
}

impl TryFrom<StatementBody> for Statement {
    type Error = String;

    fn try_from(body: StatementBody) -> Result<Self, String> {
        Ok(Self {
            id: body.id,
            transfer_id: body.transfer_id,
            account_number: body.account_number,
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

impl Listed for Statement {
    const PLURAL: &'static str = "statements";
    const PUTS_ASIDE: bool = true;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

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

    #[test]
    fn an_odd_other_side_takes_no_statement_along() {
        let statement = |odd: &str| {
            let text = format!(r#"{{"id":7,"amount":1,"currency":"GEL","date":1,"direction":"in",{odd}}}"#);
            serde_json::from_str::<Statement>(&text)
        };
        let both =
            statement(r#""other_party":{"name":"A","display_name":"B","wallet_id":0,"ibans":[1,"GE1"]}"#);
        let other = both.unwrap().other_party.unwrap();
        assert_eq!((other.display_name.as_deref(), other.wallet_id), (Some("B"), None));
        assert_eq!(other.ibans, ["GE1"]);
        for odd in [r#""other_party":"A""#, r#""other_party":[]"#, r#""details":7"#, r#""transfer_id":"t""#] {
            assert!(statement(odd).is_ok(), "{odd}");
        }
        assert!(statement(r#""amount_decimal":"1""#).is_err());
    }
}
