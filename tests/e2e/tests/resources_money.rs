//! Every call about money and people, against the sandbox.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::clock::UnixSeconds;
use paysera_core::code::WalletId;
use paysera_core::money::{Currency, Money};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Acceptance, AllowanceStatus, CallbackUri, ConfirmPrices, Consent, Contacts, CreateTransaction, Direction,
    DocumentType, Freeze, IdentificationLevel, IdentificationStatus, Inquiry, InquiryItem, InquiryItemType,
    InquiryType, NewAllowance, NewIdentityDocument, NewPassword, NewPayment, PasswordProof, Payer,
    PaymentFilter, PaymentStatus, Photograph, Registration, RelationStatus, RequestReceiver, ScopeName,
    ServerError, StatementFilter, Transaction, TransactionFilter, TransactionStatus, TransactionType, UserId,
    UserRef, UserSearch, Validity, WalletApi, WalletApiError, WalletRef, WalletSearch, Window,
};
use paysera_e2e::{Shop, client, gel};
use paysera_sandbox::seed;
use seed::{CUSTOMER, RETAILER_WALLET};

fn phone(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

fn app(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

fn wallet(number: u64) -> WalletRef {
    WalletRef::Id(WalletId::new(number).unwrap())
}

fn of(payment: NewPayment) -> CreateTransaction {
    CreateTransaction {
        payments: vec![payment],
        callback_uri: CallbackUri::Disabled,
        ..CreateTransaction::default()
    }
}

async fn create(shop: &Shop, minor: i64) -> Transaction {
    shop.api().transactions().create(&of(NewPayment::new("Coffee", gel(minor)))).await.unwrap()
}

async fn paid(shop: &Shop, payment: NewPayment) -> Transaction {
    let api = shop.api();
    let key = api.transactions().create(&of(payment)).await.unwrap().transaction_key;
    phone(shop).transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    api.transactions().confirm(&key).await.unwrap()
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(answer: Result<T, WalletApiError>) -> ServerError {
    match answer {
        Err(WalletApiError::Server(error)) => *error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_transaction_is_accepted_in_every_way() {
    let shop = Shop::open().await;
    let (api, phone) = (shop.api(), phone(&shop));
    let payer = Payer::Id(WalletId::new(CUSTOMER.wallet).unwrap());

    let key = create(&shop, 100).await.transaction_key;
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
    let mut acceptance = Acceptance::from(Consent::ReservationCode(code));
    acceptance.revokes = Some(key.clone());
    let reserved = api.transactions().reserve(&other, &acceptance).await.unwrap();
    assert_eq!(reserved.accepted_by, Some(TransactionType::ReservationCode));
    assert_eq!(api.transactions().get(&key).await.unwrap().status, TransactionStatus::Revoked);

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
    assert_eq!(created.redirect_uri.as_deref(), Some("https://shop.example/back"));
    assert_eq!(api.transactions().inquired(&created.transaction_key).await.unwrap(), []);
    let receiver = RequestReceiver::Email(CUSTOMER.email.to_owned());
    let request = api.transactions().request(&created.transaction_key, &receiver).await.unwrap();
    assert_eq!(request.transaction_key, created.transaction_key);
    assert_eq!(request.email.as_deref(), Some(CUSTOMER.email));
}

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

#[tokio::test]
async fn wallets_are_found_by_everything_that_people_know() {
    let shop = Shop::open().await;
    let api = shop.api();
    let account = phone(&shop).wallets().get(WalletRef::Me).await.unwrap().account.unwrap().number;
    let barcode = api.wallets().barcode(&WalletSearch::Phone(CUSTOMER.phone.to_owned())).await.unwrap();
    for by in [
        WalletSearch::Phone(CUSTOMER.phone.to_owned()),
        WalletSearch::Email(CUSTOMER.email.to_owned()),
        WalletSearch::AccountNumber(account.clone()),
        WalletSearch::Barcode(barcode),
        WalletSearch::LicencePlate(seed::CUSTOMER_PLATE.to_owned()),
        WalletSearch::Card {
            number: Secret::new(seed::CUSTOMER_CARD.to_owned()),
            issuer: Some(seed::CARD_ISSUER.to_owned()),
        },
        WalletSearch::User(UserId(CUSTOMER.user)),
    ] {
        assert_eq!(api.wallets().find(&by).await.unwrap().id.get(), CUSTOMER.wallet, "{by:?}");
    }
    let nobody = WalletSearch::Phone("995500000000".to_owned());
    assert_eq!(refusal(api.wallets().find(&nobody).await).code, "not_found");
    let contacts = Contacts {
        emails: vec![CUSTOMER.email.to_owned(), "nobody@example.com".to_owned()],
        phones: vec![CUSTOMER.phone.to_owned()],
        ..Contacts::default()
    };
    let found = phone(&shop).wallets().of_contacts(&contacts).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), [CUSTOMER.phone, CUSTOMER.email]);
}

#[tokio::test]
async fn balances_and_what_is_held_are_told_in_every_way() {
    let shop = Shop::open().await;
    let wallets = phone(&shop);
    let wallets = wallets.wallets();
    let key = create(&shop, 300).await.transaction_key;
    phone(&shop).transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    let balance = wallets.balance_in(WalletRef::Me, Currency::EUR).await.unwrap().in_currency(Currency::GEL);
    assert_eq!((balance.at_disposal, balance.reserved), (gel(CUSTOMER.balance - 300), gel(300)));
    assert_eq!(balance.converted.unwrap().currency(), Currency::EUR);
    for (minor, enough) in [(1, true), (CUSTOMER.balance - 300, true), (CUSTOMER.balance - 299, false)] {
        assert_eq!(wallets.has_sufficient(WalletRef::Me, gel(minor)).await.unwrap(), enough, "{minor}");
    }
    let held = wallets.reservations(WalletRef::Me, Window::default()).await.unwrap();
    assert_eq!(held.items.len(), 1);
    assert_eq!(held.items[0].amount, gel(300));
    let pending = wallets.pending(WalletRef::Me, Window::default()).await.unwrap().items;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].transaction_key.as_ref(), Some(&key));
    if pending[0].cancelable {
        wallets.cancel_pending(WalletRef::Me, pending[0].id).await.unwrap();
    } else {
        assert_eq!(refusal(wallets.cancel_pending(WalletRef::Me, pending[0].id).await).code, "invalid_state");
    }
    let named = wallets.describe(WalletRef::Me, "Holidays").await.unwrap();
    assert_eq!(named.id.get(), CUSTOMER.wallet);
    wallets.undescribe(WalletRef::Me).await.unwrap();
}

#[tokio::test]
async fn statements_follow_the_cursor_to_the_end_and_miss_nothing() {
    let shop = Shop::open().await;
    for minor in 1..=7 {
        paid(&shop, NewPayment::new(format!("Payment {minor}"), gel(minor))).await;
    }
    let wallets = phone(&shop);
    let filter = StatementFilter {
        currencies: vec![Currency::GEL],
        direction: Some(Direction::Out),
        page: Some(3),
        ..StatementFilter::default()
    };
    let mut statements = wallets.wallets().statements(WalletRef::Me, filter);
    let mut amounts = Vec::new();
    while let Some(statement) = statements.next().await.unwrap() {
        amounts.push(statement.amount.minor());
        if amounts.len() == 2 {
            // Comes in while it is read: newer, so not in it.
            paid(&shop, NewPayment::new("Late", gel(99))).await;
        }
    }
    assert_eq!(amounts, [7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(statements.next().await.unwrap(), None);
    let with_text = StatementFilter { text: Some("Payment 3".to_owned()), ..StatementFilter::default() };
    let found = wallets.wallets().statements(WalletRef::Me, with_text).next().await.unwrap().unwrap();
    assert_eq!(found.amount, gel(3));
    assert_eq!(found.other_party.unwrap().wallet_id.unwrap().get(), RETAILER_WALLET);
}

#[tokio::test]
async fn a_user_reads_what_is_known_of_them() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let users = phone.users();
    let me = users.get(UserRef::Me).await.unwrap();
    assert_eq!(
        (me.id, me.identification_level),
        (UserId(CUSTOMER.user), Some(IdentificationLevel::Identified))
    );
    assert_eq!(users.email(UserRef::Me).await.unwrap(), CUSTOMER.email);
    assert_eq!(users.phone(UserRef::Id(UserId(CUSTOMER.user))).await.unwrap(), CUSTOMER.phone);
    assert_eq!(users.confirmed_phones(UserRef::Me).await.unwrap(), [CUSTOMER.phone]);
    assert_eq!(users.identity(UserRef::Me).await.unwrap().code, me.identity.unwrap().code);
    assert_eq!(users.address(UserRef::Me).await.unwrap().country.as_deref(), Some("GE"));
    assert_eq!(users.wallets(UserRef::Me, true).await.unwrap()[0].id.get(), CUSTOMER.wallet);
    assert_eq!(users.politically_exposed(UserRef::Me).await.unwrap(), []);
    users.set_position(41.69, 44.80, false).await.unwrap();
    let found = users.find(&UserSearch::Phone(CUSTOMER.phone.to_owned())).await.unwrap();
    assert_eq!(found.id, UserId(CUSTOMER.user));
}

#[tokio::test]
async fn somebody_registers_and_changes_the_password() {
    let shop = Shop::open().await;
    let app = app(&shop);
    let users = app.users();
    let password = Secret::new("Correct-horse-7".to_owned());
    let registration = Registration {
        scopes: vec![ScopeName::Balance.into()],
        ..Registration::new("995577123456".to_owned(), "ka", password)
    };
    let user = UserRef::Id(users.register(&registration).await.unwrap().id);
    let code = last_code(&shop).await;
    assert_eq!(
        refusal(users.confirm_phone(user, &Secret::new("000000".to_owned())).await).code,
        "invalid_code"
    );
    users.confirm_phone(user, &code).await.unwrap();
    assert_eq!(refusal(users.register(&registration).await).code, "user_already_exists");
    let phone = phone(&shop);
    phone.users().add_phone(UserRef::Me, "995577123457", &[ScopeName::Balance.into()]).await.unwrap();
    phone.users().confirm_phone(UserRef::Me, &last_code(&shop).await).await.unwrap();

    let by = UserSearch::Email(CUSTOMER.email.to_owned());
    users.reset_password(&by, Some("01001014471")).await.unwrap();
    let proof = PasswordProof::Code(last_code(&shop).await);
    let next = Secret::new("Battery-staple-8".to_owned());
    users.set_password(UserRef::Id(UserId(CUSTOMER.user)), &next, &proof).await.unwrap();
    let old = PasswordProof::OldPassword(next);
    let last = Secret::new("Battery-staple-9".to_owned());
    phone.users().set_password(UserRef::Me, &last, &old).await.unwrap();
    assert!(phone.users().set_password(UserRef::Me, &last, &old).await.is_err());
}

/// The code in the newest message that was sent.
async fn last_code(shop: &Shop) -> Secret {
    let messages = shop.sandbox.messages().await.unwrap();
    Secret::new(messages.first().unwrap().code.clone())
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

#[tokio::test]
async fn a_user_becomes_identified() {
    let shop = Shop::open().await;
    let unidentified = seed::UNIDENTIFIED;
    let credentials = FixedCredentials::new(unidentified.token.to_owned(), unidentified.mac_key.to_owned());
    let phone = client(&shop.environment, Arc::new(credentials));
    let identification = phone.identification();
    let request = identification.begin(UserRef::Me).await.unwrap();
    assert_eq!(request.status, IdentificationStatus::Waiting);
    assert_eq!(refusal(identification.submit(request.id).await).code, "invalid_state");
    let new = NewIdentityDocument {
        kind: DocumentType::Passport,
        document_number: "12AB34567".to_owned(),
        country: "GE".to_owned(),
    };
    let document = identification.add_document(request.id, &new).await.unwrap();
    let picture = || Photograph::jpeg(vec![0xff, 0xd8, 0xff, 0xe0, 0, 16]);
    let no_picture = Photograph::png(b"hello".to_vec());
    assert_eq!(
        refusal(identification.send_document(document.id, 1, no_picture).await).code,
        "invalid_request"
    );
    identification.send_document(document.id, 1, picture()).await.unwrap();
    identification.send_face(request.id, 1, picture()).await.unwrap();
    let submitted = identification.submit(request.id).await.unwrap();
    assert_ne!(submitted.status, IdentificationStatus::Waiting);
    assert_eq!(submitted.identity_documents, [document]);
    shop.sandbox.review_identification(request.id.0, true).await.unwrap();
    let reviewed = [IdentificationStatus::Reviewed];
    let listed = identification.list(&reviewed, Window::default()).await.unwrap().items;
    assert_eq!(listed[0].relation_status, Some(RelationStatus::Related));
    let me = phone.users().get(UserRef::Me).await.unwrap();
    assert!(me.identification_level.unwrap().is_identified());
}
