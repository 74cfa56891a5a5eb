//! What a merchant says about a location (wallet-api section 7.1).

use std::collections::BTreeMap;

use paysera_core::money::Money;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Service;
use super::fields::Fields;
use super::offer::{self, Offer, SERVICES};
use crate::error::Refusal;

/// The days of `working_hours`.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Most prices of a location.
const MAX_ENTRIES: usize = 100;

/// A location as its merchant describes it. Serialized as on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LocationProfile {
    pub(crate) title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) address: String,
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lat: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lng: Option<f64>,
    /// Metres.
    pub(crate) radius: i64,
    pub(crate) status: LocationStatus,
    pub(crate) public: bool,
    pub(crate) working_hours: BTreeMap<String, WorkingHours>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) images: Option<Images>,
    pub(crate) prices: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) remote_orders: Option<RemoteOrders>,
    pub(crate) services: BTreeMap<String, Offer>,
}

/// Whether a location is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LocationStatus {
    Active,
    Inactive,
}

/// No further key may stand here: the Java client does not skip unknown ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WorkingHours {
    opening_time: String,
    closing_time: String,
}

/// The same here; Swift requires both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Images {
    pin_open: String,
    pin_closed: String,
}

/// The spot at which remote orders arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RemoteOrders {
    pub(crate) spot_id: i64,
}

impl LocationProfile {
    /// Reads the body of a create, or of an update of `before`: what an update
    /// does not mention stays (PROPOSAL).
    pub(crate) fn read(body: &Map<String, Value>, before: Option<&Self>) -> Result<Self, Refusal> {
        Self::read_at(&Fields::root(body), before)
    }

    /// The same of an object inside a body.
    pub(crate) fn read_at(fields: &Fields<'_>, before: Option<&Self>) -> Result<Self, Refusal> {
        let mut profile = match before {
            Some(before) => before.clone(),
            None => Self::new(fields.required("title")?, fields.required("address")?),
        };
        for (name, place) in [("title", &mut profile.title), ("address", &mut profile.address)] {
            if fields.get(name).is_some() {
                fields.required(name)?.clone_into(place);
            }
        }
        if let Some(text) = fields.text("description")? {
            profile.description = Some(text.to_owned());
        }
        for (name, limit, place) in [("lat", 90.0, &mut profile.lat), ("lng", 180.0, &mut profile.lng)] {
            if let Some(degrees) = degrees(fields, name, limit)? {
                *place = Some(degrees);
            }
        }
        if let Some(radius) = fields.integer("radius")? {
            if !(0..=1_000_000).contains(&radius) {
                return Err(fields.refuse("radius", "This value should be 0 to 1000000 metres"));
            }
            profile.radius = radius;
        }
        match fields.text("status")? {
            None => {}
            Some("active") => profile.status = LocationStatus::Active,
            Some("inactive") => profile.status = LocationStatus::Inactive,
            Some(_) => return Err(fields.refuse("status", "This value should be active or inactive")),
        }
        profile.public = fields.boolean("public")?.unwrap_or(profile.public);
        if let Some(hours) = fields.object("working_hours")? {
            profile.working_hours = working_hours(&hours)?;
        }
        if let Some(images) = fields.object("images")? {
            let uri =
                |name| Ok::<_, Refusal>(images.uri(name)?.ok_or_else(|| images.blank(name))?.to_owned());
            profile.images = Some(Images { pin_open: uri("pin_open")?, pin_closed: uri("pin_closed")? });
        }
        if fields.get("prices").is_some() {
            let prices = fields.list("prices", MAX_ENTRIES)?;
            profile.prices = prices.iter().map(price).collect::<Result<_, _>>()?;
        }
        if let Some(orders) = fields.object("remote_orders")? {
            let spot_id = orders.integer("spot_id")?.ok_or_else(|| orders.blank("spot_id"))?;
            profile.remote_orders = Some(RemoteOrders { spot_id });
        }
        if let Some(services) = fields.object("services")? {
            for name in SERVICES {
                if let Some(offer) = services.object(name)? {
                    profile.services.insert(name.to_owned(), offer::read(&offer, name)?);
                }
            }
        }
        Ok(profile)
    }

