//! TLS with a certificate authority of its own, for phones, pins and extra
//! roots.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

/// What the authority is called in a phone's list.
const CA_NAME: &str = "Paysera sandbox CA (test only)";

/// Its certificate and key in the directory.
const CA_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";
const SERVER_KEY_FILE: &str = "server-key.pem";

/// How long certificates are good: phones take no longer ones from servers.
const CA_DAYS: u64 = 3650;
const SERVER_DAYS: u64 = 800;

/// How to serve TLS.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// Where the authority and the server's key are kept, so that a phone
    /// trusts the one and pins the other once; new ones for this run if `None`.
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
    /// A certificate can't be made: the kept key is broken.
    #[error("no certificate: {0}; delete the directory of --tls-dir")]
    Certificate(#[from] rcgen::Error),
    /// A name that no server can have.
    #[error("{0} is no host name and no address; check --host-name")]
    Name(String),
    /// The TLS library refuses its settings.
    #[error("no TLS: {0}")]
    Settings(#[from] rustls::Error),
}

/// What a server needs for TLS, and a client to trust it.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
    /// SHA-256 of the server's public key (SubjectPublicKeyInfo).
    pub(crate) pin: [u8; 32],
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls(..)")
    }
}

impl Tls {
    pub(crate) fn new(options: &TlsOptions) -> Result<Self, TlsError> {
        for name in &options.names {
            ServerName::try_from(name.as_str()).map_err(|_| TlsError::Name(name.clone()))?;
        }
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
        let key = match &options.directory {
            Some(directory) => kept_key(&directory.join(SERVER_KEY_FILE))?,
            None => KeyPair::generate()?,
        };
        let pin = Sha256::digest(key.subject_public_key_info()).into();
        let certificate = params.signed_by(&key, &issuer)?;
        let chain = vec![certificate.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), ca_pem, pin })
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
    // Neither is there without the other but after a crash, and then both are
    // made anew: a certificate of another key would be worth nothing.
    remove(&ca_file).map_err(at(&ca_file))?;
    write_for_owner(&key_file, &key.serialize_pem()).map_err(at(&key_file))?;
    write_whole(&ca_file, &pem, &mut fs::OpenOptions::new()).map_err(at(&ca_file))?;
    Ok((pem, key))
}

/// The server's key of that file, made if it is not there: clients that pin it
/// know the server again after a restart.
fn kept_key(path: &Path) -> Result<KeyPair, TlsError> {
    let at = |source| TlsError::File { path: path.to_owned(), source };
    if path.exists() {
        return Ok(KeyPair::from_pem(&fs::read_to_string(path).map_err(at)?)?);
    }
    let key = KeyPair::generate()?;
    write_for_owner(path, &key.serialize_pem()).map_err(at)?;
    Ok(key)
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
fn write_for_owner(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_whole(path, text, &mut options)
}

/// Writes a file that is there whole or not at all, in place of what was there
/// with whatever permissions.
fn write_whole(path: &Path, text: &str, options: &mut fs::OpenOptions) -> io::Result<()> {
    let begun = path.with_extension("new");
    remove(&begun)?;
    let mut file = options.write(true).create_new(true).open(&begun)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&begun, path)
}

/// Deletes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
