//! Users who sign in, sessions that keep themselves fresh, and their ends. Here
//! is what the tests share.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod refresh;
mod sign_in;
mod sign_out;

use std::sync::Arc;

use paysera_core::auth::{FixedCredentials, MemorySecretStore, Session, SignIn};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{Activation, ScopeName, WalletApi, WalletApiError, WalletRef};
use paysera_e2e::{Shop, client, request_log};
use paysera_sandbox::seed::CUSTOMER;
use paysera_sandbox::{Fault, FaultRule, seed};

/// The sandbox's tokens are good for an hour.
pub(crate) const TOKEN_SECONDS: i64 = 3600;

pub(crate) struct Desk {
    pub(crate) shop: Shop,
    pub(crate) store: Arc<MemorySecretStore>,
    pub(crate) sign_in: SignIn,
}

impl Desk {
    pub(crate) async fn open(activation: Activation) -> Self {
        let shop = Shop::open().await;
        let store = Arc::new(MemorySecretStore::default());
        let sign_in = SignIn::new(app(&shop), store.clone()).activation(activation);
        Self { shop, store, sign_in }
    }

    pub(crate) async fn session(&self) -> Session {
        let scopes = [ScopeName::Balance.into(), ScopeName::WalletList.into()];
        let password = Secret::new(CUSTOMER.password.to_owned());
        self.sign_in.with_password(CUSTOMER.phone, &password, &scopes).await.unwrap()
    }

    pub(crate) fn api(&self, session: &Session) -> WalletApi {
        client(&self.shop.environment, Arc::new(session.clone()))
    }

    /// Requests to the token endpoint so far.
    pub(crate) async fn refreshes(&self) -> usize {
        let log = request_log(&self.shop.sandbox).await;
        log.iter().filter(|request| request.path.ends_with("/oauth/v1/token")).count()
    }

    pub(crate) fn break_next(&self, method: &str, path: &str, fault: Fault) {
        self.shop.sandbox.faults().add(FaultRule::new(path, fault).method(method).times(1)).unwrap();
    }
}

pub(crate) fn app(shop: &Shop) -> WalletApi {
    let app = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    client(&shop.environment, Arc::new(app))
}

pub(crate) async fn balance(api: &WalletApi) -> Result<(), WalletApiError> {
    api.wallets().balance(WalletRef::Me).await.map(|_| ())
}
