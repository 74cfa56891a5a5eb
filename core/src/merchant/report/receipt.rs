//! A receipt as lines: for a share sheet, or a printer of so many columns.

use crate::attempt::Receipt;
use crate::journal::AttemptKind;

/// A line of a receipt. Its words are the shell's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReceiptField {
    /// What was done: the value is the kind's name, for example `cash_out`.
    Kind,
    /// The bill.
    Bill,
    /// What was paid without the tip; only if there is one.
    Net,
    /// The tip.
    Tip,
    /// What was paid in all, or went back.
    Total,
    /// When; Unix seconds of the server's clock, for the shell to write.
    SettledAt,
    /// Who at the till did it.
    Staff,
    /// The transaction's key, by which Paysera's support finds it.
    Transaction,
}

/// The lines of a receipt, in their order.
#[must_use]
pub fn receipt_lines(receipt: &Receipt) -> Vec<(ReceiptField, String)> {
    let mut lines = vec![(ReceiptField::Kind, receipt.kind.name().to_owned())];
    if let Some(bill) = &receipt.bill {
        lines.push((ReceiptField::Bill, bill.clone()));
    }
    if let (Some(tip), AttemptKind::Collect) = (receipt.tip, receipt.kind)
        && let Ok(net) = receipt.amount.checked_sub(tip)
    {
        lines.push((ReceiptField::Net, net.to_string()));
        lines.push((ReceiptField::Tip, tip.to_string()));
    }
    lines.push((ReceiptField::Total, receipt.amount.to_string()));
    lines.push((ReceiptField::SettledAt, receipt.settled_at.to_string()));
    if let Some(staff) = &receipt.staff {
        lines.push((ReceiptField::Staff, staff.clone()));
    }
    lines.push((ReceiptField::Transaction, receipt.transaction.as_str().to_owned()));
    lines
}

/// A receipt as text of `columns` characters a line: the words of `label` on the
/// left, what `value` makes of the value on the right; below each other where
/// they don't fit.
pub fn receipt_text(
    receipt: &Receipt,
    columns: usize,
    label: impl Fn(ReceiptField) -> String,
    value: impl Fn(ReceiptField, String) -> String,
) -> String {
    let mut text = String::new();
    for (field, raw) in receipt_lines(receipt) {
        let (left, right) = (label(field), value(field, raw));
        let (left_width, right_width) = (left.chars().count(), right.chars().count());
        text.push_str(&left);
        if left_width.saturating_add(right_width) < columns {
            text.push_str(&" ".repeat(columns.saturating_sub(left_width).saturating_sub(right_width)));
        } else {
            text.push('\n');
            text.push_str(&" ".repeat(columns.saturating_sub(right_width)));
        }
        text.push_str(&right);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::UnixSeconds;
    use crate::code::{TransactionKey, WalletId};
    use crate::journal::AttemptId;
    use crate::money::{Currency, Money};

    #[test]
    fn a_receipt_fits_the_paper() {
        let gel = |minor| Money::from_minor(minor, Currency::GEL);
        let receipt = Receipt {
            attempt: AttemptId::parse("00000000-0000-4000-8000-000000000001").unwrap(),
            kind: AttemptKind::Collect,
            transaction: TransactionKey::parse("ATaNL6X6CivO2Ou0FMPt9999").unwrap(),
            amount: gel(2849),
            tip: Some(gel(250)),
            bill: Some("881".to_owned()),
            staff: Some("anna".to_owned()),
            payer: Some(WalletId::new(14_471).unwrap()),
            settled_at: UnixSeconds(1_760_000_000),
            elsewhere: false,
        };
        let label = |field| format!("{field:?}");
        let text = receipt_text(&receipt, 32, label, |_, value| value);
        assert!(text.lines().all(|line| line.chars().count() <= 32), "{text}");
        insta::assert_snapshot!(text);
    }
}
