//! What a merchant is told of a transaction, where, and how often it is tried
//! (wallet-api sections 5.6 and 10).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::fields::Fields;
use super::status::Status;
use crate::error::Refusal;

/// Pauses before each further attempt, in seconds. PROPOSAL of wallet-api
/// section 10: the figures of newer webhooks; the documentation is silent.
const PAUSES: [i64; 3] = [5, 60, 3600];

/// The `callback_uri` of a transaction: absent, `false` or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub(crate) enum CallbackTarget {
    /// Where the project says.
    #[default]
    Default,
    /// Nobody is told.
    Disabled,
    /// This http or https address.
    Uri(String),
}

impl CallbackTarget {
    /// Reads `callback_uri`.
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        match fields.get("callback_uri") {
            None => Ok(Self::Default),
            Some(Value::Bool(false)) => Ok(Self::Disabled),
            Some(Value::String(_)) => match fields.uri("callback_uri")? {
                Some(uri) if origin(uri).is_some() => Ok(Self::Uri(uri.to_owned())),
                _ => Err(fields.refuse("callback_uri", "This value should be an http or https URI")),
            },
            Some(_) => Err(fields.refuse("callback_uri", "This value should be a URI or false")),
        }
    }

    /// Whether the project decides.
    pub(crate) const fn is_default(&self) -> bool {
        matches!(self, Self::Default)
    }
}

impl From<CallbackTarget> for Value {
    fn from(target: CallbackTarget) -> Self {
        match target {
            CallbackTarget::Default => Self::Null,
            CallbackTarget::Disabled => Self::Bool(false),
            CallbackTarget::Uri(uri) => Self::String(uri),
        }
    }
}

impl TryFrom<Value> for CallbackTarget {
    type Error = &'static str;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Null => Ok(Self::Default),
            Value::Bool(false) => Ok(Self::Disabled),
            Value::String(uri) => Ok(Self::Uri(uri)),
            _ => Err("a callback address is a URI or false"),
        }
    }
}

/// Scheme, host and port of an address that can be called.
pub(crate) fn origin(uri: &str) -> Option<String> {
    let uri = Url::parse(uri).ok()?;
    matches!(uri.scheme(), "http" | "https").then(|| uri.origin().ascii_serialization())
}

/// The event that tells of `status`, if one does. With `auto_confirm` the
/// reservation is only a step to the confirmation.
pub(crate) const fn event_type(status: Status, auto_confirm: bool) -> Option<&'static str> {
    match status {
        Status::Reserved if auto_confirm => None,
        Status::Reserved
        | Status::Confirmed
        | Status::Rejected
        | Status::Failed
        | Status::WaitingFunds
        | Status::WaitingRegistration
        | Status::WaitingPassword => Some(status.name()),
        Status::New | Status::Waiting | Status::Revoked | Status::Deleted => None,
    }
}

/// When to try again after so many failed attempts, the last one at `now`;
/// `None` gives up.
pub(crate) fn next_attempt(failures: u32, now: i64) -> Option<i64> {
    let index = usize::try_from(failures.checked_sub(1)?).ok()?;
    PAUSES.get(index).map(|pause| now.saturating_add(*pause))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<CallbackTarget, Refusal> {
        let body = json!({ "callback_uri": value });
        CallbackTarget::read(&Fields::root(body.as_object().unwrap()))
    }

    #[test]
    fn a_target_is_absent_false_or_an_http_address() {
        let uri = "https://shop.example/callback?id=1";
        for (value, target) in [
            (Value::Null, CallbackTarget::Default),
            (json!(false), CallbackTarget::Disabled),
            (json!(uri), CallbackTarget::Uri(uri.to_owned())),
        ] {
            assert_eq!(read(&value).unwrap(), target);
            assert_eq!(serde_json::to_value(&target).unwrap(), value);
            assert_eq!(serde_json::from_value::<CallbackTarget>(value).unwrap(), target);
        }
        for value in [json!(true), json!(1), json!("/callback"), json!("shop://callback"), json!("http://")] {
            assert!(matches!(read(&value), Err(Refusal::InvalidParameter { .. })), "{value}");
        }
    }

    #[test]
    fn who_is_slow_together_is_scheme_host_and_port() {
        assert_eq!(origin("http://Shop.example:80/a?b").as_deref(), Some("http://shop.example"));
        assert_eq!(origin("http://u:p@shop.example:81/").as_deref(), Some("http://shop.example:81"));
        assert_eq!(origin("ftp://shop.example/"), None);
    }

    #[test]
    fn the_table_of_events() {
        let told: Vec<_> = Status::ALL.into_iter().filter_map(|status| event_type(status, false)).collect();
        assert_eq!(
            told,
            [
                "waiting_registration",
                "waiting_funds",
                "waiting_password",
                "reserved",
                "confirmed",
                "rejected",
                "failed"
            ]
        );
        assert_eq!(event_type(Status::Reserved, true), None);
        assert_eq!(event_type(Status::Confirmed, true), Some("confirmed"));
    }

    #[test]
    fn three_more_attempts_then_none() {
        let times: Vec<_> = (1..=4).map(|failures| next_attempt(failures, 100)).collect();
        assert_eq!(times, [Some(105), Some(160), Some(3700), None]);
    }
}
