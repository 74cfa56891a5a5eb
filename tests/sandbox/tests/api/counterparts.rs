//! Simulated people. What they do is waited for by its event, never by a pause.

use std::time::Duration;

use paysera_sandbox::{Counterpart, Sandbox, SandboxClock, Status, seed};
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, cash_out, codes, control, of, payment, with};

const CUSTOMER: u64 = seed::CUSTOMER.wallet;

const NOW: i64 = 1_760_000_000;

async fn world() -> World {
    World::start(Sandbox::builder().clock(SandboxClock::fixed(NOW))).await
}

/// A world in which these play along, numbered from 1.
async fn played_by(people: impl IntoIterator<Item = Counterpart>) -> World {
    let world = world().await;
    for counterpart in people {
        world.sandbox.counterparts().add(counterpart).unwrap();
    }
    world
}

/// The status after so many seconds, once nobody has anything to do then.
async fn after(world: &World, seconds: i64, key: &str) -> Status {
    world.sandbox.clock().advance(seconds);
    world.sandbox.counterparts().settle().await.unwrap();
    world.sandbox.transaction_status(key).await.unwrap()
}

/// Creates a payment with these changes to the body; its key.
async fn create_with(world: &World, changes: Value) -> String {
    let made = world.post(TILL, with(json!({"payments": [payment(100)]}), changes)).await.ok();
    made["transaction_key"].as_str().unwrap().to_owned()
}

/// Who did what, or was refused with which error.
fn deeds(world: &World) -> Vec<(u64, String)> {
    let word = |result: Result<Status, String>| match result {
        Ok(status) => status.name().to_owned(),
        Err(refusal) => refusal.split(':').next().unwrap().to_owned(),
    };
    let deeds = world.sandbox.counterparts().deeds().into_iter();
    deeds.map(|deed| (deed.counterpart, word(deed.result))).collect()
}

#[tokio::test]
async fn they_act_by_themselves_when_something_happens_and_when_it_is_time() {
    let world = played_by([Counterpart::accepting(CUSTOMER).after(60), Counterpart::confirming()]).await;
    let mut changes = world.sandbox.changes();
    let key = world.create(TILL, payment(100)).await;
    world.sandbox.clock().advance(60);
    let confirmed = async {
        while world.sandbox.transaction_status(&key).await.unwrap() != Status::Confirmed {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(30), confirmed).await.unwrap();
    world.done().await;
}

#[tokio::test]
async fn each_customer_acts_when_it_is_time_and_not_before() {
    let (pays, declines) = (Counterpart::accepting(CUSTOMER), Counterpart::declining(CUSTOMER));
    let ends_early = json!({"reserve": {"until": NOW + 300}});
    for (counterpart, changes, seconds, status) in [
        (pays.clone().after(1), json!({}), 1, Status::Reserved),
        (pays.after(60), json!({}), 60, Status::Reserved),
        (declines.clone().after(60), json!({}), 60, Status::Rejected),
        // At the last moment: of the month, and of the time that the merchant gave.
        (declines.clone().after(u32::MAX), json!({}), 2_591_999, Status::Rejected),
        (declines.after(600), ends_early, 299, Status::Rejected),
    ] {
        let world = played_by([counterpart]).await;
        let key = create_with(&world, changes).await;
        assert_eq!(after(&world, seconds - 1, &key).await, Status::New, "{seconds}");
        assert_eq!(after(&world, 1, &key).await, status, "{seconds}");
        assert_eq!(deeds(&world), [(1, status.name().to_owned())]);
        world.done().await;
    }
}

#[tokio::test]
async fn a_merchant_confirms_at_once_late_or_never() {
    let pays = || Counterpart::accepting(CUSTOMER);
    for (merchant, seconds, before, status) in [
        (Some(Counterpart::confirming()), 1, Status::Confirmed, Status::Confirmed),
        (Some(Counterpart::confirming().after(30)), 30, Status::Reserved, Status::Confirmed),
        (None, 900, Status::Reserved, Status::Failed),
    ] {
        let world = played_by([pays()].into_iter().chain(merchant)).await;
        let key = create_with(&world, json!({"reserve": {"for": 900}})).await;
        assert_eq!(after(&world, seconds - 1, &key).await, before, "{seconds}");
        assert_eq!(after(&world, 1, &key).await, status, "{seconds}");
        world.done().await;
    }
}

#[tokio::test]
async fn who_comes_later_acts_on_what_is_open_from_when_it_was() {
    let world = world().await;
    let key = world.create(TILL, payment(100)).await;
    world.sandbox.clock().advance(30);
    let customer = world.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER).after(60)).unwrap();
    assert_eq!(after(&world, 29, &key).await, Status::New);
    assert_eq!(after(&world, 1, &key).await, Status::Reserved);
    world.sandbox.counterparts().add(Counterpart::confirming()).unwrap();
    assert_eq!(after(&world, 0, &key).await, Status::Confirmed);
    // Who was sent away does not come, whatever it had planned.
    let key = world.create(TILL, payment(100)).await;
    assert_eq!(after(&world, 59, &key).await, Status::New);
    assert!(world.sandbox.counterparts().remove(customer) && !world.sandbox.counterparts().remove(customer));
    assert_eq!(after(&world, 1, &key).await, Status::New);
    world.done().await;
}

