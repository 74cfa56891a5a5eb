//! Who a device is: credentials, and where secrets are kept.

mod fixed;
mod keyring_store;
mod record;
mod secret_store;
mod session;
mod sign_in;

pub use fixed::FixedCredentials;
pub use keyring_store::KeyringSecretStore;
pub use secret_store::{MemorySecretStore, SecretStore, SecretStoreError};
pub use session::Session;
pub use sign_in::{BrowserSignIn, SignIn, SignInError};
