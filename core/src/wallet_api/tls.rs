//! The TLS configuration: rustls with ring and Mozilla's roots, the same on
//! every phone and without JNI.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::error::WalletApiError;

pub(super) fn config(extra_root: Option<&[u8]>) -> Result<ClientConfig, WalletApiError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(der) = extra_root {
        roots
            .add(CertificateDer::from(der.to_vec()))
            .map_err(|error| WalletApiError::Setup { reason: error.to_string() })?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| WalletApiError::Setup { reason: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // reqwest offers no protocols of its own on a configuration that it is given.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
