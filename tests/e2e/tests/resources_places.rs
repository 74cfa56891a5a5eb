//! Every call about places, codes and the app, against the sandbox.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;
use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::code::{Code, LocationId, WalletId};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{
    ClientId, ClientPermission, ClientType, ClientUpdate, CodeMeaning, ConfirmationStatus, CreateTransaction,
    DayHours, EventSubscription, GeneratorCodeRequest, LocationFilter, LocationStatus, LocationUpdate,
    MinuteOfDay, Nearby, NewClient, NewPayment, NewSubscriber, OrderStatus, PrivacyLevel, ProjectId,
    ProjectUpdate, PushService, ServerError, Service, ServiceOffer, SpotId, SpotStatus, UserId, WalletApi,
    WalletApiError, WalletRef, Weekday, Window, WorkingHours,
};
use paysera_e2e::{Shop, browse, client, gel, request_log};
use paysera_sandbox::seed;
use seed::CUSTOMER;

const LOCATION: LocationId = LocationId(seed::LOCATION_ALL_SERVICES);
const PROJECT: ProjectId = ProjectId(seed::PROJECT_ID);
const SPOT: SpotId = SpotId(seed::SPOT_ID);

fn phone(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

fn app(shop: &Shop) -> WalletApi {
    let credentials = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
    client(&shop.environment, Arc::new(credentials))
}

#[track_caller]
fn refusal<T: std::fmt::Debug>(answer: Result<T, WalletApiError>) -> ServerError {
    match answer {
        Err(WalletApiError::Server(error)) => *error,
        other => panic!("{other:?}"),
    }
}

fn at(hour: u16) -> MinuteOfDay {
    MinuteOfDay::new(hour, 0).unwrap()
}

#[tokio::test]
async fn the_server_tells_of_itself() {
    let shop = Shop::open().await;
    let api = shop.api();
    assert_eq!(api.server().configuration().await.unwrap().minimum_password_length, Some(8));
    assert!(api.server().currencies().await.unwrap().contains(&"GEL".to_owned()));
    assert_eq!(api.server().time().await.unwrap().0, shop.sandbox.clock().now());
}

#[tokio::test]
async fn locations_are_found_made_and_changed() {
    let shop = Shop::open().await;
    let api = shop.api();
    let own = api.locations().of_client().await.unwrap();
    let ids: Vec<_> = api.locations().of_project(PROJECT).await.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(own.iter().map(|one| one.id).collect::<Vec<_>>(), ids);
    assert!(ids.contains(&LOCATION));

    let new = LocationUpdate {
        title: Some("Kiosk".to_owned()),
        address: Some("Batumi".to_owned()),
        lat: Some(41.65),
        lng: Some(41.64),
        radius: Some(10),
        working_hours: Some(WorkingHours::from(BTreeMap::from([(
            Weekday::Friday,
            DayHours { opening_time: at(20), closing_time: at(2) },
        )]))),
        services: BTreeMap::from([(
            Service::Pay,
            ServiceOffer { available: true, ..ServiceOffer::default() },
        )]),
        ..LocationUpdate::default()
    };
    let made = api.locations().create(PROJECT, &new).await.unwrap();
    assert!(made.offers(Service::Pay) && !made.offers(Service::CashOut));
    assert_eq!(made.working_hours.is_open_at(Weekday::Saturday, at(1)), Some(true));
    let chosen = LocationUpdate {
        services: BTreeMap::from([(
            Service::CashOut,
            ServiceOffer { available: true, ..ServiceOffer::default() },
        )]),
        ..LocationUpdate::default()
    };
    assert!(api.locations().update(made.id, &chosen).await.unwrap().offers(Service::CashOut));
    let closed = LocationUpdate { status: Some(LocationStatus::Inactive), ..LocationUpdate::default() };
    assert!(!api.locations().update(made.id, &closed).await.unwrap().offers(Service::Pay));
    let stranger = LocationUpdate::default();
    assert_eq!(refusal(phone(&shop).locations().update(made.id, &stranger).await).code, "not_found");
}

#[tokio::test]
async fn no_location_of_a_project_is_lost_on_a_later_page() {
    let shop = Shop::open().await;
    let api = shop.api();
    let mut expected: Vec<_> =
        api.locations().of_client().await.unwrap().iter().map(|location| location.id).collect();
    for number in 0..205 {
        let new = LocationUpdate {
            title: Some(format!("Kiosk {number}")),
            address: Some("Batumi".to_owned()),
            radius: Some(10),
            ..LocationUpdate::default()
        };
        expected.push(api.locations().create(PROJECT, &new).await.unwrap().id);
    }
    let mut found: Vec<_> =
        api.locations().of_project(PROJECT).await.unwrap().iter().map(|location| location.id).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let asked = request_log(&shop.sandbox).await;
    assert_eq!(asked.iter().filter(|request| request.path.contains("/locations?limit=")).count(), 2);
}

#[tokio::test]
async fn everybody_finds_locations_nearby() {
    let shop = Shop::open().await;
    let api = shop.api();
    let cash = LocationFilter { services: vec![Service::CashIn], ..LocationFilter::default() };
    let with_cash: Vec<_> = api.locations().search(&cash).await.unwrap().items;
    assert!(with_cash.iter().all(|one| one.offers(Service::CashIn)));
    assert!(with_cash.iter().any(|one| one.id == LOCATION));
    let place = with_cash[0].lat.zip(with_cash[0].lng).unwrap();
    let nearby = |distance| LocationFilter {
        nearby: Some(Nearby { lat: place.0, lng: place.1, distance: Some(distance) }),
        ..LocationFilter::default()
    };
    assert!(
        api.locations().search(&nearby(100)).await.unwrap().items.iter().any(|one| one.id == with_cash[0].id)
    );
    let far = LocationFilter { nearby: Some(Nearby { lat: -40.0, lng: 10.0, distance: Some(10) }), ..cash };
    assert_eq!(api.locations().search(&far).await.unwrap().metadata.total, 0);
    assert!(!api.locations().categories(Some("en")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_project_is_read_and_renamed() {
    let shop = Shop::open().await;
    let api = shop.api();
    let project = api.projects().get(PROJECT).await.unwrap();
    assert_eq!(project.wallet_id.unwrap().get(), seed::RETAILER_WALLET);
    let update = ProjectUpdate {
        title: "Another name".to_owned(),
        description: None,
        wallet_id: Some(WalletId::new(seed::RETAILER_WALLET).unwrap()),
    };
    assert_eq!(api.projects().update(PROJECT, &update).await.unwrap().title, "Another name");
    assert_eq!(phone(&shop).projects().mine().await.unwrap(), []);
}

#[tokio::test]
async fn a_visit_at_a_table_from_check_in_to_close() {
    let shop = Shop::open().await;
    let (api, phone) = (shop.api(), phone(&shop));
    let code =
        Code::parse(&format!("PAYSERA*{}:{}", seed::LOCATION_ALL_SERVICES, seed::SPOT_IDENTIFIER)).unwrap();
    assert_eq!(phone.codes().look_up(&code.to_text()).await.unwrap(), CodeMeaning::Spot(SPOT));
    assert_eq!(phone.spots().by_code(&code).await.unwrap().id, SPOT);
    let waits = [SpotStatus::Waiting];
    assert_eq!(api.spots().list(&waits, Some(LOCATION), Window::default()).await.unwrap().items, []);
    assert_eq!(phone.spots().check_in(SPOT).await.unwrap().status, SpotStatus::Waiting);
    assert_eq!(api.spots().list(&waits, Some(LOCATION), Window::default()).await.unwrap().items.len(), 1);

    let new = |minor| CreateTransaction {
        payments: vec![NewPayment::new("Table 12", gel(minor))],
        ..CreateTransaction::default()
    };
    let wrong = api.transactions().create(&new(1)).await.unwrap().transaction_key;
    let mistake = api.spots().add_order(SPOT, &wrong).await.unwrap();
    assert_eq!(api.spots().order(SPOT, mistake.id).await.unwrap().transaction_key, wrong);
    api.spots().remove_order(SPOT, mistake.id).await.unwrap();
    let key = api.transactions().create(&new(250)).await.unwrap().transaction_key;
    assert_eq!(api.spots().add_order(SPOT, &key).await.unwrap().status, OrderStatus::Pending);

    let seen = phone.spots().get(SPOT).await.unwrap();
    let transaction = seen.orders[0].transaction.as_ref().expect("orders come with their transactions");
    assert_eq!((seen.orders.len(), transaction.amount()), (1, Some(gel(250))));
    phone.transactions().reserve_from_wallet(&key, WalletRef::Me).await.unwrap();
    api.transactions().confirm(&key).await.unwrap();
    assert_eq!(phone.spots().get(SPOT).await.unwrap().orders[0].status, OrderStatus::Confirmed);
    assert_eq!(api.spots().close(SPOT).await.unwrap().status, SpotStatus::Closed);
    phone.spots().check_in(SPOT).await.unwrap();
    assert_eq!(phone.spots().check_out(SPOT).await.unwrap().status, SpotStatus::Open);
}

#[tokio::test]
async fn codes_of_every_kind_are_looked_up() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let new = CreateTransaction {
        payments: vec![NewPayment::new("Coffee", gel(5))],
        ..CreateTransaction::default()
    };
    let key = shop.api().transactions().create(&new).await.unwrap().transaction_key;
    let text = Code::Transaction(key.clone()).to_text();
    assert_eq!(phone.codes().look_up(&text).await.unwrap(), CodeMeaning::Transaction(key));
    match phone.codes().look_up("EVP000000002112").await.unwrap() {
        CodeMeaning::Prefill(prefill) => {
            assert_eq!(prefill.beneficiary.wallet_id.get(), seed::RETAILER_WALLET)
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(refusal(phone.codes().look_up("PAYSERA%NobodysKey1").await).code, "not_found");
}

#[tokio::test]
async fn a_generator_is_made_with_the_code_that_was_sent() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let until = phone.generators().request_code(&GeneratorCodeRequest::default()).await.unwrap();
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
    let pending = Some(&ConfirmationStatus::Pending);
    let open = phone.confirmations().list(pending, Window::default()).await.unwrap().items;
    assert_eq!(open.len(), 2);
    let names: Vec<_> = open.iter().map(|one| one.identifier.clone()).collect();
    assert_eq!(phone.confirmations().get(&names[0]).await.unwrap(), open[0]);
    let confirmed = phone.confirmations().confirm(&names[0]).await.unwrap();
    assert_eq!(confirmed.status, ConfirmationStatus::Confirmed);
    assert_eq!(refusal(phone.confirmations().reject(&names[0]).await).code, "invalid_state");
    let rejected = phone.confirmations().reject(&names[1]).await.unwrap();
    assert_eq!(rejected.status, ConfirmationStatus::Rejected);
    assert_eq!(phone.confirmations().list(pending, Window::default()).await.unwrap().items, []);
}

#[tokio::test]
async fn an_app_subscribes_and_reads_what_it_missed() {
    let shop = Shop::open().await;
    let phone = phone(&shop);
    let subscription = |event: &str| NewSubscriber {
        service: PushService::Android,
        device_token: Secret::new("device-token".to_owned()),
        events: vec![EventSubscription {
            object: "statement".to_owned(),
            event: event.to_owned(),
            silent: false,
            parameters: None,
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
