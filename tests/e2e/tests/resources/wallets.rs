//! Wallets and statements.

use paysera_core::money::Currency;
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    Contacts, Direction, NewPayment, StatementFilter, UserId, WalletApiError, WalletRef, WalletSearch, Window,
};
use paysera_e2e::{Shop, gel};
use paysera_sandbox::seed;
use paysera_sandbox::seed::{CUSTOMER, RETAILER_WALLET};

use crate::{create, paid, phone, refusal};

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
    let iban = phone(&shop).wallets().get(WalletRef::Me).await.unwrap().account.unwrap().main_iban.unwrap();
    assert_eq!(api.wallets().account_of_iban(&iban).await.unwrap(), account);
    assert!(matches!(
        api.wallets().account_of_iban("../../x").await,
        Err(WalletApiError::InvalidRequest { .. })
    ));
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
    assert_eq!(balance.converted_reserved.unwrap().currency(), Currency::EUR);
    let all = wallets.balance_with_history(WalletRef::Me).await.unwrap();
    assert_eq!(all.in_currency(Currency::GEL).reserved, gel(300));
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
    let oldest = StatementFilter {
        direction: Some(Direction::Out),
        oldest_first: true,
        page: Some(3),
        ..StatementFilter::default()
    };
    let mut statements = wallets.wallets().statements(WalletRef::Me, oldest);
    let mut amounts = Vec::new();
    while let Some(statement) = statements.next().await.unwrap() {
        assert!(statement.transfer_id.is_some() && statement.account_number.is_some());
        amounts.push(statement.amount.minor());
    }
    assert_eq!(amounts, [1, 2, 3, 4, 5, 6, 7, 99]);
    let with_text = StatementFilter { text: Some("Payment 3".to_owned()), ..StatementFilter::default() };
    let found = wallets.wallets().statements(WalletRef::Me, with_text).next().await.unwrap().unwrap();
    assert_eq!(found.amount, gel(3));
    assert_eq!(found.other_party.unwrap().wallet_id.unwrap().get(), RETAILER_WALLET);
}
