//! Looking for locations.

use serde::{Deserialize, Serialize};

use super::{LocationStatus, Service};
use crate::clock::UnixSeconds;
use crate::wallet_api::page::Window;
use crate::wallet_api::tolerance::{null_is_missing, readable};

/// Around a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearby {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
    /// How far at most, in metres; the server's default is 500.
    pub distance: Option<u32>,
}

/// Which locations to look for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocationFilter {
    /// Around this place.
    pub nearby: Option<Nearby>,
    /// With all of these services.
    pub services: Vec<Service>,
    /// Of these categories.
    pub categories: Vec<u64>,
    /// In any of these states; active ones by default.
    pub statuses: Vec<LocationStatus>,
    /// Changed after this moment.
    pub updated_after: Option<UnixSeconds>,
    /// The language of texts.
    pub locale: Option<String>,
    /// Which part of the list.
    pub window: Window,
}

impl LocationFilter {
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, Option<String>)> {
        let list = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(","));
        let nearby = self.nearby;
        [
            ("locale", self.locale.clone()),
            ("lat", nearby.map(|nearby| nearby.lat.to_string())),
            ("lng", nearby.map(|nearby| nearby.lng.to_string())),
            ("distance", nearby.and_then(|nearby| nearby.distance).map(|distance| distance.to_string())),
            ("updated_after", self.updated_after.map(|after| after.to_string())),
            ("status", list(self.statuses.iter().map(|status| status.as_str().to_owned()).collect())),
            ("pay_category", list(self.categories.iter().map(u64::to_string).collect())),
            ("service", list(self.services.iter().map(|service| service.as_str().to_owned()).collect())),
        ]
        .into_iter()
        .chain(self.window.pairs())
    }
}

/// A category of services.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PayCategory {
    /// Its number.
    pub id: u64,
    /// Its name.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub title: String,
    /// The category that it belongs to.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<u64>,
    /// Its pictures.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub images: Option<CategoryImages>,
}

/// Pictures of a category.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CategoryImages {
    /// While it is chosen.
    pub active_uri: Option<String>,
    /// While it is not.
    pub inactive_uri: Option<String>,
}
