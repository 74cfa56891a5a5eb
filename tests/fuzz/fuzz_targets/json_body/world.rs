//! A sandbox, and what the calls need there.

use std::cell::RefCell;

use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::reservation_code::Generator;
use paysera_sandbox::{Sandbox, seed};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::calls::{CALLS, Who};

/// Calls until the sandbox begins anew, so that audits stay quick and the customer
/// has money.
const CALLS_OF_A_SANDBOX: u32 = 300;

/// Seconds that pass before each call: limits of wrong secrets and of messages
/// would soon be all that is answered.
const PAUSE: i64 = 150;

thread_local! {
    pub(crate) static WORLD: RefCell<World> = RefCell::new(World::new());
}

pub(crate) struct World {
    runtime: Runtime,
    sandbox: Option<Sandbox>,
    codes: Generator,
    calls: u32,
    number: u32,
}

fn codes() -> Generator {
    Generator::new(seed::CUSTOMER.generator, seed::CUSTOMER.generator_seed)
}

/// A name in an answer, as text.
fn text(answer: &Value, name: &str) -> String {
    match &answer[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl World {
    /// # Panics
    /// If a body that should be valid is not, so that nothing behind the first
    /// refusal would be fuzzed.
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut world = Self { runtime, sandbox: None, codes: codes(), calls: 0, number: 0 };
        for (who, method, path, body) in CALLS {
            let (path, body) = world.prepare(path, body);
            let (status, answer) = world.ask(*who, method, &path, body.as_bytes());
            assert_eq!(status, 200, "{method} {path} {body}: {answer}");
            world.check(&path);
        }
        world
    }

    /// Signs and asks; status and JSON.
    pub(crate) fn ask(&mut self, who: Who, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        self.number += 1;
        let Self { runtime, sandbox, number, .. } = self;
        let sandbox = sandbox.get_or_insert_with(|| {
            runtime.block_on(Sandbox::builder().start("127.0.0.1:0".parse().unwrap())).unwrap()
        });
        let host = sandbox.address().to_string();
        let mut request = http::Request::builder().method(method).uri(path).header("host", &host);
        let credentials = match who {
            Who::Till => Some((seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY)),
            Who::Customer => Some((seed::CUSTOMER.token, seed::CUSTOMER.mac_key)),
            Who::App => Some((seed::APP_CLIENT_ID, seed::APP_MAC_KEY)),
            Who::Nobody => None,
        };
        request = match credentials {
            None => request.header("content-type", "application/json"),
            Some((id, mac_key)) => request.header(
                "authorization",
                mac::sign(&RequestToSign {
                    id,
                    mac_key,
                    timestamp: sandbox.clock().now(),
                    nonce: &format!("n{number}"),
                    method,
                    request_uri: path,
                    host: "127.0.0.1",
                    port: sandbox.address().port(),
                    body,
                    parameters: &[],
                }),
            ),
        };
        let answer = runtime.block_on(sandbox.answer(request.body(body.to_vec()).unwrap()));
        let json = serde_json::from_slice(answer.body()).expect("an answer is JSON");
        (answer.status().as_u16(), json)
    }

    /// Does what must succeed for a call to be possible.
    fn done(&mut self, who: Who, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(who, method, path, body.to_string().as_bytes());
        assert_eq!(status, 200, "{method} {path} {body}: {answer}");
        answer
    }

    /// The key of a new transaction, and its payment.
    fn transaction(&mut self, password: bool) -> (String, String) {
        let mut payment = json!({"price": 10, "currency": "GEL", "description": "x"});
        if password {
            payment["password"] = json!({"type": "provided", "value": "1"});
        }
        let made = self.done(Who::Till, "POST", "/rest/v1/transaction", json!({"payments": [payment]}));
        (text(&made, "transaction_key"), text(&made["payments"][0], "id"))
    }

    /// The same for one that the customer has accepted.
    fn accepted(&mut self, password: bool) -> (String, String) {
        let (key, payment) = self.transaction(password);
        self.done(Who::Customer, "PUT", &format!("/rest/v1/transaction/{key}/reserve/me"), json!({}));
        (key, payment)
    }

    /// The code of the newest message.
    fn message(&mut self) -> String {
        let sandbox = self.sandbox.as_ref().expect("somebody was asked");
        self.runtime.block_on(sandbox.messages()).unwrap().swap_remove(0).code
    }

    /// Puts in place of the marks what stands for them:
    ///
    /// - `KEY` a new transaction, `RESERVED` an accepted one with its
    ///   `RESERVED_PAYMENT`, `FLASHED` one whose payer was sent a `FLASH_CODE`;
    /// - `PAYMENT` a confirmed payment, `LOCKED` one that waits for its password;
    /// - `SPOT` where the customer is, in `LOCATION`;
    /// - `USER` of the app, whose phone waits for its `PHONE_CODE`;
    /// - `IDENTIFICATION`, `SUBSCRIBER` of the customer, and `GENERATOR_CODE`,
    ///   `RESET_CODE`, `RESERVATION_CODE`;
    /// - `NUMBER` seven digits that were not used before.
    pub(crate) fn prepare(&mut self, path: &str, body: &str) -> (String, String) {
        if path.contains("identification-request") {
            // There is one at a time, and few a day.
            self.end();
        }
        if let Some(sandbox) = &self.sandbox {
            sandbox.clock().advance(PAUSE);
        }
        let both = format!("{path} {body}");
        let has = |mark: &str| both.contains(mark);
        let mut values: Vec<(&str, String)> = Vec::new();
        if has("RESERVED") {
            let (key, payment) = self.accepted(false);
            values.extend([("RESERVED_PAYMENT", payment), ("RESERVED", key)]);
        }
        if has("FLASHED") {
            let (key, _) = self.transaction(false);
            self.done(Who::Till, "PUT", &format!("/rest/v1/transaction/{key}/flash/14471"), json!({}));
            values.extend([("FLASHED", key), ("FLASH_CODE", self.message())]);
        }
        if has("LOCKED") {
            values.push(("LOCKED", self.accepted(true).1));
        }
        if has("/PAYMENT") {
            let (key, payment) = self.accepted(false);
            self.done(Who::Till, "PUT", &format!("/rest/v1/transaction/{key}/confirm"), json!({}));
            values.push(("PAYMENT", payment));
        }
        if has("KEY") {
            values.push(("KEY", self.transaction(false).0));
        }
        if has("LOCATION") || has("SPOT") {
            values.extend(self.place());
        }
        if has("USER") {
            values.extend(self.user());
        }
        if has("IDENTIFICATION") {
            let made = self.done(Who::Customer, "POST", "/rest/v1/user/me/identification-request", json!({}));
            values.push(("IDENTIFICATION", text(&made, "id")));
        }
        if has("/subscriber") {
            // There are not many at a time.
            self.done(Who::Customer, "DELETE", "/rest/v1/subscribers", json!({}));
        }
        if has("SUBSCRIBER") {
            let body = json!({"type": "ios", "recipient": {"identifier": "y"}, "privacy_level": "low", "events": []});
            let made = self.done(Who::Customer, "POST", "/rest/v1/subscriber", body);
            values.push(("SUBSCRIBER", text(&made, "id")));
        }
        if has("GENERATOR_CODE") {
            self.done(Who::Customer, "POST", "/rest/v1/generator/code", json!({}));
            values.push(("GENERATOR_CODE", self.message()));
        }
        if has("RESET_CODE") {
            let body =
                json!({"email": seed::CUSTOMER.email, "identity": {"code": seed::CUSTOMER.person_code}});
            self.done(Who::App, "POST", "/rest/v1/user/password/reset", body);
            values.push(("RESET_CODE", self.message()));
        }
        if has("RESERVATION_CODE") {
            values.push(("RESERVATION_CODE", self.codes.next_code()));
        }
        values.push(("NUMBER", format!("{:07}", self.number)));
        let put =
            |text: &str| values.iter().fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value));
        (put(path), put(body))
    }

    fn place(&mut self) -> [(&'static str, String); 2] {
        let body = json!({"title": "x", "address": "y", "services": {"pay": {"available": true}}});
        let location = self.done(Who::Till, "POST", "/rest/v1/project/1234/location", body)["id"].clone();
        let body = json!({"location_id": location, "identifier": "y"});
        let spot = self.done(Who::Nobody, "POST", "/sandbox/spots", body)["id"].to_string();
        self.done(Who::Customer, "PUT", &format!("/rest/v1/spot/{spot}/check-in"), json!({}));
        [("LOCATION", location.to_string()), ("SPOT", spot)]
    }

    fn user(&mut self) -> [(&'static str, String); 2] {
        let phone = format!("99559{:07}", self.number);
        let body =
            json!({"phone": phone, "credentials": {"type": "password", "password": "Correct-horse-7"}});
        let user = text(&self.done(Who::App, "POST", "/rest/v1/user", body), "id");
        [("USER", user), ("PHONE_CODE", self.message())]
    }

    /// Audits the books, and puts right what would refuse every further call.
    pub(crate) fn check(&mut self, path: &str) {
        if path == "/sandbox/clock" {
            // At any time that it may be set to, a till sells.
            self.transaction(false);
        }
        if path.ends_with("/level") || path.ends_with("/restriction") {
            self.done(Who::Nobody, "POST", "/sandbox/wallets/14471/level", json!({"level": "identified"}));
            self.done(
                Who::Nobody,
                "POST",
                "/sandbox/wallets/14471/restriction",
                json!({"restriction": "none"}),
            );
        }
        let Some(sandbox) = &self.sandbox else { return };
        let report = self.runtime.block_on(sandbox.ledger_check()).expect("the books can be read");
        assert!(report.is_balanced(), "{report:?}");
        // Nobody acts in the middle of what follows.
        sandbox.counterparts().clear();
        self.calls += 1;
        // There are others now, or it is another time.
        let is_another = matches!(path, "/sandbox/clock" | "/sandbox/reset");
        if is_another || self.calls >= CALLS_OF_A_SANDBOX {
            self.end();
        }
    }

    fn end(&mut self) {
        self.calls = 0;
        self.codes = codes();
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.shutdown());
        }
    }
}