#[tokio::test]
async fn who_is_refused_does_not_try_again_and_does_not_stop_the_others() {
    let refused =
        [seed::INACTIVE, seed::UNIDENTIFIED, seed::POOR].map(|one| Counterpart::accepting(one.wallet));
    let late = [Counterpart::accepting(CUSTOMER).after(10), Counterpart::declining(CUSTOMER).after(11)];
    let world = played_by(refused.into_iter().chain(late)).await;
    let key = world.create(TILL, payment(101)).await;
    assert_eq!(after(&world, 9, &key).await, Status::New);
    assert_eq!(after(&world, 1, &key).await, Status::Reserved);
    // Who comes too late does nothing.
    assert_eq!(after(&world, 1, &key).await, Status::Reserved);
    let words = ["payer_account_inactive", "client_not_verified", "not_enough_funds", "reserved"];
    assert_eq!(deeds(&world), (1..).zip(words.map(str::to_owned)).collect::<Vec<_>>());
    assert_eq!(world.gel(seed::POOR.wallet).await, (100, 0));
    world.done().await;
}

#[tokio::test]
async fn a_customer_without_money_tops_up_later() {
    let world = played_by([Counterpart::accepting_without_money(seed::POOR.wallet)]).await;
    let key = world.create(TILL, payment(101)).await;
    assert_eq!(after(&world, 0, &key).await, Status::WaitingFunds);
    control(&world, "/wallets/14473/money", json!({"price": 1, "currency": "GEL"})).await.ok();
    assert_eq!(after(&world, 0, &key).await, Status::Reserved);
    world.done().await;
}

