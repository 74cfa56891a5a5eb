//! Who signs: a merchant's client, an installation of the app, a signed-in user.

use std::fmt;
use std::sync::Arc;

use paysera_core::auth::{
    BrowserSignIn as CoreBrowserSignIn, FixedCredentials, SecretStore as _, Session as CoreSession,
    SignIn as CoreSignIn,
};
use paysera_core::clock::SystemRandom;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Activation, Credentials as CoreCredentials, DeviceInfo, Scope, ScopeName, WalletApi,
};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::environment::PayseraEnvironment;
use crate::error::ApiError;
use crate::runtime::{Engine, contained};
use crate::secret_store::{AppStore, SecretStore};

/// Where the store keeps the credentials of this installation.
const INSTALLATION_ID: &str = "installation_id";
const INSTALLATION_KEY: &str = "installation_key";
/// Held while they are made: two at once would leave the identifier of one and the key of
/// the other in the store.
static INSTALLING: Mutex<()> = Mutex::const_new(());

/// What a client signs with. The key stays inside.
#[derive(Clone, uniffi::Object)]
pub struct Credentials(pub(crate) Arc<dyn CoreCredentials>);

#[uniffi::export]
impl Credentials {
    /// Credentials of a client: its MAC id and key, as Paysera gave them.
    #[uniffi::constructor]
    #[must_use]
    pub fn of_client(id: String, mac_key: String) -> Arc<Self> {
        Arc::new(Self(Arc::new(FixedCredentials::new(id, mac_key))))
    }

    /// Credentials of a user whose token somebody else keeps fresh.
    #[uniffi::constructor]
    #[must_use]
    pub fn of_user(access_token: String, mac_key: String) -> Arc<Self> {
        Arc::new(Self(Arc::new(FixedCredentials::new(access_token, mac_key))))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// What an app tells of the device that it is installed on; all of it may be left
/// out.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct Device {
    /// A name for the device, which its owner recognises.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// The operating system with its version.
    #[uniffi(default = None)]
    pub os: Option<String>,
    /// The model.
    #[uniffi(default = None)]
    pub model: Option<String>,
    /// The language of the system.
    #[uniffi(default = None)]
    pub system_language: Option<String>,
    /// The app's version.
    #[uniffi(default = None)]
    pub app_version: Option<String>,
}

/// The credentials of this installation of the app: those in the store, or new
/// ones, which are asked for once and kept there.
///
/// # Errors
/// [`ApiError`]: `storage_failed`, and as every call to the server.
#[uniffi::export]
pub async fn installation_credentials(
    environment: Arc<PayseraEnvironment>,
    app: Arc<Credentials>,
    device: Device,
    store: Arc<dyn SecretStore>,
) -> Result<Arc<Credentials>, ApiError> {
    let engine = Engine::current()?;
    // Detached: credentials that were made must reach the store.
    engine
        .detached(async move {
            let _only = INSTALLING.lock().await;
            let store = AppStore(store);
            if let (Some(id), Some(key)) = (store.get(INSTALLATION_ID)?, store.get(INSTALLATION_KEY)?) {
                return Ok::<_, ApiError>(Credentials::of_client(text(&id)?, text(&key)?));
            }
            let api = WalletApi::builder(environment.0.clone(), Arc::clone(&app.0)).build()?;
            let device = DeviceInfo {
                title: device.title,
                os: device.os,
                model: device.model,
                system_language: device.system_language,
                app_version: device.app_version,
                ..DeviceInfo::default()
            };
            let made = api.clients().register(&device).await?;
            store.set(INSTALLATION_ID, made.id.expose().as_bytes())?;
            store.set(INSTALLATION_KEY, made.mac_key.expose().as_bytes())?;
            Ok(Arc::new(Credentials(Arc::new(FixedCredentials::from(made.credentials)))))
        })
        .await
}

fn text(bytes: &Zeroizing<Vec<u8>>) -> Result<String, ApiError> {
    let refused = |_| ApiError::rejected("secret_store", "holds no credentials of this library");
    std::str::from_utf8(bytes).map(str::to_owned).map_err(refused)
}

/// A part of a user's account that an app asks for, by its name on the wire, for
/// example `balance`.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ScopeRequest {
    /// The name.
    pub name: String,
    /// Also when the user is away; in the browser only.
    #[uniffi(default = false)]
    pub offline: bool,
    /// The user may leave it open.
    #[uniffi(default = false)]
    pub optional: bool,
}

impl From<ScopeRequest> for Scope {
    fn from(scope: ScopeRequest) -> Self {
        Self { name: ScopeName::from(scope.name), offline: scope.offline, optional: scope.optional }
    }
}

/// Signs users in. Sessions are kept in the store, one at a time.
#[derive(Debug, uniffi::Object)]
pub struct SignIn {
    engine: Arc<Engine>,
    inner: CoreSignIn,
}

