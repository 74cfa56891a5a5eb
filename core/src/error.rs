//! The one error that a shell sees: what happened, in terms of what can be done
//! about it. The only place where detailed errors become public ones.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::code::{CodeError, CodeKind};
use crate::journal::JournalError;
use crate::money::{Money, MoneyError};
use crate::wallet_api::{Captcha, Delivery, FieldReason, ServerError, Service, WalletApiError};

/// What happened. A variant exists where a shell or a person would act
/// differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The server can't be reached; nothing was sent.
    Offline,
    /// No complete answer came; the server may or may not have acted.
    NoAnswer,
    /// The server is overloaded, out of order, or limits the number of requests.
    ServerBusy,
    /// The server wants to see a person before it takes more requests: show the
    /// captcha and hand its answer to `unlock`.
    CaptchaRequired {
        /// What to show, and where its answer goes.
        captcha: Captcha,
    },
    /// The session ended: sign in again.
    SignedOut,
    /// The customer has to be identified and verified first.
    NotIdentified,
    /// The service was not chosen, or not approved, for this location.
    ServiceNotActivated {
        /// The service.
        service: Service,
    },
    /// There is not enough money in the payer's account.
    InsufficientFunds,
    /// A limit of the account, of its identification, or of an allowance is
    /// exceeded.
    LimitExceeded,
    /// The reservation code is wrong, or was used before.
    CodeInvalidOrUsed,
    /// The text is not a code that this step can use.
    WrongCode {
        /// What the step needs.
        expected: CodeKind,
        /// What was scanned, if it is one of Paysera's codes.
        found: Option<CodeKind>,
    },
    /// Payer and beneficiary are the same account.
    PaymentToSelf,
    /// The payer's or the beneficiary's account is not active.
    AccountInactive,
    /// The account or the client may not do this.
    NotAllowed,
    /// The transaction does not exist, or is not visible to this account.
    NotFound,
    /// The transaction is not in a state that allows this.
    WrongState,
    /// The server confirmed another amount than was asked for.
    AmountDiffers,
    /// Cash was given back, the deposit did not happen.
    CashReturned,
    /// The app ended before anything was sent: nothing happened.
    Interrupted,
    /// The customer is not who the account belongs to.
    IdentityNotConfirmed,
    /// The drawer does not hold the cash that was to be handed out.
    NotEnoughCash {
        /// What should be in the drawer.
        in_drawer: Money,
    },
    /// This member of staff may not do this.
    StaffNotAllowed,
    /// The bill was used before: ask a person whether it is to be paid once more.
    BillUsed {
        /// The bill.
        bill: String,
    },
    /// A value was refused.
    RejectedInput {
        /// Which values, and why.
        fields: Vec<FieldReason>,
    },
    /// What happened can't be written down on this device, so nothing more was
    /// done.
    StorageFailed,
    /// A defect of this library or of the server.
    Bug {
        /// For the developers.
        details: String,
    },
}

impl ApiErrorKind {
    /// A stable name for texts, records and tests, for example `not_identified`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NoAnswer => "no_answer",
            Self::ServerBusy => "server_busy",
            Self::CaptchaRequired { .. } => "captcha_required",
            Self::SignedOut => "signed_out",
            Self::NotIdentified => "not_identified",
            Self::ServiceNotActivated { .. } => "service_not_activated",
            Self::InsufficientFunds => "insufficient_funds",
            Self::LimitExceeded => "limit_exceeded",
            Self::CodeInvalidOrUsed => "code_invalid_or_used",
            Self::WrongCode { .. } => "wrong_code",
            Self::PaymentToSelf => "payment_to_self",
            Self::AccountInactive => "account_inactive",
            Self::NotAllowed => "not_allowed",
            Self::NotFound => "not_found",
            Self::WrongState => "wrong_state",
            Self::AmountDiffers => "amount_differs",
            Self::CashReturned => "cash_returned",
            Self::Interrupted => "interrupted",
            Self::IdentityNotConfirmed => "identity_not_confirmed",
            Self::NotEnoughCash { .. } => "not_enough_cash",
            Self::StaffNotAllowed => "staff_not_allowed",
            Self::BillUsed { .. } => "bill_used",
            Self::RejectedInput { .. } => "rejected_input",
            Self::StorageFailed => "storage_failed",
            Self::Bug { .. } => "bug",
        }
    }
}

/// Whether the same thing can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not without a change: other input, another customer, support.
    Never,
    /// Yes, after this time.
    After(Duration),
    /// Only after reading what the server did.
    AfterReading,
}

/// An operation that was refused or did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// What happened.
    pub kind: ApiErrorKind,
    /// Whether the same thing can be tried again.
    pub retry: Retry,
    /// What the server said about it, if it was asked.
    pub server: Option<ServerAnswer>,
}

/// The server's part in an [`ApiError`]: for logs and for Paysera's support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The server's error code (wallet-api section 12).
    pub code: String,
    /// The server's name for the request.
    pub correlation_id: Option<String>,
}

impl ApiError {
    /// An error that came up on this device.
    pub(crate) const fn local(kind: ApiErrorKind) -> Self {
        Self { kind, retry: Retry::Never, server: None }
    }

    /// A drawer that holds too little.
    pub(crate) const fn not_enough_cash(in_drawer: Money) -> Self {
        Self::local(ApiErrorKind::NotEnoughCash { in_drawer })
    }

    /// A defect, or a device without randomness.
    pub(crate) fn bug(error: impl fmt::Display) -> Self {
        Self::local(ApiErrorKind::Bug { details: error.to_string() })
    }

    /// A value that was refused before anything was sent.
    pub(crate) fn rejected(field: &str, reason: impl fmt::Display) -> Self {
        let fields = vec![FieldReason { field: field.to_owned(), reason: reason.to_string() }];
        Self::local(ApiErrorKind::RejectedInput { fields })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())?;
        match &self.kind {
            ApiErrorKind::ServiceNotActivated { service } => write!(f, ": {}", service.as_str())?,
            ApiErrorKind::WrongCode { expected, found: Some(found) } => {
                write!(f, ": a {found} instead of a {expected}")?;
            }
            ApiErrorKind::NotEnoughCash { in_drawer } => write!(f, ": {in_drawer} in the drawer")?,
            ApiErrorKind::BillUsed { bill } => write!(f, ": {bill}")?,
            ApiErrorKind::WrongCode { expected, found: None } => write!(f, ": no {expected}")?,
            ApiErrorKind::RejectedInput { fields } => {
                for field in fields {
                    write!(f, "; {}: {}", field.field, field.reason)?;
                }
            }
            ApiErrorKind::Bug { details } => write!(f, ": {details}")?,
            _ => {}
        }
        if let Some(server) = &self.server {
            write!(f, " (server: {}, HTTP {}", server.code, server.status)?;
            if let Some(id) = &server.correlation_id {
                write!(f, ", correlation id {id}")?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

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
