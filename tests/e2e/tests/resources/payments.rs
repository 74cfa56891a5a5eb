//! Payments and allowances.

use paysera_core::clock::UnixSeconds;
use paysera_core::code::WalletId;
use paysera_core::money::Currency;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    AllowanceStatus, Freeze, NewAllowance, NewPassword, NewPayment, PaymentFilter, PaymentStatus,
    TransactionFilter, TransactionStatus, TransactionType, Validity, WalletRef,
};
use paysera_e2e::{Shop, gel};
use paysera_sandbox::seed::{CUSTOMER, RETAILER_WALLET};

use crate::{create, paid, phone, refusal, wallet};

#[tokio::test]
async fn payments_are_given_back_frozen_and_finalised() {
    let shop = Shop::open().await;
    let api = shop.api();
    let frozen =
        |minor| NewPayment { freeze: Some(Freeze::For(7200)), ..NewPayment::new("Frozen", gel(minor)) };
    let refunded = paid(&shop, frozen(100)).await.payments[0].id;
    assert_eq!(api.payments().cancel(refunded).await.unwrap().status, PaymentStatus::Canceled);
    assert_eq!(refusal(api.payments().cancel(refunded).await).code, "invalid_state");

    let finalised = paid(&shop, frozen(200)).await.payments[0].id;
    let prolonged = api.payments().prolong_freeze(finalised, 1).await.unwrap();
    assert!(prolonged.freeze.is_some());
    let until = UnixSeconds(shop.sandbox.clock().now() + 9000);
    assert_eq!(
        api.payments().freeze_until(finalised, until).await.unwrap().freeze,
        Some(Freeze::Until(until))
    );
    let done = api.payments().finalize(finalised, Some(gel(150))).await.unwrap();
    assert_eq!((done.status, done.price), (PaymentStatus::Done, gel(150)));

    let thawed = paid(&shop, frozen(10)).await.payments[0].id;
    assert_eq!(api.payments().unfreeze(thawed).await.unwrap().status, PaymentStatus::Done);
    let whole = paid(&shop, frozen(5)).await.payments[0].id;
    assert_eq!(api.payments().finalize(whole, None).await.unwrap().price, gel(5));

    let filter = PaymentFilter { statuses: vec![PaymentStatus::Done], ..PaymentFilter::default() };
    let page = api.payments().list(&filter).await.unwrap();
    assert_eq!(page.metadata.total, 3);
    assert_eq!(api.payments().get(thawed).await.unwrap().id, thawed);
    shop.assert_moved(&[(CUSTOMER.wallet, -165), (RETAILER_WALLET, 165)]).await;
}

#[tokio::test]
async fn a_password_stands_between_acceptance_and_reservation() {
    let shop = Shop::open().await;
    let api = shop.api();
    let password = Secret::new("Open-sesame".to_owned());
    let locked = NewPayment {
        password: Some(NewPassword::provided(password.clone())),
        ..NewPayment::new("Parcel", gel(100))
    };
    let payment = api.payments().create(&locked).await.unwrap();
    let all = api.transactions().list(&TransactionFilter::default()).await.unwrap().items;
    let key = all[0].transaction_key.clone();
    let waiting = phone(&shop).transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    assert_eq!(waiting.status, TransactionStatus::WaitingPassword);
    let wrong = Secret::new("Open".to_owned());
    assert_eq!(refusal(api.payments().provide_password(payment.id, &wrong).await).code, "invalid_password");
    let open = api.payments().provide_password(payment.id, &password).await.unwrap();
    assert_eq!(open.status, PaymentStatus::Reserved);
}

#[tokio::test]
async fn an_allowance_is_asked_for_charged_and_taken_back() {
    let shop = Shop::open().await;
    let (api, phone) = (shop.api(), phone(&shop));
    let new = NewAllowance {
        description: Some("Monthly".to_owned()),
        currency: Currency::GEL,
        max_price: Some(gel(500)),
        limits: Vec::new(),
        validity: Some(Validity::For(86_400)),
    };
    let asked = api.allowances().create(&new).await.unwrap();
    assert_eq!((asked.status, asked.max_price), (AllowanceStatus::New, Some(gel(500))));
    let key = asked.transaction_key.unwrap();
    phone.transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    api.transactions().confirm(&key).await.unwrap();
    let active = api.allowances().active(wallet(CUSTOMER.wallet)).await.unwrap();
    assert_eq!((active.id, active.status), (asked.id, AllowanceStatus::Active));
    let room = api.allowances().limit(WalletId::new(CUSTOMER.wallet).unwrap(), Currency::GEL).await.unwrap();
    assert_eq!(room, gel(500));
    let charged = create(&shop, 200).await.transaction_key;
    let reserved = api.transactions().reserve_from_wallet(&charged, wallet(CUSTOMER.wallet)).await.unwrap();
    assert_eq!(reserved.accepted_by, Some(TransactionType::Automatic));
    assert_eq!(api.allowances().get(asked.id).await.unwrap().wallet.unwrap().get(), CUSTOMER.wallet);
    api.allowances().cancel(asked.id).await.unwrap();
    let gone = api.allowances().active(wallet(CUSTOMER.wallet)).await;
    assert_eq!(refusal(gone).code, "not_found");
    assert_eq!(refusal(api.allowances().cancel_active(wallet(CUSTOMER.wallet)).await).code, "not_found");
}