    fn new(title: &str, address: &str) -> Self {
        Self {
            title: title.to_owned(),
            description: None,
            address: address.to_owned(),
            lat: None,
            lng: None,
            radius: 0,
            status: LocationStatus::Active,
            public: true,
            working_hours: BTreeMap::new(),
            images: None,
            prices: Vec::new(),
            remote_orders: None,
            services: SERVICES.iter().map(|name| ((*name).to_owned(), Offer::new(name, false))).collect(),
        }
    }

    /// Whether the service of that name can be had there now.
    pub(crate) fn offers(&self, service: &str) -> bool {
        self.status == LocationStatus::Active
            && self.services.get(service).is_some_and(|offer| offer.available)
    }

    /// Whether payments there are of one of the categories.
    pub(crate) fn is_in(&self, categories: &[i64]) -> bool {
        let own = self.services.get(Service::Pay.name()).and_then(|pay| pay.categories.as_ref());
        own.is_some_and(|own| own.iter().any(|category| categories.contains(category)))
    }

    /// Metres from a place, if it is known where the location is.
    pub(crate) fn distance(&self, lat: f64, lng: f64) -> Option<f64> {
        const EARTH_RADIUS: f64 = 6_371_000.0;
        let (own_lat, own_lng) = (self.lat?.to_radians(), self.lng?.to_radians());
        let (lat, lng) = (lat.to_radians(), lng.to_radians());
        // Haversine, which is exact enough for any walk.
        let half = |angle: f64| (angle / 2.0).sin().powi(2);
        let chord = half(lat - own_lat) + own_lat.cos() * lat.cos() * half(lng - own_lng);
        Some(2.0 * EARTH_RADIUS * chord.sqrt().min(1.0).asin())
    }
}

/// A coordinate, as number or text.
fn degrees(fields: &Fields<'_>, name: &str, limit: f64) -> Result<Option<f64>, Refusal> {
    let degrees = match fields.get(name) {
        None => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_f64(),
    };
    match degrees.filter(|degrees| degrees.is_finite() && degrees.abs() <= limit) {
        Some(degrees) => Ok(Some(degrees)),
        None => Err(fields.refuse(name, &format!("This value should be -{limit} to {limit} degrees"))),
    }
}

fn working_hours(fields: &Fields<'_>) -> Result<BTreeMap<String, WorkingHours>, Refusal> {
    let mut week = BTreeMap::new();
    for day in fields.names() {
        if !DAYS.contains(&day) {
            return Err(fields.refuse(day, "This is no day of the week"));
        }
        let Some(hours) = fields.object(day)? else { continue };
        let read = |name| {
            let text = hours.required(name)?;
            time(text).ok_or_else(|| hours.refuse(name, "This value should be a time like 09:00"))
        };
        let hours = WorkingHours { opening_time: read("opening_time")?, closing_time: read("closing_time")? };
        week.insert(day.to_owned(), hours);
    }
    Ok(week)
}

/// `HH:MM` of what may be written `9:0`; 24:00 is read as 0:00.
fn time(text: &str) -> Option<String> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    match (hours, minutes) {
        (24, 0) => Some("00:00".to_owned()),
        (0..=23, 0..=59) => Some(format!("{hours:02}:{minutes:02}")),
        _ => None,
    }
}

