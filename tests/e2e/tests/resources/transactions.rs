//! Transactions.

use paysera_core::code::WalletId;
use paysera_core::money::{Currency, Money};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Acceptance, CallbackUri, ConfirmPrices, Consent, CreateTransaction, FromWallet, Inquiry, InquiryItem,
    InquiryItemType, InquiryType, NewPayment, Payer, RequestReceiver, TransactionFilter, TransactionStatus,
    TransactionType, UserId, WalletRef, Window,
};
use paysera_e2e::{Shop, gel};
use paysera_sandbox::seed;
use paysera_sandbox::seed::{CUSTOMER, RETAILER_WALLET};

use crate::{PROJECT, create, of, paid, phone, refusal, wallet};

#[tokio::test]
async fn a_transaction_is_accepted_in_every_way() {
    let shop = Shop::open().await;
    let (api, phone) = (shop.api(), phone(&shop));
    let payer = Payer::Id(WalletId::new(CUSTOMER.wallet).unwrap());

    let key = create(&shop, 100).await.transaction_key;
    let shown = phone.transactions().get_for_review(&key).await.unwrap();
    assert_eq!(shown.project.as_ref().unwrap().id, PROJECT);
    let payee = shown.payments[0].beneficiary.as_ref().unwrap();
    assert!(payee.wallet.as_ref().unwrap().account.is_some());
    let types = api.transactions().types(&key, wallet(CUSTOMER.wallet)).await.unwrap();
    assert!(types.contains(&TransactionType::Page) && types.contains(&TransactionType::Pin), "{types:?}");
    let pin = Consent::Pin { payer: payer.clone(), pin: Secret::new(CUSTOMER.pin.to_owned()) };
    let reserved = api.transactions().reserve(&key, &pin.into()).await.unwrap();
    assert_eq!(
        (reserved.status, reserved.accepted_by),
        (TransactionStatus::Reserved, Some(TransactionType::Pin))
    );

    let other = create(&shop, 50).await.transaction_key;
    let code = shop.phone(&CUSTOMER).cash_out_code().unwrap();
    let paysera_core::code::Code::Reservation(code) = code else { panic!("{code:?}") };
    let mut acceptance = Acceptance::from(Consent::ReservationCode(code.clone()));
    acceptance.revokes = Some(key.clone());
    let reserved = api.transactions().reserve(&other, &acceptance).await.unwrap();
    assert_eq!(reserved.accepted_by, Some(TransactionType::ReservationCode));
    assert_eq!(api.transactions().get(&key).await.unwrap().status, TransactionStatus::Revoked);

    let key = create(&shop, 5).await.transaction_key;
    // A code is good once.
    assert_eq!(refusal(api.transactions().reserve_by_code(&key, &code).await).code, "invalid_code");

    let key = create(&shop, 20).await.transaction_key;
    let wrong = FromWallet { pin: Some(Secret::new("0000".to_owned())), ..FromWallet::default() };
    let refused = api.transactions().reserve_from(&key, wallet(CUSTOMER.wallet), &wrong).await;
    assert!(!refusal(refused).code.is_empty());
    let right = FromWallet { pin: Some(Secret::new(CUSTOMER.pin.to_owned())), ..wrong };
    let reserved = api.transactions().reserve_from(&key, wallet(CUSTOMER.wallet), &right).await.unwrap();
    assert_eq!(reserved.accepted_by, Some(TransactionType::Pin));
    assert_eq!(reserved.payments[0].transaction_key.as_ref(), Some(&key));
    assert_eq!((reserved.use_allowance, reserved.suggest_allowance), (Some(true), Some(false)));

    let key = create(&shop, 10).await.transaction_key;
    let refused = api.transactions().reserve(&key, &Consent::Allowance { payer }.into()).await;
    assert_eq!(refusal(refused).code, "no_rights");
    let flashed = api.transactions().flash(&key, wallet(CUSTOMER.wallet)).await.unwrap();
    assert_eq!(flashed.status, TransactionStatus::Waiting);
    let rejected = phone.transactions().reject(&key).await.unwrap();
    assert_eq!(rejected.status, TransactionStatus::Rejected);
    assert_eq!(refusal(phone.transactions().reject(&key).await).code, "invalid_state");
}

#[tokio::test]
async fn a_lower_price_is_confirmed_and_the_notification_sent_again() {
    let shop = Shop::open().await;
    let api = shop.api();
    let transaction = create(&shop, 500).await;
    let key = &transaction.transaction_key;
    phone(&shop).transactions().reserve_from_wallet(key, WalletRef::Me).await.unwrap();
    assert_eq!(refusal(api.transactions().notify(key).await).code, "invalid_state");
    let higher = ConfirmPrices::new([(transaction.payments[0].id, gel(501))]).unwrap();
    assert_eq!(refusal(api.transactions().confirm_at(key, &higher).await).code, "invalid_parameters");
    let lower = ConfirmPrices::new([(transaction.payments[0].id, gel(300))]).unwrap();
    let confirmed = api.transactions().confirm_at(key, &lower).await.unwrap();
    assert_eq!(confirmed.amount(), Some(gel(300)));
    api.transactions().notify(key).await.unwrap();
    shop.assert_moved(&[(CUSTOMER.wallet, -300), (RETAILER_WALLET, 300)]).await;
}

