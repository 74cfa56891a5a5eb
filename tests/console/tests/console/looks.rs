//! The page on a phone and on a desk, by day and by night.

use std::path::Path;

use paysera_console_test::Page;
use paysera_core::money::Currency;
use paysera_core::wallet_api::CallbackUri;
use paysera_sandbox::seed::CUSTOMER;
use serde_json::json;

use crate::harness::{Desk, FOLDER};

/// WCAG 2.2, 1.4.3 (level AA), for text of any size.
const LEAST_CONTRAST: f64 = 4.5;

/// Fewer texts than this on the page, and the reading of contrast is broken.
const FEW_TEXTS: u64 = 50;

/// Something of everything, with words that are long.
async fn fill(desk: &Desk) {
    let long = "A birthday cake for twenty, with candles, sparklers and sugar flowers, to be taken away at six in the evening";
    let wordless = "Rechnungsnummer-20261124-0000000000000000000000000000000000000000000000000012";
    let nowhere =
        || CallbackUri::To("http://127.0.0.1:9/callbacks/of/the/online/shop/with/a/long/path".to_owned());
    for (minor, description) in [(1_250, "Two coffees"), (88_888, long), (12, wordless)] {
        let transaction = desk.create(minor, description, nowhere()).await;
        let accept = format!("/transactions/{}/accept", transaction.transaction_key);
        desk.control(&accept, &json!({"wallet": CUSTOMER.wallet})).await;
    }
    desk.create(400, "Tea", CallbackUri::Disabled).await;
    let mut stranger = CUSTOMER;
    stranger.mac_key = "not the key";
    desk.shop.phone(&stranger).balance(Currency::GEL).await.unwrap_err();
    desk.shop.sandbox.faults().fail_once("PUT", "/never", 503);
    desk.control("/counterparts", &json!({"does": "decline", "after": 3600, "wallet": CUSTOMER.wallet}))
        .await;
}

/// What can't be read, or only by scrolling sideways, with each tab open in turn.
async fn faults_of(page: &Page) -> Vec<String> {
    let tabs =
        page.evaluate("[...document.querySelectorAll('[role=tab]')].map((tab) => tab.id)").await.unwrap();
    let tabs = tabs.as_array().unwrap();
    assert!(tabs.len() >= 6, "{tabs:?}");
    let mut faults = Vec::new();
    for tab in tabs {
        page.evaluate(&format!("document.getElementById({tab}).click()")).await.unwrap();
        let seen = format!("[consoleTest.sideways(), consoleTest.pale({LEAST_CONTRAST})]");
        let seen = page.evaluate(&seen).await.unwrap();
        assert!(seen[1]["count"].as_u64().unwrap() > FEW_TEXTS, "{seen}");
        let found = [&seen[0], &seen[1]["found"]].into_iter().flat_map(|found| found.as_array().unwrap());
        faults.extend(found.map(|fault| format!("{tab}: {fault}")));
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_readable_on_a_phone_and_on_a_desk_by_day_and_by_night() {
    let desk = Desk::open().await;
    let page = &desk.page;
    fill(&desk).await;
    let folder = Path::new(FOLDER).parent().unwrap().join("console-shots");
    std::fs::create_dir_all(&folder).unwrap();
    page.evaluate("document.getElementById('till').requestSubmit()").await.unwrap();
    page.until("document.getElementById('till-code').checkVisibility()").await.unwrap();
    let shown = "document.getElementById('till-text').textContent.replace('PAYSERA%', '')";
    let row = format!("document.querySelector(`#transactions > [data-key=\"${{{shown}}}\"]`)");
    page.until(&row).await.unwrap();
    page.until("document.querySelector('#ledger[data-tone=good]')").await.unwrap();
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        .await
        .unwrap();

    let mut faults = Vec::new();
    for (width, height) in [(360, 740), (1280, 900)] {
        for scheme in ["light", "dark"] {
            page.screen(width, height, scheme).await.unwrap();
            faults.extend(faults_of(page).await.into_iter().map(|fault| format!("{width} {scheme} {fault}")));
            for tab in ["tab-requests", "tab-show"] {
                page.click(tab).await.unwrap();
            }
            let picture = page.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{width}-{scheme}.png")), picture).unwrap();
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    desk.close().await;
}