fn price(fields: &Fields<'_>) -> Result<Value, Refusal> {
    let kind = fields.required("type")?;
    if !matches!(kind, "price" | "offer") {
        return Err(fields.refuse("type", "This value should be price or offer"));
    }
    let mut view = json!({"type": kind, "title": fields.required("title")?});
    if let (Some(price), Some(view)) = (fields.object("price")?, view.as_object_mut()) {
        let money: Money = price.money("amount", price.currency()?)?.ok_or_else(|| price.blank("amount"))?;
        view.insert(
            "price".to_owned(),
            json!({"amount": money.minor(), "amount_decimal": money.to_decimal(),
                "currency": money.currency().code()}),
        );
    }
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changes: &Value, before: Option<&LocationProfile>) -> Result<LocationProfile, String> {
        match LocationProfile::read(changes.as_object().unwrap(), before) {
            Ok(profile) => Ok(profile),
            Err(Refusal::InvalidParameter { path, .. }) => Err(path),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_update_keeps_what_it_does_not_mention() {
        let body = json!({"title": "Shop", "address": "Street 1", "lat": "41.5", "lng": 44.5,
            "working_hours": {"monday": {"opening_time": "9:0", "closing_time": "24:00"}, "sunday": null},
            "services": {"pay": {"available": true, "categories": [2]}, "cash_in": {"available": true}}});
        let made = read(&body, None).unwrap();
        assert!(made.offers("pay") && made.offers("cash_in") && !made.offers("cash_out"));
        assert!(made.is_in(&[1, 2]) && !made.is_in(&[3]));
        let hours = json!({"monday": {"opening_time": "09:00", "closing_time": "00:00"}});
        assert_eq!(json!(made.working_hours), hours);
        let changed =
            read(&json!({"title": "New", "services": {"cash_in": {"available": false}}}), Some(&made));
        let changed = changed.unwrap();
        assert_eq!((changed.title.as_str(), changed.lat), ("New", Some(41.5)));
        assert!(changed.offers("pay") && !changed.offers("cash_in"));
        assert!(!read(&json!({"status": "inactive"}), Some(&made)).unwrap().offers("pay"));
        let stored: LocationProfile = serde_json::from_value(json!(made)).unwrap();
        assert_eq!(stored, made);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (changes, path) in [
            (json!({"title": ""}), "title"),
            (json!({"address": null}), "address"),
            (json!({"lat": 91}), "lat"),
            (json!({"lng": "east"}), "lng"),
            (json!({"lat": "NaN"}), "lat"),
            (json!({"radius": -1}), "radius"),
            (json!({"status": "closed"}), "status"),
            (json!({"working_hours": {"caturday": {}}}), "working_hours.caturday"),
            (
                json!({"working_hours": {"monday": {"opening_time": "25:00", "closing_time": "1:1"}}}),
                "working_hours.monday.opening_time",
            ),
            (
                json!({"working_hours": {"monday": {"opening_time": "09:00"}}}),
                "working_hours.monday.closing_time",
            ),
            (json!({"images": {"pin_open": "https://a.example/1"}}), "images.pin_closed"),
            (json!({"prices": [{"type": "gift", "title": "x"}]}), "prices[0].type"),
            (
                json!({"prices": [{"type": "price", "title": "x", "price": {"amount": 0, "currency": "GEL"}}]}),
                "prices[0].price.amount",
            ),
            (json!({"services": {"pay": {}}}), "services.pay.available"),
            (
                json!({"services": {"pay": {"available": true, "categories": [99]}}}),
                "services.pay.categories",
            ),
            (json!({"services": {"cash_in": {"available": true, "types": [1]}}}), "services.cash_in.types"),
            (json!({"remote_orders": {}}), "remote_orders.spot_id"),
        ] {
            let mut body = json!({"title": "Shop", "address": "Street 1"});
            for (name, value) in changes.as_object().unwrap() {
                body[name] = value.clone();
            }
            assert_eq!(read(&body, None), Err(path.to_owned()), "{changes}");
        }
    }

    #[test]
    fn distances_are_right_to_a_percent() {
        let tbilisi =
            read(&json!({"title": "a", "address": "b", "lat": 41.6938, "lng": 44.8015}), None).unwrap();
        let batumi = tbilisi.distance(41.6509, 41.6360).unwrap();
        assert!((260_000.0..266_000.0).contains(&batumi), "{batumi}");
        assert_eq!(tbilisi.distance(41.6938, 44.8015), Some(0.0));
    }
}
