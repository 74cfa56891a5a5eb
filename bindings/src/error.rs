//! What an app is told when something did not work.

use std::cell::Cell;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use paysera_core::auth::{SecretStoreError as CoreStoreError, SignInError};
use paysera_core::error::{ApiError as CoreError, ApiErrorKind, Retry as CoreRetry};
use paysera_core::journal::JournalError;
use paysera_core::wallet_api::{EnvironmentError, WalletApiError};

use crate::code::CodeKind;
use crate::merchant::Service;
use crate::money::Money;

/// Why a call did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum ApiError {
    /// It was refused, or did not come to its end.
    #[error("{explanation}")]
    Failed {
        /// What happened, in terms of what can be done about it.
        kind: ErrorKind,
        /// A stable name of the kind, for texts in the app's languages and for
        /// records, for example `not_identified`.
        code: String,
        /// Whether the same thing can be tried again.
        retry: Retry,
        /// What the server said about it, if it was asked.
        server: Option<ServerAnswer>,
        /// English, for developers; holds nothing secret.
        explanation: String,
    },
    /// A defect of this library. The app goes on; an attempt that was open is
    /// resumed from its journal.
    #[error("a defect of the library stopped this call; the log says where")]
    Panicked,
    /// The library was shut down, and this object is of before.
    #[error("the library was shut down; make a new client")]
    ShutDown,
}

/// What happened. A kind exists where an app or a person would act differently.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ErrorKind {
    /// The server can't be reached; nothing was sent.
    Offline,
    /// No complete answer came; the server may or may not have acted.
    NoAnswer,
    /// The server is overloaded, out of order, or limits the number of requests.
    ServerBusy,
    /// The server wants to see a person first: show the captcha and hand its
    /// answer to `unlock`.
    CaptchaRequired {
        /// The site key to show the captcha with.
        site_key: String,
        /// Where its answer goes.
        unlock_url: String,
    },
    /// The session ended: sign in again.
    SignedOut,
    /// The user, or the sign-in page, said no.
    SignInDenied,
    /// The browser came back with something that does not belong to this sign-in:
    /// go on waiting.
    WrongRedirect,
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
    /// It does not exist, or is not visible to this account.
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
    /// The server's list is longer than is looked through: ask for a shorter period.
    ListTooLong,
    /// What happened can't be written down or read on this device.
    StorageFailed,
    /// A defect of this library or of the server.
    Bug,
}

/// Why one value was refused.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FieldReason {
    /// Which value, for example `amount`.
    pub field: String,
    /// Why.
    pub reason: String,
}

/// Whether the same thing can be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Retry {
    /// Not without a change: other input, another customer, support.
    Never,
    /// Yes, after this time.
    After {
        /// Milliseconds to wait.
        milliseconds: u64,
    },
    /// Only after reading what the server did.
    AfterReading,
}

/// The server's part in an error: for logs and for Paysera's support.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ServerAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The server's error code.
    pub code: String,
    /// The server's name for the request.
    pub correlation_id: Option<String>,
}

impl ApiError {
    pub(crate) fn local(kind: ErrorKind, code: &str, explanation: impl Into<String>) -> Self {
        let (code, explanation) = (code.to_owned(), explanation.into());
        Self::Failed { kind, code, retry: Retry::Never, server: None, explanation }
    }

    pub(crate) fn bug(details: impl Into<String>) -> Self {
        Self::local(ErrorKind::Bug, "bug", format!("bug: {}", details.into()))
    }

    pub(crate) fn rejected(field: &str, reason: impl ToString) -> Self {
        let (field, reason) = (field.to_owned(), reason.to_string());
        let explanation = format!("rejected_input; {field}: {reason}");
        let fields = vec![FieldReason { field, reason }];
        Self::local(ErrorKind::RejectedInput { fields }, "rejected_input", explanation)
    }

    pub(crate) fn wrong_code(expected: CodeKind, found: CodeKind) -> Self {
        let explanation = format!("wrong_code: {found:?} instead of {expected:?}");
        Self::local(ErrorKind::WrongCode { expected, found: Some(found) }, "wrong_code", explanation)
    }

    pub(crate) const fn panicked() -> Self {
        Self::Panicked
    }
}

impl From<CoreError> for ApiError {
    fn from(error: CoreError) -> Self {
        let (code, explanation) = (error.kind.code().to_owned(), error.to_string());
        let retry = match error.retry {
            CoreRetry::Never => Retry::Never,
            CoreRetry::After(time) => {
                Retry::After { milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX) }
            }
            CoreRetry::AfterReading => Retry::AfterReading,
        };
        let server = error.server.map(|server| ServerAnswer {
            status: server.status,
            code: server.code,
            correlation_id: server.correlation_id,
        });
        Self::Failed { kind: error.kind.into(), code, retry, server, explanation }
    }
}

