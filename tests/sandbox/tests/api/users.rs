//! Wallet-api section 6.4: what of a user who may read.

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{TILL, World, app_of};
use crate::people::APP;

const ME: &str = "/rest/v1/user/me";

fn whole() -> Value {
    json!({
        "id": 502, "type": "natural", "display_name": "Identified customer",
        "email": "customer@sandbox.example", "phone": "995555014471",
        "address": {"country": "GE", "city": "Tbilisi", "street": "Sandbox street 1", "post_index": "0100"},
        "dob": "1990-01-01", "gender": "female",
        "identity": {"name": "Identified", "surname": "customer", "nationality": "GE", "code": "01001014471"},
        "identification_level": "identified", "calculated_level": "identified", "wallets": [14471],
        "locale": "en", "options": {"default_currency": "GEL"}, "politically_exposed_persons": [],
    })
}

#[tokio::test]
async fn a_scope_opens_its_fields_and_no_others() {
    let world = World::new().await;
    assert_eq!(world.get(app_of(&seed::CUSTOMER), ME).await.ok(), whole());
    for (scope, fields) in [
        ("", &[][..]),
        ("balance phone_optional", &[]),
        ("email", &["email"]),
        ("phone", &["phone"]),
        ("full_name", &["display_name"]),
        ("address", &["address"]),
        ("dob", &["dob"]),
        ("gender", &["gender"]),
        ("identity", &["identity"]),
        ("identification_level", &["identification_level", "calculated_level"]),
        ("wallet_list", &["wallets"]),
        ("pep", &["politically_exposed_persons"]),
        ("user_info", &["type", "locale", "options"]),
    ] {
        let mut expected = json!({"id": 502});
        for field in fields {
            expected[field] = whole()[field].clone();
        }
        let token = world.token(&seed::CUSTOMER, scope).await;
        assert_eq!(world.get(token, ME).await.ok(), expected, "{scope}");
        assert_eq!(world.get(token, "/rest/v1/user/502").await.ok(), expected, "{scope}");
    }
    world.done().await;
}

#[tokio::test]
async fn a_part_needs_its_scope_and_is_not_there_when_unknown() {
    let world = World::new().await;
    let customer = app_of(&seed::CUSTOMER);
    for (part, scope, expected) in [
        ("email", "email", json!("customer@sandbox.example")),
        ("phone", "phone", json!("995555014471")),
        ("confirmed-phones", "phone", json!(["995555014471"])),
        ("address", "address", whole()["address"].clone()),
        ("identity", "identity", whole()["identity"].clone()),
        ("pes", "pep", json!([])),
        ("projects", "projects", json!([])),
    ] {
        let path = format!("{ME}/{part}");
        assert_eq!(world.get(customer, &path).await.ok(), expected, "{part}");
        let scoped = world.token(&seed::CUSTOMER, scope).await;
        assert_eq!(world.get(scoped, &path).await.ok(), expected, "{part}");
        let other = world.token(&seed::CUSTOMER, "balance").await;
        world.get(other, &path).await.refused(403, "forbidden");
        let undecided = world.token(&seed::CUSTOMER, &format!("{scope}_optional")).await;
        world.get(undecided, &path).await.refused(404, "not_found");
        // Somebody else's, and an app without a user.
        let foreign = format!("/rest/v1/user/502/{part}");
        for who in [app_of(&seed::POOR), TILL, APP] {
            world.get(who, &foreign).await.refused(403, "forbidden");
        }
    }
    let stranger = app_of(&seed::UNIDENTIFIED);
    for part in ["identity", "address"] {
        world.get(stranger, &format!("{ME}/{part}")).await.refused(404, "not_found");
    }
    world.done().await;
}

#[tokio::test]
async fn wallets_and_projects_are_bare_arrays() {
    let world = World::new().await;
    let wallets = world.get(app_of(&seed::CUSTOMER), &format!("{ME}/wallets")).await.ok();
    assert_eq!((wallets[0]["id"].as_i64(), wallets.as_array().unwrap().len()), (Some(14471), 1));
    let sleeper = app_of(&seed::INACTIVE);
    assert_eq!(world.get(sleeper, &format!("{ME}/wallets")).await.ok(), json!([]));
    let all = world.get(sleeper, &format!("{ME}/wallets?inactive_included=1")).await.ok();
    assert_eq!(all[0]["account"]["status"], "inactive");
    // A merchant is the owner of its wallet.
    let projects = world.get(TILL, &format!("{ME}/projects?fields=*,wallet")).await.ok();
    assert_eq!((&projects[0]["id"], &projects[0]["wallet_id"]), (&json!(1234), &json!(2112)));
    assert_eq!(projects[0]["wallet"]["account"]["number"], "EVP0010000002112");
    let plain = world.get(TILL, &format!("{ME}/projects")).await.ok();
    assert_eq!(
        plain,
        json!([{"id": 1234, "title": "Demo retailer", "wallet_id": 2112, "owner_display_name": "Demo retailer"}])
    );
    let merchant = world.get(TILL, ME).await.ok();
    assert_eq!((&merchant["type"], &merchant["company_code"]), (&json!("legal"), &json!("400000501")));
    world.done().await;
}

#[tokio::test]
async fn others_are_found_by_one_criterion_and_are_a_number() {
    let world = World::new().await;
    for query in ["phone=995555014471", "phone=%2B995555014471", "email=Customer%40sandbox.example"] {
        for who in [TILL, app_of(&seed::POOR)] {
            assert_eq!(world.get(who, &format!("/rest/v1/user?{query}")).await.ok(), json!({"id": 502}));
        }
    }
    for query in
        ["person_code=01001014471", "person_code=01001014471&nationality=ge", "person_code=01001014471:GE"]
    {
        let path = format!("/rest/v1/user?{query}");
        assert_eq!(world.get(TILL, &path).await.ok(), json!({"id": 502}), "{query}");
        // Only clients with the permission search by personal code.
        world.get(app_of(&seed::CUSTOMER), &path).await.refused(403, "forbidden");
    }
    for query in ["phone=995555999999", "email=a@b", "person_code=01001014471&nationality=LT", "user_id=1"] {
        world.get(TILL, &format!("/rest/v1/user?{query}")).await.refused(404, "not_found");
    }
    for query in ["", "phone=x", "email=x", "phone=995555014471&email=a@b", "user_id=me"] {
        world.get(TILL, &format!("/rest/v1/user?{query}")).await.refused(400, "invalid_parameters");
    }
    for path in ["/rest/v1/user/999", "/rest/v1/user/x", "/rest/v1/user/-1"] {
        world.get(TILL, path).await.refused(404, "not_found");
    }
    world.done().await;
}

#[tokio::test]
async fn a_position_is_taken_and_checked() {
    let world = World::new().await;
    let path = format!("{ME}/position");
    let customer = app_of(&seed::CUSTOMER);
    let right = json!({"lat": 41.69, "lng": -179.9, "type": "hidden"});
    assert_eq!(world.put(customer, &path, right.clone()).await.ok(), json!({}));
    for body in [
        json!({}),
        json!({"lat": 91, "lng": 0, "type": "hidden"}),
        json!({"lat": 0, "lng": "44", "type": "hidden"}),
        json!({"lat": 0, "lng": 0, "type": "seen"}),
    ] {
        world.put(customer, &path, body).await.refused(400, "invalid_parameters");
    }
    let other = world.token(&seed::CUSTOMER, "balance").await;
    world.put(other, &path, right.clone()).await.refused(403, "forbidden");
    world.put(customer, "/rest/v1/user/503/position", right).await.refused(403, "forbidden");
    world.done().await;
}
