//! Who a device is: credentials, and where secrets are kept.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use paysera_core::auth::{FixedCredentials, KeyringSecretStore, SignIn};
//! use paysera_core::secret::Secret;
//! use paysera_core::wallet_api::{Environment, ScopeName, WalletApi, WalletRef};
//!
//! # async fn example(password: Secret) -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::sandbox("http://127.0.0.1:8080/")?;
//! let app = FixedCredentials::new("the app's client id".to_owned(), "its MAC key".to_owned());
//! let app = WalletApi::builder(environment.clone(), Arc::new(app)).build()?;
//! let store = Arc::new(KeyringSecretStore::with_default_store("com.example.wallet")?);
//! let sign_in = SignIn::new(app, store);
//!
//! let session = match sign_in.resume()? {
//!     Some(session) => session,
//!     None => sign_in.with_password("995577000001", &password, &[ScopeName::Balance.into()]).await?,
//! };
//! // Clones are one session: resume once, and pass clones on.
//! let user = WalletApi::builder(environment, Arc::new(session.clone())).build()?;
//! println!("{:?}", user.wallets().balance(WalletRef::Me).await?);
//! session.sign_out().await?;
//! # Ok(())
//! # }
//! ```

mod fixed;
mod install;
mod keyring_store;
mod record;
mod secret_store;
mod session;
mod sign_in;

pub use fixed::FixedCredentials;
pub use install::install_id;
pub use keyring_store::KeyringSecretStore;
pub use secret_store::{MemorySecretStore, SecretStore, SecretStoreError};
pub use session::Session;
pub use sign_in::{BrowserSignIn, SignIn, SignInError};
