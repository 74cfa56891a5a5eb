//! Rows as values.

use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::transactions::StoredTransaction;
use crate::domain::callback::CallbackTarget;
use crate::domain::span::Span;
use crate::domain::status::Status;

/// The two columns of a span.
pub(super) const fn columns(span: Span) -> (Option<i64>, Option<i64>) {
    match span {
        Span::For(seconds) => (Some(seconds), None),
        Span::Until(end) => (None, Some(end)),
    }
}

/// The column of a callback address: JSON as on the wire.
pub(super) fn target_column(target: &CallbackTarget) -> Option<String> {
    (!target.is_default()).then(|| Value::from(target.clone()).to_string())
}

/// A span from its two columns, the first of which is `column`.
pub(super) fn read_span(row: &Row<'_>, column: usize) -> rusqlite::Result<Span> {
    let seconds: Option<i64> = row.get(column)?;
    match seconds {
        Some(seconds) => Ok(Span::For(seconds)),
        None => Ok(Span::Until(row.get(column.saturating_add(1))?)),
    }
}

/// A column with JSON, or NULL.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A name that this version does not know stands in the file.
pub(super) fn unknown_name(column: usize, name: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("unknown name {name}").into())
}

/// A row of `transactions`, in the order of `find`, without its payments.
pub(super) fn read_transaction(row: &Row<'_>) -> rusqlite::Result<StoredTransaction> {
    let status: String = row.get(4)?;
    Ok(StoredTransaction {
        key: row.get(0)?,
        client_id: row.get(1)?,
        creator_wallet: row.get(2)?,
        created_at: row.get(3)?,
        status: Status::parse(&status).ok_or_else(|| unknown_name(4, &status))?,
        accepted_by: row.get(5)?,
        wallet: row.get(6)?,
        confirmed_at: row.get(7)?,
        reserve: read_span(row, 8)?,
        use_allowance: row.get(10)?,
        suggest_allowance: row.get(11)?,
        auto_confirm: row.get(12)?,
        redirect_uri: row.get(13)?,
        callback_uri: json(row, 14)?.unwrap_or_default(),
        project_id: row.get(15)?,
        location_id: row.get(16)?,
        user_email: row.get(17)?,
        asked_wallet: row.get(18)?,
        restrictions: json(row, 19)?,
        inquiries: json(row, 20)?,
        payments: Vec::new(),
    })
}
