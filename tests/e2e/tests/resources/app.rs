//! The server, clients, and what an app needs for its user.

use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    ClientId, ClientPermission, ClientType, ClientUpdate, ConfirmationFilter, ConfirmationStatus,
    CreateTransaction, EventSubscription, GeneratorCodeContext, GeneratorCodeRequest, NewClient, NewPayment,
    NewSubscriber, PrivacyLevel, PushService, UserId, WalletRef, Window,
};
use paysera_e2e::{Shop, browse, gel};
use paysera_sandbox::seed;
use paysera_sandbox::seed::CUSTOMER;

use crate::{PROJECT, app, phone, refusal};

#[tokio::test]
async fn the_server_tells_of_itself() {
    let shop = Shop::open().await;
    let api = shop.api();
    assert_eq!(api.server().configuration().await.unwrap().minimum_password_length, Some(8));
    assert!(api.server().currencies().await.unwrap().contains(&"GEL".to_owned()));
    assert!(api.server().callback_key().await.unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(api.server().time().await.unwrap().0, shop.sandbox.clock().now());
}

#[tokio::test]
async fn a_generator_is_made_with_the_code_that_was_sent() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let request = GeneratorCodeRequest {
        context: Some(GeneratorCodeContext { amount: Some(gel(1250)), ..GeneratorCodeContext::default() }),
        ..GeneratorCodeRequest::default()
    };
    let until = phone.generators().request_code(&request).await.unwrap();
    assert!(until.0 > shop.sandbox.clock().now());
    let wrong = Secret::new("0".to_owned());
    assert_eq!(refusal(phone.generators().create(&wrong).await).code, "invalid_code");
    let code = shop.sandbox.messages().await.unwrap().first().unwrap().code.clone();
    let made = phone.generators().create(&Secret::new(code)).await.unwrap();
    assert!(made.seed.is_some());
    assert_eq!(made.identifiers[0].wallet_id.get(), CUSTOMER.wallet);
    let read = phone.generators().get(made.id).await.unwrap();
    assert!(read.seed.is_none());
    assert_eq!(read.status, made.status);
}

#[tokio::test]
async fn a_user_agrees_or_not() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    for text in ["Sign in on a new device", "Pay in a shop"] {
        shop.sandbox.ask_confirmation(CUSTOMER.user, text).await.unwrap();
    }
    let pending =
        ConfirmationFilter { statuses: vec![ConfirmationStatus::Pending], ..ConfirmationFilter::default() };
    let open = phone.confirmations().list(&pending).await.unwrap().items;
    assert_eq!((open.len(), open[0].text()), (2, Some("Pay in a shop")));
    let oldest = ConfirmationFilter { oldest_first: true, ..pending.clone() };
    assert_eq!(phone.confirmations().list(&oldest).await.unwrap().items[1], open[0]);
    let names: Vec<_> = open.iter().map(|one| one.identifier.clone()).collect();
    assert_eq!(phone.confirmations().get(&names[0]).await.unwrap(), open[0]);
    let confirmed = phone.confirmations().confirm(&names[0]).await.unwrap();
    assert_eq!(confirmed.status, ConfirmationStatus::Confirmed);
    assert_eq!(refusal(phone.confirmations().reject(&names[0]).await).code, "invalid_state");
    let rejected = phone.confirmations().reject(&names[1]).await.unwrap();
    assert_eq!(rejected.status, ConfirmationStatus::Rejected);
    assert_eq!(phone.confirmations().list(&pending).await.unwrap().items, []);
}

#[tokio::test]
async fn an_app_subscribes_and_reads_what_it_missed() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let subscription = |event: &str| NewSubscriber {
        service: PushService::Android,
        device_token: Secret::new("device-token".to_owned()),
        events: vec![EventSubscription {
            priority: Some("high".to_owned()),
            ..EventSubscription::new("statement", event)
        }],
        locale: Some("ka".to_owned()),
        privacy: PrivacyLevel::High,
    };
    let made = phone.subscribers().create(&subscription("created")).await.unwrap();
    assert_eq!(made.events[0].object, "statement");
    let new = CreateTransaction {
        payments: vec![NewPayment::new("Coffee", gel(5))],
        ..CreateTransaction::default()
    };
    let key = shop.api().transactions().create(&new).await.unwrap().transaction_key;
    phone.transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    shop.api().transactions().confirm(&key).await.unwrap();
    let events = phone.subscribers().events(None, Some(10)).await.unwrap();
    assert!(events.iter().any(|event| event.object == "statement"), "{events:?}");
    let changed = phone.subscribers().update(made.id, &subscription("created")).await.unwrap();
    assert_eq!(changed.id, made.id);
    phone.subscribers().remove(made.id).await.unwrap();
    assert_eq!(refusal(phone.subscribers().remove(made.id).await).code, "not_found");
    phone.subscribers().create(&subscription("created")).await.unwrap();
    phone.subscribers().remove_all().await.unwrap();
    assert_eq!(phone.subscribers().events(None, None).await.unwrap(), []);
}

