//! Seeds out of files and bodies.

use paysera_core::money::Currency;
use paysera_sandbox::seed::{SeedError, SeedFile, SeedFormat};
use paysera_sandbox::{Limits, Sandbox, SandboxError, seed};
use serde_json::{Value, json};

use crate::harness::{LOOPBACK, TILL, Who, World, cash_in, cash_out, control, of, payment};

const EXAMPLE: &str = include_str!("../../examples/second-shop.toml");
const SECOND_TILL: Who = Who { id: "sbx_second", key: "k3ySecondRetailerSandboxOnly0001", location: None };
const SECOND_APP: Who = Who { id: "tok_second", key: "k3ySecondSandboxOnly000000000002", location: None };

async fn error(seed: Value) -> (String, String) {
    let seed = SeedFile::parse(&seed.to_string(), SeedFormat::Json).unwrap();
    match Sandbox::builder().seed(seed).start(LOOPBACK).await {
        Err(SandboxError::Seed(SeedError::Value { place, reason })) => (place, reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_example_opens_a_second_shop() {
    let seed = SeedFile::parse(EXAMPLE, SeedFormat::Toml).unwrap();
    let world = World::start(Sandbox::builder().seed(seed).limits(Limits::default())).await;
    let key = world.create(SECOND_TILL, payment(100)).await;
    world.raw(SECOND_APP, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.confirm(SECOND_TILL, &key).await.ok();
    assert_eq!(world.gel(3112).await, (50_100, 0));
    assert_eq!(world.gel(15001).await, (9900, 0));
    let euro = world.sandbox.balance(15001, Currency::EUR).await.unwrap();
    assert_eq!(euro.at_disposal, 5000);
    let key = world.create(SECOND_TILL, cash_in(500, 15001)).await;
    world.raw(SECOND_TILL, "PUT", &of(&key, "/reserve/3112"), "").await.ok();
    // Its limits count, and so does what its location does not offer.
    let key = world.create(SECOND_TILL, cash_in(100_001, 15001)).await;
    world.raw(SECOND_TILL, "PUT", &of(&key, "/reserve/3112"), "").await.refused(400, "limits_exceeded");
    world.post(SECOND_TILL, json!({"payments": [cash_out(1)]})).await.refused(403, "forbidden");
    let pin = json!({"payer": {"phone": "995555000602"}, "pin": "6789"});
    let key = world.create(SECOND_TILL, payment(1)).await;
    world.put(SECOND_TILL, &of(&key, "/reserve"), pin).await.ok();
    let spot = world.get(SECOND_APP, "/rest/v1/spot?code=PAYSERA*8001%3Atill1").await.ok();
    assert_eq!(spot["id"], 21);
    // The console's till stands at the second shop as well.
    let body = json!({"location_id": 8001, "price": 100, "currency": "GEL", "description": "Table"});
    let made = control(&world, "/transactions", body).await.ok();
    let key = made["transaction_key"].as_str().unwrap();
    control(&world, &format!("/transactions/{key}/accept"), json!({"wallet": 14471})).await.ok();
    let confirmed = control(&world, &format!("/transactions/{key}/confirm"), json!({})).await.ok();
    assert_eq!(confirmed["beneficiary_name"], "Second retailer");
    let body = json!({"location_id": 1, "price": 100, "currency": "GEL", "description": "Table"});
    control(&world, "/transactions", body).await.refused(404, "not_found");
    // The built-in shop is there, and does not see the second one's.
    world.get(TILL, &of(key, "")).await.refused(404, "not_found");
    world.create(TILL, payment(1)).await;
    world.done().await;
}

#[tokio::test]
async fn a_reset_plants_another_seed_or_the_same() {
    let world = World::new().await;
    let alone = json!({"builtin": false, "users": [{"id": 1, "name": "Only one", "wallets": [{"id": 7}]}]});
    control(&world, "/reset", json!({ "seed": alone })).await.ok();
    assert_eq!(world.sandbox.balance(7, Currency::GEL).await.unwrap().at_disposal, 0);
    world.sandbox.balance(seed::CUSTOMER.wallet, Currency::GEL).await.unwrap_err();
    for (bad, place) in [
        (json!({"seed": 1}), "seed"),
        (json!({"seed": {"limits": {}}}), "limits"),
        (json!({"seed": {"users": [{"id": 1}]}}), "users[0].name"),
    ] {
        let refused = control(&world, "/reset", bad).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"][place].is_array(), "{refused}");
    }
    assert_eq!(world.sandbox.balance(7, Currency::GEL).await.unwrap().at_disposal, 0, "nothing was lost");
    control(&world, "/reset", json!({})).await.ok();
    world.get(TILL, "/rest/v1/wallet/me").await.ok();
    world.done().await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let user = |more: Value| {
        let mut user = json!({"id": 1, "name": "x"});
        user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"users": [user]})
    };
    let wallet = |more: Value| {
        let mut wallet = json!({"id": 7});
        wallet.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        user(json!({"wallets": [wallet]}))
    };
    let project = |more: Value| {
        let mut project = json!({"id": 5, "title": "x", "wallet": 2112});
        project.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"projects": [project]})
    };
    for (seed, place) in [
        (json!({"colour": "red"}), "colour"),
        (json!({"builtin": 1}), "builtin"),
        (json!({"limits": {"per_day": 1}}), "limits.per_operation"),
        (json!({"limits": {"per_day": 0, "per_operation": 1}}), "limits.per_day"),
        (json!({"users": 1}), "users"),
        (json!({"users": [1]}), "users[0]"),
        (user(json!({"id": 502})), "users[0].id"),
        (user(json!({"id": 0})), "users[0].id"),
        (user(json!({"type": "robot"})), "users[0].type"),
        (user(json!({"level": "known"})), "users[0].level"),
        (user(json!({"phone": "1"})), "users[0].phone"),
        (user(json!({"phone": "995555014471"})), "users[0].phone"),
        (user(json!({"email": "customer@sandbox.example"})), "users[0].email"),
        (user(json!({"person_code": "01001014471"})), "users[0].person_code"),
        (user(json!({"shoe_size": 42})), "users[0].shoe_size"),
        (wallet(json!({"id": 2112})), "users[0].wallets[0].id"),
        (wallet(json!({"status": "lost"})), "users[0].wallets[0].status"),
        (
            wallet(json!({"balances": [{"amount": -1, "currency": "GEL"}]})),
            "users[0].wallets[0].balances[0].amount",
        ),
        (
            wallet(json!({"balances": [{"amount": 1, "currency": "XXX"}]})),
            "users[0].wallets[0].balances[0].currency",
        ),
        (wallet(json!({"token": {"id": "tok_customer", "key": "x"}})), "users[0].wallets[0].token.id"),
        (wallet(json!({"token": {"id": "t", "key": "x", "app": "none"}})), "users[0].wallets[0].token.app"),
        (wallet(json!({"generator": {"identifier": 1, "seed": "ab"}})), "users[0].wallets[0].generator.seed"),
        (
            wallet(json!({"generator": {"identifier": 1_234_567_890, "seed": "ab".repeat(32)}})),
            "users[0].wallets[0].generator.identifier",
        ),
        (project(json!({"id": 1234})), "projects[0].id"),
        (project(json!({"wallet": 1})), "projects[0].wallet"),
        (project(json!({"callback_uri": "ftp://x"})), "projects[0].callback_uri"),
        (project(json!({"clients": [{"id": "sbx_retailer", "key": "x"}]})), "projects[0].clients[0].id"),
        (project(json!({"clients": [{"id": "a\"b", "key": "x"}]})), "projects[0].clients[0].id"),
        (
            project(json!({"locations": [{"id": 9975, "title": "x", "address": "y"}]})),
            "projects[0].locations[0].id",
        ),
        (project(json!({"locations": [{"id": 1, "title": "x"}]})), "projects[0].locations[0].address"),
        (
            project(json!({"allowances": [{"id": 1, "client": "none", "wallet": 2112, "currency": "GEL"}]})),
            "projects[0].allowances[0].client",
        ),
        (
            project(
                json!({"allowances": [{"id": 1, "client": "sbx_retailer", "wallet": 2112, "currency": "GEL"}]}),
            ),
            "projects[0].allowances[0].wallet",
        ),
        (json!({"apps": [{"id": "sbx_app", "key": "x"}]}), "apps[0].id"),
    ] {
        let (found, reason) = error(seed.clone()).await;
        assert_eq!(found, place, "{seed}: {reason}");
    }
    for (text, format) in [("{", SeedFormat::Json), ("[1]", SeedFormat::Json), ("a =", SeedFormat::Toml)] {
        assert!(matches!(SeedFile::parse(text, format), Err(SeedError::Syntax(_))), "{text}");
    }
}