#[tokio::test]
async fn they_keep_to_the_wallet_on_the_other_side() {
    let world = played_by([
        Counterpart::confirming().with_wallet(CUSTOMER),
        Counterpart::accepting(CUSTOMER).with_wallet(seed::POOR.wallet),
    ])
    .await;
    // The wallet is paid by the customer, and the customer pays the merchant.
    let to_poor = with(payment(100), json!({"beneficiary": {"id": seed::POOR.wallet}}));
    let key = world.create(TILL, to_poor).await;
    assert_eq!(after(&world, 0, &key).await, Status::Confirmed);
    let key = world.create(TILL, payment(100)).await;
    assert_eq!(after(&world, 0, &key).await, Status::New);
    world.raw(app_of(&seed::POOR), "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(after(&world, 0, &key).await, Status::Reserved);
    let body = json!({"does": "accept", "wallet": CUSTOMER, "with_wallet": 2112});
    let made = control(&world, "/counterparts", body).await.ok();
    assert_eq!(made["counterparts"][2]["text"], "wallet 14471 pays with wallet 2112");
    let body = json!({"does": "confirm", "with_wallet": 1});
    control(&world, "/counterparts", body).await.refused(404, "not_found");
    world.done().await;
}

#[tokio::test]
async fn they_keep_to_their_location_and_to_their_client() {
    let world = played_by([
        Counterpart::accepting(CUSTOMER).at_location(9976),
        Counterpart::declining(CUSTOMER).at_location(9977).of_client(seed::RETAILER_CLIENT_ID),
        Counterpart::declining(CUSTOMER).of_client(seed::APP_CLIENT_ID),
    ])
    .await;
    for (location, status) in [("9975", Status::New), ("9976", Status::Reserved), ("9977", Status::Rejected)]
    {
        let key = world.create(Who { location: Some(location), ..TILL }, payment(1)).await;
        assert_eq!(after(&world, 0, &key).await, status, "{location}");
    }
    world.done().await;
}

#[tokio::test]
async fn cash_is_at_the_till_and_what_users_make_is_their_own() {
    let world = played_by([Counterpart::accepting(CUSTOMER), Counterpart::confirming()]).await;
    let key = world.create(TILL, cash_out(100)).await;
    assert_eq!(after(&world, 0, &key).await, Status::New);
    world.reserve_by_code(TILL, &key, &codes(&seed::CUSTOMER).next_code()).await.ok();
    assert_eq!(after(&world, 0, &key).await, Status::Confirmed);
    let app = app_of(&seed::CUSTOMER);
    let body = with(payment(100), json!({"beneficiary": {"id": seed::RETAILER_WALLET}}));
    let key = world.create(app, body).await;
    assert_eq!(after(&world, 0, &key).await, Status::New);
    world.raw(app, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(after(&world, 0, &key).await, Status::Reserved);
    world.done().await;
}

#[tokio::test]
async fn the_control_api_lets_them_play() {
    let world = world().await;
    let path = "/counterparts";
    for bad in [
        json!({}),
        json!({"does": "dance", "wallet": 1}),
        json!({"does": "accept"}),
        json!({"does": "accept", "wallet": -1}),
        json!({"does": "confirm", "after": 5_000_000_000_u64}),
    ] {
        control(&world, path, bad).await.refused(400, "invalid_parameters");
    }
    for nobody in [
        json!({"does": "accept", "wallet": 1}),
        json!({"does": "accept", "wallet": i64::MAX}),
        json!({"does": "confirm", "location_id": 1}),
        json!({"does": "confirm", "client_id": "nobody"}),
    ] {
        control(&world, path, nobody).await.refused(404, "not_found");
    }
    let body = json!({"does": "accept", "wallet": CUSTOMER, "location_id": 9975, "after": 3,
        "client_id": "sbx_retailer"});
    let made = control(&world, path, body).await.ok();
    let text = "wallet 14471 pays at location 9975 what sbx_retailer made after 3 s";
    assert_eq!(made["counterparts"], json!([{"id": 1, "text": text}]));
    control(&world, path, json!({"does": "confirm"})).await.ok();
    let key = world.create(TILL, payment(1)).await;
    assert_eq!(after(&world, 3, &key).await, Status::Confirmed);
    let get = |path: &str| Answer::to(world.http.get(world.url(path)));
    let list = get("/sandbox/counterparts").await.unwrap().ok();
    let deed = |counterpart: u64, status: &str| {
        json!({"counterpart": counterpart, "at": NOW + 3, "transaction_key": key, "status": status,
            "refusal": null})
    };
    assert_eq!(list["deeds"], json!([deed(1, "reserved"), deed(2, "confirmed")]));
    let state = get("/sandbox/state").await.unwrap().ok();
    assert_eq!((&state["counterparts"], &state["deeds"]), (&list["counterparts"], &list["deeds"]));
    let delete =
        |path: &str| Answer::to(world.http.delete(world.url(&format!("/sandbox/counterparts{path}"))));
    delete("/1").await.unwrap().ok();
    delete("/1").await.unwrap().refused(404, "not_found");
    let nobody = json!({"counterparts": [], "deeds": []});
    assert_eq!(delete("").await.unwrap().ok(), nobody);
    for _ in 0..100 {
        world.sandbox.counterparts().add(Counterpart::confirming()).unwrap();
    }
    control(&world, path, json!({"does": "confirm"})).await.refused(409, "invalid_state");
    // Starting again sends everybody away, and others may come.
    control(&world, "/reset", json!({})).await.ok();
    assert_eq!(get("/sandbox/counterparts").await.unwrap().ok(), nobody);
    world.sandbox.counterparts().add(Counterpart::accepting(CUSTOMER)).unwrap();
    let key = world.create(TILL, payment(1)).await;
    assert_eq!(after(&world, 0, &key).await, Status::Reserved);
    world.done().await;
}
