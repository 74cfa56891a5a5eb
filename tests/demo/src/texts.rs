//! What a cashier reads. The core gives stable names; the words stand in
//! `texts/en.json`.

use std::collections::HashMap;

use crate::error::DemoError;

const ENGLISH: &str = include_str!("../texts/en.json");

/// The words for the core's stable names.
#[derive(Debug)]
pub(crate) struct Texts(HashMap<String, String>);

impl Texts {
    pub(crate) fn english() -> Result<Self, DemoError> {
        serde_json::from_str(ENGLISH).map(Self).map_err(|error| DemoError::Text { code: error.to_string() })
    }

    pub(crate) fn of(&self, code: &str) -> Result<&str, DemoError> {
        self.0.get(code).map(String::as_str).ok_or_else(|| DemoError::Text { code: code.to_owned() })
    }
}
