//! Whether a transaction is of the code on screen: by how it was accepted, and by
//! what it is for (wallet-api sections 5.5 and 5.7).

use super::OwnCode;
use crate::code::WalletId;
use crate::wallet_api::{PaymentPurpose, Statement, StatementType, Transaction, TransactionType};

/// What a transaction has to do with the code on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    OfTheCode,
    NotOfTheCode,
    /// The server does not say.
    Unclear,
}

/// Whether a statement is about something else than a transaction between two.
pub(super) const fn is_never_cash(statement: &Statement) -> bool {
    matches!(
        statement.kind,
        Some(
            StatementType::Commission | StatementType::Currency | StatementType::Tax | StatementType::Return
        )
    )
}

/// What `transaction` has to do with the code that `wallet` shows.
pub(super) fn of(transaction: &Transaction, code: OwnCode, wallet: WalletId) -> Verdict {
    match code {
        OwnCode::CashOut => out(transaction, wallet),
        OwnCode::CashIn => into(transaction, wallet),
    }
}

/// A reservation code was used, or it was not: the way of acceptance says it.
fn out(transaction: &Transaction, wallet: WalletId) -> Verdict {
    match &transaction.accepted_by {
        Some(TransactionType::ReservationCode) if transaction.wallet == Some(wallet) => Verdict::OfTheCode,
        Some(
            TransactionType::Automatic
            | TransactionType::Page
            | TransactionType::Flash
            | TransactionType::Pin
            | TransactionType::MobileApp,
        ) => Verdict::NotOfTheCode,
        _ => Verdict::Unclear,
    }
}

/// A cash-in is cash paid to the wallet. A merchant that names no purpose looks
/// like any other who pays by an allowance.
fn into(transaction: &Transaction, wallet: WalletId) -> Verdict {
    let mut verdict = Verdict::Unclear;
    for payment in &transaction.payments {
        let beneficiary = payment.beneficiary.as_ref().and_then(|beneficiary| beneficiary.id);
        if beneficiary != Some(wallet) {
            continue;
        }
        match (&payment.purpose, &transaction.accepted_by) {
            (Some(PaymentPurpose::Cash), _) => return Verdict::OfTheCode,
            (Some(PaymentPurpose::Tips), _)
            | (
                None,
                Some(
                    TransactionType::Page
                    | TransactionType::Flash
                    | TransactionType::Pin
                    | TransactionType::ReservationCode
                    | TransactionType::MobileApp,
                ),
            ) => verdict = Verdict::NotOfTheCode,
            _ => return Verdict::Unclear,
        }
    }
    verdict
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn verdict(code: OwnCode, accepted_by: Value, purpose: Value, beneficiary: u64) -> Verdict {
        let wallet = WalletId::new(14_471).unwrap();
        let said = json!({
            "transaction_key": "CiGEL0000000000000B1", "created_at": 1, "status": "confirmed",
            "type": accepted_by, "wallet": if code == OwnCode::CashOut { 14_471 } else { 2112 },
            "payments": [{"id": 1, "status": "confirmed", "price": 100, "currency": "GEL",
                "purpose": purpose, "beneficiary": {"id": beneficiary}}],
        });
        of(&serde_json::from_value(said).unwrap(), code, wallet)
    }

    #[test]
    fn a_reservation_code_is_told_by_how_the_transaction_was_accepted() {
        let out = |accepted_by| verdict(OwnCode::CashOut, accepted_by, json!("cash"), 2112);
        assert_eq!(out(json!("reservation_code")), Verdict::OfTheCode);
        for other in ["mobile_app", "automatic", "page", "pin", "flash"] {
            assert_eq!(out(json!(other)), Verdict::NotOfTheCode, "{other}");
        }
        for unknown in [json!(null), json!("by_thought")] {
            assert_eq!(out(unknown.clone()), Verdict::Unclear, "{unknown}");
        }
    }

    #[test]
    fn a_cash_in_is_told_by_what_is_paid_to_the_own_wallet() {
        let into = |accepted_by, purpose, to| verdict(OwnCode::CashIn, json!(accepted_by), purpose, to);
        assert_eq!(into("automatic", json!("cash"), 14_471), Verdict::OfTheCode);
        for (accepted_by, purpose) in [("mobile_app", json!(null)), ("automatic", json!("tips"))] {
            assert_eq!(into(accepted_by, purpose, 14_471), Verdict::NotOfTheCode, "{accepted_by}");
        }
        assert_eq!(into("automatic", json!(null), 14_471), Verdict::Unclear, "no purpose is named");
        assert_eq!(into("automatic", json!("cash"), 7), Verdict::Unclear, "for somebody else");
    }
}