#[tokio::test]
async fn clients_are_read_and_renamed() {
    let shop = Shop::open().await;
    let app = app(&shop);
    let own = app.clients().own().await.unwrap();
    assert_eq!(own.kind, ClientType::Application);
    assert_eq!(app.clients().get(own.id).await.unwrap(), own);
    assert_eq!(refusal(app.clients().get(ClientId(999_999)).await).code, "not_found");
    let listed = shop.api().clients().list(Some(PROJECT), Window::default()).await.unwrap();
    assert!(!listed.items.is_empty());
    let title = ClientUpdate { title: Some("Another app".to_owned()), ..ClientUpdate::default() };
    let renamed = app.clients().update(own.id, &title).await.unwrap();
    assert_eq!((renamed.title.as_str(), &renamed.hosts), ("Another app", &own.hosts));
    let fewer = ClientPermission::UseClientApi;
    let permissions = ClientUpdate { permissions: Some(vec![fewer.clone()]), ..ClientUpdate::default() };
    assert_eq!(app.clients().update(own.id, &permissions).await.unwrap().permissions, [fewer]);
    let more = Some(vec![ClientPermission::AcceptWithPin]);
    let more = ClientUpdate { permissions: more, ..ClientUpdate::default() };
    assert_eq!(refusal(app.clients().update(own.id, &more).await).code, "forbidden");
}

/// The sandbox makes installations only, and says so.
#[tokio::test]
async fn a_client_of_another_type_is_asked_for_by_its_type() {
    let shop = Shop::open().await;
    let new = NewClient {
        kind: ClientType::PrivateClient,
        title: "A shop's server".to_owned(),
        permissions: vec![ClientPermission::UseWalletApi],
        hosts: Vec::new(),
        project_id: Some(PROJECT),
    };
    let refused = refusal(app(&shop).clients().create(&new).await);
    assert_eq!((refused.code.as_str(), refused.fields[0].field.as_str()), ("invalid_parameters", "type"));
    let installation = NewClient { kind: ClientType::AppClient, ..new };
    let made = app(&shop).clients().create(&installation).await.unwrap();
    assert_eq!(made.client.kind, ClientType::AppClient);
}

#[tokio::test]
async fn an_app_gets_tokens_for_its_user_at_other_places() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let token = phone.app_tokens().auth_token().await.unwrap();
    assert_eq!(token.user_id, Some(UserId(CUSTOMER.user)));
    assert!(token.session_id.is_some());
    assert_ne!(phone.app_tokens().auth_token().await.unwrap().value, token.value);
    // It signs its user in on the page, without anything else.
    let page = format!(
        "/frontend/oauth?response_type=code&client_id={}&redirect_uri=https%3A%2F%2Fshop.example%2F&auth_token={}",
        seed::RETAILER_CLIENT_ID,
        token.value.expose()
    );
    let (status, _, html) = browse(&shop.sandbox, "GET", &page, "").await;
    let html = String::from_utf8(html).unwrap();
    assert!(status == 200 && html.contains(&format!("value=\"{}\" checked", CUSTOMER.user)), "{html}");

    let jwt = phone.app_tokens().json_web_token("logged_in", "transfers").await.unwrap();
    assert_eq!(jwt.access_token.expose().split('.').count(), 3);
    assert!(jwt.expires_in.as_secs() > 0);
    assert_eq!(jwt.scope.as_deref(), Some("logged_in"));
    for api in [app(&shop), shop.api()] {
        assert_eq!(refusal(api.app_tokens().auth_token().await).code, "forbidden");
        assert_eq!(refusal(api.app_tokens().json_web_token("a", "b").await).code, "forbidden");
    }
}
