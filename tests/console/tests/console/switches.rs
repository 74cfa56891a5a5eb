//! Faults, and people who act by themselves.

use paysera_core::wallet_api::CallbackUri;
use paysera_sandbox::Status;

use crate::harness::{Desk, row};

/// Whether a list has as many rows.
fn rows(list: &str, count: u32) -> String {
    format!("document.getElementById('{list}').childElementCount === {count}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_switched_on_and_off_and_a_customer_pays_by_itself() {
    let desk = Desk::open().await;
    let page = &desk.page;
    page.click("tab-faults").await.unwrap();
    page.evaluate("document.querySelector('#fault-form [name=often]').value = 'always'").await.unwrap();
    page.evaluate("document.querySelector('#fault-form').requestSubmit()").await.unwrap();
    page.until("document.querySelector('#faults-list').textContent.includes('all of them')").await.unwrap();
    page.evaluate("document.querySelector('#fault-form').requestSubmit()").await.unwrap();
    page.until(&rows("faults-list", 2)).await.unwrap();
    page.evaluate("document.querySelector('#faults-list button').click()").await.unwrap();
    page.until(&rows("faults-list", 1)).await.unwrap();
    page.click("faults-clear").await.unwrap();
    page.until("document.querySelector('#faults-empty').checkVisibility()").await.unwrap();
    assert_eq!(page.evaluate("document.querySelector('#faults-list').childElementCount").await.unwrap(), 0);

    page.click("tab-people").await.unwrap();
    page.evaluate("document.querySelector('#counterpart-form').requestSubmit()").await.unwrap();
    page.until("document.querySelector('#counterparts-list').textContent.includes('wallet 14471 pays')")
        .await
        .unwrap();
    let transaction = desk.create(100, "Bill 303", CallbackUri::Disabled).await;
    page.until(&row(transaction.transaction_key.as_str(), "reserved")).await.unwrap();
    assert_eq!(desk.shop.status().await, Status::Reserved);
    page.until("document.querySelector('#deeds-list').textContent.includes('reserved')").await.unwrap();
    page.evaluate("document.querySelector('#counterpart-form').requestSubmit()").await.unwrap();
    page.until(&rows("counterparts-list", 2)).await.unwrap();
    page.evaluate("document.querySelector('#counterparts-list button').click()").await.unwrap();
    page.until(&rows("counterparts-list", 1)).await.unwrap();
    page.click("counterparts-clear").await.unwrap();
    page.until("document.querySelector('#counterparts-empty').checkVisibility()").await.unwrap();
    desk.close().await;
}
