//! Which server to talk to.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};

use super::server_clock::ServerClock;

/// The mobile SDKs' REST base (wallet-api section 1.1).
const PRODUCTION_REST: &str = "https://wallet-api.paysera.com/rest/v1/";
/// Every host of this domain is production, but for the one sandbox that the
/// PHP client knows (wallet-api section 1.1).
const PAYSERA: &str = "paysera.com";
const PAYSERA_SANDBOX: &str = "wallet-sandbox.paysera.com";
/// Where the key of callbacks lies (wallet-api section 1.1).
const PRODUCTION_SITE: &str = "https://wallet.paysera.com/";
const PRODUCTION_OAUTH: &str = "https://wallet-api.paysera.com/oauth/v1/";
const REST_PATH: &str = "rest/v1/";
const OAUTH_PATH: &str = "oauth/v1/";

/// Why a base URL was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The text is not an absolute URL of a server.
    #[error("{url:?} is not a server's address; write it like https://wallet.example.com/")]
    NotAnAddress {
        /// The refused text.
        url: String,
    },
    /// The text holds no certificate.
    #[error("this is no certificate in PEM form")]
    NotACertificate,
    /// Plain HTTP to another machine would show money operations to the network.
    #[error(
        "{url:?} is not secure; use https (http is for this device itself, and for a sandbox at a private address)"
    )]
    NotSecure {
        /// The refused text.
        url: String,
    },
}

/// The SHA-256 of a server's public key (its DER-encoded SubjectPublicKeyInfo).
pub type PublicKeyPin = [u8; 32];

/// The server that a client talks to. Clients made from clones of one
/// environment share what they learn about the server's clock.
#[derive(Clone, Debug)]
pub struct Environment {
    rest_base: Url,
    oauth_base: Url,
    site_base: Url,
    extra_root: Option<Vec<u8>>,
    pins: Vec<PublicKeyPin>,
    production: bool,
    server_clock: Arc<ServerClock>,
}

impl Environment {
    /// Paysera's production servers. Real money.
    ///
    /// # Errors
    /// None in practice: the built-in address is a constant.
    pub fn production() -> Result<Self, EnvironmentError> {
        let known = |url| address(url, is_loopback);
        Ok(Self::at(known(PRODUCTION_REST)?, known(PRODUCTION_OAUTH)?, known(PRODUCTION_SITE)?))
    }

    /// A sandbox: its base URL, for example `http://127.0.0.1:8080/`, below
    /// which `rest/v1/` and `oauth/v1/` lie. An emulator or a phone reaches it
    /// over plain HTTP at a private address of the local network.
    ///
    /// # Errors
    /// [`EnvironmentError::NotAnAddress`]; [`EnvironmentError::NotSecure`] for
    /// plain HTTP to a public address or to a name.
    pub fn sandbox(base_url: &str) -> Result<Self, EnvironmentError> {
        Self::below(base_url, is_local)
    }

    /// A server of one's own in front of Paysera's, below whose base URL
    /// `rest/v1/` and `oauth/v1/` lie.
    ///
    /// # Errors
    /// [`EnvironmentError::NotAnAddress`]; [`EnvironmentError::NotSecure`] for
    /// plain HTTP to anything but this device.
    pub fn custom(base_url: &str) -> Result<Self, EnvironmentError> {
        Self::below(base_url, is_loopback)
    }

    fn below(base_url: &str, plain_http: fn(&Url) -> bool) -> Result<Self, EnvironmentError> {
        let mut base = address(base_url, plain_http)?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let join =
            |path| base.join(path).map_err(|_| EnvironmentError::NotAnAddress { url: base_url.to_owned() });
        Ok(Self::at(join(REST_PATH)?, join(OAUTH_PATH)?, base))
    }

    fn at(rest_base: Url, oauth_base: Url, site_base: Url) -> Self {
        let production = is_paysera(&rest_base);
        let (extra_root, pins, server_clock) = (None, Vec::new(), Arc::default());
        Self { rest_base, oauth_base, site_base, extra_root, pins, production, server_clock }
    }

    /// Trusts one more root certificate (DER), for a server with an own
    /// certificate authority.
    #[must_use]
    pub fn trust_root(mut self, certificate_der: Vec<u8>) -> Self {
        self.extra_root = Some(certificate_der);
        self
    }

