//! The merchant's locations and the services chosen for them at activation
//! (wallet-api section 7.1).

mod hours;
mod search;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use hours::{DayHours, MinuteOfDay, Weekday, WorkingHours};
pub use search::{LocationFilter, Nearby, PayCategory};

use super::error::WalletApiError;
use super::page::{Listed, Page};
use super::projects::ProjectId;
use super::spots::SpotId;
use super::transport::{Call, Transport};
use super::wire::{Priced, null_is_missing, wire_enum};
use crate::code::LocationId;
use crate::money::Money;

/// A service that a location can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Payments.
    Pay,
    /// Cash-in: the customer brings cash.
    CashIn,
    /// Cash-out: the customer takes cash.
    CashOut,
}

impl Service {
    /// The service's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::CashIn => "cash_in",
            Self::CashOut => "cash_out",
        }
    }
}

/// Whether a service is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ServiceOffer {
    /// Chosen at activation and approved.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub available: bool,
    /// Kinds of the service; what they are is not documented.
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Numbers of categories, see [`Locations::categories`].
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<u64>,
}

wire_enum! {
    /// Whether a location is in use.
    pub enum LocationStatus {
        /// In use.
        Active = "active",
        /// Closed or not approved.
        Inactive = "inactive",
    }
}

/// A shop, a branch, a kiosk.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Location {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub title: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The merchant's project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    /// How far around it belongs to it, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<LocationStatus>,
    /// Whether everybody is shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// When it is open.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub working_hours: WorkingHours,
    /// Its pictures on a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<LocationImages>,
    /// Prices and offers.
    #[serde(default, deserialize_with = "null_is_missing", skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<LocationPrice>,
    /// Where orders come in from afar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_orders: Option<RemoteOrders>,
    /// The services by name; names that this library does not know are kept.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub services: BTreeMap<String, ServiceOffer>,
}

/// Pictures of a location on a map.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LocationImages {
    /// While it is open.
    pub pin_open: Option<String>,
    /// While it is closed.
    pub pin_closed: Option<String>,
}

/// A price or an offer of a location.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LocationPrice {
    /// `price` or `offer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words for it.
    pub title: String,
    /// How much.
    #[serde(default, deserialize_with = "price", skip_serializing)]
    pub price: Option<Money>,
}

fn price<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
    Option::<Priced>::deserialize(deserializer).map(|price| price.map(|price| price.0))
}

/// Where orders come in from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RemoteOrders {
    /// The spot.
    pub spot_id: Option<SpotId>,
}

/// A location to make, or what is to be changed of one: what is missing stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LocationUpdate {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    /// How far around it belongs to it, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<u32>,
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<LocationStatus>,
    /// When it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_hours: Option<WorkingHours>,
    /// The services by name: what the merchant chooses at activation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<Service, ServiceOffer>,
}

impl Listed for Location {
    const PLURAL: &'static str = "locations";
}

impl Location {
    /// Whether the location offers `service` now.
    #[must_use]
    pub fn offers(&self, service: Service) -> bool {
        self.status.as_ref().is_none_or(|status| *status == LocationStatus::Active)
            && self.services.get(service.as_str()).is_some_and(|offer| offer.available)
    }
}

/// Calls about locations.
#[derive(Debug)]
pub struct Locations<'a> {
    transport: &'a Transport,
}

impl<'a> Locations<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// The locations of the client's project (`GET client/locations`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn of_client(&self) -> Result<Vec<Location>, WalletApiError> {
        self.transport.send(&Call::get("client/locations")).await
    }

    /// The locations of a project (`GET project/{id}/locations`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn of_project(&self, project: ProjectId) -> Result<Vec<Location>, WalletApiError> {
        self.transport.send(&Call::get(format!("project/{project}/locations"))).await
    }

    /// Locations for everybody (`GET locations`). Needs no credentials.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn search(&self, filter: &LocationFilter) -> Result<Page<Location>, WalletApiError> {
        self.transport.send(&Call::get("locations").unsigned().queries(filter.pairs())).await
    }

    /// The categories of services (`GET locations/pay-categories`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn categories(&self, locale: Option<&str>) -> Result<Vec<PayCategory>, WalletApiError> {
        let locale = ("locale", locale.map(str::to_owned));
        self.transport.send(&Call::get("locations/pay-categories").unsigned().queries([locale])).await
    }

    /// Makes a location (`POST project/{id}/location`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, project: ProjectId, new: &LocationUpdate) -> Result<Location, WalletApiError> {
        self.transport.send(&Call::post(format!("project/{project}/location")).json(new)?).await
    }

    /// Changes a location (`PUT location/{id}`), for example the services that
    /// the merchant chooses.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn update(&self, id: LocationId, update: &LocationUpdate) -> Result<Location, WalletApiError> {
        self.transport.send(&Call::put(format!("location/{id}")).json(update)?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(json: &str) -> Location {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_service_counts_only_if_it_is_available_at_an_active_location() {
        let open = location(
            r#"{"id":1,"title":"A","services":{"pay":{"available":true,"types":[]},
                "cash_in":{"available":false},"cash_out":{"available":null},"new":{}}}"#,
        );
        assert!(open.offers(Service::Pay));
        assert!(!open.offers(Service::CashIn));
        assert!(!open.offers(Service::CashOut));
        let closed =
            location(r#"{"id":1,"title":"A","status":"inactive","services":{"pay":{"available":true}}}"#);
        assert!(!closed.offers(Service::Pay));
        assert!(!location(r#"{"id":1,"title":"A","services":null}"#).offers(Service::Pay));
    }

    #[test]
    fn a_location_as_read() {
        insta::assert_json_snapshot!(location(
            r#"{"id":9975,"project_id":1234,"title":"Demo cafe","address":"Tbilisi","radius":0,
                "status":"active","services":{"pay":{"available":true,"types":[],"categories":[1]}}}"#
        ));
    }
}
