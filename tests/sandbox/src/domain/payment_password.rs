//! The password that a payment waits for (wallet-api section 5.5).

use super::fields::Fields;
use crate::error::Refusal;

/// Longest password, in characters.
const MAX_PASSWORD: usize = 128;

/// What the request says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PasswordDraft {
    /// `None`: the sandbox makes one, which the payer is told.
    pub(crate) provided: Option<String>,
    /// Whether the payer may do without.
    pub(crate) optional: bool,
    /// Whether the payer may take the payment back while it waits.
    pub(crate) cancelable: bool,
}

impl PasswordDraft {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let value = fields.text("value")?;
        let provided = match fields.required("type")? {
            "generated" if value.is_none() => None,
            "generated" => return Err(fields.refuse("value", "A generated password is not given")),
            "provided" => Some(fields.required("value")?),
            _ => return Err(fields.refuse("type", "This value should be generated or provided")),
        };
        if provided.is_some_and(|text| text.chars().count() > MAX_PASSWORD) {
            return Err(fields.refuse("value", "This value should have at most 128 characters"));
        }
        Ok(Self {
            provided: provided.map(str::to_owned),
            optional: fields.boolean("optional")?.unwrap_or(false),
            cancelable: fields.boolean("cancelable")?.unwrap_or(false),
        })
    }
}

/// How far a payment's password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordStatus {
    /// The payer did without.
    Disabled,
    /// It must still be given.
    Pending,
    /// It was given.
    Unlocked,
}

impl PasswordStatus {
    /// Name on the wire and in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Pending => "pending",
            Self::Unlocked => "unlocked",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Disabled, Self::Pending, Self::Unlocked].into_iter().find(|status| status.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(value: &Value) -> Result<PasswordDraft, Refusal> {
        PasswordDraft::read(&Fields::at(value, "password".to_owned()).unwrap())
    }

    #[test]
    fn a_password_is_made_or_given() {
        let made = read(&json!({"type": "generated", "optional": true})).unwrap();
        assert_eq!(made, PasswordDraft { provided: None, optional: true, cancelable: false });
        assert_eq!(read(&json!({"type": "provided", "value": "7"})).unwrap().provided.as_deref(), Some("7"));
        for value in [
            json!({}),
            json!({"type": "other"}),
            json!({"type": "provided"}),
            json!({"type": "provided", "value": "x".repeat(129)}),
            json!({"type": "generated", "value": "7"}),
        ] {
            assert!(matches!(read(&value), Err(Refusal::InvalidParameter { .. })), "{value}");
        }
    }
}
