//! Who a device is: credentials, and where secrets are kept.

mod fixed;
mod secret_store;

pub use fixed::FixedCredentials;
pub use secret_store::{MemorySecretStore, SecretStore, SecretStoreError};
