//! Spots (wallet-api section 7.3): tables and tills whose printed code a
//! customer scans.

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::page::{Listed, Page, Window};
use super::tolerance::{null_is_missing, readable};
use super::transactions::Transaction;
use super::transport::{Call, Transport};
use super::users::UserId;
use super::wire::{numeric_id, wire_enum};
use crate::code::{Code, LocationId, TransactionKey};

numeric_id! {
    /// The number of a spot.
    SpotId
}

numeric_id! {
    /// The number of an order.
    OrderId
}

wire_enum! {
    /// What goes on at a spot.
    pub enum SpotStatus {
        /// Nobody is there.
        Open = "open",
        /// A customer has checked in.
        Waiting = "waiting",
        /// The visit is over.
        Closed = "closed",
    }
}

wire_enum! {
    /// How far an order is. It is paid only when its transaction is `confirmed`.
    pub enum OrderStatus {
        /// To be paid.
        Pending = "pending",
        /// Accepted by the customer.
        Reserved = "reserved",
        /// Paid.
        Confirmed = "confirmed",
        /// The visit is over.
        Closed = "closed",
    }
}

/// A table or a till.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Spot {
    /// Its number.
    pub id: SpotId,
    /// What goes on there.
    pub status: SpotStatus,
    /// Its name, as in its code.
    pub identifier: String,
    /// Where it is.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub place_info: Option<PlaceInfo>,
    /// What is ordered there.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub orders: Vec<Order>,
}

impl Listed for Spot {
    const PLURAL: &'static str = "spots";
}

/// Where a spot is, for customers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PlaceInfo {
    /// The name.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub title: String,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where a picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// The location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
}

/// Something that is to be paid at a spot.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Order {
    /// Its number.
    pub id: OrderId,
    /// By which transaction it is paid.
    pub transaction_key: TransactionKey,
    /// How far it is.
    pub status: OrderStatus,
    /// Who ordered; text on some servers.
    #[serde(default, deserialize_with = "number_or_text", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Transaction>,
}

/// The Java client's orders name users by text.
fn number_or_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u64),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    match Option::<Form>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Form::Number(number)) => Ok(Some(UserId(number))),
        // Who ordered is no reason to lose the order.
        Some(Form::Text(text)) => Ok(text.parse().ok().map(UserId)),
        Some(Form::Other(_)) => Ok(None),
    }
}

/// Spots with the transactions of their orders.
const WITH_TRANSACTIONS: &str = "*,orders.transaction";

/// Calls about spots.
#[derive(Debug)]
pub struct Spots<'a> {
    transport: &'a Transport,
}

impl<'a> Spots<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// The spot of a scanned code (`GET spot?code=`), for customers. A closed
    /// one opens again.
    ///
    /// # Errors
    /// [`WalletApiError`]; `not_found` for a code of no spot.
    pub async fn by_code(&self, code: &Code) -> Result<Spot, WalletApiError> {
        let call = Call::get("spot").query("code", code.to_text()).query("fields", WITH_TRANSACTIONS);
        self.transport.send(&call).await
    }

    /// A spot with its orders and their transactions (`GET spot/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, id: SpotId) -> Result<Spot, WalletApiError> {
        self.transport.send(&Call::get(format!("spot/{id}")).query("fields", WITH_TRANSACTIONS)).await
    }

    /// Tells the merchant that the customer is there
    /// (`PUT spot/{id}/check-in`).
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_state` while somebody else is there.
    pub async fn check_in(&self, id: SpotId) -> Result<Spot, WalletApiError> {
        self.transport
            .send(&Call::put(format!("spot/{id}/check-in")).query("fields", WITH_TRANSACTIONS))
            .await
    }

    /// Tells the merchant that the customer has gone (`PUT spot/{id}/check-out`,
    /// a proposal of wallet-api section 7.3).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn check_out(&self, id: SpotId) -> Result<Spot, WalletApiError> {
        self.transport.send(&Call::put(format!("spot/{id}/check-out"))).await
    }

    /// The merchant's spots (`GET spots`): in any of `statuses`, or all.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn list(
        &self,
        statuses: &[SpotStatus],
        location: Option<LocationId>,
        window: Window,
    ) -> Result<Page<Spot>, WalletApiError> {
        let statuses = statuses.iter().map(SpotStatus::as_str).collect::<Vec<_>>().join(",");
        let pairs = [
            ("status", (!statuses.is_empty()).then_some(statuses)),
            ("location_id", location.map(|location| location.to_string())),
        ];
        self.transport.send(&Call::get("spots").queries(pairs).queries(window.pairs())).await
    }

    /// Puts a transaction before the customer at the spot
    /// (`POST spot/{id}/order`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn add_order(&self, id: SpotId, key: &TransactionKey) -> Result<Order, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            transaction_key: &'b TransactionKey,
        }
        self.transport
            .send(&Call::post(format!("spot/{id}/order")).json(&Body { transaction_key: key })?)
            .await
    }

    /// Reads an order (`GET spot/{id}/order/{order}`, a proposal of wallet-api
    /// section 7.3).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn order(&self, id: SpotId, order: OrderId) -> Result<Order, WalletApiError> {
        self.transport.send(&Call::get(format!("spot/{id}/order/{order}"))).await
    }

    /// Takes an order away (`DELETE spot/{id}/order/{order}`, a proposal of
    /// wallet-api section 7.3).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn remove_order(&self, id: SpotId, order: OrderId) -> Result<(), WalletApiError> {
        let call = Call::delete(format!("spot/{id}/order/{order}"));
        self.transport.send_for_nothing(&call).await
    }

    /// Ends the visit (`DELETE spot/{id}`); without it the spot stays taken.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn close(&self, id: SpotId) -> Result<Spot, WalletApiError> {
        self.transport.send(&Call::delete(format!("spot/{id}"))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_name_users_by_number_or_by_text() {
        let order = |user: &str| {
            let text =
                format!(r#"{{"id":77,"transaction_key":"pDAlAZ3z","status":"pending","user_id":{user}}}"#);
            serde_json::from_str::<Order>(&text).map(|order| order.user_id)
        };
        assert_eq!(order("501").unwrap(), Some(UserId(501)));
        assert_eq!(order("\"501\"").unwrap(), Some(UserId(501)));
        assert_eq!(order("null").unwrap(), None);
        for odd in ["\"a\"", "[]", "1.5"] {
            assert_eq!(order(odd).unwrap(), None, "{odd}");
        }
    }

    #[test]
    fn the_sample_of_a_spot_is_read() {
        let spot: Spot = serde_json::from_str(
            r#"{"id":15,"status":"waiting","identifier":"table12",
                "place_info":{"title":"Demo cafe","address":"Tbilisi","location_id":9975},"orders":[]}"#,
        )
        .unwrap();
        insta::assert_json_snapshot!(spot);
        let closed: Spot =
            serde_json::from_str(r#"{"id":15,"status":"closed","identifier":"t","orders":null}"#).unwrap();
        assert_eq!((closed.status, closed.orders.len()), (SpotStatus::Closed, 0));
    }
}
