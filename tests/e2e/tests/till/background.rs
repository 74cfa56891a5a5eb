//! The app is away, and in front again.

use std::time::Duration;

use paysera_e2e::browse;

use super::*;

#[tokio::test]
async fn an_attempt_stands_still_in_the_background_and_goes_on_afterwards() {
    let shop = Shop::open().await;
    let (till, folder) = with_a_new_journal(&shop, "background");
    let phone = shop.phone(&CUSTOMER);
    for round in 0..20 {
        // Nothing was sent yet, at the latest the first answer can't be written down.
        let attempt =
            till.collect(CollectRequest::new(format!("r{round}"), gel(100), "Coffee")).await.unwrap();
        till.journal().suspend().unwrap();
        tokio::task::yield_now().await;
        till.journal().resume(UnixSeconds(0)).unwrap();
        let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
        if round == 0 {
            // The customer accepts while the till looks away.
            till.journal().suspend().unwrap();
            let paying = phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
            until(&paying, "reserved").await;
            // Any number of requests later.
            browse(&shop.sandbox, "GET", "/sandbox/state", "").await;
            assert_eq!(attempt.state().name(), "presenting", "nothing is shown that is not written down");
            till.journal().resume(UnixSeconds(0)).unwrap();
            assert_eq!(attempt.ended().await.name(), "settled");
            assert_eq!(paying.ended().await.name(), "settled");
        } else {
            attempt.cancel();
            assert_eq!(attempt.ended().await.name(), "cancelled");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Also when nothing but the attempt is left of the till, and its next look is far.
#[tokio::test]
async fn an_attempt_looks_at_the_server_as_soon_as_the_app_is_in_front_again() {
    let shop = Shop::open().await;
    let journal = journal_of(RETAILER_WALLET);
    let settings = TillSettings { pace: Pace::steady(Duration::from_secs(3600)), ..quick() };
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal.clone(), "till");
    let attempt = till.build().unwrap().collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
    let phone = shop.phone(&CUSTOMER);
    let paying = phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&paying, "reserved").await;
    journal.suspend().unwrap();
    journal.resume(UnixSeconds(0)).unwrap();
    until(&attempt, "settled").await;
}

#[tokio::test]
async fn in_the_background_the_server_is_not_asked() {
    let shop = Shop::open().await;
    let (till, folder) = with_a_new_journal(&shop, "quiet");
    let attempt = till.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
    until(&attempt, "presenting").await;
    till.journal().suspend().unwrap();
    let before = shop.sandbox.requests();
    tokio::time::sleep(POLL * 30).await;
    // One may have been under way.
    assert!(shop.sandbox.requests() <= before + 1);
    till.journal().resume(UnixSeconds(0)).unwrap();
    attempt.cancel();
    until(&attempt, "cancelled").await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// When a request went out decides until when it can arrive.
#[tokio::test]
async fn what_is_sent_after_the_background_is_written_down_with_the_time_of_its_request() {
    for round in 0..200 {
        let shop = Shop::open().await;
        let (till, folder) = with_a_new_journal(&shop, &format!("sent-{round}"));
        let attempt = till.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
        let journal = till.journal();
        journal.suspend().unwrap();
        let sent = shop.sandbox.requests();
        let before = till.server_now();
        while till.server_now() < before.plus(2) {
            tokio::time::sleep(POLL).await;
        }
        let went_out = shop.sandbox.requests() > sent;
        journal.resume(UnixSeconds(0)).unwrap();
        until(&attempt, "presenting").await;
        let events = journal.events(attempt.id()).unwrap();
        let create_sent = events.iter().find(|event| event.name == "create_sent").unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        if !went_out {
            assert!(create_sent.at >= before.plus(1), "{events:?}");
            return;
        }
    }
    panic!("the journal was never closed before the request");
}

/// A clock that was wrong, and is corrected by the way, is no time that has passed.
#[tokio::test]
async fn a_cash_out_is_not_over_since_the_devices_clock_was_behind() {
    let shop = Shop::open().await;
    let clock = ImpatientClock::default();
    let (till, folder) = built_with_a_new_journal(&shop, "behind");
    let till = till.clock(Arc::new(clock.clone())).build().unwrap();
    let phone = shop.phone(&CUSTOMER);
    for round in 0..3 {
        clock.pass(-3600);
        let (request_id, description) = (format!("out{round}"), "Cash".to_owned());
        let code = phone.next_cash_out_code().unwrap();
        let request = CashOutRequest { request_id, amount: gel(500), description, code, staff: None };
        let attempt = till.cash_out(request).await.unwrap();
        serve(&attempt).await;
        assert_eq!(attempt.state().name(), "settled", "{round}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn rule_15_a_journal_that_is_damaged_in_the_background_is_rebuilt_before_anything_begins() {
    let shop = Shop::open().await;
    let folder = std::env::temp_dir().join(format!("paysera-damaged-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = quick();
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal.clone(), "till")
        .build()
        .unwrap();
    let phone = shop.phone(&CUSTOMER);
    let before = till.collect(CollectRequest::new("before", gel(100), "Coffee")).await.unwrap();
    shop.pay(&before, &phone).await;
    let meanwhile = till.collect(CollectRequest::new("meanwhile", gel(300), "Coffee")).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&meanwhile, "presenting").await else { panic!() };
    journal.suspend().unwrap();
    for name in ["journal-2112.sqlite", "journal-2112.sqlite-wal"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    std::fs::write(folder.join("journal-2112.sqlite"), "not a journal any more, not at all".repeat(9))
        .unwrap();
    assert!(journal.resume(UnixSeconds(0)).unwrap().is_some());
    // What went on goes on, also before anything is asked for.
    phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&meanwhile, "settled").await;
    let after = till.collect(CollectRequest::new("after", gel(200), "Coffee")).await.unwrap();
    let known = journal.attempt(before.id()).unwrap().expect("the server knows of it");
    assert_eq!(known.state, "settled");
    shop.pay(&after, &phone).await;
    assert_eq!(after.state().name(), "settled");
    std::fs::remove_dir_all(&folder).unwrap();
}
