//! A device's clock that is set to another time.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::*;
use crate::auth::FixedCredentials;
use crate::clock::{Clock, Sleep};
use crate::code::TransactionKey;
use crate::wallet_api::{Bounds, Environment, Exchange, ExchangeFuture, HttpAnswer, HttpRequest, WalletApi};

const BEGIN: i64 = 1_760_000_000;

/// The clock of a device: it goes with the steady one, from where it was set.
#[derive(Debug)]
struct Device {
    began: Instant,
    set: AtomicI64,
}

impl Clock for Device {
    fn now(&self) -> UnixSeconds {
        let passed = i64::try_from(self.began.elapsed().as_secs()).unwrap();
        UnixSeconds(BEGIN + passed + self.set.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A server that keeps its time, and what it was asked for.
#[derive(Debug)]
struct Server {
    began: Instant,
    has_no_time: AtomicBool,
    asked: Mutex<Vec<String>>,
    /// How far the signatures are from its time, in seconds.
    off: Mutex<Vec<i64>>,
}

impl Exchange for Server {
    fn exchange(&self, request: HttpRequest, _: Bounds) -> ExchangeFuture<'_> {
        let path = request.url.path().rsplit('/').next().unwrap().to_owned();
        let time = BEGIN + i64::try_from(self.began.elapsed().as_secs()).unwrap();
        let is_time = path == "server";
        self.asked.lock().unwrap().push(format!("{} {path}", request.method));
        if let Some(header) = request.headers.get("authorization") {
            let (_, signed) = header.to_str().unwrap().split_once("ts=\"").unwrap();
            let signed: i64 = signed.split('"').next().unwrap().parse().unwrap();
            self.off.lock().unwrap().push(signed - time);
        }
        let body = match is_time {
            true => format!(r#"{{"time":{time}}}"#),
            false => r#"{"transaction_key":"CiGEL0000000000000B1","created_at":1,"status":"new"}"#.to_owned(),
        };
        let (status, headers) = (http::StatusCode::OK, http::HeaderMap::new());
        let answer = match is_time && self.has_no_time.load(Ordering::SeqCst) {
            true => Err(WalletApiError::Unreachable("no time".into())),
            false => Ok(HttpAnswer { status, headers, body: body.into() }),
        };
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer
        })
    }
}

struct World {
    server: Arc<Server>,
    device: Arc<Device>,
    api: WalletApi,
}

impl World {
    fn new() -> Self {
        let began = Instant::now();
        let server = Arc::new(Server {
            began,
            has_no_time: AtomicBool::new(false),
            asked: Mutex::default(),
            off: Mutex::default(),
        });
        let device = Arc::new(Device { began, set: AtomicI64::new(0) });
        let credentials = FixedCredentials::new("id".to_owned(), "key".to_owned());
        let environment = Environment::sandbox("http://127.0.0.1:1/").unwrap();
        let api = WalletApi::builder(environment, Arc::new(credentials));
        let api = api.exchange(server.clone()).clock(device.clone()).build().unwrap();
        Self { server, device, api }
    }

    async fn write(&self) {
        self.api.transactions().revoke(&key()).await.unwrap();
    }

    /// What was asked for since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.server.asked.lock().unwrap())
    }

    /// How far off the latest signature was.
    fn off(&self) -> i64 {
        *self.server.off.lock().unwrap().last().unwrap()
    }
}

fn key() -> TransactionKey {
    TransactionKey::parse("CiGEL0000000000000B1").unwrap()
}

const WRITE: &str = "DELETE CiGEL0000000000000B1";
const READ: &str = "GET CiGEL0000000000000B1";
const TIME: &str = "GET server";

#[tokio::test(start_paused = true)]
async fn rule_7_a_jump_of_the_clock_asks_for_the_time_once_before_the_next_write() {
    let world = World::new();
    world.write().await;
    assert_eq!(world.asked(), [WRITE]);
    for jump in [3600, -3600] {
        world.device.set.fetch_add(jump, Ordering::SeqCst);
        // A read that is refused puts it right by itself.
        world.api.transactions().get(&key()).await.unwrap();
        assert_eq!(world.asked(), [READ]);
        world.write().await;
        assert_eq!(world.asked(), [TIME, WRITE], "{jump}");
        assert_eq!(world.off(), 0);
        world.write().await;
        assert_eq!(world.asked(), [WRITE], "{jump}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_7_where_nothing_jumps_nothing_is_asked() {
    let world = World::new();
    for (hours, adjusted) in [(0, 0), (1, 10), (48, -10)] {
        tokio::time::sleep(Duration::from_secs(hours * 3600)).await;
        world.device.set.store(adjusted, Ordering::SeqCst);
        world.write().await;
        assert_eq!(world.asked(), [WRITE]);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_7_writes_at_the_same_time_ask_once() {
    let world = World::new();
    world.write().await;
    world.asked();
    world.device.set.store(600, Ordering::SeqCst);
    tokio::join!(world.write(), world.write(), world.write());
    let asked = world.asked();
    assert_eq!(asked.iter().filter(|asked| *asked == TIME).count(), 1, "{asked:?}");
    assert_eq!((asked.len(), asked[0].as_str()), (4, TIME));
}

/// A time that can't be had does not keep a write back.
#[tokio::test(start_paused = true)]
async fn rule_7_a_write_goes_out_also_where_the_time_can_not_be_had() {
    let world = World::new();
    world.write().await;
    world.asked();
    world.device.set.store(600, Ordering::SeqCst);
    world.server.has_no_time.store(true, Ordering::SeqCst);
    world.write().await;
    assert_eq!(world.asked(), [TIME, WRITE]);
    world.server.has_no_time.store(false, Ordering::SeqCst);
    world.write().await;
    assert_eq!(world.asked(), [TIME, WRITE]);
    assert_eq!(world.off(), 0);
}
