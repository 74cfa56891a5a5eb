//! Thousands of random calls by merchants and customers: whatever is answered,
//! the books are in order after each and no money comes from nowhere.

use paysera_core::money::Currency;
use paysera_sandbox::seed;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, codes, of};

const WALLETS: [u64; 3] = [seed::RETAILER_WALLET, seed::CUSTOMER.wallet, seed::POOR.wallet];
const APPS: [Who; 2] = [app_of(&seed::CUSTOMER), app_of(&seed::POOR)];
const OPERATIONS: u32 = 400;

struct Walk {
    world: World,
    random: TestRng,
    /// Keys and payment numbers of what was made.
    made: Vec<(String, Vec<i64>)>,
    generators: [paysera_sandbox::reservation_code::Generator; 2],
}

impl Walk {
    /// A number less than `bound`.
    fn less(&mut self, bound: u64) -> i64 {
        i64::try_from(self.random.next_u64() % bound).unwrap()
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.less(bound.try_into().unwrap())).unwrap()
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn payment(&mut self) -> Value {
        let price = 1 + self.less(60_000);
        let mut payment = json!({"description": "x", "price": price, "currency": "GEL"});
        if self.chance(2) {
            payment["beneficiary"] = json!({"id": WALLETS[self.below(3)]});
        }
        if self.chance(4) {
            payment["purpose"] = json!("cash");
        }
        if self.chance(3) {
            payment["commission"] = json!({"in_commission": price / 10, "out_commission": price / 20});
        }
        if self.chance(3) {
            payment["cashback"] = json!(price / 7);
        }
        if self.chance(3) {
            payment["freeze"] = json!({"for": self.less(7200)});
        }
        if self.chance(6) {
            payment["password"] = json!({"type": "provided", "value": "1", "optional": true});
        }
        payment
    }

    async fn create(&mut self) -> Answer {
        let count = 1 + self.below(3);
        let payments: Vec<_> = (0..count).map(|_| self.payment()).collect();
        let body = json!({"payments": payments, "auto_confirm": self.chance(4)});
        let who = if self.chance(5) { APPS[self.below(2)] } else { TILL };
        let answer = self.world.post(who, body).await;
        if let Some(key) = answer.json["transaction_key"].as_str() {
            let payments = answer.json["payments"].as_array().unwrap();
            let ids = payments.iter().map(|payment| payment["id"].as_i64().unwrap()).collect();
            self.made.push((key.to_owned(), ids));
        }
        answer
    }

    async fn act(&mut self) -> Answer {
        if self.made.is_empty() || self.chance(4) {
            return self.create().await;
        }
        // Mostly a young one, on which more is possible.
        let back = self.below(self.made.len().min(8));
        let (key, ids) = self.made[self.made.len() - 1 - back].clone();
        let id = ids[self.below(ids.len())];
        let app = self.below(2);
        let payment = format!("/rest/v1/payment/{id}");
        let price = json!({"price": 1 + self.less(60_000), "currency": "GEL"});
        match self.below(12) {
            0..3 => self.world.raw(APPS[app], "PUT", &of(&key, "/reserve/me"), "").await,
            3 => {
                let code = self.generators[app].next_code();
                let body = json!({"code": code, "without_passwords": self.chance(2)});
                self.world.put(TILL, &of(&key, "/reserve"), body).await
            }
            4 => self.world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await,
            5 => self.world.put(TILL, &payment_path(&payment, "/password"), json!({"password": "1"})).await,
            6 => self.world.confirm(TILL, &key).await,
            7 => self.world.put(TILL, &of(&key, "/confirm"), json!({ id.to_string(): price })).await,
            8 => self.world.revoke(TILL, &key).await,
            9 => self.world.raw(TILL, "DELETE", &payment, "").await,
            10 => self.world.put(TILL, &payment_path(&payment, "/finalize"), price).await,
            _ => {
                let hours = self.less(3);
                let body = json!({"freeze_for": hours});
                let seconds = self.less(600);
                self.world.sandbox.clock().advance(seconds);
                self.world.put(TILL, &payment_path(&payment, "/freeze"), body).await
            }
        }
    }
}

fn payment_path(payment: &str, action: &str) -> String {
    format!("{payment}{action}")
}

#[tokio::test]
async fn the_books_are_in_order_after_each() {
    for seed in 0..4_u8 {
        let mut walk = Walk {
            world: World::new().await,
            random: TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]),
            made: Vec::new(),
            generators: [codes(&seed::CUSTOMER), codes(&seed::POOR)],
        };
        let mut total = 0;
        for wallet in WALLETS {
            total += sum(&walk.world, wallet).await;
        }
        let mut answered = [0_u32; 6];
        for step in 0..OPERATIONS {
            let answer = walk.act().await;
            assert!(answer.status < 500, "seed {seed} step {step}: {}", answer.json);
            answered[usize::from(answer.status / 100)] += 1;
            let report = walk.world.sandbox.ledger_check().await.unwrap();
            assert!(report.is_balanced(), "seed {seed} step {step}: {report:?}");
            let mut now = 0;
            for wallet in WALLETS {
                now += sum(&walk.world, wallet).await;
            }
            assert_eq!(now, total, "seed {seed} step {step}");
        }
        // A walk that is only refused would prove nothing.
        assert!(answered[2] > OPERATIONS / 4, "seed {seed}: {answered:?}");
        walk.world.done().await;
    }
}

async fn sum(world: &World, wallet: u64) -> i64 {
    let balance = world.sandbox.balance(wallet, Currency::GEL).await.unwrap();
    balance.at_disposal + balance.reserved
}
