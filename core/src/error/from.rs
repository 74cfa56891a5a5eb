//! Where detailed errors become public ones.

use std::time::Duration;

use super::{ApiError, ApiErrorKind, Retry, ServerAnswer};
use crate::code::CodeError;
use crate::journal::JournalError;
use crate::money::MoneyError;
use crate::wallet_api::{Delivery, ServerError, Service, WalletApiError};

/// How long to wait before asking an overloaded server again, when it does not say.
const BUSY_RETRY: Duration = Duration::from_secs(5);

impl From<&WalletApiError> for ApiError {
    fn from(error: &WalletApiError) -> Self {
        let kind = match error {
            WalletApiError::Server(error) => return from_server(error),
            WalletApiError::Unreachable(_) => ApiErrorKind::Offline,
            WalletApiError::TimedOut(_) | WalletApiError::AnswerLost(_) => ApiErrorKind::NoAnswer,
            WalletApiError::SignedOut(_) => ApiErrorKind::SignedOut,
            WalletApiError::NotRenewed(error) => return Self::from(&**error),
            WalletApiError::Paused { captcha: Some(captcha), .. } => {
                ApiErrorKind::CaptchaRequired { captcha: (**captcha).clone() }
            }
            WalletApiError::Paused { .. } | WalletApiError::BudgetSpent { .. } => ApiErrorKind::ServerBusy,
            // A proxy or a captive portal answers like this, too.
            WalletApiError::NotUnderstood { status: 408 | 429 | 500.., .. } => ApiErrorKind::ServerBusy,
            WalletApiError::NotUnderstood { .. }
            | WalletApiError::AnswerTooLarge { .. }
            | WalletApiError::Mac(_)
            | WalletApiError::NoRandomness(_)
            | WalletApiError::InvalidRequest { .. }
            | WalletApiError::Setup { .. } => ApiErrorKind::Bug { details: error.to_string() },
        };
        let retry = match (error.delivery(), &kind) {
            (Delivery::Unknown, _) => Retry::AfterReading,
            (_, ApiErrorKind::Offline | ApiErrorKind::ServerBusy | ApiErrorKind::CaptchaRequired { .. }) => {
                Retry::After(error.retry_after().unwrap_or(BUSY_RETRY))
            }
            _ => Retry::Never,
        };
        Self { kind, retry, server: None }
    }
}

impl From<WalletApiError> for ApiError {
    fn from(error: WalletApiError) -> Self {
        Self::from(&error)
    }
}

fn from_server(error: &ServerError) -> ApiError {
    let kind = match error.code.as_str() {
        "rate_limit_exceeded" => match error.captcha.clone() {
            Some(captcha) => ApiErrorKind::CaptchaRequired { captcha },
            None => ApiErrorKind::ServerBusy,
        },
        "not_enough_funds" => ApiErrorKind::InsufficientFunds,
        "limits_exceeded" | "restriction_limits_exceeded" => ApiErrorKind::LimitExceeded,
        "client_not_verified" | "identity_required" => ApiErrorKind::NotIdentified,
        "payment_to_same_account" => ApiErrorKind::PaymentToSelf,
        "payer_account_inactive" | "beneficiary_account_inactive" => ApiErrorKind::AccountInactive,
        "invalid_code" => ApiErrorKind::CodeInvalidOrUsed,
        "invalid_state" => ApiErrorKind::WrongState,
        "not_found" => ApiErrorKind::NotFound,
        "invalid_grant" => ApiErrorKind::SignedOut,
        "forbidden" => match refused_service(error) {
            Some(service) => ApiErrorKind::ServiceNotActivated { service },
            None => ApiErrorKind::NotAllowed,
        },
        "no_rights" | "restriction_violation" | "client_restricted" | "unauthorized" => {
            ApiErrorKind::NotAllowed
        }
        "invalid_parameters" => ApiErrorKind::RejectedInput { fields: error.fields.clone() },
        // Whatever they are called, these are for now only.
        _ if matches!(error.status, 408 | 429 | 500..) => ApiErrorKind::ServerBusy,
        _ => ApiErrorKind::Bug { details: error.to_string() },
    };
    let retry = match kind {
        _ if !error.is_refusal() => Retry::AfterReading,
        ApiErrorKind::ServerBusy | ApiErrorKind::CaptchaRequired { .. } => {
            Retry::After(error.retry_after.unwrap_or(BUSY_RETRY))
        }
        _ => Retry::Never,
    };
    let server = ServerAnswer {
        status: error.status,
        code: error.code.clone(),
        correlation_id: error.correlation_id.clone(),
    };
    ApiError { kind, retry, server: Some(server) }
}

