//! An installation of an app gets credentials of its own.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use paysera_bindings::{
    Credentials, Device, PayseraEnvironment, SecretStore, SecretStoreError, ServerTrust, SignIn,
    installation_credentials, memory_secret_store,
};
use paysera_sandbox::{Sandbox, seed};

/// Counts what is written.
struct Counting {
    inner: Arc<dyn SecretStore>,
    written: AtomicUsize,
}

impl SecretStore for Counting {
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, SecretStoreError> {
        self.inner.get(name)
    }

    fn set(&self, name: String, secret: Vec<u8>) -> Result<(), SecretStoreError> {
        self.written.fetch_add(1, Ordering::SeqCst);
        self.inner.set(name, secret)
    }

    fn delete(&self, name: String) -> Result<(), SecretStoreError> {
        self.inner.delete(name)
    }

    fn delete_all(&self) -> Result<(), SecretStoreError> {
        self.inner.delete_all()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_is_registered_once_however_often_it_is_asked_for() {
    let sandbox = Sandbox::builder().start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let environment = PayseraEnvironment::sandbox(&sandbox.base_url(), ServerTrust::default()).unwrap();
    let app = Credentials::of_client(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    let store = Arc::new(Counting { inner: memory_secret_store(), written: AtomicUsize::new(0) });
    let ask = || {
        let store: Arc<dyn SecretStore> = store.clone();
        installation_credentials(Arc::clone(&environment), Arc::clone(&app), Device::default(), store)
    };
    let (one, other) = tokio::join!(tokio::spawn(ask()), tokio::spawn(ask()));
    let (one, _) = (one.unwrap().unwrap(), other.unwrap().unwrap());
    let later = ask().await.unwrap();
    assert_eq!(store.written.load(Ordering::SeqCst), 2, "one identifier and one key");

    for credentials in [one, later] {
        let sign_in = SignIn::new(&environment, &credentials, memory_secret_store(), false).unwrap();
        let customer = seed::CUSTOMER;
        let password = customer.password.to_owned();
        sign_in.with_password(customer.email.to_owned(), password, Vec::new()).await.unwrap();
    }
    paysera_bindings::shutdown().unwrap();
    sandbox.shutdown().await;
}
