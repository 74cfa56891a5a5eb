//! Projects, locations, spots and codes.

use std::collections::BTreeMap;

use paysera_core::code::{Code, WalletId};
use paysera_core::wallet_api::{
    CodeMeaning, CreateTransaction, DayHours, LocationFilter, LocationImages, LocationStatus, LocationUpdate,
    MinuteOfDay, Nearby, NewLocationPrice, NewPayment, OrderStatus, ProjectUpdate, Service, ServiceOffer,
    SpotStatus, WalletRef, Weekday, Window, WorkingHours,
};
use paysera_e2e::{Shop, gel, request_log};
use paysera_sandbox::seed;

use crate::{LOCATION, PROJECT, SPOT, phone, refusal};

fn at(hour: u16) -> MinuteOfDay {
    MinuteOfDay::new(hour, 0).unwrap()
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
        public: Some(false),
        images: Some(LocationImages {
            pin_open: Some("https://shop.example/open.png".to_owned()),
            pin_closed: Some("https://shop.example/closed.png".to_owned()),
        }),
        prices: Some(vec![NewLocationPrice {
            kind: "price".to_owned(),
            title: "Tea".to_owned(),
            price: Some(gel(250)),
        }]),
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
    assert_eq!((made.prices[0].title.as_str(), made.prices[0].price), ("Tea", Some(gel(250))));
    assert_eq!((made.public, made.images.as_ref()), (Some(false), new.images.as_ref()));
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
