//! Wallet-api section 6.4: from a stranger to an identified user.

use paysera_sandbox::seed;
use serde_json::{Value, json};

use crate::harness::{Answer, TILL, Who, World, app_of, nonce, of, payment};

const BEGIN: &str = "/rest/v1/user/me/identification-request";
const LIST: &str = "/rest/v1/user/me/identification-requests";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a face";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a document";

impl World {
    async fn image(&self, who: Who, path: &str, bytes: &[u8]) -> Answer {
        let header = self.sign(who, "PUT", path, bytes, &nonce());
        self.try_send("PUT", path, Some(header), bytes.to_vec()).await.unwrap()
    }
}

fn request(id: &Value, action: &str) -> String {
    format!("/rest/v1/identification-request/{id}/{action}")
}

#[tokio::test]
async fn a_stranger_becomes_identified_and_pays() {
    let world = World::new().await;
    let stranger = app_of(&seed::UNIDENTIFIED);
    let begun = world.raw(stranger, "POST", BEGIN, "").await.ok();
    assert_eq!(
        begun,
        json!({"id": begun["id"], "user_id": 503, "created": begun["created"], "status": "waiting",
            "relation_status": "relating", "provider": "wallet_user", "face_photos": [],
            "identity_documents": []})
    );
    let id = &begun["id"];
    world.raw(stranger, "POST", BEGIN, "{}").await.refused(409, "invalid_state");
    let submit = request(id, "submit");
    world.raw(stranger, "PUT", &submit, "").await.refused(409, "invalid_state");
    let document = json!({"type": "passport", "number": "P1", "country": "GE", "unknown": 1});
    let document = world.post_to(stranger, &request(id, "identity-document"), document).await.ok();
    let expected =
        json!({"id": document["id"], "type": "passport", "number": "P1", "country": "GE", "images": []});
    assert_eq!(document, expected);
    let face = request(id, "face-photo/image/0");
    assert_eq!(world.image(stranger, &face, JPEG).await.ok(), json!({}));
    world.raw(stranger, "PUT", &submit, "").await.refused(409, "invalid_state");
    let scan = format!("/rest/v1/identity-document/{}/image/1", document["id"]);
    for _ in 0..2 {
        world.image(stranger, &scan, PNG).await.ok();
    }
    let submitted = world.raw(stranger, "PUT", &submit, "").await.ok();
    assert_eq!(submitted["status"], "processing");
    assert_eq!(submitted["face_photos"], json!([{"order": 0}]));
    assert_eq!(submitted["identity_documents"][0]["images"], json!([{"order": 1}]));
    for path in [&face, &scan] {
        world.image(stranger, path, JPEG).await.refused(409, "invalid_state");
    }
    world.sandbox.clock().advance(10);
    let list = world.get(stranger, &format!("{LIST}?statuses[]=pending&statuses%5B%5D=reviewed")).await.ok();
    assert_eq!(list["_metadata"]["total"], 1);
    assert_eq!(list["identification_requests"][0]["status"], "pending");
    assert_eq!(
        world.get(stranger, &format!("{LIST}?statuses[]=waiting")).await.ok()["_metadata"]["total"],
        0
    );

    world.sandbox.review_identification(id.as_u64().unwrap(), true).await.unwrap();
    assert!(world.sandbox.review_identification(id.as_u64().unwrap(), false).await.is_err());
    let reviewed = world.get(stranger, LIST).await.ok()["identification_requests"][0].clone();
    assert_eq!((&reviewed["status"], &reviewed["relation_status"]), (&json!("reviewed"), &json!("related")));
    assert_eq!(world.get(stranger, "/rest/v1/user/me").await.ok()["identification_level"], "identified");
    let key = world.create(TILL, payment(100)).await;
    world.raw(stranger, "PUT", &of(&key, "/reserve/me"), "").await.ok();
    world.done().await;
}

