//! The till as a workplace: refunds, bills, the drawer, reports, activation, and
//! what is left after the network or the journal was gone.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod background;
mod comparison;
mod drawer;
mod journal;
mod long_list;
mod network;
mod payments;
mod refunds;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use paysera_core::attempt::{Attempt, AttemptState, CashStep, Pace};
use paysera_core::clock::UnixSeconds;
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::journal::{AttemptKind, Period};
use paysera_core::merchant::report::{Difference, ExportFormat, export};
use paysera_core::merchant::{
    CashOutRequest, CollectRequest, Merchant, MerchantBuilder, RefundRequest, ServiceState, TillSettings,
};
use paysera_core::money::{Currency, Money};
use paysera_core::wallet_api::{Bounds, Exchange, ExchangeFuture, HttpRequest, Service, WalletApiError};
use paysera_e2e::in_process::InProcess;
use paysera_e2e::{ImpatientClock, POLL, Shop, gel, journal_of, names, next, receipt, retailer, serve, till};
use paysera_sandbox::seed;
use seed::{CUSTOMER, LOCATION_ALL_SERVICES, LOCATION_PAYMENTS_ONLY, RETAILER_WALLET};

/// Goes on to the first state of that name.
async fn until(attempt: &Attempt, name: &str) -> AttemptState {
    let mut watch = attempt.watch();
    loop {
        let state = next(&mut watch).await.expect("the attempt ended");
        if state.name() == name {
            return state;
        }
    }
}

fn with_refunds() -> TillSettings {
    TillSettings { refund_window_seconds: Some(3600), ..TillSettings::default() }
}

async fn settled(shop: &Shop, request: CollectRequest) -> Attempt {
    let attempt = shop.till.collect(request).await.unwrap();
    shop.pay(&attempt, &shop.phone(&CUSTOMER)).await;
    assert_eq!(attempt.state().name(), "settled");
    attempt
}

async fn refund(
    till: &Merchant,
    of: &Attempt,
    amount: Option<i64>,
    staff: Option<&str>,
) -> Result<Attempt, ApiError> {
    let (request_id, staff) = (format!("refund-{amount:?}"), staff.map(str::to_owned));
    till.refund(RefundRequest { request_id, attempt: of.id(), amount: amount.map(gel), staff }).await
}

fn kind<T: std::fmt::Debug>(result: Result<T, ApiError>) -> ApiErrorKind {
    result.unwrap_err().kind
}

fn always() -> Period {
    Period { from: UnixSeconds(0), until: UnixSeconds(i64::MAX) }
}

/// Settings of a till that looks at the server all the time.
fn quick() -> TillSettings {
    TillSettings { pace: Pace::steady(POLL), ..TillSettings::default() }
}

/// The till of the shop with a new journal, in a folder of its own.
fn with_a_new_journal(shop: &Shop, name: &str) -> (Merchant, std::path::PathBuf) {
    let (till, folder) = built_with_a_new_journal(shop, name);
    (till.build().unwrap(), folder)
}

fn built_with_a_new_journal(shop: &Shop, name: &str) -> (MerchantBuilder, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("paysera-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let owner = shop.journal.owner();
    let journal = Arc::new(paysera_core::journal::Journal::open(&folder, owner, UnixSeconds(0)).unwrap());
    let settings = quick();
    (till(&shop.environment, retailer(), LOCATION_ALL_SERVICES, settings, journal, "till"), folder)
}
