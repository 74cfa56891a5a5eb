//! Locations (wallet-api section 7.1).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;

use super::Reply;
use super::signed::Signed;
use crate::app::App;
use crate::domain::Service;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::places::{self, Location};

/// The days of `working_hours`, which are the same every day in the sandbox.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What `client/locations` answers to.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/client/locations", get(of_client))
}

#[derive(Serialize)]
pub(super) struct LocationView {
    id: i64,
    project_id: i64,
    title: String,
    address: String,
    lat: f64,
    lng: f64,
    /// Metres; 0 as in the documentation's sample.
    radius: u32,
    updated_at: i64,
    status: &'static str,
    public: bool,
    working_hours: BTreeMap<&'static str, WorkingHours>,
    prices: [(); 0],
    services: Services,
}

/// No further key may stand here: the Java client does not skip unknown ones.
#[derive(Serialize)]
struct WorkingHours {
    opening_time: &'static str,
    closing_time: &'static str,
}

#[derive(Serialize)]
struct Services {
    cash_in: Cash,
    cash_out: Cash,
    pay: Pay,
}

/// The values of `types` are not documented: none.
#[derive(Serialize)]
struct Cash {
    available: bool,
    types: [(); 0],
}

#[derive(Serialize)]
struct Pay {
    available: bool,
    categories: [i64; 0],
}

impl LocationView {
    fn new(location: Location) -> Self {
        let services = Services {
            cash_in: Cash { available: location.offers(Service::CashIn), types: [] },
            cash_out: Cash { available: location.offers(Service::CashOut), types: [] },
            pay: Pay { available: location.offers(Service::Pay), categories: [] },
        };
        let hours = |day| (day, WorkingHours { opening_time: "09:00", closing_time: "21:00" });
        Self {
            id: location.id,
            project_id: location.project_id,
            title: location.title,
            address: location.address,
            lat: location.lat,
            lng: location.lng,
            radius: 0,
            updated_at: location.updated_at,
            status: "active",
            public: true,
            working_hours: DAYS.into_iter().map(hours).collect(),
            prices: [],
            services,
        }
    }
}

/// `GET client/locations`, a bare array.
async fn of_client(State(app): State<App>, signed: Signed) -> Result<Reply<Vec<LocationView>>, Refusal> {
    let Caller::Client { project, .. } = signed.caller else {
        return Err(Refusal::Forbidden("Only a client has locations"));
    };
    if signed.project_id.is_some_and(|id| id != project) {
        return Err(Refusal::Forbidden("The project is not this client's"));
    }
    let locations = app.store.unit(signed.now, move |db| places::locations(db, project)).await?;
    Ok(Reply(locations.into_iter().map(LocationView::new).collect()))
}
