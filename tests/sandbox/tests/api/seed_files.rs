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
        (json!({"seed": {"limits": {}}}), "limits.per_operation"),
        (json!({"seed": {"users": [{"id": 1}]}}), "users[0].name"),
    ] {
        let refused = control(&world, "/reset", bad).await.refused(400, "invalid_parameters");
        assert!(refused["error_properties"][place].is_array(), "{refused}");
    }
    assert_eq!(world.sandbox.balance(7, Currency::GEL).await.unwrap().at_disposal, 0, "nothing was lost");
    // A large seed with limits of its own, which end with the next one.
    let user = |number: u64| json!({"id": number, "name": "One of many", "wallets": [{"id": number}]});
    let many: Vec<_> = (20_001..21_001).map(user).collect();
    let limits = json!({"per_operation": 100, "per_day": 150});
    control(&world, "/reset", json!({"seed": {"limits": limits, "users": many}})).await.ok();
    world.sandbox.balance(21_000, Currency::GEL).await.unwrap();
    let reserve = async |amount: i64| {
        let key = world.create(TILL, cash_in(amount, seed::CUSTOMER.wallet)).await;
        world.raw(TILL, "PUT", &of(&key, "/reserve/2112"), "").await
    };
    reserve(101).await.refused(400, "limits_exceeded");
    reserve(100).await.ok();
    reserve(51).await.refused(400, "limits_exceeded");
    control(&world, "/reset", json!({})).await.ok();
    reserve(101).await.ok();
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
        (json!({"apps": [{"id": "tok_customer", "key": "x"}]}), "apps[0].id"),
        (json!({"apps": [{"id": "a", "key": "x", "permissions": ["fly"]}]}), "apps[0].permissions[0]"),
        (json!({"apps": [{"id": "a", "key": "x", "permissions": "fly"}]}), "apps[0].permissions"),
        (wallet(json!({"token": {"id": "sbx_retailer", "key": "x"}})), "users[0].wallets[0].token.id"),
        (wallet(json!({"token": {"id": "a\"b", "key": "x"}})), "users[0].wallets[0].token.id"),
        (
            project(
                json!({"locations": [{"id": 1, "title": "x", "address": "y", "services": {"cash-in": {}}}]}),
            ),
            "projects[0].locations[0].services.cash-in",
        ),
        (
            project(json!({"locations": [{"id": 1, "title": "x", "address": "y",
                "services": {"pay": {"available": true, "category": 1}}}]})),
            "projects[0].locations[0].services.pay.category",
        ),
    ] {
        let (found, reason) = error(seed.clone()).await;
        assert_eq!(found, place, "{seed}: {reason}");
    }
    let large = format!("{{\"users\": [{}]}}", " ".repeat(1024 * 1024));
    assert!(matches!(SeedFile::parse(&large, SeedFormat::Json), Err(SeedError::Syntax(_))));
    for (text, format) in [("{", SeedFormat::Json), ("[1]", SeedFormat::Json), ("a =", SeedFormat::Toml)] {
        assert!(matches!(SeedFile::parse(text, format), Err(SeedError::Syntax(_))), "{text}");
    }
}

/// Every object of the example, by the place at which its like stand.
fn objects<'a>(place: String, value: &'a Value, all: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(map) => {
            all.push((place.clone(), value));
            for (name, inner) in map {
                objects(format!("{place}/{name}"), inner, all);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                objects(format!("{place}/{index}"), inner, all);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_example_has_every_key() {
    let example: Value = toml::from_str(EXAMPLE).unwrap();
    let mut all = Vec::new();
    objects(String::new(), &example, &mut all);
    let kind = |place: &str| {
        let names = place.split('/').filter(|part| part.parse::<usize>().is_err());
        names.collect::<Vec<_>>().join("/")
    };
    let mut asked = 0;
    for (place, _) in &all {
        let mut seed = example.clone();
        seed.pointer_mut(place).unwrap()["unheard_of"] = json!(1);
        let file = SeedFile::parse(&seed.to_string(), SeedFormat::Json).unwrap();
        let refused = match Sandbox::builder().seed(file).start(LOOPBACK).await {
            Err(SandboxError::Seed(SeedError::Value { reason, .. })) => reason,
            _ => String::new(),
        };
        let Some((_, known)) = refused.split_once("it should be of ") else {
            // Here it is read as the API reads it.
            let parts = ["/working_hours", "/images", "/prices"];
            assert!(parts.iter().any(|part| place.contains(part)), "{place}: {refused}");
            continue;
        };
        for name in known.split(", ") {
            let shown =
                all.iter().any(|(other, value)| kind(other) == kind(place) && value.get(name).is_some());
            assert!(shown, "{place} has no {name}");
        }
        asked += 1;
    }
    assert!(asked > 15, "{asked}");
}
