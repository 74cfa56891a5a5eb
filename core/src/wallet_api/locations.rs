//! The merchant's locations and the services chosen for them at activation
//! (wallet-api section 7.1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::transport::{Call, Transport};
use super::wire::{null_is_missing, wire_enum};
use crate::code::LocationId;

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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Location {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub title: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<LocationStatus>,
    /// The services by name; names that this library does not know are kept.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub services: BTreeMap<String, ServiceOffer>,
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
