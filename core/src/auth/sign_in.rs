//! How a user signs in (wallet-api sections 3.1, 3.2 and 3.4).

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::record::{Held, Tokens};
use super::secret_store::{SecretStore, SecretStoreError};
use super::session::Session;
use crate::clock::{NoRandomness, Random, SystemRandom, random_text};
use crate::code::TransactionKey;
use crate::secret::Secret;
use crate::wallet_api::{Activation, Scope, Token, WalletApi, WalletApiError, WebPages};

const STATE_LENGTH: usize = 16;

/// Why a sign-in did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The server refused or did not answer.
    #[error(transparent)]
    Api(#[from] WalletApiError),
    /// The session can't be kept, so it was not begun.
    #[error(transparent)]
    Store(#[from] SecretStoreError),
    /// The user, or the page, said no.
    #[error("not allowed: {error}")]
    Denied {
        /// OAuth's error code, for example `access_denied`.
        error: String,
        /// The page's words, if it has any.
        description: Option<String>,
    },
    /// The browser brought an address that is not the answer to this sign-in.
    #[error("this is not the answer to the sign-in that was begun: {reason}")]
    WrongRedirect {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The web address of the sign-in page can't be made.
    #[error("{url:?} is not the address of a sign-in page")]
    NotAnAddress {
        /// The refused text.
        url: String,
    },
    /// No state could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Signs users in. Its client signs with the credentials of the app, or of this
/// installation of it (see [`crate::wallet_api::Clients::register`]).
#[derive(Clone, Debug)]
pub struct SignIn {
    api: WalletApi,
    store: Arc<dyn SecretStore>,
    activation: Activation,
}

impl SignIn {
    /// Sessions are kept in `store`, one at a time.
    #[must_use]
    pub fn new(api: WalletApi, store: Arc<dyn SecretStore>) -> Self {
        Self { api, store, activation: Activation::default() }
    }

    /// How sessions refresh their tokens; see [`Activation`].
    #[must_use]
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// The session of an earlier run of the app, if the user has not signed out.
    /// Resume it once and pass clones on: of two sessions that were resumed, the
    /// one that is the second to refresh its token is signed out.
    ///
    /// # Errors
    /// [`SecretStoreError`].
    pub fn resume(&self) -> Result<Option<Session>, SecretStoreError> {
        Ok(Tokens::read(&*self.store)?.map(|tokens| self.session(tokens)))
    }

    /// Signs in with a phone number or e-mail address and a password.
    ///
    /// # Errors
    /// [`SignInError::Api`], with `invalid_grant` for a wrong name or password;
    /// [`SignInError::Store`].
    pub async fn with_password(
        &self,
        username: &str,
        password: &Secret,
        scopes: &[Scope],
    ) -> Result<Session, SignInError> {
        self.begin(self.api.oauth().by_password(username, password, scopes).await?).await
    }

    /// Begins a sign-in in the browser. `page` is the address of Paysera's web
    /// pages, for example `https://bank.paysera.com/frontend`, `client_id` that of
    /// the app, `redirect_uri` where the browser comes back to.
    ///
    /// # Errors
    /// [`SignInError::NotAnAddress`], [`SignInError::NoRandomness`].
    pub fn in_browser(
        &self,
        page: &str,
        client_id: &str,
        redirect_uri: &str,
        scopes: &[Scope],
        random: &dyn Random,
    ) -> Result<BrowserSignIn, SignInError> {
        let url = page_address(page)?;
        let asked = vec![
            ("response_type", "code".to_owned()),
            ("client_id", client_id.to_owned()),
            ("scope", crate::wallet_api::scope_list(scopes)),
            ("redirect_uri", redirect_uri.to_owned()),
            ("state", state(random)?),
        ];
        Ok(BrowserSignIn { page: url, asked, key: None, confirms: None })
    }

    /// The same for a user whose e-mail address is known: the page begins with
    /// it. The browser's address then shows neither it nor the scopes.
    ///
    /// # Errors
    /// [`SignInError::Api`], [`SignInError::WrongRedirect`].
    pub async fn prefill(
        &self,
        mut sign_in: BrowserSignIn,
        email: &str,
    ) -> Result<BrowserSignIn, SignInError> {
        sign_in.key = Some(self.api.oauth().session(&sign_in.asked, email).await?);
        Ok(sign_in)
    }

    /// Ends a sign-in in the browser with the address that it came back to.
    ///
    /// # Errors
    /// [`SignInError::Denied`] if the user said no; [`SignInError::WrongRedirect`]
    /// for an address that does not belong to it, after which it may still end;
    /// [`SignInError::Api`], [`SignInError::Store`].
    pub async fn finish(&self, sign_in: &BrowserSignIn, redirected_to: &str) -> Result<Session, SignInError> {
        let code = sign_in.code(redirected_to)?;
        self.begin(self.api.oauth().by_code(&code, sign_in.asked("redirect_uri")).await?).await
    }

    async fn begin(&self, token: Token) -> Result<Session, SignInError> {
        let held = Arc::new(Held::new(token, self.api.server_now()));
        let sign_in = random_text(&SystemRandom, STATE_LENGTH)?;
        let tokens = Tokens { sign_in, current: held, pending: None };
        let written = tokens.write(&*self.store);
        let session = self.session(tokens);
        if let Err(error) = written {
            // A token that nobody will know any more must not stay good.
            let _ = session.sign_out().await;
            return Err(error.into());
        }
        Ok(session)
    }

    fn session(&self, tokens: Tokens) -> Session {
        Session::new(self.api.clone(), Arc::clone(&self.store), self.activation, tokens)
    }
}

/// A sign-in that the user makes in a browser.
///
/// ```no_run
/// use paysera_core::auth::{Session, SignIn, SignInError};
/// use paysera_core::clock::SystemRandom;
/// use paysera_core::wallet_api::ScopeName;
///
/// const PAGE: &str = "https://bank.paysera.com/frontend";
/// // The app is opened by addresses that begin like this.
/// const BACK: &str = "my-app://signed-in";
///
/// # fn open(url: &str) {}
/// # async fn came_back() -> String { String::new() }
/// async fn by_browser(sign_in: &SignIn, client_id: &str) -> Result<Session, SignInError> {
///     let scopes = [ScopeName::Balance.into(), ScopeName::Statements.into()];
///     let begun = sign_in.in_browser(PAGE, client_id, BACK, &scopes, &SystemRandom)?;
///     open(&begun.url());
///     loop {
///         let address: String = came_back().await;
///         match sign_in.finish(&begun, &address).await {
///             // Somebody else can open the app as well: it goes on waiting.
///             Err(SignInError::WrongRedirect { .. }) => continue,
///             finished => return finished,
///         }
///     }
/// }
/// ```
#[derive(Clone)]
pub struct BrowserSignIn {
    page: Url,
    asked: Vec<(&'static str, String)>,
    key: Option<String>,
    confirms: Option<TransactionKey>,
}

impl BrowserSignIn {
    /// The page first has the user accept a transaction. Not together with
    /// [`SignIn::prefill`], whose page is this one's then.
    #[must_use]
    pub fn confirming(mut self, transaction: TransactionKey) -> Self {
        self.confirms = Some(transaction);
        self
    }

    /// The address to open.
    #[must_use]
    pub fn url(&self) -> String {
        let mut url = self.page.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            match (&self.key, &self.confirms) {
                (None, Some(transaction)) => {
                    path.extend(["transaction", "confirm-with-oauth", transaction.as_str()])
                }
                (key, _) => path.push("oauth").extend(key),
            };
        }
        if self.key.is_none() {
            url.query_pairs_mut().extend_pairs(self.asked.iter());
        }
        url.into()
    }

    fn asked(&self, name: &str) -> &str {
        self.asked.iter().find(|(asked, _)| *asked == name).map_or("", |(_, value)| value)
    }

    /// The code in the address that the browser came back to.
    fn code(&self, redirected_to: &str) -> Result<Secret, SignInError> {
        let wrong = |reason| SignInError::WrongRedirect { reason };
        let url = Url::parse(redirected_to).map_err(|_| wrong("it is not an address"))?;
        let expected = Url::parse(self.asked("redirect_uri")).map_err(|_| wrong("nothing was expected"))?;
        let place = |url: &Url| {
            (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port(), url.path().to_owned())
        };
        if place(&url) != place(&expected) {
            return Err(wrong("it leads elsewhere"));
        }
        let value = |name: &str| {
            let mut values = url.query_pairs().filter(|(found, _)| found == name).map(|(_, value)| value);
            values.next().filter(|_| values.next().is_none()).map(std::borrow::Cow::into_owned)
        };
        // Whoever knows the state has seen this sign-in begin.
        if value("state").as_deref() != Some(self.asked("state")) {
            return Err(wrong("its state is another one"));
        }
        match (value("error"), value("code")) {
            (Some(error), _) => Err(SignInError::Denied { error, description: value("error_description") }),
            (None, Some(code)) if !code.is_empty() => Ok(Secret::new(code)),
            (None, _) => Err(wrong("it holds no code")),
        }
    }
}

impl fmt::Debug for BrowserSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserSignIn(..)")
    }
}

fn page_address(text: &str) -> Result<Url, SignInError> {
    let refused = |_| SignInError::NotAnAddress { url: text.to_owned() };
    WebPages::new(text).map(WebPages::into_url).map_err(refused)
}

/// 16 letters and digits, as the official PHP client makes them.
fn state(random: &dyn Random) -> Result<String, NoRandomness> {
    random_text(random, STATE_LENGTH)
}

#[cfg(test)]
mod tests;
