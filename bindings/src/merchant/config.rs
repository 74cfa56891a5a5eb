//! How a till is set up.

use std::sync::Arc;

use paysera_core::attempt::Pace as CorePace;
use paysera_core::calendar::BusinessCalendar;
use paysera_core::merchant::TillSettings as CoreSettings;

use crate::credentials::Credentials;
use crate::environment::PayseraEnvironment;
use crate::error::ApiError;
use crate::requests::{Pace, RequestLimits};
use crate::secret_store::SecretStore;

/// What a till needs.
#[derive(Clone, uniffi::Record)]
pub struct MerchantConfig {
    /// The server.
    pub environment: Arc<PayseraEnvironment>,
    /// The merchant's credentials.
    pub credentials: Arc<Credentials>,
    /// The app's secret store: it holds the name of this installation, so that a
    /// journal which a backup brought is known for what it is.
    pub store: Arc<dyn SecretStore>,
    /// The folder of the journal: the app's own, left out of backups. Without it
    /// the journal dies with the process, which production refuses.
    #[uniffi(default = None)]
    pub journal_folder: Option<String>,
    /// The merchant's project.
    pub project_id: u64,
    /// The till's location.
    pub location_id: u64,
    /// The merchant's wallet: it receives payments, and cash-ins are paid from it.
    pub wallet_id: u64,
    /// The till's name among the tills of its location.
    #[uniffi(default = "till")]
    pub device: String,
    /// What can be chosen.
    pub settings: TillSettings,
    /// How many requests it may make; one till's documented share if absent.
    #[uniffi(default = None)]
    pub request_limits: Option<RequestLimits>,
}

/// What a merchant can choose about a till.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TillSettings {
    /// Seconds for which a customer's money stays held for a payment that the till
    /// can't settle.
    #[uniffi(default = 3600)]
    pub payment_reserve_seconds: i64,
    /// The same for cash-out and cash-in.
    #[uniffi(default = 900)]
    pub cash_reserve_seconds: i64,
    /// Seconds for which a payment's code is shown before it is taken back.
    #[uniffi(default = 600)]
    pub presenting_seconds: i64,
    /// Seconds for which a settled payment can be given back. The merchant's money
    /// waits as long. The server's own short time if absent.
    #[uniffi(default = None)]
    pub refund_window_seconds: Option<i64>,
    /// Whether the cashier compares the customer with a photo-id before cash is
    /// handed out.
    #[uniffi(default = false)]
    pub check_identity: bool,
    /// Who may give money back; everybody if absent.
    #[uniffi(default = None)]
    pub refund_staff: Option<Vec<String>>,
    /// The time zone of the location's business days, for example `Asia/Tbilisi`.
    #[uniffi(default = "UTC")]
    pub time_zone: String,
    /// The hour, 0 to 12, at which a business day begins.
    #[uniffi(default = 0)]
    pub day_starts_at_hour: u8,
    /// How often the server is asked; as the core advises if absent.
    #[uniffi(default = None)]
    pub pace: Option<Pace>,
}

impl Default for TillSettings {
    /// What the languages have where nothing is said.
    fn default() -> Self {
        Self {
            payment_reserve_seconds: 3600,
            cash_reserve_seconds: 900,
            presenting_seconds: 600,
            refund_window_seconds: None,
            check_identity: false,
            refund_staff: None,
            time_zone: "UTC".to_owned(),
            day_starts_at_hour: 0,
            pace: None,
        }
    }
}

impl TryFrom<TillSettings> for CoreSettings {
    type Error = ApiError;

    fn try_from(settings: TillSettings) -> Result<Self, ApiError> {
        let calendar = BusinessCalendar::new(&settings.time_zone, settings.day_starts_at_hour)
            .map_err(|error| ApiError::rejected("time_zone", error))?;
        Ok(Self {
            payment_reserve_seconds: settings.payment_reserve_seconds,
            cash_reserve_seconds: settings.cash_reserve_seconds,
            presenting_seconds: settings.presenting_seconds,
            pace: settings.pace.map_or_else(CorePace::default, Into::into),
            refund_window_seconds: settings.refund_window_seconds,
            check_identity: settings.check_identity,
            refund_staff: settings.refund_staff.map(|staff| staff.into_iter().collect()),
            calendar,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defaults that the languages see are written down a second time.
    #[test]
    fn the_defaults_are_the_cores() {
        assert_eq!(CoreSettings::try_from(TillSettings::default()).unwrap(), CoreSettings::default());
        let nowhere = TillSettings { time_zone: "Nowhere/Else".to_owned(), ..TillSettings::default() };
        assert!(CoreSettings::try_from(nowhere).is_err());
    }
}
