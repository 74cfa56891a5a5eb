//! The services of a location (wallet-api section 7.1).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Service;
use super::fields::Fields;
use crate::error::Refusal;

/// What the wire calls the services of a location.
pub(crate) const SERVICES: [&str; 4] = ["cash_in", "cash_out", "identification", "pay"];

/// Categories of payments: number, title, number of the parent. Made up, as
/// the documentation has none.
pub(crate) const PAY_CATEGORIES: [(i64, &str, Option<i64>); 6] = [
    (1, "Food and drink", None),
    (2, "Cafes and restaurants", Some(1)),
    (3, "Groceries", Some(1)),
    (4, "Shopping", None),
    (5, "Kiosks", Some(4)),
    (6, "Services", None),
];

/// Most types and categories of a service.
const MAX_ENTRIES: usize = 100;

/// Longest type, in bytes.
const MAX_TYPE: usize = 64;

/// One service of a location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) available: bool,
    /// Not for payments; the values are not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    types: Option<Vec<String>>,
    /// Only for payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) categories: Option<Vec<i64>>,
}

impl Offer {
    /// A service with no further words.
    pub(crate) fn new(service: &str, available: bool) -> Self {
        let pay = service == Service::Pay.name();
        Self { available, types: (!pay).then(Vec::new), categories: pay.then(Vec::new) }
    }
}

/// Reads what a merchant says about the service of that name.
pub(super) fn read(fields: &Fields<'_>, service: &str) -> Result<Offer, Refusal> {
    let available = fields.boolean("available")?.ok_or_else(|| fields.blank("available"))?;
    let mut offer = Offer::new(service, available);
    if let Some(types) = &mut offer.types {
        *types = texts(fields, "types")?;
    }
    if let Some(categories) = &mut offer.categories {
        for value in entries(fields, "categories")? {
            let known = PAY_CATEGORIES.iter().map(|(id, ..)| *id).find(|id| value.as_i64() == Some(*id));
            categories.push(known.ok_or_else(|| {
                fields.refuse("categories", "This value should be numbers of locations/pay-categories")
            })?);
        }
    }
    Ok(offer)
}

fn texts(fields: &Fields<'_>, name: &str) -> Result<Vec<String>, Refusal> {
    let short = |value: &Value| value.as_str().filter(|text| text.len() <= MAX_TYPE).map(str::to_owned);
    entries(fields, name)?
        .iter()
        .map(|value| short(value).ok_or_else(|| fields.refuse(name, "This value should be short texts")))
        .collect()
}

fn entries<'a>(fields: &Fields<'a>, name: &str) -> Result<&'a [Value], Refusal> {
    match fields.get(name) {
        None => Ok(&[]),
        Some(Value::Array(list)) if list.len() <= MAX_ENTRIES => Ok(list),
        Some(_) => Err(fields.refuse(name, "This value should be a list of at most 100")),
    }
}
