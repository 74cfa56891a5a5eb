//! Which lists are bare arrays and which are in an envelope, as the clients'
//! mappers expect (wallet-api section 1.6).

use paysera_sandbox::seed;
use serde_json::Value;

use crate::readers::{no_nulls, php_list, readable};
use crate::swift::Swift;
use crate::wire::{done, sandbox};

const ENVELOPES: [(&str, &str); 10] = [
    ("wallet/me/statements", "statements"),
    ("wallet/me/pending-payments", "pending_payments"),
    ("wallet/me/reservation-statements", "reservation_statements"),
    ("locations", "locations"),
    ("transactions", "transactions"),
    ("payments", "payments"),
    ("clients", "clients"),
    ("user/me/identification-requests", "identification_requests"),
    ("confirmations/me", "confirmations"),
    ("spots", "spots"),
];

const BARE: [&str; 8] = [
    "user/me/wallets",
    "user/me/projects",
    "user/me/pes",
    "user/me/confirmed-phones",
    "client/locations",
    "project/1234/locations",
    "locations/pay-categories",
    "currencies",
];

/// Those that belong to the merchant, not to a person.
fn is_the_merchants(path: &str) -> bool {
    ["client", "spots", "project", "transactions", "payments"].iter().any(|start| path.starts_with(start))
}

#[tokio::test]
async fn every_list_has_the_form_that_the_clients_read() {
    let sandbox = sandbox().await;
    let mut till = Swift::new(&sandbox, seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);
    let mut customer = Swift::new(&sandbox, seed::CUSTOMER.token, seed::CUSTOMER.mac_key);
    // One that is accepted, and one that was paid.
    let body = r#"{"payments":[{"currency":"GEL","description":"Bill","price":1250}]}"#;
    let mut path = String::new();
    for _ in 0..2 {
        let made = readable(&till.ask("POST", "/rest/v1/transaction", body, "").await.ok());
        path = format!("/rest/v1/transaction/{}", made["transaction_key"].as_str().unwrap());
        customer.ask("PUT", &format!("{path}/reserve/me"), "", "").await.ok();
    }
    till.ask("PUT", &format!("{path}/confirm"), "", "").await.ok();

    for (name, plural) in ENVELOPES {
        let by = if is_the_merchants(name) { &mut till } else { &mut customer };
        let list = by.ask("GET", &format!("/rest/v1/{name}?limit=20&offset=0"), "", "").await.ok();
        let list = php_list(&list, plural);
        no_nulls(&list);
        assert_eq!(list.as_object().unwrap().len(), 2, "{name}: {list}");
        let metadata = &list["_metadata"];
        assert_eq!((&metadata["offset"], &metadata["limit"]), (&0.into(), &20.into()), "{name}");
        assert!(metadata["total"].is_i64(), "{name}: {list}");
    }
    for name in BARE {
        let by = if is_the_merchants(name) { &mut till } else { &mut customer };
        let list = readable(&by.ask("GET", &format!("/rest/v1/{name}"), "", "").await.ok());
        assert!(list.is_array(), "{name}: {list}");
        no_nulls(&list);
    }
    let types = readable(&till.ask("GET", &format!("{path}/type/14471"), "", "").await.ok());
    assert!(types.as_array().unwrap().iter().all(Value::is_string), "{types}");
    // Keyed by what was searched, and only what was found.
    let found = "/rest/v1/wallets?phone=995555014471,995599999999";
    let found = readable(&customer.ask("GET", found, "", "").await.ok());
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["995555014471"]);
    assert_eq!(found["995555014471"]["id"], seed::CUSTOMER.wallet);
    for name in ["email", "phone"] {
        let text = readable(&customer.ask("GET", &format!("/rest/v1/user/me/{name}"), "", "").await.ok());
        assert!(text.is_string(), "{name}: {text}");
    }
    done(sandbox).await;
}
