//! Which server to talk to.

use url::{Host, Url};

/// The mobile SDKs' REST base (wallet-api section 1.1).
const PRODUCTION_REST: &str = "https://wallet-api.paysera.com/rest/v1/";
/// Every host of this domain is production, but for the one sandbox that the
/// PHP client knows (wallet-api section 1.1).
const PAYSERA: &str = "paysera.com";
const PAYSERA_SANDBOX: &str = "wallet-sandbox.paysera.com";
const REST_PATH: &str = "rest/v1/";

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
    /// Plain HTTP to another machine would show money operations to the network.
    #[error("{url:?} is not secure; only https, or http to this device itself, is allowed")]
    NotSecure {
        /// The refused text.
        url: String,
    },
}

/// The server that a client talks to.
#[derive(Clone, Debug)]
pub struct Environment {
    rest_base: Url,
    extra_root: Option<Vec<u8>>,
    production: bool,
}

impl Environment {
    /// Paysera's production servers. Real money.
    ///
    /// # Errors
    /// None in practice: the built-in address is a constant.
    pub fn production() -> Result<Self, EnvironmentError> {
        Ok(Self { rest_base: address(PRODUCTION_REST)?, extra_root: None, production: true })
    }

    /// A sandbox: its base URL, for example `http://127.0.0.1:8080/`, below
    /// which `rest/v1/` lies.
    ///
    /// # Errors
    /// [`EnvironmentError::NotAnAddress`]; [`EnvironmentError::NotSecure`] for
    /// plain HTTP to anything but this device.
    pub fn sandbox(base_url: &str) -> Result<Self, EnvironmentError> {
        let mut base = address(base_url)?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let rest_base =
            base.join(REST_PATH).map_err(|_| EnvironmentError::NotAnAddress { url: base_url.to_owned() })?;
        let production = is_paysera(&rest_base);
        Ok(Self { rest_base, extra_root: None, production })
    }

    /// Trusts one more root certificate (DER), for a server with an own
    /// certificate authority.
    #[must_use]
    pub fn trust_root(mut self, certificate_der: Vec<u8>) -> Self {
        self.extra_root = Some(certificate_der);
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

    pub(super) fn extra_root(&self) -> Option<&[u8]> {
        self.extra_root.as_deref()
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.rest_base)
    }
}

fn address(text: &str) -> Result<Url, EnvironmentError> {
    let not_an_address = || EnvironmentError::NotAnAddress { url: text.to_owned() };
    let url = Url::parse(text).map_err(|_| not_an_address())?;
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.scheme() {
        _ if !bare || url.host().is_none() => Err(not_an_address()),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_device_only() {
        for url in ["http://127.0.0.1:8080/", "http://[::1]:8080", "http://localhost/x", "https://10.0.0.1/"]
        {
            assert!(Environment::sandbox(url).is_ok(), "{url}");
        }
        for url in ["http://10.0.2.2:8080/", "http://wallet.paysera.com/", "http://localhost.example.com/"] {
            assert!(matches!(Environment::sandbox(url), Err(EnvironmentError::NotSecure { .. })), "{url}");
        }
        for url in ["", "wallet", "ftp://127.0.0.1/", "https://x/?a=b", "https://u@x/", "file:///tmp"] {
            assert!(matches!(Environment::sandbox(url), Err(EnvironmentError::NotAnAddress { .. })), "{url}");
        }
    }

    #[test]
    fn the_rest_api_lies_below_the_base() {
        let environment = Environment::sandbox("http://127.0.0.1:8080/wallet").unwrap();
        assert_eq!(environment.rest_base().as_str(), "http://127.0.0.1:8080/wallet/rest/v1/");
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
