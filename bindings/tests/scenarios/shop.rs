//! How till and phone are opened.

use std::sync::Arc;

use paysera_bindings::{
    Credentials, CustomerClient, CustomerConfig, MerchantClient, MerchantConfig, Pace, PayseraEnvironment,
    RequestLimits, ReservationGenerator, SecretStore, ServerTrust, Session, TillSettings,
};

use crate::control::Control;
use crate::story::{Cast, CastCustomer};

const PACE: Pace = Pace { first_millis: 50, quick_millis: 50, growth_percent: 0, slowest_millis: 50 };

pub(crate) fn environment(control: &Control) -> Arc<PayseraEnvironment> {
    PayseraEnvironment::sandbox(control.base(), ServerTrust::default()).expect("an address")
}

pub(crate) async fn open_till(
    cast: &Cast,
    location_id: u64,
    control: &Control,
    folder: &std::path::Path,
    store: Arc<dyn SecretStore>,
) -> Arc<MerchantClient> {
    let config = MerchantConfig {
        environment: environment(control),
        credentials: Credentials::of_client(cast.merchant.client_id.clone(), cast.merchant.mac_key.clone()),
        store,
        journal_folder: Some(folder.join("till").display().to_string()),
        project_id: cast.merchant.project,
        location_id,
        wallet_id: cast.merchant.wallet,
        device: "till-1".to_owned(),
        settings: TillSettings {
            time_zone: "Asia/Tbilisi".to_owned(),
            day_starts_at_hour: 4,
            pace: Some(PACE),
            ..TillSettings::default()
        },
        request_limits: Some(RequestLimits::Unlimited),
    };
    MerchantClient::open(config).await.expect("a till")
}

pub(crate) async fn open_phone(
    customer: &CastCustomer,
    session: Option<Arc<Session>>,
    control: &Control,
    folder: &std::path::Path,
    store: Arc<dyn SecretStore>,
) -> Arc<CustomerClient> {
    let of_the_seed = || Credentials::of_user(customer.token.clone(), customer.mac_key.clone());
    let seed = hex(&customer.generator_seed);
    let config = CustomerConfig {
        environment: environment(control),
        credentials: session.map_or_else(of_the_seed, |session| session.credentials()),
        store,
        journal_folder: Some(folder.join("phone").display().to_string()),
        wallet_id: Some(customer.wallet),
        device: "phone-1".to_owned(),
        reservation_codes: Some(
            ReservationGenerator::sandbox_v1(customer.generator, seed).expect("a generator"),
        ),
        pace: Some(PACE),
        request_limits: Some(RequestLimits::Unlimited),
    };
    CustomerClient::open(config).await.expect("a phone")
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex"))
        .collect()
}
