//! Any body to every call of the sandbox that reads one: no answer is a 5xx,
//! every refusal is a JSON error, and the books stay in order.
//!
//! The first byte of the input chooses the call. The second one says what the
//! rest is: the body itself, or a value that is put into a valid body, at the
//! place that the byte chooses.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::{Sandbox, seed};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// Who signs.
#[derive(Clone, Copy)]
enum Who {
    Till,
    Customer,
    App,
    /// The control API asks for no signature.
    Nobody,
}

/// A call and a valid body. `KEY` is a new transaction, `RESERVED` and
/// `CONFIRMED` are others, `PAYMENT` is the confirmed one's payment.
type Call = (Who, &'static str, &'static str, &'static str);

const CALLS: &[Call] = &[
    (
        Who::Till,
        "POST",
        "/rest/v1/transaction",
        r#"{"payments":[{"price":100,"currency":"GEL","description":"x","beneficiary":{"id":14473},"purpose":"cash","parameters":{"a":[1]},"freeze":{"for":60},"cashback":1,"commission":{"in_commission":1,"out_commission_decimal":"0.01"},"password":{"type":"provided","value":"1","optional":true,"cancelable":true},"price_rules":{"min":1,"max":200,"choices":[100]},"funds_source":{"type":"gift","details":"x"}},{"items":[{"title":"x","price_decimal":"1.5","currency":"GEL","quantity":2,"total_price":300,"image_uri":"https://a.example","parameters":1}]}],"reserve":{"for":60},"use_allowance":true,"suggest_allowance":false,"auto_confirm":false,"redirect_uri":"app://x","callback_uri":false,"user":{"email":"a@b"},"restrictions":{"account_owner":{"type":"natural","requirements":["identity"],"level":"identified"}},"inquiries":[{"identifier":"a","type":"optional","items":[{"identifier":"b","type":"person_code","title":"c"}]}],"allowance":{"optional":true,"data":{"currency":"GEL","max_price":1,"limits":[{"max_price":1,"time":1}],"valid":{"for":1}}},"project_id":1234,"location_id":9975}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/transaction",
        r#"{"payments":[{"price":1,"currency":"GEL","description":"x","beneficiary":{"phone":"995555014473"}}]}"#,
    ),
    (
        Who::Till,
        "POST",
        "/rest/v1/payment",
        r#"{"price":1,"currency":"GEL","description":"x","freeze_for":1}"#,
    ),
    (
        Who::Till,
        "POST",
        "/rest/v1/allowance",
        r#"{"currency":"GEL","max_price_decimal":"1","valid_for":1,"description":"x","limits":[{"max_price":1,"time":1,"period":1}]}"#,
    ),
    (
        Who::Till,
        "PUT",
        "/rest/v1/transaction/KEY/reserve",
        r#"{"payer":{"id":14471},"pin":"1234","funds_sources":{"0":{"type":"gift"}},"revoke_transaction_key":"RESERVED","without_passwords":true,"decline_allowance":false}"#,
    ),
    (
        Who::Till,
        "PUT",
        "/rest/v1/transaction/KEY/reserve",
        r#"{"reservation_code":"0112345678903305676022535991","sms_code":"1"}"#,
    ),
    (Who::Customer, "PUT", "/rest/v1/transaction/KEY/reserve/me", "{}"),
    (
        Who::Till,
        "PUT",
        "/rest/v1/transaction/RESERVED/confirm",
        r#"{"PAYMENT":{"price":1,"currency":"GEL"}}"#,
    ),
    (Who::Till, "POST", "/rest/v1/transaction/KEY/request", r#"{"phone":"995555014471","initiator_id":501}"#),
    (Who::Till, "PUT", "/rest/v1/payment/PAYMENT/freeze", r#"{"freeze":{"until":99999999999}}"#),
    (Who::Till, "PUT", "/rest/v1/payment/PAYMENT/finalize", r#"{"price":1,"currency":"GEL"}"#),
    (Who::Till, "PUT", "/rest/v1/payment/PAYMENT/password", r#"{"password":"1"}"#),
    (
        Who::Till,
        "POST",
        "/rest/v1/project/1234/location",
        r#"{"title":"x","address":"y","lat":1.5,"lng":"2","radius":1,"status":"active","public":true,"working_hours":{"monday":{"opening_time":"9:0","closing_time":"24:00"}},"images":{"pin_open":"https://a.example","pin_closed":"https://a.example"},"prices":[{"type":"price","title":"x","price":{"amount":1,"currency":"GEL"}}],"services":{"pay":{"available":true,"categories":[1]},"cash_in":{"available":true,"types":["x"]}}}"#,
    ),
    (
        Who::Till,
        "PUT",
        "/rest/v1/location/9976",
        r#"{"title":"x","remote_orders":{"spot_id":15},"services":{"cash_in":{"available":true}}}"#,
    ),
    (Who::Till, "PUT", "/rest/v1/project/1234", r#"{"title":"x","description":"y","wallet_id":2112}"#),
    (Who::Till, "POST", "/rest/v1/spot/15/order", r#"{"transaction_key":"KEY"}"#),
    (
        Who::Till,
        "POST",
        "/rest/v1/client",
        r#"{"type":"app_client","permissions":["a"],"hosts":[{"host":"a","path":"/"}]}"#,
    ),
    (
        Who::App,
        "POST",
        "/rest/v1/client",
        r#"{"type":"app_client","info":{"name":"x","os":"y","version":"1"}}"#,
    ),
    (
        Who::App,
        "PUT",
        "/rest/v1/client/3002",
        r#"{"title":"x","hosts":[{"host":"a","path":"/","any_port":true,"any_subdomain":true,"protocol":"https"}]}"#,
    ),
    (
        Who::App,
        "POST",
        "/rest/v1/user",
        r#"{"phone":"995577000001","locale":"ka","credentials":{"type":"password","password":"x"},"parameters":{"scopes":["balance"]}}"#,
    ),
    (Who::App, "POST", "/rest/v1/user/502/phone", r#"{"phone":"995577000002"}"#),
    (Who::App, "PUT", "/rest/v1/user/502/phone/confirm", r#"{"code":"1"}"#),
    (Who::App, "POST", "/rest/v1/user/password/reset", r#"{"phone":"995555014471","identity":{"code":"1"}}"#),
    (Who::Customer, "PUT", "/rest/v1/user/me/password", r#"{"password":"x","old_password":"y","code":"1"}"#),
    (Who::Customer, "PUT", "/rest/v1/user/me/position", r#"{"lat":1,"lng":2,"type":"hidden"}"#),
    (Who::Customer, "PUT", "/rest/v1/wallet/me", r#"{"description":"x"}"#),
    (Who::Customer, "POST", "/rest/v1/user/me/identification-request", r#"{"provider":"wallet_user"}"#),
    (
        Who::Customer,
        "POST",
        "/rest/v1/identification-request/1/identity-document",
        r#"{"type":"passport","document_number":"1","country":"GE"}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/subscriber",
        r#"{"type":"android","recipient":{"identifier":"x"},"privacy_level":"low","locale":"en","events":[{"object":"statement","event":"created","silent":false,"priority":"high","parameters":{"direction":"in"}}]}"#,
    ),
    (
        Who::Customer,
        "PUT",
        "/rest/v1/subscriber/1",
        r#"{"type":"ios","recipient":{"identifier":"x"},"privacy_level":"high","events":[]}"#,
    ),
    (
        Who::Customer,
        "POST",
        "/rest/v1/generator/code",
        r#"{"link":"app://{code}","scopes":["convert_currency"],"action":"x","context":{"os":"x"}}"#,
    ),
    (Who::Customer, "POST", "/rest/v1/generator", r#"{"code":"1"}"#),
    (Who::Customer, "POST", "/rest/v1/auth-token/token", "{}"),
    (Who::Customer, "POST", "/rest/v1/jwt/tokens", r#"{"scopes":["a"]}"#),
    (
        Who::Nobody,
        "POST",
        "/sandbox/transactions",
        r#"{"location_id":9975,"price_decimal":"1","currency":"GEL","description":"x"}"#,
    ),
    (Who::Nobody, "POST", "/sandbox/review", r#"{"text":"PAYSERA%KEY"}"#),
    (Who::Nobody, "POST", "/sandbox/wallets/14471/money", r#"{"price":1,"currency":"EUR"}"#),
    (Who::Nobody, "POST", "/sandbox/wallets/14471/level", r#"{"level":"identified"}"#),
    (Who::Nobody, "POST", "/sandbox/spots", r#"{"location_id":9975,"identifier":"x"}"#),
    (Who::Nobody, "POST", "/sandbox/projects/1234/callback", r#"{"callback_uri":false}"#),
];

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

    fn check(&mut self) {
        let Some(sandbox) = &self.sandbox else { return };
        let report = self.runtime.block_on(sandbox.ledger_check()).expect("the books can be read");
        assert!(report.is_balanced(), "{report:?}");
        self.calls += 1;
        if self.calls >= CALLS_OF_A_SANDBOX
            && let Some(sandbox) = self.sandbox.take()
        {
            self.calls = 0;
            self.runtime.block_on(sandbox.shutdown());
        }
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
            let place = &all[usize::from(*mode) % all.len()];
            *changed.pointer_mut(place).unwrap() = value(rest);
            changed.to_string().into_bytes()
        };
        let (status, answer) = world.ask(who, method, &path, &body);
        assert!(status < 500, "{status} {answer}");
        if status != 200 {
            assert!(answer["error"].is_string(), "{status} {answer}");
        }
        world.check();
    });
});
