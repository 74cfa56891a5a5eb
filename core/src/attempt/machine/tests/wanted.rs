//! What is wanted of an attempt of each kind, and of whom.

use crate::attempt::intent::{Intent, Make, Steps};
use crate::code::{ReservationCode, TransactionKey, WalletId};
use crate::journal::AttemptKind;
use crate::money::{Currency, Money};
use crate::wallet_api::PaymentId;

pub(super) const AMOUNT: Money = Money::from_minor(5000, Currency::GEL);

pub(super) fn merchant() -> WalletId {
    WalletId::new(2112).unwrap()
}

pub(super) fn customer() -> WalletId {
    WalletId::new(14_471).unwrap()
}

pub(super) fn key(number: usize) -> TransactionKey {
    TransactionKey::parse(&format!("Transaction{number:04}")).unwrap()
}

fn make() -> Make {
    Make {
        description: "Test".to_owned(),
        beneficiary: None,
        cash: false,
        reserve_seconds: 900,
        use_allowance: false,
        freeze_seconds: None,
        callback_uri: None,
    }
}

fn steps(kind: &str) -> Steps {
    match kind {
        "collect" => Steps::Collect { make: make(), present_seconds: 600, spot: None, hold: false },
        "cash_out" => Steps::CashOut { make: make(), identity_check: false },
        "checked_cash_out" => Steps::CashOut { make: make(), identity_check: true },
        "cash_in" => Steps::CashIn { make: make(), from: merchant() },
        "pay" => Steps::Pay { key: key(0), wallet: customer() },
        "pay_wallet" => Steps::PayWallet { make: make(), from: Some(customer()) },
        "refund" => refund(false),
        "undo_cash_in" => refund(true),
        other => panic!("no kind {other}"),
    }
}

fn refund(returns_cash: bool) -> Steps {
    Steps::Refund { key: key(0), payment: PaymentId(1), keep: None, returns_cash }
}

pub(super) fn intent(kind: &str) -> Intent {
    let steps = steps(kind);
    Intent {
        kind: match steps {
            Steps::Collect { .. } => AttemptKind::Collect,
            Steps::CashOut { .. } => AttemptKind::CashOut,
            Steps::CashIn { .. } => AttemptKind::CashIn,
            Steps::Pay { .. } | Steps::PayWallet { .. } => AttemptKind::Pay,
            Steps::Refund { .. } => AttemptKind::Refund,
        },
        amount: AMOUNT,
        request_id: "r".to_owned(),
        device: "till-1".to_owned(),
        bill: None,
        staff: None,
        tip: None,
        steps,
    }
}

pub(super) fn code() -> ReservationCode {
    ReservationCode::parse("0112345678903305676022535991").unwrap()
}
