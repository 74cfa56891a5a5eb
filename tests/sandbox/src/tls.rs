//! TLS with a certificate authority of its own, for phones, pins and extra
//! roots.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

/// What the authority is called in a phone's list.
const CA_NAME: &str = "Paysera sandbox CA (test only)";

/// Its certificate and key in the directory.
const CA_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";

/// How long certificates are good: phones take no longer ones from servers.
const CA_DAYS: u64 = 3650;
const SERVER_DAYS: u64 = 800;

/// How to serve TLS.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// Where the authority's certificate and key are kept, so that a phone
    /// trusts it once; a new one for this run if `None`.
    pub directory: Option<PathBuf>,
    /// Names and addresses of the server beside `localhost`, `127.0.0.1` and
    /// `::1`.
    pub names: Vec<String>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The directory can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate can't be made: a name is none, or the key is broken.
    #[error("no certificate: {0}; check --host-name, or delete the directory of --tls-dir")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses its settings.
    #[error("no TLS: {0}")]
    Settings(#[from] rustls::Error),
}

/// What a server needs for TLS, and a client to trust it.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls(..)")
    }
}

impl Tls {
    pub(crate) fn new(options: &TlsOptions) -> Result<Self, TlsError> {
        let (ca_pem, ca_key) = match &options.directory {
            Some(directory) => kept_authority(directory)?,
            None => new_authority()?,
        };
        let issuer = Issuer::new(authority_params()?, &ca_key);
        let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        names.extend(options.names.iter().cloned());
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "Paysera sandbox");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, SERVER_DAYS);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        let chain = vec![certificate.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem })
    }
}

/// SHA-256 of the authority's certificate, as phones show it.
///
/// # Errors
/// `None` if `ca_pem` is no certificate.
#[must_use]
pub fn fingerprint(ca_pem: &str) -> Option<String> {
    use rustls::pki_types::pem::PemObject;
    let certificate = CertificateDer::from_pem_slice(ca_pem.as_bytes()).ok()?;
    let bytes: Vec<_> = Sha256::digest(&certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    Some(bytes.join(":"))
}

/// The authority of that directory, made if it is not there.
fn kept_authority(directory: &Path) -> Result<(String, KeyPair), TlsError> {
    let (ca_file, key_file) = (directory.join(CA_FILE), directory.join(KEY_FILE));
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    if ca_file.exists() && key_file.exists() {
        let pem = fs::read_to_string(&ca_file).map_err(at(&ca_file))?;
        let key = fs::read_to_string(&key_file).map_err(at(&key_file))?;
        return Ok((pem, KeyPair::from_pem(&key)?));
    }
    let (pem, key) = new_authority()?;
    fs::create_dir_all(directory).map_err(at(directory))?;
    // The key first: without its certificate the next start makes both anew.
    write_secret(&key_file, &key.serialize_pem()).map_err(at(&key_file))?;
    fs::write(&ca_file, &pem).map_err(at(&ca_file))?;
    Ok((pem, key))
}

fn new_authority() -> Result<(String, KeyPair), TlsError> {
    let key = KeyPair::generate()?;
    Ok((authority_params()?.self_signed(&key)?.pem(), key))
}

/// The same for every run: with the same key it is the same authority.
fn authority_params() -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, CA_NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, CA_DAYS);
    Ok(params)
}

/// From yesterday, as clocks differ.
fn set_validity(params: &mut CertificateParams, days: u64) {
    let (now, day) = (SystemTime::now(), Duration::from_secs(86_400));
    params.not_before = now.checked_sub(day).unwrap_or(now).into();
    let length = Duration::from_secs(days.saturating_mul(86_400));
    params.not_after = now.checked_add(length).unwrap_or(now).into();
}

/// A file that only its owner reads.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
