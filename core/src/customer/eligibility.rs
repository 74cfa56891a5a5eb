//! Whether a customer may take part: identified, with an account that is active.

use super::Customer;
use crate::error::{ApiError, ApiErrorKind};
use crate::wallet_api::{AccountStatus, IdentificationLevel, UserRef, WalletApiError};

/// What stands in a customer's way. Each has its own way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Not identified and verified: identify in the Paysera app first.
    NotIdentified,
    /// No account: open one first.
    NoAccount,
    /// The account is closed or not active: contact Paysera.
    AccountInactive,
}

impl Obstacle {
    /// A stable name for texts, as [`ApiErrorKind::code`].
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotIdentified => "not_identified",
            Self::NoAccount => "no_account",
            Self::AccountInactive => "account_inactive",
        }
    }
}

/// Whether the user may take part, and how well they are identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// What stands in the way; nothing if the user may take part.
    pub obstacles: Vec<Obstacle>,
    /// How well they are identified, as far as the token may know.
    pub level: Option<IdentificationLevel>,
}

impl Eligibility {
    /// Whether the user may take part.
    #[must_use]
    pub fn may_take_part(&self) -> bool {
        self.obstacles.is_empty()
    }
}

impl Customer {
    /// Whether the user may pay, take cash and bring cash. The server decides
    /// anew at each operation; this is for telling people before.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn eligibility(&self) -> Result<Eligibility, ApiError> {
        let phone = &self.phone;
        let user = phone.api.users().get(UserRef::Me).await?;
        let mut obstacles = Vec::new();
        if !user.identification_level.as_ref().is_some_and(IdentificationLevel::is_identified) {
            obstacles.push(Obstacle::NotIdentified);
        }
        match phone.api.wallets().get(phone.wallet_ref()).await {
            Ok(wallet) => {
                let status = wallet.account.and_then(|account| account.status);
                if status.is_some_and(|status| status != AccountStatus::Active) {
                    obstacles.push(Obstacle::AccountInactive);
                }
            }
            Err(error) if is_missing(&error) => obstacles.push(Obstacle::NoAccount),
            Err(error) => return Err(error.into()),
        }
        Ok(Eligibility { obstacles, level: user.identification_level })
    }
}

fn is_missing(error: &WalletApiError) -> bool {
    ApiError::from(error).kind == ApiErrorKind::NotFound
}