/// A refused service is named in `error_data` (wallet-api section 9.4).
fn refused_service(error: &ServerError) -> Option<Service> {
    let name = error.data.get("service")?.as_str()?;
    Service::ALL.into_iter().find(|service| service.as_str() == name)
}

impl From<MoneyError> for ApiError {
    fn from(error: MoneyError) -> Self {
        Self::rejected("amount", error)
    }
}

impl From<CodeError> for ApiError {
    fn from(error: CodeError) -> Self {
        Self::rejected("code", error)
    }
}

impl From<JournalError> for ApiError {
    fn from(_: JournalError) -> Self {
        Self::local(ApiErrorKind::StorageFailed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn from_code(status: u16, code: &str, data: Map<String, serde_json::Value>) -> ApiError {
        ApiError::from(WalletApiError::from(Box::new(ServerError {
            status,
            code: code.to_owned(),
            description: Some("free text".to_owned()),
            fields: Vec::new(),
            data,
            correlation_id: Some("c-1".to_owned()),
            ..ServerError::default()
        })))
    }

    #[test]
    fn every_documented_code_has_its_kind() {
        for (status, code, kind) in [
            (400, "not_enough_funds", "insufficient_funds"),
            (400, "limits_exceeded", "limit_exceeded"),
            (400, "restriction_limits_exceeded", "limit_exceeded"),
            (403, "no_rights", "not_allowed"),
            (400, "payment_to_same_account", "payment_to_self"),
            (403, "restriction_violation", "not_allowed"),
            (403, "client_not_verified", "not_identified"),
            (400, "beneficiary_account_inactive", "account_inactive"),
            (400, "payer_account_inactive", "account_inactive"),
            (403, "client_restricted", "not_allowed"),
            (400, "invalid_code", "code_invalid_or_used"),
            (400, "invalid_parameters", "rejected_input"),
            (401, "unauthorized", "not_allowed"),
            (400, "invalid_grant", "signed_out"),
            (403, "forbidden", "not_allowed"),
            (404, "not_found", "not_found"),
            (409, "invalid_state", "wrong_state"),
            (429, "rate_limit_exceeded", "server_busy"),
            (429, "never_heard_of", "server_busy"),
            (408, "never_heard_of", "server_busy"),
            (500, "internal_server_error", "server_busy"),
            (400, "never_heard_of", "bug"),
        ] {
            let error = from_code(status, code, Map::new());
            assert_eq!(error.kind.code(), kind, "{code}");
            assert_eq!(error.server.unwrap().correlation_id.as_deref(), Some("c-1"));
        }
    }

    #[test]
    fn a_refused_service_is_named() {
        let Some(data) = json!({"service": "cash_out"}).as_object().cloned() else { unreachable!() };
        let error = from_code(403, "forbidden", data);
        assert_eq!(error.kind, ApiErrorKind::ServiceNotActivated { service: Service::CashOut });
    }

    /// A proxy in front of the server limits requests with a page of its own.
    #[test]
    fn a_limit_that_is_not_json_is_a_busy_server() {
        let wait = Duration::from_secs(20);
        for (status, retry) in [(429, Retry::After(wait)), (408, Retry::AfterReading)] {
            let (reason, retry_after) = (String::new(), Some(wait));
            let error = ApiError::from(WalletApiError::NotUnderstood { status, reason, retry_after });
            assert_eq!((error.kind, error.retry), (ApiErrorKind::ServerBusy, retry), "{status}");
        }
    }

    #[test]
    fn a_server_error_is_tried_again_only_after_reading() {
        for status in [302, 408, 500, 502] {
            assert_eq!(from_code(status, "bad_gateway", Map::new()).retry, Retry::AfterReading);
        }
        assert_eq!(from_code(429, "rate_limit_exceeded", Map::new()).retry, Retry::After(BUSY_RETRY));
        assert_eq!(from_code(400, "not_enough_funds", Map::new()).retry, Retry::Never);
    }
}
