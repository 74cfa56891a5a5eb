//! The cash drawer.

use super::*;

#[tokio::test]
async fn cash_that_the_drawer_lacks_is_not_promised() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    shop.till.add_float(gel(1000), Some("anna")).await.unwrap();
    let refused = shop.cash_out("big", 1001, phone.cash_out_code().unwrap()).await;
    assert_eq!(kind(refused), ApiErrorKind::NotEnoughCash { in_drawer: gel(1000) });
    let open = shop.cash_out("first", 600, phone.cash_out_code().unwrap()).await.unwrap();
    until(&open, "hand_out_cash").await;
    // What is about to be handed out is not there for another customer.
    let refused = shop.cash_out("second", 500, phone.next_cash_out_code().unwrap()).await;
    assert_eq!(kind(refused), ApiErrorKind::NotEnoughCash { in_drawer: gel(400) });
    serve(&open).await;
    let removed = shop.till.remove_cash(gel(401), None).await;
    assert_eq!(kind(removed), ApiErrorKind::NotEnoughCash { in_drawer: gel(400) });
    shop.till.remove_cash(gel(100), None).await.unwrap();
    let count = shop.till.count_drawer(gel(290), Some("anna")).await.unwrap();
    assert_eq!((count.expected, count.difference), (gel(300), gel(-10)));
    let report = shop.till.z_report(shop.till.business_day()).await.unwrap();
    assert_eq!(report.totals.len(), 1);
    let day = &report.drawer[0];
    assert_eq!((day.opening, day.floats, day.attempts), (gel(0), gel(1000), gel(-600)));
    assert_eq!((day.removed, day.corrections, day.closing), (gel(-100), gel(-10), gel(290)));
}

#[tokio::test]
async fn two_cash_outs_at_once_promise_no_more_than_the_drawer_holds() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    shop.till.add_float(gel(1000), None).await.unwrap();
    shop.till.location().await.unwrap();
    let (first, second) = tokio::join!(
        shop.cash_out("first", 600, phone.cash_out_code().unwrap()),
        shop.cash_out("second", 600, phone.next_cash_out_code().unwrap()),
    );
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|started| **started).count(), 1);
}

/// A double tap on what was counted corrects once.
#[tokio::test]
async fn a_drawer_that_is_counted_twice_at_once_is_corrected_once() {
    let shop = Shop::open().await;
    for round in 0..20 {
        let before = shop.till.add_float(gel(1000), None).await.unwrap();
        let counted = gel(before.minor() - 10);
        let count = || shop.till.count_drawer(counted, None);
        let (first, second) = tokio::join!(count(), count());
        first.unwrap();
        second.unwrap();
        assert_eq!(shop.till.drawer(Currency::GEL).await.unwrap(), Some(counted), "round {round}");
    }
}

#[tokio::test]
async fn a_day_on_which_nothing_moves_has_its_drawer_too() {
    let shop = Shop::open().await;
    shop.till.add_float(gel(1000), None).await.unwrap();
    let later = paysera_core::calendar::BusinessDay::parse("2100-01-01").unwrap();
    let report = shop.till.z_report(later).await.unwrap();
    let drawer: Vec<_> = report.drawer.iter().map(|day| (day.opening, day.closing)).collect();
    assert_eq!(drawer, [(gel(1000), gel(1000))]);
}
