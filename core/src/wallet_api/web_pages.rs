//! Pages of Paysera's web site that a browser is sent to (wallet-api sections
//! 1.1, 5.4 and 8.3). No request is made here.

use url::Url;

use super::environment::{EnvironmentError, is_anonymous, is_local};
use crate::code::{TransactionKey, WalletId};

/// Addresses of pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPages(Url);

impl WebPages {
    /// Pages below `base`, for example `https://bank.paysera.com/frontend`; with
    /// a language, `https://bank.paysera.com/frontend/ka`. Users type passwords
    /// there, so plain HTTP is for a sandbox on this device or nearby.
    ///
    /// # Errors
    /// [`EnvironmentError::NotAnAddress`], [`EnvironmentError::NotSecure`].
    pub fn new(base: &str) -> Result<Self, EnvironmentError> {
        let refused = || EnvironmentError::NotAnAddress { url: base.to_owned() };
        let mut url = Url::parse(base).map_err(|_| refused())?;
        let bare = url.query().is_none() && url.fragment().is_none() && is_anonymous(&url);
        match url.scheme() {
            "https" | "http" if !bare => return Err(refused()),
            "https" => {}
            "http" if is_local(&url) => {}
            "http" => return Err(EnvironmentError::NotSecure { url: base.to_owned() }),
            _ => return Err(refused()),
        }
        url.path_segments_mut().map_err(|()| refused())?.pop_if_empty();
        Ok(Self(url))
    }

    /// Where a payer accepts a transaction; the browser then comes back to the
    /// transaction's `redirect_uri`. Read the transaction after that: the address
    /// proves nothing.
    #[must_use]
    pub fn confirm(&self, transaction: &TransactionKey) -> String {
        self.at(["wallet", "confirm", transaction.as_str()]).into()
    }

    /// Where a user tops a wallet up; the browser then comes back to
    /// `redirect_uri` with `status`: `success`, `reject` or `error`. Read the
    /// balance after that.
    #[must_use]
    pub fn upload_funds(&self, client_id: &str, wallet: WalletId, redirect_uri: &str) -> String {
        let mut url = self.at(["wallet", "upload-funds"]);
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("wallet_id", &wallet.to_string())
            .append_pair("redirect_uri", redirect_uri);
        url.into()
    }

    /// The base, without a slash at its end.
    pub(crate) fn into_url(self) -> Url {
        self.0
    }

    fn at<'p>(&self, parts: impl IntoIterator<Item = &'p str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(parts);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_below_their_base() {
        let key = TransactionKey::parse("pDAlAZ3z").unwrap();
        for base in ["https://bank.example/frontend/ka", "https://bank.example/frontend/ka/"] {
            let pages = WebPages::new(base).unwrap();
            assert_eq!(pages.confirm(&key), "https://bank.example/frontend/ka/wallet/confirm/pDAlAZ3z");
            assert_eq!(
                pages.upload_funds("a b", WalletId::new(7).unwrap(), "app://back?x=1"),
                "https://bank.example/frontend/ka/wallet/upload-funds?client_id=a+b&wallet_id=7&redirect_uri=app%3A%2F%2Fback%3Fx%3D1"
            );
        }
        for base in [
            "",
            "frontend",
            "mailto:a@b.example",
            "javascript:1",
            "https://a.example/?q=1",
            "https://u@a.example/",
        ] {
            assert!(matches!(WebPages::new(base), Err(EnvironmentError::NotAnAddress { .. })), "{base}");
        }
        assert!(WebPages::new("http://192.168.1.7:8080/frontend").is_ok());
        for base in ["http://bank.example/frontend", "http://8.8.8.8/"] {
            assert!(matches!(WebPages::new(base), Err(EnvironmentError::NotSecure { .. })), "{base}");
        }
    }
}
