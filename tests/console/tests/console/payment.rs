//! A payment between a till and the console's phone.

use paysera_console_test::Key;
use paysera_core::wallet_api::CallbackUri;
use paysera_sandbox::Status;
use paysera_sandbox::seed::{CUSTOMERS, Customer, RETAILER_WALLET};

use crate::harness::{Desk, code_of, picture_of, row};

/// Not the first of the list, and with little money.
const POOR: Customer = CUSTOMERS[2];

/// How soon the page must show what happened, in milliseconds.
const AT_ONCE: f64 = 1000.0;

/// More elements than the page has for the keyboard.
const MANY_TABS: usize = 200;

/// The test's assertion about the time between two readings of the page's clock.
#[track_caller]
fn assert_at_once(what: &str, from: f64, to: f64) {
    println!("{what} after {:.0} ms", to - from);
    assert!(to - from < AT_ONCE, "{what} after {:.0} ms", to - from);
}

fn shown(wallet: u64, class: &str) -> String {
    format!("document.querySelector('#wallets > [data-key=\"{wallet}\"] .{class}').textContent")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_shows_at_once_and_the_chosen_customer_pays_it_from_a_picture() {
    let desk = Desk::open().await;
    let Desk { shop, page, .. } = &desk;
    let price = 75;
    let before = desk.balances().await;
    assert_eq!(before[&POOR.wallet], POOR.balance);

    let words =
        "[...document.querySelectorAll('#transactions .what')].some((one) => one.textContent === 'Bill 301')";
    let appears = page.watch(words).await.unwrap();
    let start = page.now().await.unwrap();
    let transaction = desk.create(price, "Bill 301", CallbackUri::Disabled).await;
    assert_at_once("a new transaction", start, appears.met().await.unwrap());
    let key = transaction.transaction_key.as_str();
    page.until(&row(key, "new")).await.unwrap();

    let choose = format!("document.getElementById('customer').value = '{}'", POOR.wallet);
    page.evaluate(&choose).await.unwrap();
    let picture = picture_of(&transaction);
    page.choose_file("picture", &picture).await.unwrap();
    page.until("document.getElementById('review').checkVisibility()").await.unwrap();
    // The phone's tab opened, and no other panel's.
    for tab in ["tab-pay", "tab-requests"] {
        let selected = format!("document.getElementById({tab:?}).ariaSelected");
        assert_eq!(page.evaluate(&selected).await.unwrap(), "true", "{tab}");
    }
    let sum = page.evaluate("document.getElementById('review-sum').textContent").await.unwrap();
    assert_eq!(sum, "0.75 GEL");
    let what = page.evaluate("document.getElementById('review-what').textContent").await.unwrap();
    assert!(what.as_str().unwrap().contains("Bill 301"), "{what}");

    let reserved = page.watch(&row(key, "reserved")).await.unwrap();
    let start = page.now().await.unwrap();
    page.click("accept").await.unwrap();
    assert_at_once("its reservation", start, reserved.met().await.unwrap());
    page.until(&format!("{} === '0.75 GEL held'", shown(POOR.wallet, "held"))).await.unwrap();

    let confirmed = page.watch(&row(key, "confirmed")).await.unwrap();
    let start = page.now().await.unwrap();
    let paid = shop.api().transactions().confirm(&transaction.transaction_key).await.unwrap();
    assert_at_once("its confirmation", start, confirmed.met().await.unwrap());
    assert_eq!(paid.wallet.unwrap().get(), POOR.wallet);

    // Status and balances come from one reading of the books.
    let mut expected = before;
    *expected.get_mut(&POOR.wallet).unwrap() -= price;
    *expected.get_mut(&RETAILER_WALLET).unwrap() += price;
    assert_eq!(desk.balances().await, expected);
    assert_eq!(page.evaluate(&shown(POOR.wallet, "held")).await.unwrap(), "");
    std::fs::remove_file(picture).unwrap();
    desk.close().await;
}

/// Presses Tab until the element has the keyboard, and checks that a person sees it.
async fn tab_to(desk: &Desk, selector: &str) {
    let has_it = format!(
        "document.activeElement.matches('{selector}:focus-visible') && document.activeElement.checkVisibility()"
    );
    for _ in 0..MANY_TABS {
        desk.page.press(Key::Tab).await.unwrap();
        if desk.page.evaluate(&has_it).await.unwrap() == true {
            return;
        }
    }
    panic!("Tab does not reach {selector}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_is_enough() {
    let desk = Desk::open().await;
    let page = &desk.page;
    let transaction = desk.create(80, "Bill 302", CallbackUri::Disabled).await;
    let key = transaction.transaction_key.as_str();

    page.press(Key::Tab).await.unwrap();
    let skip = page.evaluate("document.activeElement.className").await.unwrap();
    assert_eq!(skip, "skip", "the first Tab offers to skip what every page repeats");
    page.press(Key::Enter).await.unwrap();
    page.until("document.activeElement.id === 'main'").await.unwrap();

    tab_to(&desk, "#customer").await;
    let chosen = format!("document.getElementById('customer').value === '{}'", POOR.wallet);
    for _ in 0..2 {
        assert_eq!(page.evaluate(&chosen).await.unwrap(), false);
        page.press(Key::ArrowDown).await.unwrap();
    }
    assert_eq!(page.evaluate(&chosen).await.unwrap(), true);
    tab_to(&desk, "#tab-show").await;
    page.press(Key::ArrowRight).await.unwrap();
    assert_eq!(page.evaluate("document.activeElement.id").await.unwrap(), "tab-pay");
    tab_to(&desk, "#picture").await;
    tab_to(&desk, "#by-text input").await;
    page.type_text(&code_of(&transaction)).await.unwrap();
    page.press(Key::Enter).await.unwrap();
    page.until("document.getElementById('review').checkVisibility()").await.unwrap();
    tab_to(&desk, "#accept").await;
    page.press(Key::Enter).await.unwrap();
    page.until(&row(key, "reserved")).await.unwrap();
    assert_eq!(desk.shop.status().await, Status::Reserved);
    assert_eq!(desk.shop.transaction().await.wallet.unwrap().get(), POOR.wallet);

    // The merchant's side of it, in the same window.
    tab_to(&desk, "#transactions summary").await;
    page.press(Key::Enter).await.unwrap();
    tab_to(&desk, "#transactions button").await;
    page.press(Key::Enter).await.unwrap();
    page.until(&row(key, "confirmed")).await.unwrap();
    assert_eq!(desk.shop.status().await, Status::Confirmed);
    desk.shop.assert_moved(&[(POOR.wallet, -80), (RETAILER_WALLET, 80)]).await;
    desk.close().await;
}
