//! Attempts as files, with columns that stay.

use serde_json::{Map, Value, json};

use crate::journal::AttemptRow;

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180) in UTF-8, with a header line.
    Csv,
    /// A JSON array of objects.
    Json,
}

/// The columns. New ones are added at the end; none is renamed or taken out.
const COLUMNS: [&str; 17] = [
    "attempt",
    "kind",
    "state",
    "started_at",
    "amount",
    "currency",
    "tip",
    "settled_amount",
    "settled_at",
    "business_day",
    "payer",
    "elsewhere",
    "transaction",
    "bill",
    "staff",
    "request_id",
    "open",
];

/// Writes attempts down, oldest first as they are given. Amounts are decimal text
/// in major units, times Unix seconds of the server's clock.
#[must_use]
pub fn export(rows: &[AttemptRow], format: ExportFormat) -> String {
    match format {
        ExportFormat::Csv => {
            let mut text = line(COLUMNS.iter().map(|column| (*column).to_owned()));
            for row in rows {
                text.push_str(&line(values(row).into_iter().map(cell)));
            }
            text
        }
        ExportFormat::Json => {
            let objects = rows.iter().map(|row| {
                let pairs = COLUMNS.iter().map(|column| (*column).to_owned()).zip(values(row));
                Value::Object(pairs.collect::<Map<String, Value>>())
            });
            Value::Array(objects.collect()).to_string()
        }
    }
}

/// The values of the columns, in their order.
fn values(row: &AttemptRow) -> [Value; COLUMNS.len()] {
    let settlement = row.settlement.as_ref();
    [
        json!(row.id),
        json!(row.kind.name()),
        json!(row.state),
        json!(row.started_at),
        json!(row.amount.to_decimal()),
        json!(row.amount.currency().code()),
        json!(row.tip.map(|tip| tip.to_decimal())),
        json!(settlement.map(|settlement| settlement.amount.to_decimal())),
        json!(settlement.map(|settlement| settlement.at)),
        json!(row.settled_day),
        json!(settlement.and_then(|settlement| settlement.payer)),
        json!(settlement.map(|settlement| settlement.elsewhere)),
        json!(row.transaction),
        json!(row.bill),
        json!(row.staff),
        json!(row.request_id),
        json!(row.open),
    ]
}

fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => guarded(&text),
        other => other.to_string(),
    }
}

/// A spreadsheet takes what begins like a formula for one: people's words never are.
fn guarded(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = |cell: String| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    let mut line = cells.map(quoted).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::BusinessDay;
    use crate::clock::UnixSeconds;
    use crate::code::{TransactionKey, WalletId};
    use crate::journal::{AttemptId, AttemptKind, Settlement};
    use crate::money::{Currency, Money};

    fn row() -> AttemptRow {
        let gel = |minor| Money::from_minor(minor, Currency::GEL);
        AttemptRow {
            number: 1,
            id: AttemptId::parse("00000000-0000-4000-8000-000000000001").unwrap(),
            request_id: "screen-1".to_owned(),
            kind: AttemptKind::Collect,
            amount: gel(1250),
            tip: Some(gel(250)),
            bill: Some("=HYPERLINK(\"x\"),1".to_owned()),
            staff: None,
            started_at: UnixSeconds(1_760_000_000),
            transaction: Some(TransactionKey::parse("Transaction0001").unwrap()),
            state: "settled".to_owned(),
            open: false,
            settlement: Some(Settlement {
                amount: gel(1250),
                at: UnixSeconds(1_760_000_010),
                payer: Some(WalletId::new(14_471).unwrap()),
                elsewhere: false,
            }),
            settled_day: Some(BusinessDay::parse("2026-11-25").unwrap()),
        }
    }

    #[test]
    fn csv_has_stable_columns_and_no_formulas() {
        insta::assert_snapshot!(export(&[row()], ExportFormat::Csv));
    }

    #[test]
    fn json_has_the_same_columns() {
        let text = export(&[row(), row()], ExportFormat::Json);
        let rows: Vec<Map<String, Value>> = serde_json::from_str(&text).unwrap();
        let mut columns: Vec<&String> = rows[0].keys().collect();
        let mut expected = COLUMNS.to_vec();
        columns.sort();
        expected.sort_unstable();
        assert_eq!(columns, expected);
        assert_eq!(rows[1]["amount"], "12.50");
        assert_eq!(export(&[], ExportFormat::Json), "[]");
    }

    #[test]
    fn a_text_can_not_leave_its_cell() {
        let cells = ["plain", "a,b", "say \"hi\"", "two\nlines"].map(str::to_owned);
        assert_eq!(line(cells.into_iter()), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
        assert_eq!(guarded("-12.50"), "-12.50");
        assert_eq!(guarded("-12.50+cmd"), "'-12.50+cmd");
    }
}
