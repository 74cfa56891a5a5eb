//! Wallet-api section 3.4: clients and installations of an app.

use paysera_sandbox::seed;
use serde_json::json;

use crate::harness::{World, app_of};
use crate::people::{APP, SHOP, TOKEN, signer};

const CLIENT: &str = "/rest/v1/client";

#[tokio::test]
async fn a_client_sees_itself() {
    let world = World::new().await;
    let shop = world.get(SHOP, CLIENT).await.ok();
    assert_eq!((&shop["id"], &shop["type"]), (&json!(3001), &json!("private_client")));
    assert_eq!(
        shop["project"],
        json!({"id": 1234, "title": "Demo retailer", "wallet_id": 2112, "owner_display_name": "Demo retailer"})
    );
    assert!(shop["permissions"].as_array().unwrap().contains(&json!("access_statements")));
    assert_eq!((&shop["hosts"], shop.get("credentials")), (&json!([]), None));
    let app = world.get(APP, CLIENT).await.ok();
    assert_eq!((&app["id"], &app["type"], app.get("project")), (&json!(3002), &json!("application"), None));
    // A token's client is the app that it was given to.
    assert_eq!(world.get(app_of(&seed::CUSTOMER), CLIENT).await.ok(), app);
    assert_eq!(world.get(SHOP, "/rest/v1/client/3001").await.ok(), shop);
    for (who, path) in [(SHOP, "3002"), (APP, "3001"), (APP, "9"), (APP, "me")] {
        world.get(who, &format!("{CLIENT}/{path}")).await.refused(404, "not_found");
    }
    world.done().await;
}

#[tokio::test]
async fn an_app_registers_its_installation_which_signs_users_in() {
    let world = World::new().await;
    let body = json!({"type": "app_client", "info": {"title": "Phone", "os": "android", "rooted": false,
        "device_id": "d1", "unknown": {"deep": []}}});
    let made = world.post_to(APP, CLIENT, body).await.ok();
    assert_eq!((&made["type"], &made["title"]), (&json!("app_client"), &json!("Phone")));
    assert_eq!(made["credentials"]["mac_algorithm"], "hmac-sha-256");
    let phone = signer(&made["credentials"]);
    let own = world.get(phone, CLIENT).await.ok();
    assert_eq!((&own["id"], own.get("credentials")), (&made["id"], None));

    let status = format!("{CLIENT}/info/{}/status", made["app_client_info_id"]);
    for who in [phone, APP] {
        assert_eq!(world.get(who, &status).await.ok(), json!({"status": "active"}));
    }
    world.get(SHOP, &status).await.refused(404, "not_found");
    world.get(APP, &format!("{CLIENT}/info/3002/status")).await.refused(404, "not_found");

    let fields = [("grant_type", "password"), ("username", "995555014471"), ("password", "Sandbox-14471")];
    let token = world.form(phone, TOKEN, &fields).await.ok();
    assert_eq!(world.get(signer(&token), CLIENT).await.ok()["id"], made["id"]);
    // A user sees no other user's device.
    let device = format!("{CLIENT}/{}", made["id"]);
    world.get(signer(&token), &device).await.ok();
    world.get(signer(&token), &status).await.ok();
    world.get(app_of(&seed::CUSTOMER), &device).await.refused(404, "not_found");
    world.get(app_of(&seed::CUSTOMER), &status).await.refused(404, "not_found");
    // Its tokens are not the application's.
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", token["refresh_token"].as_str().unwrap())];
    world.form(APP, TOKEN, &refresh).await.refused(400, "invalid_grant");

    let list = world.get(APP, "/rest/v1/clients?limit=1&offset=1").await.ok();
    assert_eq!(list["_metadata"], json!({"total": 2, "offset": 1, "limit": 1}));
    assert_eq!(list["clients"][0]["id"], made["id"]);
    assert_eq!(world.get(phone, "/rest/v1/clients").await.ok()["_metadata"]["total"], 1);
    assert_eq!(world.get(SHOP, "/rest/v1/clients?project_id=1234").await.ok()["_metadata"]["total"], 1);
    assert_eq!(world.get(SHOP, "/rest/v1/clients?project_id=1").await.ok()["_metadata"]["total"], 0);
    world.get(app_of(&seed::CUSTOMER), "/rest/v1/clients").await.refused(403, "forbidden");
    world.done().await;
}

#[tokio::test]
async fn only_an_application_registers_and_only_installations() {
    let world = World::new().await;
    let right = json!({"type": "app_client"});
    let phone = signer(&world.post_to(APP, CLIENT, right.clone()).await.ok()["credentials"]);
    for who in [SHOP, phone, app_of(&seed::CUSTOMER)] {
        world.post_to(who, CLIENT, right.clone()).await.refused(403, "forbidden");
    }
    for body in [
        json!({}),
        json!({"type": "application"}),
        json!({"type": "app_client", "info": []}),
        json!({"type": "app_client", "info": {"os": ["android"]}}),
        json!({"type": "app_client", "info": {"os": "x".repeat(1001)}}),
    ] {
        world.post_to(APP, CLIENT, body).await.refused(400, "invalid_parameters");
    }
    world.done().await;
}

#[tokio::test]
async fn a_client_is_changed_within_its_own_rights() {
    let world = World::new().await;
    let path = format!("{CLIENT}/3001");
    let hosts = json!([{"host": "shop.example", "port": 8443, "any_subdomain": true}]);
    let changed = world.put(SHOP, &path, json!({"title": "Shop", "hosts": hosts})).await.ok();
    assert_eq!((&changed["title"], &changed["hosts"]), (&json!("Shop"), &hosts));
    assert_eq!(world.get(SHOP, CLIENT).await.ok(), changed);
    for (body, status, error) in [
        (json!({"title": " "}), 400, "invalid_parameters"),
        (json!({"title": "x".repeat(201)}), 400, "invalid_parameters"),
        (json!({"hosts": "shop.example"}), 400, "invalid_parameters"),
        (json!({"hosts": [{"host": ""}]}), 400, "invalid_parameters"),
        (json!({"hosts": [{"port": 1}]}), 400, "invalid_parameters"),
        (json!({"permissions": "all"}), 400, "invalid_parameters"),
        (json!({"permissions": ["use_password_grant"]}), 403, "forbidden"),
    ] {
        world.put(SHOP, &path, body).await.refused(status, error);
    }
    world.put(APP, &path, json!({"title": "Mine"})).await.refused(404, "not_found");
    let fewer = json!({"permissions": ["use_wallet_api"]});
    assert_eq!(world.put(SHOP, &path, fewer.clone()).await.ok()["permissions"], fewer["permissions"]);
    // It gave away the right to change clients.
    world.put(SHOP, &path, json!({"title": "Shop"})).await.refused(403, "forbidden");
    world.done().await;
}
