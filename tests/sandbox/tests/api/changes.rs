//! Who watches the books is told of what changed them, and of nothing else.

use serde_json::json;

use crate::harness::{TILL, World};

#[tokio::test]
async fn a_creation_is_told_and_a_reading_is_not() {
    let world = World::new().await;
    let mut changes = world.sandbox.changes();
    world.get(TILL, "/rest/v1/transactions").await.ok();
    assert!(!changes.has_changed().unwrap());
    world.create(TILL, json!({"price": 100, "currency": "GEL", "description": "x"})).await;
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    world.post(TILL, json!({"payments": []})).await.refused(400, "invalid_parameters");
    assert!(!changes.has_changed().unwrap());
    world.sandbox.shutdown().await;
}
