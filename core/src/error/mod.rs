//! The one error that a shell sees: what happened, in terms of what can be done
//! about it. The only place where detailed errors become public ones.

mod from;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::code::CodeKind;
use crate::money::Money;
use crate::wallet_api::{Captcha, FieldReason, Service};

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
    /// The server's list of transactions is longer than is looked through, so it
    /// can't be said what is not in it: ask for a shorter period.
    ListTooLong,
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
            Self::ListTooLong => "list_too_long",
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
