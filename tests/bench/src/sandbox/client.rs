//! One of the clients: a till and a customer in one, who pay, take back, cash
//! in and look, in a mixed order.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::api::{Api, CUSTOMER, RETAILER, Signer};
use crate::error::Error;
use paysera_sandbox::seed;

/// What all clients moved together, in minor units: what the balances must show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moved {
    pub(super) paid: i64,
    pub(super) cashed_in: i64,
}

impl Moved {
    pub(super) fn add(&mut self, other: Self) {
        self.paid += other.paid;
        self.cashed_in += other.cashed_in;
    }
}

/// What one client did.
pub(super) struct Done {
    pub(super) times: Vec<(&'static str, Duration)>,
    pub(super) moved: Moved,
}

pub(super) struct Client {
    api: Arc<Api>,
    random: u64,
    left: Arc<AtomicI64>,
    times: Vec<(&'static str, Duration)>,
    moved: Moved,
    last_key: Option<String>,
}

impl Client {
    pub(super) fn new(api: Arc<Api>, seed: u64, number: u16, left: Arc<AtomicI64>) -> Self {
        let random =
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number).wrapping_mul(0xd134_2543_de82_ef95);
        Self { api, random, left, times: Vec::new(), moved: Moved::default(), last_key: None }
    }

    /// Works until all clients together have made their requests; an operation
    /// that was begun is finished.
    pub(super) async fn work(mut self) -> Result<Done, Error> {
        while self.left.load(Ordering::Relaxed) > 0 {
            match self.draw(10) {
                0..=2 => self.pay().await?,
                3 => self.cash_in().await?,
                4 => self.take_back().await?,
                5 | 6 => self.look("get", &RETAILER, None).await?,
                7 => self.look("list", &RETAILER, Some("/rest/v1/transactions?limit=20")).await?,
                8 => self.look("balance", &CUSTOMER, Some("/rest/v1/wallet/me/balance")).await?,
                _ => self.look("server", &RETAILER, Some("/rest/v1/server")).await?,
            }
        }
        Ok(Done { times: self.times, moved: self.moved })
    }

    async fn pay(&mut self) -> Result<(), Error> {
        let price = self.price();
        let key = self.create(json!({"price": price, "currency": "GEL", "description": "Load"})).await?;
        self.put("reserve", &CUSTOMER, &key, "reserve/me").await?;
        self.put("confirm", &RETAILER, &key, "confirm").await?;
        self.moved.paid += price;
        Ok(())
    }

    async fn cash_in(&mut self) -> Result<(), Error> {
        let price = self.price();
        let key = self
            .create(json!({"price": price, "currency": "GEL", "description": "Load", "purpose": "cash",
                "beneficiary": {"id": super::CUSTOMER.wallet}}))
            .await?;
        self.put("reserve", &RETAILER, &key, &format!("reserve/{}", seed::RETAILER_WALLET)).await?;
        self.put("confirm", &RETAILER, &key, "confirm").await?;
        self.moved.cashed_in += price;
        Ok(())
    }

    async fn take_back(&mut self) -> Result<(), Error> {
        let price = self.price();
        let key = self.create(json!({"price": price, "currency": "GEL", "description": "Load"})).await?;
        self.put("reserve", &CUSTOMER, &key, "reserve/me").await?;
        let path = format!("/rest/v1/transaction/{key}");
        self.send("revoke", &RETAILER, "DELETE", &path, String::new()).await.map(drop)
    }

    async fn look(&mut self, name: &'static str, signer: &Signer, path: Option<&str>) -> Result<(), Error> {
        let own = self.last_key.as_ref().map(|key| format!("/rest/v1/transaction/{key}"));
        let path = path.or(own.as_deref()).unwrap_or("/rest/v1/client/locations").to_owned();
        self.send(name, signer, "GET", &path, String::new()).await.map(drop)
    }

    async fn create(&mut self, payment: Value) -> Result<String, Error> {
        let body = json!({ "payments": [payment] }).to_string();
        let made = self.send("create", &RETAILER, "POST", "/rest/v1/transaction", body).await?;
        let key = made.get("transaction_key").and_then(Value::as_str);
        let key = key.ok_or(Error::Incomplete { request: "create", field: "transaction_key" })?.to_owned();
        self.last_key = Some(key.clone());
        Ok(key)
    }

    async fn put(
        &mut self,
        name: &'static str,
        signer: &Signer,
        key: &str,
        action: &str,
    ) -> Result<Value, Error> {
        let path = format!("/rest/v1/transaction/{key}/{action}");
        self.send(name, signer, "PUT", &path, "[]".to_owned()).await
    }

    async fn send(
        &mut self,
        name: &'static str,
        signer: &Signer,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<Value, Error> {
        self.left.fetch_sub(1, Ordering::Relaxed);
        let answer = self.api.send(name, signer, method, path, body).await?;
        self.times.push((name, answer.took));
        Ok(answer.json)
    }

    /// One to nine minor units: the customer's money outlasts every run.
    fn price(&mut self) -> i64 {
        i64::try_from(self.draw(9)).unwrap_or(0) + 1
    }

    /// A number below `bound` (splitmix64).
    fn draw(&mut self, bound: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }
}