/// A sign-in that the user makes in a browser.
#[derive(Debug, uniffi::Object)]
pub struct BrowserSignIn(CoreBrowserSignIn);

/// A signed-in user: its token is refreshed before it ends, and written down
/// before it is used.
#[derive(uniffi::Object)]
pub struct Session {
    engine: Arc<Engine>,
    inner: CoreSession,
}

#[uniffi::export]
impl SignIn {
    /// `client` signs with the credentials of the app or of this installation.
    /// `separate_activation`: a refreshed token is activated in a second step, so
    /// that a lost answer loses no token; where the server supports that.
    ///
    /// # Errors
    /// [`ApiError::ShutDown`], or `bug` without threads.
    #[uniffi::constructor(default(separate_activation = false))]
    pub fn new(
        environment: &PayseraEnvironment,
        client: &Credentials,
        store: Arc<dyn SecretStore>,
        separate_activation: bool,
    ) -> Result<Arc<Self>, ApiError> {
        contained(|| {
            let api = WalletApi::builder(environment.0.clone(), Arc::clone(&client.0)).build()?;
            let activation = if separate_activation { Activation::Separate } else { Activation::AtOnce };
            let inner = CoreSignIn::new(api, Arc::new(AppStore(store))).activation(activation);
            Ok(Arc::new(Self { engine: Engine::current()?, inner }))
        })
    }

    /// The session of an earlier run of the app, if the user has not signed out.
    /// Call it once and pass the object on.
    ///
    /// # Errors
    /// `storage_failed`.
    pub async fn resume(&self) -> Result<Option<Arc<Session>>, ApiError> {
        let inner = self.inner.clone();
        let session = self.engine.blocking(move || inner.resume()).await?;
        Ok(session.map(|session| self.session(session)))
    }

    /// Signs in with a phone number or e-mail address and a password.
    ///
    /// # Errors
    /// [`ApiError`]: `signed_out` for a wrong name or password; `storage_failed`.
    pub async fn with_password(
        &self,
        username: String,
        password: String,
        scopes: Vec<ScopeRequest>,
    ) -> Result<Arc<Session>, ApiError> {
        let (inner, password) = (self.inner.clone(), Secret::new(password));
        let work = async move { inner.with_password(&username, &password, &asked(scopes)).await };
        self.engine.detached(work).await.map(|session| self.session(session))
    }

    /// Begins a sign-in in the browser. `page` is the address of Paysera's web
    /// pages, for example `https://bank.paysera.com/frontend`, `client_id` that of
    /// the app, `redirect_uri` where the browser comes back to.
    ///
    /// # Errors
    /// `rejected_input` for a page that is no address.
    pub fn in_browser(
        &self,
        page: &str,
        client_id: &str,
        redirect_uri: &str,
        scopes: Vec<ScopeRequest>,
    ) -> Result<Arc<BrowserSignIn>, ApiError> {
        contained(|| {
            let begun =
                self.inner.in_browser(page, client_id, redirect_uri, &asked(scopes), &SystemRandom)?;
            Ok(Arc::new(BrowserSignIn(begun)))
        })
    }

    /// Ends a sign-in in the browser with the address that it came back to.
    ///
    /// # Errors
    /// `sign_in_denied`; `wrong_redirect` for an address that does not belong to
    /// it, after which it may still end; `storage_failed`; as every call.
    pub async fn finish(
        &self,
        begun: Arc<BrowserSignIn>,
        redirected_to: String,
    ) -> Result<Arc<Session>, ApiError> {
        let inner = self.inner.clone();
        let work = async move { inner.finish(&begun.0, &redirected_to).await };
        self.engine.detached(work).await.map(|session| self.session(session))
    }
}

impl SignIn {
    fn session(&self, inner: CoreSession) -> Arc<Session> {
        Arc::new(Session { engine: Arc::clone(&self.engine), inner })
    }
}

fn asked(scopes: Vec<ScopeRequest>) -> Vec<Scope> {
    scopes.into_iter().map(Into::into).collect()
}

#[uniffi::export]
impl BrowserSignIn {
    /// The address to open.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url()
    }
}

#[uniffi::export]
impl Session {
    /// What clients of this user sign with.
    #[must_use]
    pub fn credentials(&self) -> Arc<Credentials> {
        Arc::new(Credentials(Arc::new(self.inner.clone())))
    }

    /// Whether the user has to sign in again.
    #[must_use]
    pub fn is_signed_out(&self) -> bool {
        self.inner.is_signed_out()
    }

    /// Ends the session: forgets the tokens here and in the store, then tells the
    /// server. It goes on to its end also for a caller who does not wait. Attempts
    /// that are open stay in their journal.
    ///
    /// # Errors
    /// `storage_failed` if the store could not forget; memory has.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        let inner = self.inner.clone();
        self.engine.detached(async move { inner.sign_out().await }).await
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(..)")
    }
}
