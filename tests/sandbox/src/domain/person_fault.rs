//! Why a person can't be signed in, registered or identified (wallet-api
//! sections 3.2 and 12), and each reason's name on the wire.

/// The reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PersonFault {
    /// A grant, a code or a token that can't be used (any more).
    InvalidGrant(&'static str),
    /// Name and password do not belong together; counted against `subject`.
    WrongPassword { subject: Option<String> },
    /// A scope that does not exist or was not given.
    InvalidScope(String),
    /// A `grant_type` that the sandbox has not.
    UnsupportedGrant,
    /// Phone or e-mail are of a registered user.
    UserAlreadyExists,
    /// The phone is another user's.
    PhoneAlreadyAssigned,
    /// Nobody may register with such a phone.
    ProhibitedCountry,
    /// Shorter than the configuration says.
    PasswordTooShort,
    /// Easily guessed.
    PasswordTooRisky,
    /// The present password is another; counted against `subject`.
    InvalidPassword { subject: String },
    /// The password of a payment is another; counted against `subject`.
    WrongPaymentPassword { subject: String },
    /// The PIN is another; counted against `subject`.
    WrongPin { subject: String },
    /// The code of an SMS or e-mail is wrong or over; counted against `subject`.
    InvalidCode { subject: String },
    /// The personal code is not the user's; counted against `subject`.
    InvalidIdentity { subject: String },
    /// An identified user must give the personal code.
    IdentityRequired,
    /// Too many identifications were begun.
    TooManyIdentifications,
    /// What a merchant must know of the payer is not known to Paysera.
    IdentityUnknown,
}

impl PersonFault {
    /// `error` and `error_description`; the status is 400 (PROPOSAL of
    /// wallet-api sections 3.2 and 12).
    pub(crate) fn on_the_wire(&self) -> (&'static str, String) {
        let (error, description) = match self {
            Self::InvalidGrant(reason) => ("invalid_grant", *reason),
            Self::WrongPassword { .. } => ("invalid_grant", "Username or password is wrong"),
            Self::InvalidScope(scope) => {
                return ("invalid_scope", format!("The scope {scope:?} can't be had"));
            }
            Self::UnsupportedGrant => (
                "unsupported_grant_type",
                "grant_type should be authorization_code, password, refresh_token or refresh_token_with_activation",
            ),
            Self::UserAlreadyExists => {
                ("user_already_exists", "Phone or e-mail are of a registered user: sign in instead")
            }
            Self::PhoneAlreadyAssigned => ("phone_already_assigned", "The phone is another user's"),
            Self::ProhibitedCountry => {
                ("phone_from_prohibited_country", "Phones of this country can't be used")
            }
            Self::PasswordTooShort => ("password_too_short", "The password should have 8 characters or more"),
            Self::PasswordTooRisky => ("password_too_risky", "The password is easily guessed: take another"),
            Self::InvalidPassword { .. } => ("invalid_password", "The present password is another"),
            Self::WrongPaymentPassword { .. } => ("invalid_password", "The payment's password is another"),
            Self::WrongPin { .. } => ("invalid_password", "The PIN is another"),
            Self::InvalidCode { .. } => {
                ("invalid_code", "The code is wrong, used or over: ask for a new one")
            }
            Self::InvalidIdentity { .. } => ("invalid_identity", "The personal code is not the user's"),
            Self::IdentityRequired => {
                ("identity_required", "The user is identified: give the personal code in identity.code")
            }
            Self::TooManyIdentifications => {
                ("rate_limit_exceeded_ge", "Five identifications were begun in 24 hours: try again tomorrow")
            }
            Self::IdentityUnknown => {
                ("identity_required", "The merchant must know who pays: the payer must be identified first")
            }
        };
        (error, description.to_owned())
    }

    /// Against what the try counts.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::InvalidPassword { subject }
            | Self::WrongPaymentPassword { subject }
            | Self::WrongPin { subject }
            | Self::InvalidCode { subject }
            | Self::InvalidIdentity { subject } => Some(subject),
            Self::WrongPassword { subject } => subject.as_deref(),
            _ => None,
        }
    }
}