impl From<ApiErrorKind> for ErrorKind {
    fn from(kind: ApiErrorKind) -> Self {
        match kind {
            ApiErrorKind::Offline => Self::Offline,
            ApiErrorKind::NoAnswer => Self::NoAnswer,
            ApiErrorKind::ServerBusy => Self::ServerBusy,
            ApiErrorKind::CaptchaRequired { captcha } => {
                Self::CaptchaRequired { site_key: captcha.site_key, unlock_url: captcha.unlock_url }
            }
            ApiErrorKind::SignedOut => Self::SignedOut,
            ApiErrorKind::NotIdentified => Self::NotIdentified,
            ApiErrorKind::ServiceNotActivated { service } => {
                Self::ServiceNotActivated { service: service.into() }
            }
            ApiErrorKind::InsufficientFunds => Self::InsufficientFunds,
            ApiErrorKind::LimitExceeded => Self::LimitExceeded,
            ApiErrorKind::CodeInvalidOrUsed => Self::CodeInvalidOrUsed,
            ApiErrorKind::WrongCode { expected, found } => {
                Self::WrongCode { expected: expected.into(), found: found.map(Into::into) }
            }
            ApiErrorKind::PaymentToSelf => Self::PaymentToSelf,
            ApiErrorKind::AccountInactive => Self::AccountInactive,
            ApiErrorKind::NotAllowed => Self::NotAllowed,
            ApiErrorKind::NotFound => Self::NotFound,
            ApiErrorKind::WrongState => Self::WrongState,
            ApiErrorKind::AmountDiffers => Self::AmountDiffers,
            ApiErrorKind::CashReturned => Self::CashReturned,
            ApiErrorKind::Interrupted => Self::Interrupted,
            ApiErrorKind::IdentityNotConfirmed => Self::IdentityNotConfirmed,
            ApiErrorKind::NotEnoughCash { in_drawer } => Self::NotEnoughCash { in_drawer: in_drawer.into() },
            ApiErrorKind::StaffNotAllowed => Self::StaffNotAllowed,
            ApiErrorKind::BillUsed { bill } => Self::BillUsed { bill },
            ApiErrorKind::RejectedInput { fields } => Self::RejectedInput {
                fields: fields
                    .into_iter()
                    .map(|field| FieldReason { field: field.field, reason: field.reason })
                    .collect(),
            },
            ApiErrorKind::ListTooLong => Self::ListTooLong,
            ApiErrorKind::StorageFailed => Self::StorageFailed,
            // A kind of the core that this surface does not name yet; its code says which.
            _ => Self::Bug,
        }
    }
}

impl From<WalletApiError> for ApiError {
    fn from(error: WalletApiError) -> Self {
        CoreError::from(error).into()
    }
}

impl From<JournalError> for ApiError {
    fn from(error: JournalError) -> Self {
        Self::local(ErrorKind::StorageFailed, "storage_failed", format!("storage_failed: {error}"))
    }
}

impl From<CoreStoreError> for ApiError {
    fn from(error: CoreStoreError) -> Self {
        Self::local(ErrorKind::StorageFailed, "storage_failed", format!("storage_failed: {error}"))
    }
}

impl From<EnvironmentError> for ApiError {
    fn from(error: EnvironmentError) -> Self {
        Self::rejected("environment", error)
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        let explanation = error.to_string();
        match error {
            SignInError::Api(error) => error.into(),
            SignInError::Store(error) => error.into(),
            SignInError::Denied { .. } => Self::local(ErrorKind::SignInDenied, "sign_in_denied", explanation),
            SignInError::WrongRedirect { .. } => {
                Self::local(ErrorKind::WrongRedirect, "wrong_redirect", explanation)
            }
            SignInError::NotAnAddress { .. } => Self::rejected("page", explanation),
            _ => Self::bug(explanation),
        }
    }
}

thread_local! {
    /// Whether a thread of the app's does this library's work.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Does this library's work on a thread of the app's: a panic is written down there as on
/// the library's own threads. The work does not unwind.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let before = AT_WORK.replace(true);
    let done = work();
    AT_WORK.set(before);
    done
}

/// Writes down where a panic was, and not what it said: that may quote what was
/// being worked on. The hook that was there before is called only outside of this
/// library's work.
pub(crate) fn record_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info: &PanicHookInfo<'_>| {
            let location = info.location().map_or_else(String::new, ToString::to_string);
            tracing::error!(%location, "a panic");
            let thread = std::thread::current();
            let is_ours = thread.name().is_some_and(|name| name.starts_with("paysera-"));
            if !is_ours && !AT_WORK.get() {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests;
