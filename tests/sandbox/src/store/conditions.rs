//! The conditions of a list, put together from what a request asks for.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::error::Refusal;

/// Conditions with their values, in order.
#[derive(Debug)]
pub(super) struct Conditions {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Conditions {
    /// What must hold in any case.
    pub(super) fn new(sql: &str, values: Vec<Value>) -> Self {
        Self { sql: sql.to_owned(), values }
    }

    /// One more with one value, if the request has it.
    pub(super) fn and(mut self, condition: &str, value: Option<i64>) -> Self {
        if let Some(value) = value {
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.values.push(value.into());
        }
        self
    }

    /// That `column` is one of `texts`; no texts: anything.
    pub(super) fn one_of(mut self, column: &str, texts: impl IntoIterator<Item = String>) -> Self {
        let texts: Vec<_> = texts.into_iter().map(Value::from).collect();
        if !texts.is_empty() {
            let marks = vec!["?"; texts.len()].join(", ");
            self.sql.push_str(&format!(" AND {column} IN ({marks})"));
            self.values.extend(texts);
        }
        self
    }

    /// How many rows of `tables` they leave.
    pub(super) fn count(&self, db: &Connection, tables: &str) -> Result<i64, Refusal> {
        Ok(db
            .prepare_cached(&format!("SELECT count(*) FROM {tables} WHERE {}", self.sql))?
            .query_row(params_from_iter(&self.values), |row| row.get(0))?)
    }
}
