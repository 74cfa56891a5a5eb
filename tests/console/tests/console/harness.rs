//! A shop, and its sandbox's console on a screen.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use paysera_console_test::{Browser, Page};
use paysera_core::code::Code;
use paysera_core::money::{Currency, Money};
use paysera_core::qr::{ErrorCorrection, QrSymbol};
use paysera_core::wallet_api::{CallbackUri, CreateTransaction, NewPayment, Transaction};
use paysera_e2e::{Shop, gel};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

/// Where browsers keep their profiles and tests their pictures.
pub(crate) const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// One browser at a time: the start of a second one takes seconds of both cores,
/// and the first one may be measuring one.
pub(crate) async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

pub(crate) struct Desk {
    pub(crate) shop: Shop,
    pub(crate) browser: Browser,
    pub(crate) page: Page,
    _turn: MutexGuard<'static, ()>,
}

impl Desk {
    /// A shop with its console on a screen of that width, connected.
    pub(crate) async fn open() -> Self {
        let turn = turn().await;
        let shop = Shop::open().await;
        let browser = Browser::launch(Path::new(FOLDER)).await.unwrap();
        let page = browser.page().await.unwrap();
        page.screen(1280, 900, "light").await.unwrap();
        let desk = Self { shop, browser, page, _turn: turn };
        desk.load().await;
        desk
    }

    /// Opens the console and waits until it follows the sandbox.
    pub(crate) async fn load(&self) {
        self.page.open(&self.shop.sandbox.base_url()).await.unwrap();
        let ready =
            "document.querySelector('#live[data-tone=good]') && document.querySelector('#wallets > *')";
        self.page.until(ready).await.unwrap();
    }

    /// What every wallet has at its disposal, as the page shows it.
    pub(crate) async fn balances(&self) -> BTreeMap<u64, i64> {
        let shown = "Object.fromEntries([...document.querySelectorAll('#wallets > [data-key]')]
            .map((card) => [card.dataset.key, card.querySelector('.sum').textContent]))";
        let shown = self.page.evaluate(shown).await.unwrap();
        let minor = |text: &str| {
            let (sum, currency) = text.split_once(' ').unwrap();
            Money::parse_decimal(sum, Currency::parse(currency).unwrap()).unwrap().minor()
        };
        let entry =
            |(wallet, text): (&String, &Value)| (wallet.parse().unwrap(), minor(text.as_str().unwrap()));
        shown.as_object().unwrap().iter().map(entry).collect()
    }

    /// Creates a payment over the signed API: one request and no other.
    pub(crate) async fn create(
        &self,
        minor: i64,
        description: &str,
        callback_uri: CallbackUri,
    ) -> Transaction {
        let new = CreateTransaction {
            payments: vec![NewPayment::new(description, gel(minor))],
            use_allowance: false,
            callback_uri,
            ..CreateTransaction::default()
        };
        self.shop.api().transactions().create(&new).await.unwrap()
    }

    /// Asks the control API, as the page does.
    pub(crate) async fn control(&self, path: &str, body: &Value) {
        let request = json!({"method": "POST", "body": body.to_string(),
            "headers": {"Content-Type": "application/json"}});
        let ask = format!("fetch('/sandbox{path}', {request}).then((answer) => answer.status)");
        assert_eq!(self.page.evaluate(&ask).await.unwrap(), 200, "{path} {body}");
    }

    /// The end of every test: nothing went wrong where nobody looked.
    pub(crate) async fn close(self) {
        assert_eq!(self.page.complaints(), Vec::<String>::new());
        let report = self.shop.sandbox.ledger_check().await.unwrap();
        assert!(report.is_balanced(), "{report:?}");
        self.browser.close().await.unwrap();
    }
}

/// Whether the page shows the transaction with that status.
pub(crate) fn row(key: &str, status: &str) -> String {
    format!(
        "document.querySelector('#transactions > [data-key=\"{key}\"] .chip')?.textContent === '{status}'"
    )
}

/// The text of the code that a till would show for the transaction.
pub(crate) fn code_of(transaction: &Transaction) -> String {
    Code::Transaction(transaction.transaction_key.clone()).to_text()
}

/// A picture of that code.
pub(crate) fn picture_of(transaction: &Transaction) -> PathBuf {
    let symbol = QrSymbol::encode(&code_of(transaction), ErrorCorrection::SCREEN).unwrap();
    let path = Path::new(FOLDER).join(format!("{}.png", transaction.transaction_key));
    std::fs::write(&path, symbol.raster(8).unwrap().to_png().unwrap()).unwrap();
    path
}