#[tokio::test]
async fn a_transaction_is_taken_back_while_it_is_not_settled() {
    let shop = Shop::open().await;
    let api = shop.api();
    let new = create(&shop, 5).await.transaction_key;
    assert_eq!(api.transactions().revoke(&new).await.unwrap().status, TransactionStatus::Deleted);
    let held = create(&shop, 500).await.transaction_key;
    phone(&shop).transactions().reserve_from_wallet(&held, WalletRef::Me).await.unwrap();
    assert_eq!(api.transactions().revoke(&held).await.unwrap().status, TransactionStatus::Revoked);
    shop.assert_moved(&[]).await;
    let settled = create(&shop, 7).await.transaction_key;
    phone(&shop).transactions().reserve_from_wallet(&settled, WalletRef::Me).await.unwrap();
    api.transactions().confirm(&settled).await.unwrap();
    for ended in [&new, &held, &settled] {
        assert!(api.transactions().revoke(ended).await.is_err(), "{ended:?}");
    }
    shop.assert_moved(&[(CUSTOMER.wallet, -7), (RETAILER_WALLET, 7)]).await;
}

#[tokio::test]
async fn lists_are_filtered_and_read_in_pages() {
    let shop = Shop::open().await;
    let api = shop.api();
    for minor in 1..=5 {
        create(&shop, minor).await;
    }
    paid(&shop, NewPayment::new("Paid", gel(6))).await;
    let filter = TransactionFilter { statuses: vec![TransactionStatus::New], ..TransactionFilter::default() };
    let page = |offset| TransactionFilter {
        window: Window { limit: Some(2), offset: Some(offset) },
        ..filter.clone()
    };
    let first = api.transactions().list(&page(0)).await.unwrap();
    assert_eq!((first.items.len(), first.metadata.total), (2, 5));
    assert_eq!(first.items[0].amount(), Some(gel(5)));
    assert_eq!(api.transactions().list(&page(4)).await.unwrap().items.len(), 1);
    let elsewhere = TransactionFilter {
        location: Some(paysera_core::code::LocationId(seed::LOCATION_PAYMENTS_ONLY)),
        ..TransactionFilter::default()
    };
    assert_eq!(api.transactions().list(&elsewhere).await.unwrap().items, []);
}

#[tokio::test]
async fn payers_are_asked_and_invited() {
    let shop = Shop::open().await;
    let api = shop.api();
    let inquiry = Inquiry {
        identifier: "who".to_owned(),
        kind: InquiryType::Required,
        description: Some("For the invoice".to_owned()),
        items: vec![InquiryItem {
            identifier: "code".to_owned(),
            kind: InquiryItemType::PersonCode,
            title: "Personal code".to_owned(),
        }],
        status: None,
    };
    let new = CreateTransaction {
        payer_email: Some(CUSTOMER.email.to_owned()),
        redirect_uri: Some("https://shop.example/back".to_owned()),
        inquiries: vec![inquiry],
        ..of(NewPayment::new("Coffee", gel(100)))
    };
    let created = api.transactions().create(&new).await.unwrap();
    assert_eq!(created.inquiries.len(), 1);
    assert_eq!(created.payer_email.as_deref(), Some(CUSTOMER.email));
    assert_eq!(created.callback_uri, Some(CallbackUri::Disabled));
    assert_eq!(created.redirect_uri.as_deref(), Some("https://shop.example/back"));
    assert_eq!(api.transactions().inquired(&created.transaction_key).await.unwrap(), []);
    let receiver = RequestReceiver::Email(CUSTOMER.email.to_owned());
    let initiator = UserId(CUSTOMER.user);
    let request =
        api.transactions().request(&created.transaction_key, &receiver, Some(initiator)).await.unwrap();
    assert_eq!(request.initiator_id, Some(initiator));
    assert_eq!(request.transaction_key, created.transaction_key);
    assert_eq!(request.email.as_deref(), Some(CUSTOMER.email));
}

#[tokio::test]
async fn money_of_other_currencies_moves_like_any() {
    let shop = Shop::open().await;
    let euro = Money::from_minor(100, Currency::EUR);
    let created = shop.api().transactions().create(&of(NewPayment::new("Coffee", euro))).await.unwrap();
    assert_eq!(created.amount(), Some(euro));
    let refused =
        phone(&shop).transactions().reserve_from_wallet(&created.transaction_key, WalletRef::Me).await;
    assert_eq!(refusal(refused).code, "not_enough_funds");
}
