//! The errors that wallet-api section 14.4 prints, byte for byte, each brought
//! about by a client's mistake. Only the id of the answer follows what is printed.

use paysera_sandbox::seed;

use crate::wire::{Answer, SAMPLE_TIME, done, sandbox, signed, signed_at};

const TILL: (&str, &str) = (seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);
const POOR: (&str, &str) = (seed::POOR.token, seed::POOR.mac_key);

#[track_caller]
fn is_printed(answer: &Answer, status: u16, printed: &str) {
    assert_eq!((answer.status, &answer.body), (status, &answer.with_correlation(printed)));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn every_error_is_told_as_it_is_printed() {
    let sandbox = sandbox().await;
    let body = r#"{"payments":[{"description":"Bill","price":200,"currency":"GEL"}]}"#;
    let made = signed(&sandbox, TILL, "POST", "/rest/v1/transaction", body).await.ok().json();
    let path = format!("/rest/v1/transaction/{}", made["transaction_key"].as_str().unwrap());

    let printed =
        r#"{"error":"not_enough_funds","error_description":"There is not enough funds in the account"}"#;
    let answer = signed(&sandbox, POOR, "PUT", &format!("{path}/reserve/me"), "{}").await;
    is_printed(&answer, 400, printed);

    let printed = r#"{"error":"invalid_parameters","error_description":"Invalid parameters","error_properties":{"payments[0].price":["This value should be greater than 0"]}}"#;
    let answer = signed(&sandbox, TILL, "POST", "/rest/v1/transaction", &body.replace("200", "0")).await;
    is_printed(&answer, 400, printed);

    let printed = r#"{"error":"invalid_state","error_description":"Transaction must be reserved"}"#;
    let answer = signed(&sandbox, TILL, "PUT", &format!("{path}/confirm"), "[]").await;
    is_printed(&answer, 409, printed);

    let printed = r#"{"error":"invalid_timestamp","error_description":"Timestamp lifetime exceeded"}"#;
    let answer = signed_at(&sandbox, SAMPLE_TIME - 600, TILL, ("GET", &path, "")).await;
    is_printed(&answer, 401, printed);

    let printed = r#"{"error":"invalid_grant","error_description":"Token has expired"}"#;
    sandbox.expire_token(POOR.0).await.unwrap();
    let answer = signed(&sandbox, POOR, "GET", "/rest/v1/wallet/me", "").await;
    is_printed(&answer, 400, printed);
    done(sandbox).await;
}
