//! How a customer's phone is set up.

use std::fmt;
use std::sync::Arc;

use paysera_core::customer::{ReservationCodeGenerator, SandboxV1, SandboxV1Params};
use zeroize::Zeroizing;

use crate::credentials::Credentials;
use crate::environment::PayseraEnvironment;
use crate::error::ApiError;
use crate::requests::{Pace, RequestLimits};
use crate::runtime::contained;
use crate::secret_store::SecretStore;

/// What a customer's phone needs.
#[derive(Clone, uniffi::Record)]
pub struct CustomerConfig {
    /// The server.
    pub environment: Arc<PayseraEnvironment>,
    /// The user's credentials: of a session.
    pub credentials: Arc<Credentials>,
    /// The app's secret store.
    pub store: Arc<dyn SecretStore>,
    /// The folder of the journal: the app's own, left out of backups. Without it
    /// the journal dies with the process, which production refuses. With it the
    /// wallet must be named.
    #[uniffi(default = None)]
    pub journal_folder: Option<String>,
    /// The wallet that pays and is paid into; the user's first one if absent.
    #[uniffi(default = None)]
    pub wallet_id: Option<u64>,
    /// The phone's name.
    #[uniffi(default = "customer")]
    pub device: String,
    /// Makes reservation codes; without one there are none.
    #[uniffi(default = None)]
    pub reservation_codes: Option<Arc<ReservationGenerator>>,
    /// How often the server is asked; as the core advises if absent.
    #[uniffi(default = None)]
    pub pace: Option<Pace>,
    /// How many requests it may make; as documented if absent.
    #[uniffi(default = None)]
    pub request_limits: Option<RequestLimits>,
}

/// Makes reservation codes on the device, offline, from a seed. The algorithm of
/// Paysera's production server is not public.
#[derive(uniffi::Object)]
pub struct ReservationGenerator(pub(crate) Arc<dyn ReservationCodeGenerator>);

#[uniffi::export]
impl ReservationGenerator {
    /// The sandbox's algorithm: `identifier` of at most 10 digits, `seed` of 32 bytes.
    ///
    /// # Errors
    /// `rejected_input`.
    #[uniffi::constructor]
    pub fn sandbox_v1(identifier: u64, seed: Vec<u8>) -> Result<Arc<Self>, ApiError> {
        contained(|| {
            let seed = Zeroizing::new(seed);
            let seed: [u8; 32] =
                seed.as_slice().try_into().map_err(|_| ApiError::rejected("seed", "has 32 bytes"))?;
            let generator = SandboxV1::new(identifier, seed, SandboxV1Params::default())?;
            Ok(Arc::new(Self(Arc::new(generator))))
        })
    }
}

impl fmt::Debug for ReservationGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReservationGenerator(..)")
    }
}
