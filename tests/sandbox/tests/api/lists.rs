//! `GET transactions`.

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, Who, World, app_of, of, payment};

fn keys(list: &Value) -> Vec<String> {
    let transactions = list["transactions"].as_array().unwrap();
    transactions.iter().map(|one| one["transaction_key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_are_newest_first_and_complete() {
    let world = World::new().await;
    let mut made = Vec::new();
    for price in 1..=5 {
        made.push(world.create(TILL, payment(price)).await);
    }
    made.reverse();
    let first = world.get(TILL, "/rest/v1/transactions?limit=3").await.ok();
    let rest = world.get(TILL, "/rest/v1/transactions?limit=3&offset=3").await.ok();
    assert_eq!([keys(&first), keys(&rest)].concat(), made);
    assert_eq!(rest["_metadata"], json!({"total": 5, "offset": 3, "limit": 3}));
    let beyond = world.get(TILL, "/rest/v1/transactions?offset=99").await.ok();
    assert_eq!(beyond, json!({"transactions": [], "_metadata": {"total": 5, "offset": 99, "limit": 20}}));
    world.done().await;
}

#[tokio::test]
async fn filters_narrow_and_bad_ones_are_refused() {
    let world = World::new().await;
    let here = world.create(TILL, payment(1)).await;
    let there = world.create(Who { location: Some("9977"), ..TILL }, payment(1)).await;
    let paid = world.create(TILL, payment(1)).await;
    world.raw(app_of(&seed::CUSTOMER), "PUT", &of(&paid, "/reserve/me"), "").await.ok();
    let now = world.sandbox.clock().now();
    for (query, expected) in [
        ("location_id=9977".to_owned(), vec![&there]),
        ("project_id=1234&location_id=9975".to_owned(), vec![&paid, &here]),
        ("project_id=1".to_owned(), vec![]),
        ("status=reserved".to_owned(), vec![&paid]),
        ("status=reserved,new".to_owned(), vec![&paid, &there, &here]),
        ("status[]=reserved&status[]=new".to_owned(), vec![&paid, &there, &here]),
        (format!("from={}", now + 100), vec![]),
        (format!("from={}&to={}", now - 100, now + 100), vec![&paid, &there, &here]),
        (format!("to={}", now - 100), vec![]),
    ] {
        let list = world.get(TILL, &format!("/rest/v1/transactions?{query}")).await.ok();
        assert_eq!(keys(&list).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    for query in ["status=paid", "limit=0", "limit=201", "offset=-1", "from=yesterday"] {
        let path = format!("/rest/v1/transactions?{query}");
        world.get(TILL, &path).await.refused(400, "invalid_parameters");
    }
    // A customer sees what it paid, and what was only shown to it by key not.
    let own = world.get(app_of(&seed::CUSTOMER), "/rest/v1/transactions").await.ok();
    assert_eq!(keys(&own), [paid]);
    world.done().await;
}