    /// The same from a PEM file, like the sandbox's `ca.pem`.
    ///
    /// # Errors
    /// [`EnvironmentError::NotACertificate`].
    pub fn trust_root_pem(self, pem: &str) -> Result<Self, EnvironmentError> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes());
        der.map(|der| self.trust_root(der.to_vec())).map_err(|_| EnvironmentError::NotACertificate)
    }

    /// Accepts the server only with one of these public keys, beside a valid
    /// certificate for its name. Give the next key as well, or phones lose the
    /// server when it changes. None by default, which means any key.
    #[must_use]
    pub fn pin_keys(mut self, pins: impl IntoIterator<Item = PublicKeyPin>) -> Self {
        self.pins.extend(pins);
        self
    }

    /// Whether operations here move real money: by the server's host, however
    /// the environment was made.
    #[must_use]
    pub const fn is_production(&self) -> bool {
        self.production
    }

    pub(super) fn rest_base(&self) -> &Url {
        &self.rest_base
    }

    pub(super) fn oauth_base(&self) -> &Url {
        &self.oauth_base
    }

    pub(super) fn site_base(&self) -> &Url {
        &self.site_base
    }

    pub(super) fn pins(&self) -> &[PublicKeyPin] {
        &self.pins
    }

    pub(super) fn server_clock(&self) -> &ServerClock {
        &self.server_clock
    }

    /// An address that the server sent, if it is one of its own.
    pub(super) fn own_address(&self, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        let is_own = url.origin() == self.rest_base.origin()
            || self.production && url.scheme() == "https" && url.port().is_none() && is_paysera(&url);
        is_own.then_some(url)
    }

    pub(super) fn extra_root(&self) -> Option<&[u8]> {
        self.extra_root.as_deref()
    }

    /// Whether no proxy may stand between.
    pub(super) fn is_local(&self) -> bool {
        is_local(&self.rest_base)
    }
}

fn address(text: &str, plain_http: fn(&Url) -> bool) -> Result<Url, EnvironmentError> {
    let not_an_address = || EnvironmentError::NotAnAddress { url: text.to_owned() };
    let url = Url::parse(text).map_err(|_| not_an_address())?;
    let bare = url.query().is_none() && url.fragment().is_none() && is_anonymous(&url);
    match url.scheme() {
        _ if !bare || url.host().is_none() => Err(not_an_address()),
        "https" => Ok(url),
        "http" if plain_http(&url) => Ok(url),
        "http" => Err(EnvironmentError::NotSecure { url: text.to_owned() }),
        _ => Err(not_an_address()),
    }
}

fn is_paysera(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) if name != PAYSERA_SANDBOX => {
            name == PAYSERA || name.ends_with(&format!(".{PAYSERA}"))
        }
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether it names no user and holds no password.
pub(super) fn is_anonymous(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

/// This device, or a private network: nothing that a stranger reaches.
pub(super) fn is_local(url: &Url) -> bool {
    is_loopback(url)
        || match url.host() {
            Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
            Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
            Some(Host::Domain(_)) | None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_device_and_a_sandbox_nearby() {
        for url in ["http://127.0.0.1:8080/", "http://[::1]:8080", "http://localhost/x", "https://10.0.0.1/"]
        {
            assert!(Environment::sandbox(url).is_ok(), "{url}");
            assert!(Environment::custom(url).is_ok(), "{url}");
        }
        for url in ["http://10.0.2.2:8080/", "http://192.168.1.7/", "http://172.16.0.1/", "http://[fd00::1]/"]
        {
            assert!(Environment::sandbox(url).is_ok(), "{url}");
            assert!(matches!(Environment::custom(url), Err(EnvironmentError::NotSecure { .. })), "{url}");
        }
        for url in [
            "http://wallet.paysera.com/",
            "http://localhost.example.com/",
            "http://8.8.8.8/",
            "http://172.32.0.1/",
            "http://[2001:db8::1]/",
            "http://sandbox/",
        ] {
            assert!(matches!(Environment::sandbox(url), Err(EnvironmentError::NotSecure { .. })), "{url}");
        }
        for url in [
            "",
            "wallet",
            "ftp://127.0.0.1/",
            "https://x/?a=b",
            "https://u@x/",
            "https://:p@x/",
            "file:///tmp",
        ] {
            assert!(matches!(Environment::sandbox(url), Err(EnvironmentError::NotAnAddress { .. })), "{url}");
        }
    }

    #[test]
    fn the_rest_api_lies_below_the_base() {
        let environment = Environment::sandbox("http://127.0.0.1:8080/wallet").unwrap();
        assert_eq!(environment.rest_base().as_str(), "http://127.0.0.1:8080/wallet/rest/v1/");
    }

    #[test]
    fn only_addresses_of_the_server_itself_are_its_own() {
        let sandbox = Environment::sandbox("http://127.0.0.1:8080/").unwrap();
        assert!(sandbox.own_address("http://127.0.0.1:8080/recaptcha/1").is_some());
        for url in ["http://127.0.0.1:8081/", "https://127.0.0.1:8080/", "https://wallet.paysera.com/", "x"] {
            assert_eq!(sandbox.own_address(url), None, "{url}");
        }
        let production = Environment::production().unwrap();
        assert!(production.own_address("https://www.paysera.com/unlock").is_some());
        // The last one has a Cyrillic letter.
        for url in [
            "http://www.paysera.com/",
            "https://paysera.com.example/",
            "https://paysera.com:8443/",
            "https://p\u{430}ysera.com/",
        ] {
            assert_eq!(production.own_address(url), None, "{url}");
        }
    }

    #[test]
    fn production_is_told_by_its_host() {
        assert!(Environment::production().unwrap().is_production());
        for (url, production) in [
            ("https://wallet.paysera.com/", true),
            ("https://WALLET-API.paysera.com/", true),
            ("https://wallet-sandbox.paysera.com/", false),
            ("https://paysera.com.example.com/", false),
            ("http://127.0.0.1:8080/", false),
        ] {
            assert_eq!(Environment::sandbox(url).unwrap().is_production(), production, "{url}");
        }
    }
}
