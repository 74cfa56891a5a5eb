//! Wallet-api section 6.2: wallets, searches, balances.

use paysera_core::money::Currency;
use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of, of, payment};
use crate::people::{APP, SHOP};

const ME: &str = "/rest/v1/wallet/me";

/// What anyone sees of the customer's wallet.
fn bare() -> Value {
    json!({"id": 14471, "account": {"number": "EVP0010000014471", "type": "local", "status": "active"}})
}

#[tokio::test]
async fn configuration_and_currencies_need_no_signature() {
    let world = World::new().await;
    for authorization in [None, Some("MAC nonsense".to_owned())] {
        let get = |path| world.try_send("GET", path, authorization.clone(), Vec::new());
        let configuration = get("/rest/v1/configuration").await.unwrap().ok();
        assert_eq!(configuration["minimum_password_length"], 8);
        assert!(
            configuration["bank_transfer_urgent_option_availability_beneficiary_account_regexp"].is_string()
        );
        let currencies = get("/rest/v1/currencies").await.unwrap().ok();
        assert_eq!(currencies, json!(["EUR", "GBP", "GEL", "PLN", "USD"]));
    }
    world.done().await;
}

#[tokio::test]
async fn a_wallet_shows_as_much_as_the_caller_may_see() {
    let world = World::new().await;
    let whole = world.get(app_of(&seed::CUSTOMER), ME).await.ok();
    let iban = whole["account"]["main_iban"].as_str().unwrap().to_owned();
    assert_eq!(
        whole,
        json!({"id": 14471, "owner": 502, "account": {
            "number": "EVP0010000014471", "owner_display_name": "Identified customer",
            "owner_title": "Identified customer", "owner_type": "natural", "type": "local",
            "status": "active", "user_id": 502, "ibans": [iban], "main_iban": iban,
            "flags": {"public": false, "savings": false}}})
    );
    assert_eq!(world.get(world.token(&seed::CUSTOMER, "wallet_list").await, ME).await.ok(), whole);
    let mut numbered = bare();
    numbered["owner"] = json!(502);
    assert_eq!(world.get(world.token(&seed::CUSTOMER, "").await, ME).await.ok(), numbered);
    for who in [app_of(&seed::POOR), SHOP] {
        assert_eq!(world.get(who, "/rest/v1/wallet/14471").await.ok(), bare());
    }
    for path in ["/rest/v1/wallet/1", "/rest/v1/wallet/x"] {
        world.get(SHOP, path).await.refused(404, "not_found");
    }
    // A till compares names with the one who pays.
    let key = world.create(TILL, payment(100)).await;
    world.raw(app_of(&seed::CUSTOMER), "PUT", &of(&key, "/reserve/me"), "").await.ok();
    let paying = world.get(SHOP, "/rest/v1/wallet/14471").await.ok();
    assert_eq!(paying["account"]["owner_display_name"], "Identified customer");
    assert!(paying["account"].get("ibans").is_none());
    world.done().await;
}

#[tokio::test]
async fn a_wallet_is_found_by_each_criterion() {
    let world = World::new().await;
    for query in [
        "phone=995555014471",
        "phone=%2B995%20555%20014%20471",
        "email=CUSTOMER@sandbox.example",
        "account_number=EVP0010000014471",
        "person_code=01001014471&nationality=GE",
        "barcode=EVP000000014471",
        "licence_plate=SB014SB",
        "licence_plate=sb-014-sb",
        "card=9000000000014471",
        "card=9000000000014471&card_issuer=sandbox",
        "card=9000000000014471:sandbox",
        "user_id=502",
    ] {
        assert_eq!(world.get(SHOP, &format!("/rest/v1/wallet?{query}")).await.ok(), bare(), "{query}");
        let barcode = world.get(SHOP, &format!("/rest/v1/wallet/barcode?{query}")).await.ok();
        assert_eq!(barcode, json!({"barcode": "EVP000000014471"}), "{query}");
    }
    let company = world.get(SHOP, "/rest/v1/wallet?company_code=400000501&country_code=GE").await.ok();
    assert_eq!(company["id"], 2112);
    for query in [
        "phone=995555999999",
        "account_number=EVP000000014471",
        "barcode=EVP0010000014471",
        "barcode=EVP000000000001",
        "barcode=x",
        "person_code=1",
        "licence_plate=SB015SB",
        "card=9000000000014471&card_issuer=other",
        "user_id=1",
    ] {
        world.get(SHOP, &format!("/rest/v1/wallet?{query}")).await.refused(404, "not_found");
    }
    for query in
        ["", "phone=995555014471&barcode=EVP000000014471", "barcode=a&card=b", "phone=call", "user_id=x"]
    {
        world.get(SHOP, &format!("/rest/v1/wallet?{query}")).await.refused(400, "invalid_parameters");
    }
    let by_code = "/rest/v1/wallet?person_code=01001014471";
    world.get(app_of(&seed::CUSTOMER), by_code).await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn contacts_are_looked_up_many_at_once() {
    let world = World::new().await;
    // SHA-1 of the poor customer's phone and of the inactive one's e-mail.
    let (phone_hash, email_hash) =
        ("f0ba2929751c97a40d0db910cbad19e61972b0d9", "02f41959a3b266b761c77a7ce7073859bee8bc01");
    let path = format!(
        "/rest/v1/wallets?email=Customer@sandbox.example,nobody@sandbox.example&phone=995555014472&\
         phone_hash={phone_hash}&email_hash={email_hash}"
    );
    let found = world.get(app_of(&seed::CUSTOMER), &path).await.ok();
    let ids: Vec<_> = found
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, wallet)| (key.as_str(), wallet["id"].as_u64()))
        .collect();
    let mut expected = [
        ("995555014472", Some(14472)),
        ("Customer@sandbox.example", Some(14471)),
        (phone_hash, Some(14473)),
        (email_hash, Some(14474)),
    ];
    expected.sort_unstable();
    assert_eq!(ids, expected);
    // Only the own one is whole.
    assert!(found["Customer@sandbox.example"]["account"].get("main_iban").is_some());
    assert!(found["995555014472"]["account"].get("owner_display_name").is_none());
    let one = world.get(SHOP, "/rest/v1/wallets?phone=995555014472,995555014473&limit=1").await.ok();
    assert_eq!(one.as_object().unwrap().len(), 1);
    let many = vec!["995555014471"; 201].join(",");
    for query in [String::new(), format!("phone={many}"), "phone=1&limit=0".to_owned()] {
        world.get(SHOP, &format!("/rest/v1/wallets?{query}")).await.refused(400, "invalid_parameters");
    }
    world.done().await;
}

