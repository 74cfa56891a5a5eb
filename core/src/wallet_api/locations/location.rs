//! A location as the server shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::hours::WorkingHours;
use crate::clock::UnixSeconds;
use crate::code::LocationId;
use crate::money::Money;
use crate::wallet_api::page::Listed;
use crate::wallet_api::projects::ProjectId;
use crate::wallet_api::spots::{Spot, SpotId};
use crate::wallet_api::tolerance::{measure, null_is_missing, readable, readable_rows};
use crate::wallet_api::wire::{Priced, wire_enum};

/// A service that a location can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// Every service.
    pub const ALL: [Self; 3] = [Self::Pay, Self::CashIn, Self::CashOut];

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

/// Whether a service is offered. What can't be read of it is missing, so a
/// service that is not clearly available is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ServiceOffer {
    /// Chosen at activation and approved.
    #[serde(default, deserialize_with = "readable")]
    pub available: bool,
    /// Kinds of the service; what they are is not documented.
    #[serde(default, deserialize_with = "readable_rows", skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Numbers of categories, see [`super::Locations::categories`].
    #[serde(default, deserialize_with = "readable_rows", skip_serializing_if = "Vec::is_empty")]
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

/// A shop, a branch, a kiosk. What can't be read of its decorations is missing;
/// the location is there all the same.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Location {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub title: String,
    /// Where it is.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The merchant's project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// More about it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Degrees north.
    #[serde(default, deserialize_with = "measure", skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Degrees east.
    #[serde(default, deserialize_with = "measure", skip_serializing_if = "Option::is_none")]
    pub lng: Option<f64>,
    /// How far around it belongs to it, in metres.
    #[serde(default, deserialize_with = "measure", skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    /// When it was changed last.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<UnixSeconds>,
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<LocationStatus>,
    /// Whether everybody is shown it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// When it is open.
    #[serde(default)]
    pub working_hours: WorkingHours,
    /// Its pictures on a map.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub images: Option<LocationImages>,
    /// Prices and offers.
    #[serde(default, deserialize_with = "readable_rows", skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<LocationPrice>,
    /// Where orders come in from afar.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub remote_orders: Option<RemoteOrders>,
    /// The services by name; names that this library does not know are kept.
    #[serde(default, deserialize_with = "services")]
    pub services: BTreeMap<String, ServiceOffer>,
    /// Its tables and tills, where the server tells of them.
    #[serde(default, deserialize_with = "readable_rows", skip_serializing_if = "Vec::is_empty")]
    pub spots: Vec<Spot>,
}

/// One odd offer does not take the others along.
fn services<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, ServiceOffer>, D::Error> {
    let offers: BTreeMap<String, Value> = readable(deserializer)?;
    let read = |offer| ServiceOffer::deserialize(offer).unwrap_or_default();
    Ok(offers.into_iter().map(|(name, offer)| (name, read(offer))).collect())
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
#[serde(from = "LocationPriceBody")]
pub struct LocationPrice {
    /// `price` or `offer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The words for it.
    pub title: String,
    /// How much, where it is of a currency that this wire carries exactly.
    #[serde(skip_serializing)]
    pub price: Option<Money>,
    /// The price as the server said it where it can't be read: named rather than
    /// misread.
    #[serde(skip_serializing)]
    pub unreadable_price: Option<Value>,
}

#[derive(Deserialize)]
struct LocationPriceBody {
    #[serde(rename = "type", default, deserialize_with = "readable")]
    kind: String,
    #[serde(default, deserialize_with = "readable")]
    title: String,
    #[serde(default)]
    price: Value,
}

impl From<LocationPriceBody> for LocationPrice {
    fn from(LocationPriceBody { kind, title, price: said }: LocationPriceBody) -> Self {
        let price = Priced::deserialize(&said).ok().map(|price| price.0);
        let unreadable_price = (price.is_none() && !said.is_null()).then_some(said);
        Self { kind, title, price, unreadable_price }
    }
}

/// Where orders come in from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RemoteOrders {
    /// The spot.
    pub spot_id: Option<SpotId>,
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

    #[test]
    fn an_odd_price_keeps_its_words_and_takes_no_location_along() {
        let odd = location(
            r#"{"id":1,"title":"A","prices":[
                {"type":"price","title":"Tea","price":{"amount":250,"currency":"GEL"}},
                {"type":"price","title":"Sake","price":{"amount":250,"currency":"JPY"}},
                {"type":"offer","title":"Cake","price":{"amount":250,"amount_decimal":"250","currency":"GEL"}},
                {"type":"offer","title":"Smile","price":null},{"title":null},7]}"#,
        );
        let prices: Vec<_> = odd.prices.iter().map(|price| (&*price.title, price.price)).collect();
        let tea = Some(Money::from_minor(250, crate::money::Currency::GEL));
        assert_eq!(prices, [("Tea", tea), ("Sake", None), ("Cake", None), ("Smile", None), ("", None)]);
        let unreadable: Vec<_> = odd.prices.iter().map(|price| price.unreadable_price.is_some()).collect();
        assert_eq!(unreadable, [false, true, true, false, false]);
    }

    #[test]
    fn one_odd_decoration_takes_no_list_of_locations_along() {
        let decorations = [
            r#""lat":"41.65","lng":"east","radius":"10""#,
            r#""working_hours":[],"images":[],"remote_orders":[],"prices":{},"services":[]"#,
            r#""images":{"pin_open":1},"remote_orders":{"spot_id":"x"},"public":"yes","spots":[{"id":1}]"#,
            r#""address":7,"description":{},"updated_at":"today","title":null"#,
            r#""services":{"pay":{"available":"yes"},"cash_in":true,"cash_out":{"available":true,"types":[1],"categories":["a",3]}}"#,
        ];
        let rows: Vec<_> = decorations.iter().map(|odd| format!(r#"{{"id":1,{odd}}}"#)).collect();
        let read: Vec<Location> = serde_json::from_str(&format!("[{}]", rows.join(","))).unwrap();
        assert_eq!(read[0].lat, Some(41.65));
        assert_eq!((read[0].lng, read[0].radius), (None, Some(10.0)));
        let services = &read[4];
        assert!(services.offers(Service::CashOut) && !services.offers(Service::Pay));
        assert_eq!(services.services["cash_out"].categories, [3]);
        // What a location is must not be a guess.
        for wrong in [r#"{"title":"A"}"#, r#"{"id":1,"status":7}"#, r#"{"id":"a"}"#] {
            assert!(serde_json::from_str::<Location>(wrong).is_err(), "{wrong}");
        }
    }
}
