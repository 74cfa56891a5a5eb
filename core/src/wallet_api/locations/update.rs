//! A location as it is sent.

use std::collections::BTreeMap;

use serde::Serialize;

use super::hours::WorkingHours;
use super::location::{LocationImages, LocationStatus, RemoteOrders, Service, ServiceOffer};
use crate::money::Money;

/// A price or an offer to show at a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLocationPrice {
    /// `price` or `offer`.
    pub kind: String,
    /// The words for it.
    pub title: String,
    /// How much, if that is said.
    pub price: Option<Money>,
}

impl Serialize for NewLocationPrice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'a str,
            title: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            price: Option<Amount>,
        }
        #[derive(Serialize)]
        struct Amount {
            amount: i64,
            currency: &'static str,
        }
        let amount = |money: Money| Amount { amount: money.minor(), currency: money.currency().code() };
        Body { r#type: &self.kind, title: &self.title, price: self.price.map(amount) }.serialize(serializer)
    }
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
    /// Whether everybody is shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// When it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_hours: Option<WorkingHours>,
    /// Its pictures on a map: both of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<LocationImages>,
    /// Prices and offers: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<NewLocationPrice>>,
    /// Where orders come in from afar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_orders: Option<RemoteOrders>,
    /// The services by name: what the merchant chooses at activation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<Service, ServiceOffer>,
}
