//! Which server to talk to.

use std::sync::Arc;

use paysera_core::wallet_api::Environment as CoreEnvironment;

use crate::error::ApiError;
use crate::runtime::contained;

/// The server that clients talk to. Clients made with one environment share what
/// they learn about the server's clock.
#[derive(Debug, uniffi::Object)]
pub struct PayseraEnvironment(pub(crate) CoreEnvironment);

/// What is expected of a server beside a certificate that everybody trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct ServerTrust {
    /// One more root certificate, as PEM text: of a sandbox with its own
    /// certificate authority.
    #[uniffi(default = None)]
    pub root_pem: Option<String>,
    /// SHA-256 of the public keys (SubjectPublicKeyInfo) that are accepted, 32
    /// bytes each; any key if there are none. Give the next key as well.
    #[uniffi(default = [])]
    pub pinned_keys: Vec<Vec<u8>>,
}

impl ServerTrust {
    fn of(self, environment: CoreEnvironment) -> Result<CoreEnvironment, ApiError> {
        let pins = self.pinned_keys.into_iter().map(<[u8; 32]>::try_from).collect::<Result<Vec<_>, _>>();
        let pins = pins.map_err(|_| ApiError::rejected("pinned_keys", "are SHA-256 hashes of 32 bytes"))?;
        let environment = environment.pin_keys(pins);
        match self.root_pem {
            Some(pem) => Ok(environment.trust_root_pem(&pem)?),
            None => Ok(environment),
        }
    }
}

#[uniffi::export]
impl PayseraEnvironment {
    /// Paysera's production servers. Real money.
    ///
    /// # Errors
    /// `rejected_input` for pins of another length.
    #[uniffi::constructor]
    pub fn production(trust: ServerTrust) -> Result<Arc<Self>, ApiError> {
        contained(|| Ok(Arc::new(Self(trust.of(CoreEnvironment::production()?)?))))
    }

    /// A sandbox at its base URL, for example `http://127.0.0.1:8080/`. Over plain
    /// HTTP only on this device and in a private network.
    ///
    /// # Errors
    /// `rejected_input` for a text that is no such address, and as above.
    #[uniffi::constructor]
    pub fn sandbox(base_url: &str, trust: ServerTrust) -> Result<Arc<Self>, ApiError> {
        contained(|| Ok(Arc::new(Self(trust.of(CoreEnvironment::sandbox(base_url)?)?))))
    }

    /// A server of one's own in front of Paysera's.
    ///
    /// # Errors
    /// As for a sandbox; plain HTTP only to this device.
    #[uniffi::constructor]
    pub fn custom(base_url: &str, trust: ServerTrust) -> Result<Arc<Self>, ApiError> {
        contained(|| Ok(Arc::new(Self(trust.of(CoreEnvironment::custom(base_url)?)?))))
    }

    /// Whether operations here move real money.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.0.is_production()
    }
}
