//! What is left after the journal, the session or the process was gone.

use std::time::Duration;

use paysera_core::wallet_api::TransactionStatus;

use super::*;

/// After the journal was lost what the server knows of this till is taken over.
#[tokio::test]
async fn rule_15_a_lost_journal_is_rebuilt_from_the_server() {
    let shop = Shop::open().await;
    let paid = settled(
        &shop,
        CollectRequest { bill: Some("7".to_owned()), ..CollectRequest::new("a", gel(100), "A") },
    )
    .await;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let out = shop.cash_out("b", 200, code).await.unwrap();
    until(&out, "hand_out_cash").await;
    let open = shop.collect("c", 300).await.unwrap();
    until(&open, "presenting").await;

    let folder = std::env::temp_dir().join(format!("paysera-rebuilt-{}", paid.id()));
    std::fs::create_dir(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = quick();
    let again = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till")
        .build()
        .unwrap();
    let resumed = again.resume().await.unwrap();
    let ids: BTreeSet<_> = resumed.iter().map(Attempt::id).collect();
    assert_eq!(ids, BTreeSet::from([out.id(), open.id()]));
    let row = again.journal().attempt(paid.id()).unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.bill.as_deref()), ("settled", Some("7")));
    for attempt in resumed {
        if attempt.id() == out.id() {
            // Never asked for a second time: a person says whether it was done.
            let state = until(&attempt, "cash_question").await;
            assert_eq!(state, AttemptState::CashQuestion { step: CashStep::HandOut, amount: gel(200) });
            attempt.cash_handed_out();
            assert_eq!(attempt.ended().await.name(), "settled");
        } else {
            attempt.cancel();
            assert_eq!(attempt.ended().await.name(), "cancelled");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Rule 17: signing out, or losing the token, ends no attempt.
#[tokio::test]
async fn rule_17_open_attempts_outlive_the_session_and_resume_for_the_same_wallet() {
    let shop = Shop::open().await;
    let folder = std::env::temp_dir().join(format!("paysera-signed-out-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let open = || Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = || quick();
    let journal = open();
    let code;
    let id;
    {
        let before =
            till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings(), journal.clone(), "till")
                .build()
                .unwrap();
        let attempt = before.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
        let AttemptState::Presenting { code: shown, .. } = until(&attempt, "presenting").await else {
            panic!()
        };
        (code, id) = (shown, attempt.id());
        // The app closes the journal when its user signs out.
        journal.suspend().unwrap();
    }
    let phone = shop.phone(&CUSTOMER);
    phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    let after = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings(), open(), "till")
        .build()
        .unwrap();
    let resumed = after.resume().await.unwrap();
    assert_eq!(resumed.iter().map(Attempt::id).collect::<Vec<_>>(), [id]);
    assert_eq!(resumed[0].ended().await.name(), "settled");
    let other = till(
        &shop.environment,
        retailer(),
        LOCATION_ALL_SERVICES,
        settings(),
        journal_of(CUSTOMER.wallet),
        "till",
    );
    assert!(matches!(kind(other.build()), ApiErrorKind::RejectedInput { .. }));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn an_attempt_that_is_asked_for_by_its_name_after_a_restart_goes_on() {
    let shop = Shop::open().await;
    let (before, folder) = with_a_new_journal(&shop, "asked-for");
    let attempt = before.collect(CollectRequest::new("r", gel(100), "Coffee")).await.unwrap();
    until(&attempt, "presenting").await;
    before.journal().suspend().unwrap();
    let journal = paysera_core::journal::Journal::open(&folder, before.journal().owner(), UnixSeconds(0));
    let journal = Arc::new(journal.unwrap());
    let after = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, quick(), journal, "till");
    let found = after.build().unwrap().attempt(attempt.id()).await.unwrap().unwrap();
    found.cancel();
    assert_eq!(found.ended().await.name(), "cancelled");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Makes the server do twice what it is asked to make: the second transaction is
/// known to nobody.
fn make_a_stray(shop: &Shop) {
    let twice = paysera_sandbox::Fault::ProcessTwice;
    let twice = paysera_sandbox::FaultRule::new("transaction", twice).method("POST").times(1);
    shop.sandbox.faults().add(twice).unwrap();
}

/// Rule 3: the late sweep. Whoever accepted what was shown to nobody gets the
/// money back when the app resumes, long before the hold ends by itself.
#[tokio::test]
async fn rule_3_a_stray_that_was_accepted_is_taken_back_when_the_app_resumes() {
    let shop = Shop::open().await;
    make_a_stray(&shop);
    let paid = settled(&shop, CollectRequest::new("r", gel(100), "Coffee")).await;
    let AttemptState::Settled { receipt } = paid.state() else { panic!() };
    let strays = || async {
        let mut all = shop.transactions().await;
        all.retain(|transaction| transaction.transaction_key != receipt.transaction);
        all
    };
    let stray = strays().await.remove(0).transaction_key;
    let phone = shop.phone(&CUSTOMER);
    let scanned = paysera_core::code::Code::Transaction(stray);
    phone.pay(&phone.review(&scanned).await.unwrap()).await.unwrap();
    let mut changes = shop.sandbox.changes();
    while strays().await[0].status != TransactionStatus::Reserved {
        changes.changed().await.unwrap();
    }
    let again =
        till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, quick(), shop.journal.clone(), "till");
    again.build().unwrap().resume().await.unwrap();
    let revoked = async {
        while strays().await[0].status != TransactionStatus::Revoked {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), revoked).await.expect("it stays held");
    shop.assert_moved(&[(CUSTOMER.wallet, -100), (RETAILER_WALLET, 100)]).await;
}

/// Of two transactions of one attempt it is the one that money moved for.
#[tokio::test]
async fn rule_15_a_rebuilt_journal_has_the_transaction_that_settled_and_not_its_lost_double() {
    let shop = Shop::open().await;
    make_a_stray(&shop);
    let paid = settled(&shop, CollectRequest::new("r", gel(100), "Coffee")).await;
    assert_eq!(shop.transactions().await.len(), 2);
    let (again, folder) = with_a_new_journal(&shop, "doubled");
    again.resume().await.unwrap();
    let row = again.journal().attempt(paid.id()).unwrap().unwrap();
    assert_eq!(row.state, "settled");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A till that forgot why it holds money does not take all of it.
#[tokio::test]
async fn rule_15_money_that_was_only_held_stays_so_after_the_journal_was_lost() {
    let shop = Shop::open().await;
    let request = CollectRequest { hold: true, ..CollectRequest::new("fuel", gel(5000), "Fuel") };
    let attempt = shop.till.collect(request).await.unwrap();
    let AttemptState::Presenting { code, .. } = until(&attempt, "presenting").await else { panic!() };
    let phone = shop.phone(&CUSTOMER);
    phone.pay(&phone.review(&code).await.unwrap()).await.unwrap();
    until(&attempt, "reserved").await;
    let (again, folder) = with_a_new_journal(&shop, "held");
    let resumed = again.resume().await.unwrap().remove(0);
    until(&resumed, "reserved").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(resumed.state().name(), "reserved");
    resumed.settle(gel(3720)).unwrap();
    let AttemptState::Settled { receipt } = resumed.ended().await else { panic!("{:?}", resumed.state()) };
    assert_eq!(receipt.amount, gel(3720));
    shop.assert_moved(&[(CUSTOMER.wallet, -3720), (RETAILER_WALLET, 3720)]).await;
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A storage that is full.
#[derive(Debug)]
struct Full(AtomicBool);

impl paysera_core::journal::CommitObserver for Full {
    fn before(
        &self,
        commit: paysera_core::journal::Observed<'_>,
    ) -> Result<(), paysera_core::journal::JournalError> {
        if self.0.load(Ordering::SeqCst) && commit.entries[0].name != "started" {
            return Err(paysera_core::journal::JournalError::Storage { reason: "full".to_owned() });
        }
        Ok(())
    }
}

/// What ended since storage failed does not stay open: neither its bill nor the
/// drawer waits for it.
#[tokio::test]
async fn what_could_not_be_written_down_before_it_was_sent_is_over_in_the_journal_too() {
    let shop = Shop::open().await;
    let full = Arc::new(Full(AtomicBool::new(true)));
    let journal = paysera_core::journal::Journal::in_memory(shop.journal.owner()).unwrap();
    let journal = Arc::new(journal.observed_by(full.clone()));
    let settings = quick();
    let till = till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal.clone(), "till")
        .build()
        .unwrap();
    let collect = || till.collect(CollectRequest::new("r", gel(100), "Coffee"));
    let first = collect().await.unwrap();
    let failed = |state: AttemptState| match state {
        AttemptState::Failed { error } => error.kind == ApiErrorKind::StorageFailed,
        _ => false,
    };
    assert!(failed(first.ended().await));
    assert!(failed(collect().await.unwrap().state()), "the same request is the same attempt");
    full.0.store(false, Ordering::SeqCst);
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if journal.open_attempts().unwrap().is_empty() {
            break;
        }
    }
    assert!(journal.open_attempts().unwrap().is_empty(), "it would stay open until the app starts anew");
    assert!(failed(collect().await.unwrap().state()));
    assert!(shop.transactions().await.is_empty());
}

#[tokio::test]
async fn rule_15_real_money_needs_a_journal_that_outlives_the_process() {
    let production = paysera_core::wallet_api::Environment::production().unwrap();
    let journal = journal_of(RETAILER_WALLET);
    let settings = TillSettings::default();
    let till = till(&production, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till").build();
    assert_eq!(kind(till), ApiErrorKind::StorageFailed);
}
