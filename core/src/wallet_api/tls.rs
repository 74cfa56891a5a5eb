//! The TLS configuration: rustls with ring and Mozilla's roots, the same on
//! every phone and without JNI.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use sha2::{Digest as _, Sha256};

use super::environment::{Environment, PublicKeyPin};
use super::error::WalletApiError;

pub(super) fn config(environment: &Environment) -> Result<ClientConfig, WalletApiError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(der) = environment.extra_root() {
        roots.add(CertificateDer::from(der.to_vec())).map_err(setup)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let mut config = if environment.pins().is_empty() {
        builder.with_root_certificates(roots).with_no_client_auth()
    } else {
        let inner =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(setup)?;
        let verifier = PinnedKeys { inner, pins: environment.pins().to_vec() };
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
    };
    // reqwest offers no protocols of its own on a configuration that it is given.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn setup(error: impl std::fmt::Display) -> WalletApiError {
    WalletApiError::Setup { reason: error.to_string() }
}

/// Everything that is checked without pins, and then the server's own key. An
/// authority further up is no place for a pin: a server may present any
/// certificates beside those that lead to its root.
#[derive(Debug)]
struct PinnedKeys {
    inner: Arc<WebPkiServerVerifier>,
    pins: Vec<PublicKeyPin>,
}

impl ServerCertVerifier for PinnedKeys {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        let certificate = webpki::EndEntityCert::try_from(end_entity)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let pin: PublicKeyPin = Sha256::digest(certificate.subject_public_key_info()).into();
        if self.pins.contains(&pin) {
            Ok(verified)
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