#[tokio::test]
async fn a_denied_user_may_try_again() {
    let world = World::new().await;
    let stranger = app_of(&seed::UNIDENTIFIED);
    let id = world.raw(stranger, "POST", BEGIN, "").await.ok()["id"].clone();
    assert!(world.sandbox.review_identification(id.as_u64().unwrap(), true).await.is_err());
    let document = json!({"type": "identity_card"});
    let document = world.post_to(stranger, &request(&id, "identity-document"), document).await.ok();
    world.image(stranger, &request(&id, "face-photo/image/9"), PNG).await.ok();
    world.image(stranger, &format!("/rest/v1/identity-document/{}/image/0", document["id"]), PNG).await.ok();
    world.raw(stranger, "PUT", &request(&id, "submit"), "[]").await.ok();
    world.sandbox.review_identification(id.as_u64().unwrap(), false).await.unwrap();
    let list = world.get(stranger, LIST).await.ok();
    let denied = &list["identification_requests"][0];
    assert_eq!((&denied["relation_status"], denied["comment"].is_string()), (&json!("unrelated"), true));
    assert_eq!(world.get(stranger, "/rest/v1/user/me").await.ok()["identification_level"], "unidentified");
    world.raw(stranger, "POST", BEGIN, "").await.ok();
    world.done().await;
}

#[tokio::test]
async fn what_is_no_document_and_no_image_is_refused() {
    let world = World::new().await;
    let stranger = app_of(&seed::UNIDENTIFIED);
    let id = world.raw(stranger, "POST", BEGIN, "").await.ok()["id"].clone();
    let documents = request(&id, "identity-document");
    for body in
        [json!({}), json!({"type": "library_card"}), json!({"type": "passport", "number": "x".repeat(201)})]
    {
        world.post_to(stranger, &documents, body).await.refused(400, "invalid_parameters");
    }
    for _ in 0..5 {
        world.post_to(stranger, &documents, json!({"type": "passport"})).await.ok();
    }
    world.post_to(stranger, &documents, json!({"type": "passport"})).await.refused(409, "invalid_state");
    let face = request(&id, "face-photo/image/0");
    for bytes in [&b""[..], b"GIF89a", b"<svg/>"] {
        world.image(stranger, &face, bytes).await.refused(400, "invalid_request");
    }
    let large = [JPEG, &vec![0; 1024 * 1024]].concat();
    world.image(stranger, &face, &large).await.refused(413, "invalid_request");
    world
        .image(stranger, &request(&id, "face-photo/image/10"), JPEG)
        .await
        .refused(400, "invalid_parameters");
    for path in [request(&id, "face-photo/image/x"), "/rest/v1/identity-document/99/image/0".to_owned()] {
        world.image(stranger, &path, JPEG).await.refused(404, "not_found");
    }
    // Somebody else's is not there.
    let poor = app_of(&seed::POOR);
    world.image(poor, &face, JPEG).await.refused(404, "not_found");
    world.post_to(poor, &documents, json!({"type": "passport"})).await.refused(404, "not_found");
    world.raw(poor, "PUT", &request(&id, "submit"), "").await.refused(404, "not_found");
    world.raw(poor, "POST", "/rest/v1/user/503/identification-request", "").await.refused(403, "forbidden");
    world.get(poor, "/rest/v1/user/503/identification-requests").await.refused(403, "forbidden");
    let other = world.token(&seed::UNIDENTIFIED, "email").await;
    world.raw(other, "PUT", &request(&id, "submit"), "").await.refused(403, "forbidden");
    world.get(other, LIST).await.refused(403, "forbidden");
    world.get(stranger, &format!("{LIST}?statuses[]=lost")).await.refused(400, "invalid_parameters");
    world.done().await;
}

#[tokio::test]
async fn nobody_is_identified_six_times_a_day() {
    let world = World::new().await;
    let stranger = app_of(&seed::UNIDENTIFIED);
    for _ in 0..5 {
        let id = world.raw(stranger, "POST", BEGIN, "").await.ok()["id"].clone();
        world.image(stranger, &request(&id, "face-photo/image/0"), JPEG).await.ok();
        let document = json!({"type": "passport", "number": "P1", "country": "GE"});
        let document = world.post_to(stranger, &request(&id, "identity-document"), document).await.ok();
        let scan = format!("/rest/v1/identity-document/{}/image/0", document["id"]);
        world.image(stranger, &scan, PNG).await.ok();
        world.raw(stranger, "PUT", &request(&id, "submit"), "").await.ok();
        world.sandbox.clock().advance(10);
        world.sandbox.review_identification(id.as_u64().unwrap(), false).await.unwrap();
    }
    world.raw(stranger, "POST", BEGIN, "").await.refused(400, "rate_limit_exceeded_ge");
    world.sandbox.clock().advance(86_400);
    world.raw(stranger, "POST", BEGIN, "").await.ok();
    world.done().await;
}
