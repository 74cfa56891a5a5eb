//! Answers byte for byte as in wallet-api section 14.

use paysera_sandbox::{Sandbox, SandboxClock, seed};
use serde_json::{Value, json};

use crate::harness::{TILL, World, codes, nonce, of};

/// The answer's text, without going through a parser that sorts keys.
async fn text(world: &World, method: &str, path: &str, body: &str) -> String {
    let header = world.sign(TILL, method, path, body.as_bytes(), &nonce());
    let request = world.http.request(method.parse().unwrap(), world.url(path)).body(body.to_owned());
    request.header("authorization", header).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn the_cash_out_sample_is_reproduced() {
    let world = World::start(Sandbox::builder().clock(SandboxClock::fixed(1_760_000_000))).await;
    let body =
        r#"{"payments":[{"description":"Cash withdrawal","price":5000,"currency":"GEL","purpose":"cash"}]}"#;
    let made = text(&world, "POST", "/rest/v1/transaction", body).await;
    let key = serde_json::from_str::<Value>(&made).unwrap()["transaction_key"].as_str().unwrap().to_owned();
    let sample = r#"{"transaction_key":"KEY","created_at":1760000000,"status":"new","valid_for_payment_card_debit":false,"reserve":{"for":2592000},"use_allowance":true,"suggest_allowance":false,"auto_confirm":false,"project_id":1234,"location_id":9975,"payments":[{"id":186975531,"transaction_key":"KEY","created_at":1760000000,"status":"new","cancelable":false,"price":5000,"currency":"GEL","price_decimal":"50.00","freeze":{"for":0},"freeze_for":0,"description":"Cash withdrawal","beneficiary":{"id":2112},"purpose":"cash"}],"inquiries":[]}"#;
    assert_eq!(made, sample.replace("KEY", &key));

    let code = codes(&seed::CUSTOMER).next_code();
    let reserve = format!("{{\"reservation_code\":\"{code}\"}}");
    text(&world, "PUT", &of(&key, "/reserve"), &reserve).await;
    world.sandbox.clock().advance(60);
    let confirmed = text(&world, "PUT", &of(&key, "/confirm"), "").await;
    let sample = r#"{"transaction_key":"KEY","created_at":1760000000,"status":"confirmed","type":"reservation_code","wallet":14471,"confirmed_at":1760000060,"valid_for_payment_card_debit":false,"reserve":{"for":2592000},"use_allowance":true,"suggest_allowance":false,"auto_confirm":false,"project_id":1234,"location_id":9975,"payments":[{"id":186975531,"transaction_key":"KEY","created_at":1760000000,"status":"confirmed","cancelable":false,"price":5000,"currency":"GEL","price_decimal":"50.00","freeze":{"for":0},"freeze_for":0,"description":"Cash withdrawal","beneficiary":{"id":2112},"wallet":14471,"purpose":"cash","confirmed_at":1760000060}],"inquiries":[]}"#;
    assert_eq!(confirmed, sample.replace("KEY", &key));
    world.done().await;
}

#[tokio::test]
async fn every_optional_field_comes_back_where_it_was_given() {
    let world = World::new().await;
    let made = world
        .post(
            TILL,
            json!({
                "payments": [{"description": "x", "price_decimal": 12.5, "currency": "EUR", "purpose": "tips",
                    "parameters": {"attempt": "a", "nested": [1, {"b": null}]}, "freeze": {"for": 3601}}],
                "callback_uri": false, "redirect_uri": "app://back", "suggest_allowance": true, "something": 1,
            }),
        )
        .await
        .ok();
    let key = made["transaction_key"].as_str().unwrap();
    let read = world.get(TILL, &of(key, "")).await.ok();
    let list = world.get(TILL, "/rest/v1/transactions").await.ok();
    for shown in [&made, &read, &list["transactions"][0]] {
        assert_eq!(shown, &made);
    }
    assert_eq!(made["callback_uri"], false);
    assert_eq!((&made["redirect_uri"], &made["suggest_allowance"]), (&json!("app://back"), &json!(true)));
    let payment = &made["payments"][0];
    assert_eq!((&payment["price"], &payment["price_decimal"]), (&json!(1250), &json!("12.50")));
    assert_eq!(payment["parameters"], json!({"attempt": "a", "nested": [1, {"b": null}]}));
    assert_eq!((&payment["freeze"], &payment["freeze_for"]), (&json!({"for": 3601}), &json!(2)));
    world.done().await;
}

#[tokio::test]
async fn locations_balance_and_wallet_have_their_documented_form() {
    let world = World::new().await;
    let locations = world.get(TILL, "/rest/v1/client/locations").await.ok();
    let services: Vec<_> = locations
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let available = |name: &str| one["services"][name]["available"].as_bool().unwrap();
            (one["id"].as_u64().unwrap(), available("pay"), available("cash_in"), available("cash_out"))
        })
        .collect();
    assert_eq!(services, [(9975, true, true, true), (9976, true, false, true), (9977, true, false, false)]);
    assert_eq!(locations[0]["title"], "Demo cafe");
    assert_eq!(
        world.get(TILL, "/rest/v1/wallet/me/balance").await.ok(),
        json!({"GEL": {"at_disposal": 1_000_000, "reserved": 0,
            "at_disposal_decimal": "10000.00", "reserved_decimal": "0.00"}})
    );
    let wallet = world.get(TILL, "/rest/v1/wallet/2112").await.ok();
    assert_eq!(wallet["account"]["number"], "EVP0010000002112");
    world.done().await;
}