#[tokio::test]
async fn an_iban_is_an_account_number() {
    let world = World::new().await;
    let wallet = world.get(app_of(&seed::CUSTOMER), ME).await.ok();
    let iban = wallet["account"]["main_iban"].as_str().unwrap();
    let path = format!("/rest/v1/account/{iban}");
    for who in [app_of(&seed::POOR), SHOP, APP] {
        assert_eq!(world.get(who, &path).await.ok(), json!({"account_number": "EVP0010000014471"}));
    }
    let wrong = path.replace("14471", "14472");
    for path in [wrong.as_str(), "/rest/v1/account/LT121000011101001000", "/rest/v1/account/x"] {
        world.get(SHOP, path).await.refused(404, "not_found");
    }
    world.done().await;
}

#[tokio::test]
async fn a_balance_is_converted_at_the_fixed_rates() {
    let world = World::new().await;
    let poor = app_of(&seed::POOR);
    let path = format!("{ME}/balance");
    let plain = json!({"at_disposal": 100, "reserved": 0, "at_disposal_decimal": "1.00",
        "reserved_decimal": "0.00"});
    assert_eq!(world.get(poor, &path).await.ok(), json!({ "GEL": plain }));
    let mut gel = plain;
    gel["converted"] = json!({"at_disposal": 31, "reserved": 0});
    assert_eq!(world.get(poor, &format!("{path}?convert_to=EUR")).await.ok(), json!({ "GEL": gel }));
    let with = world.get(poor, &format!("{path}?convert_to=EUR&include_convert_to_currency=1")).await.ok();
    assert_eq!(with["EUR"]["converted"], json!({"at_disposal": 0, "reserved": 0}));
    world.get(poor, &format!("{path}?convert_to=CHF")).await.refused(400, "invalid_parameters");

    // A currency of which nothing is left is history; the owner's own is not.
    let key = world.create(TILL, payment(100)).await;
    world.raw(poor, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    assert_eq!(world.get(poor, &path).await.ok()["GEL"]["reserved_decimal"], "1.00");
    world.confirm(TILL, &key).await.ok();
    assert_eq!(world.get(poor, &path).await.ok()["GEL"]["at_disposal"], 0);
    assert_eq!(world.sandbox.balance(14473, Currency::GEL).await.unwrap().at_disposal, 0);
    world.done().await;
}

#[tokio::test]
async fn whether_there_is_enough_is_told_without_the_balance() {
    let world = World::new().await;
    let path = |amount: &str| format!("{ME}/sufficient-amount?amount={amount}&currency=GEL");
    let asking = world.token(&seed::POOR, "check_has_sufficient_balance").await;
    for (amount, enough) in [("0", true), ("100", true), ("101", false)] {
        let answer = world.get(asking, &path(amount)).await.ok();
        assert_eq!(answer, json!({ "is_sufficient": enough }));
    }
    let euros = format!("{ME}/sufficient-amount?amount=1&currency=EUR");
    assert_eq!(world.get(asking, &euros).await.ok(), json!({"is_sufficient": false}));
    for amount in ["", "-1", "1.5"] {
        world.get(asking, &path(amount)).await.refused(400, "invalid_parameters");
    }
    let none = format!("{ME}/sufficient-amount?amount=1");
    world.get(asking, &none).await.refused(400, "invalid_parameters");
    world.get(world.token(&seed::POOR, "balance").await, &path("1")).await.refused(403, "forbidden");
    world.get(asking, &format!("{ME}/balance")).await.refused(403, "forbidden");
    let foreign = path("1").replace("me", "14473");
    world.get(app_of(&seed::CUSTOMER), &foreign).await.refused(403, "forbidden");
    world.get(SHOP, &foreign).await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn an_owner_describes_the_wallet() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    let body = json!({"description": " Holiday "});
    let described = world.put(customer, ME, body.clone()).await.ok();
    assert_eq!(described["account"]["description"], "Holiday");
    for wrong in [
        json!({}),
        json!({"description": " "}),
        json!({"description": 1}),
        json!({"description": "x".repeat(256)}),
    ] {
        world.put(customer, ME, wrong).await.refused(400, "invalid_parameters");
    }
    let other = world.token(&seed::CUSTOMER, "wallet_list").await;
    world.put(other, ME, body.clone()).await.refused(403, "forbidden");
    for who in [app_of(&seed::POOR), SHOP] {
        world.put(who, "/rest/v1/wallet/14471", body.clone()).await.refused(403, "forbidden");
        world.delete(who, "/rest/v1/wallet/14471/description").await.refused(403, "forbidden");
    }
    assert_eq!(world.get(customer, ME).await.ok()["account"]["description"], "Holiday");
    assert_eq!(world.delete(customer, &format!("{ME}/description")).await.ok(), json!({}));
    assert!(world.get(customer, ME).await.ok()["account"].get("description").is_none());
    world.done().await;
}
