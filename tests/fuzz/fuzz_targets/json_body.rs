//! Any body to every call of the sandbox that reads one: no answer is a 5xx,
//! every refusal is a JSON error, and the books stay in order.
//!
//! The first byte of the input chooses the call. The second one says what the
//! rest is: the body itself, or a value that is put into a valid body at the place
//! that the byte chooses; with the highest bit set what is there is taken away.
#![no_main]

#[path = "json_body/calls.rs"]
mod calls;

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::{Sandbox, seed};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use calls::{CALLS, Who};

/// The bit of the second byte that takes away instead of changing.
const REMOVES: u8 = 0x80;

/// Calls until the sandbox begins anew, so that audits stay quick.
const CALLS_OF_A_SANDBOX: u32 = 300;

struct World {
    runtime: Runtime,
    sandbox: Option<Sandbox>,
    calls: u32,
    nonce: u64,
}

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World {
        runtime: Builder::new_current_thread().enable_all().build().unwrap(),
        sandbox: None,
        calls: 0,
        nonce: 0,
    });
}

impl World {
    /// Signs and asks; status and JSON.
    fn ask(&mut self, who: Who, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        let Self { runtime, sandbox, nonce, .. } = self;
        *nonce += 1;
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
                    nonce: &format!("n{nonce}"),
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

    /// The key of a new transaction, and its payment.
    fn transaction(&mut self) -> (String, String) {
        let body = br#"{"payments":[{"price":100,"currency":"GEL","description":"x"}]}"#;
        let (status, made) = self.ask(Who::Till, "POST", "/rest/v1/transaction", body);
        assert_eq!(status, 200, "{made}");
        (made["transaction_key"].as_str().unwrap().to_owned(), made["payments"][0]["id"].to_string())
    }

    /// Puts what a call needs in place of its marks.
    fn prepare(&mut self, path: &str, body: &str) -> (String, String) {
        let (mut path, mut body) = (path.to_owned(), body.to_owned());
        for mark in ["KEY", "RESERVED", "PAYMENT"] {
            if !path.contains(mark) && !body.contains(mark) {
                continue;
            }
            let (key, payment) = self.transaction();
            if mark != "KEY" {
                self.ask(Who::Customer, "PUT", &format!("/rest/v1/transaction/{key}/reserve/me"), b"");
            }
            if mark == "PAYMENT" && !path.contains("password") && !path.contains("confirm") {
                self.ask(Who::Till, "PUT", &format!("/rest/v1/transaction/{key}/confirm"), b"");
            }
            let value = if mark == "PAYMENT" { &payment } else { &key };
            path = path.replace(mark, value);
            body = body.replace(mark, value);
        }
        (path, body)
    }

    /// Audits the books, and begins anew where others are there now, or at
    /// another time.
    fn check(&mut self, path: &str) {
        if path == "/sandbox/clock" {
            // At any time that it may be set to, a till sells.
            self.transaction();
        }
        let Some(sandbox) = &self.sandbox else { return };
        let report = self.runtime.block_on(sandbox.ledger_check()).expect("the books can be read");
        assert!(report.is_balanced(), "{report:?}");
        // Nobody acts in the middle of what follows.
        sandbox.counterparts().clear();
        self.calls += 1;
        let is_another = matches!(path, "/sandbox/clock" | "/sandbox/reset");
        if (is_another || self.calls >= CALLS_OF_A_SANDBOX)
            && let Some(sandbox) = self.sandbox.take()
        {
            self.calls = 0;
            self.runtime.block_on(sandbox.shutdown());
        }
    }
}

/// Takes away what is at a place; the whole body is no place.
fn remove(body: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(name.parse().unwrap());
        }
        _ => unreachable!("a place is in an object or a list"),
    }
}

/// The places of a value and of everything in it.
fn places(value: &Value, path: String, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, format!("{path}/{index}"), all);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                places(field, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        _ => {}
    }
    all.push(path);
}

/// What the rest of the input stands for: JSON, or a text.
fn value(rest: &[u8]) -> Value {
    serde_json::from_slice(rest).unwrap_or_else(|_| json!(String::from_utf8_lossy(rest)))
}

fuzz_target!(|data: &[u8]| {
    let [call, mode, rest @ ..] = data else { return };
    WORLD.with_borrow_mut(|world| {
        let (who, method, path, body) = CALLS[usize::from(*call) % CALLS.len()];
        let (path, body) = world.prepare(path, body);
        let body = if *mode == 0 {
            rest.to_vec()
        } else {
            let mut changed: Value = serde_json::from_str(&body).unwrap();
            let mut all = Vec::new();
            places(&changed, String::new(), &mut all);
            let place = &all[usize::from(mode & !REMOVES) % all.len()];
            if mode & REMOVES != 0 {
                remove(&mut changed, place);
            } else {
                *changed.pointer_mut(place).unwrap() = value(rest);
            }
            changed.to_string().into_bytes()
        };
        let (status, answer) = world.ask(who, method, &path, &body);
        assert!(status < 500, "{status} {answer}");
        if status != 200 {
            assert!(answer["error"].is_string(), "{status} {answer}");
        }
        world.check(&path);
    });
});
