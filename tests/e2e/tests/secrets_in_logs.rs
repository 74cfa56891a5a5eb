//! A whole flow with everything logged: no secret is in the logs, in errors or
//! in the journal.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use paysera_core::auth::{FixedCredentials, MemorySecretStore, SecretStore, SignIn};
use paysera_core::code::Code;
use paysera_core::error::ApiError;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Consent, CreateTransaction, NewPayment, Payer, ScopeName, TransactionFilter, WalletApi, WalletRef,
};
use paysera_e2e::{Shop, client, gel, names, serve};
use paysera_sandbox::{Fault, FaultRule, seed};
use seed::CUSTOMER;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// No digits only: four of them stand in the time of some line of every log.
const PIN: &str = "p1n-of-nobody";

async fn errors_of(shop: &Shop, api: &WalletApi, said: &mut String) {
    let pin =
        Consent::Pin { payer: Payer::Phone(CUSTOMER.phone.to_owned()), pin: Secret::new(PIN.to_owned()) };
    let new =
        CreateTransaction { payments: vec![NewPayment::new("x", gel(1))], ..CreateTransaction::default() };
    let key = shop.api().transactions().create(&new).await.unwrap().transaction_key;
    for fault in [
        None,
        Some(Fault::NotJson),
        Some(Fault::DropAnswer),
        Some(Fault::Status { status: 503, retry_after: None }),
    ] {
        if let Some(fault) = fault {
            shop.sandbox.faults().add(FaultRule::new("*", fault)).unwrap();
        }
        let code = Secret::new("c0de-that-nobody-sent".to_owned());
        let failures = [
            shop.api().transactions().reserve(&key, &pin.clone().into()).await.err(),
            api.generators().create(&code).await.err(),
            api.oauth().refresh(&code, paysera_core::wallet_api::Activation::AtOnce).await.err(),
            api.oauth().revoke(&code).await.err(),
            api.wallets().get(WalletRef::Id(paysera_core::code::WalletId::new(7).unwrap())).await.err(),
        ];
        for error in failures.into_iter().flatten() {
            let public = ApiError::from(&error);
            writeln!(said, "{error} {error:?} {public} {public:?}").unwrap();
        }
        shop.sandbox.faults().clear();
    }
}

#[tokio::test]
async fn nothing_that_is_logged_said_or_written_down_holds_a_secret() {
    let logs = Logs::default();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(logs.clone()).init();
    let shop = Shop::open().await;
    let mut said = String::new();

    // A user signs in, uses the session past its end, and signs out.
    let app = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    let store = Arc::new(MemorySecretStore::default());
    let sign_in = SignIn::new(client(&shop.environment, Arc::new(app)), store.clone());
    let password = Secret::new(CUSTOMER.password.to_owned());
    let scopes = [ScopeName::Balance.into(), ScopeName::Statements.into()];
    let session = sign_in.with_password(CUSTOMER.phone, &password, &scopes).await.unwrap();
    let mut secrets = secrets_of(&*store);
    let api = client(&shop.environment, Arc::new(session.clone()));
    shop.sandbox.clock().advance(3601);
    api.server().time().await.unwrap();
    api.wallets().balance(WalletRef::Me).await.unwrap();
    secrets.extend(secrets_of(&*store));
    let page = api.app_tokens().auth_token().await.unwrap();
    let jwt = api.app_tokens().json_web_token("logged_in", "transfers").await.unwrap();
    writeln!(said, "{page:?} {jwt:?}").unwrap();
    for secret in [&page.value, page.session_id.as_ref().unwrap(), &jwt.access_token] {
        secrets.push(secret.expose().to_owned());
    }
    errors_of(&shop, &api, &mut said).await;
    writeln!(said, "{session:?} {sign_in:?} {api:?} {store:?} {password:?} {:?}", shop.till).unwrap();

    // A payment, a cash-out and a cash-in, till and phone.
    let phone = shop.phone(&CUSTOMER);
    let collect = shop.collect("bill", 250).await.unwrap();
    let (till, payer) = shop.pay(&collect, &phone).await;
    let code = phone.cash_out_code().unwrap();
    let Code::Reservation(digits) = &code else { panic!("{code:?}") };
    secrets.push(digits.expose().to_owned());
    let cash_out = shop.cash_out("out", 100, code.clone()).await.unwrap();
    let out = serve(&cash_out).await;
    let code = phone.cash_in_code().await.unwrap();
    let cash_in = shop.cash_in("in", 100, code).await.unwrap();
    let back = serve(&cash_in).await;
    for attempt in [&collect, &cash_out, &cash_in] {
        let written = shop.journal.events(attempt.id()).unwrap();
        assert!(!written.is_empty());
        writeln!(said, "{written:?}").unwrap();
    }
    for states in [&till, &payer, &out, &back] {
        assert_eq!(names(states).last(), Some(&"settled"), "{states:?}");
    }
    writeln!(said, "{till:?} {payer:?} {out:?} {back:?} {phone:?}").unwrap();
    shop.api().transactions().list(&TransactionFilter::default()).await.unwrap();
    session.sign_out().await.unwrap();

    for secret in [
        seed::APP_MAC_KEY,
        seed::RETAILER_MAC_KEY,
        CUSTOMER.token,
        CUSTOMER.mac_key,
        CUSTOMER.password,
        PIN,
        "c0de-that-nobody-sent",
    ] {
        secrets.push(secret.to_owned());
    }
    secrets.push(hex(&CUSTOMER.generator_seed));
    assert_eq!(secrets.len(), 6 + 3 + 1 + 7 + 1, "two tokens with keys and refresh tokens, and the rest");
    let logged = String::from_utf8(logs.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("wallet api") && logged.contains("TRACE"), "the logs are not the logs");
    for (place, text) in [("the logs", &logged), ("what was said", &said)] {
        for secret in &secrets {
            if let Some(line) = text.lines().find(|line| line.contains(secret.as_str())) {
                panic!("{place} hold {secret}: {line}");
            }
        }
        assert!(!text.contains("mac=\""), "{place} hold a signature");
    }
}

/// Access token, MAC key and refresh token of the kept session.
fn secrets_of(store: &dyn SecretStore) -> Vec<String> {
    let record = store.get("session").unwrap().unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let text = |name: &str| record["current"][name].as_str().unwrap().to_owned();
    ["access_token", "mac_key", "refresh_token"].map(text).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
