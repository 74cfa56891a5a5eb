//! What the server says when it refuses (wallet-api section 12).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::wallet_api::tolerance::readable;

/// An error body of the server (wallet-api section 12).
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the server refused: {code} (HTTP {status}){}", .description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
pub struct ServerError {
    /// The HTTP status.
    pub status: u16,
    /// `error`: what a client branches on.
    pub code: String,
    /// `error_description`: for people who read logs.
    pub description: Option<String>,
    /// `error_properties` and `errors`: which field was refused and why.
    pub fields: Vec<FieldReason>,
    /// `error_data`: parameters of the error.
    pub data: Map<String, Value>,
    /// The server's name for this request, to quote to Paysera's support.
    pub correlation_id: Option<String>,
    /// The `Retry-After` header, an hour at most.
    pub retry_after: Option<Duration>,
    /// What a person has to do before the server takes requests again.
    pub captcha: Option<Captcha>,
}

impl ServerError {
    /// Whether the server has certainly not done what it was asked for.
    pub(crate) fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status) && self.status != 408
    }
}

/// A reCAPTCHA that unlocks an account with too many requests (wallet-api
/// section 1.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captcha {
    /// The site key to show the captcha with.
    pub site_key: String,
    /// Where its answer goes, see [`crate::wallet_api::WalletApi::unlock`].
    pub unlock_url: String,
}

/// Why one field of a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldReason {
    /// The field's path, for example `payments[0].price`.
    pub field: String,
    /// The server's words.
    pub reason: String,
}

/// The body as it is on the wire; every part but `error` may be missing or odd:
/// the code must not be lost with it.
#[derive(Deserialize)]
pub(in crate::wallet_api) struct ErrorBody {
    error: String,
    #[serde(default, deserialize_with = "readable")]
    error_description: Option<String>,
    error_properties: Option<Value>,
    error_data: Option<Value>,
    errors: Option<Value>,
    #[serde(default, deserialize_with = "readable")]
    correlation_id: Option<String>,
}

impl ErrorBody {
    pub(in crate::wallet_api) fn into_error(
        self,
        status: u16,
        correlation_id: Option<String>,
    ) -> ServerError {
        let mut fields = Vec::new();
        if let Some(Value::Object(properties)) = self.error_properties {
            for (field, reasons) in properties {
                let reasons = match reasons {
                    Value::Array(reasons) => reasons,
                    reason => vec![reason],
                };
                fields.extend(
                    reasons
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|reason| FieldReason { field: field.clone(), reason: reason.to_owned() }),
                );
            }
        }
        if let Some(Value::Array(errors)) = self.errors {
            let text = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
            fields.extend(errors.iter().filter_map(|error| {
                Some(FieldReason { field: text(error, "field")?, reason: text(error, "message")? })
            }));
        }
        let data = match self.error_data {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        ServerError {
            status,
            code: self.error,
            description: self.error_description,
            fields,
            data,
            correlation_id: correlation_id.or(self.correlation_id),
            retry_after: None,
            captcha: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_error(status: u16, body: &str) -> ServerError {
        let body: ErrorBody = serde_json::from_str(body).unwrap();
        body.into_error(status, None)
    }

    #[test]
    fn refused_fields_are_kept_in_both_forms() {
        let error = server_error(
            400,
            r#"{"error":"invalid_parameters","error_description":"Invalid parameters",
                "error_properties":{"payments[0].price":["too small","odd"],"x":"missing","y":7},
                "errors":[{"code":"c","field":"currency","message":"unknown"},{"code":"c"}]}"#,
        );
        let fields: Vec<_> =
            error.fields.iter().map(|reason| (reason.field.as_str(), reason.reason.as_str())).collect();
        assert_eq!(
            fields,
            [
                ("payments[0].price", "too small"),
                ("payments[0].price", "odd"),
                ("x", "missing"),
                ("currency", "unknown")
            ]
        );
    }

    #[test]
    fn an_odd_part_does_not_take_the_code_along() {
        let error = server_error(
            409,
            r#"{"error":"invalid_state","error_description":[],"error_properties":[],"error_data":7,
                "errors":{},"correlation_id":5}"#,
        );
        assert_eq!(
            (error.code.as_str(), error.description, error.correlation_id),
            ("invalid_state", None, None)
        );
    }
}
