//! Push messages (wallet-api section 11). A subscription ends with the access
//! token that made it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::WalletApiError;
use super::tolerance::{null_is_missing, readable};
use super::transport::{Call, Transport};
use super::wire::{numeric_id, wire_enum};
use crate::clock::UnixSeconds;
use crate::secret::Secret;

numeric_id! {
    /// The number of a subscription.
    SubscriberId
}

wire_enum! {
    /// By what service messages go.
    pub enum PushService {
        /// Android.
        Android = "android",
        /// iOS.
        Ios = "ios",
        /// Windows.
        Windows = "windows",
        /// Firebase, as the Java client calls it.
        Firebase = "firebase",
    }
}

wire_enum! {
    /// How much of what happened a message says.
    pub enum PrivacyLevel {
        /// All of it.
        Low = "low",
        /// Only that something happened.
        High = "high",
    }
}

/// Something to be told of.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct EventSubscription {
    /// To what it happens, for example `statement` or `transaction_request`.
    pub object: String,
    /// What happens, for example `created`.
    pub event: String,
    /// Whether the device stays quiet.
    #[serde(default, deserialize_with = "readable")]
    pub silent: bool,
    /// More conditions, for example `{"direction": "in"}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// How urgent its messages are, in the words of the push service.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Android's channel of its messages.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub android_channel: Option<String>,
}

impl EventSubscription {
    /// Says `event` of `object`, aloud.
    #[must_use]
    pub fn new(object: impl Into<String>, event: impl Into<String>) -> Self {
        Self {
            object: object.into(),
            event: event.into(),
            silent: false,
            parameters: None,
            priority: None,
            android_channel: None,
        }
    }
}

/// A subscription to ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSubscriber {
    /// By what service messages go.
    pub service: PushService,
    /// The device's token of that service: who has it can write to the device.
    pub device_token: Secret,
    /// What to be told of.
    pub events: Vec<EventSubscription>,
    /// The language of messages.
    pub locale: Option<String>,
    /// How much they say.
    pub privacy: PrivacyLevel,
}

impl Serialize for NewSubscriber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'a PushService,
            recipient: Recipient<'a>,
            events: &'a [EventSubscription],
            #[serde(skip_serializing_if = "Option::is_none")]
            locale: Option<&'a str>,
            privacy_level: &'a PrivacyLevel,
        }
        #[derive(Serialize)]
        struct Recipient<'a> {
            identifier: &'a str,
        }
        Body {
            r#type: &self.service,
            recipient: Recipient { identifier: self.device_token.expose() },
            events: &self.events,
            locale: self.locale.as_deref(),
            privacy_level: &self.privacy,
        }
        .serialize(serializer)
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Subscriber {
    /// Its number.
    pub id: SubscriberId,
    /// By what service messages go.
    #[serde(rename = "type")]
    pub service: PushService,
    /// What it is told of.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub events: Vec<EventSubscription>,
    /// The language of messages.
    #[serde(default, deserialize_with = "readable")]
    pub locale: Option<String>,
    /// How much messages say.
    #[serde(default, deserialize_with = "readable")]
    pub privacy_level: Option<PrivacyLevel>,
    /// Whether it is in use, as the server says it.
    #[serde(default, deserialize_with = "readable")]
    pub status: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct PushEvent {
    /// To what.
    pub object: String,
    /// What.
    pub event: String,
    /// When, where the server says it.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<UnixSeconds>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
}

/// Calls about push messages.
#[derive(Debug)]
pub struct Subscribers<'a> {
    transport: &'a Transport,
}

impl<'a> Subscribers<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Subscribes (`POST subscriber`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, new: &NewSubscriber) -> Result<Subscriber, WalletApiError> {
        self.transport.send(&Call::post("subscriber").json(new)?).await
    }

    /// Changes a subscription (`PUT subscriber/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn update(&self, id: SubscriberId, new: &NewSubscriber) -> Result<Subscriber, WalletApiError> {
        self.transport.send(&Call::put(format!("subscriber/{id}")).json(new)?).await
    }

    /// Ends a subscription (`DELETE subscriber/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn remove(&self, id: SubscriberId) -> Result<(), WalletApiError> {
        self.transport.send_for_nothing(&Call::delete(format!("subscriber/{id}"))).await
    }

    /// Ends every subscription of the token (`DELETE subscribers`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn remove_all(&self) -> Result<(), WalletApiError> {
        self.transport.send_for_nothing(&Call::delete("subscribers")).await
    }

    /// What the subscriptions were told of since a moment, newest first
    /// (`GET events?from&limit`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn events(
        &self,
        from: Option<UnixSeconds>,
        limit: Option<u32>,
    ) -> Result<Vec<PushEvent>, WalletApiError> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default, deserialize_with = "null_is_missing")]
            events: Vec<PushEvent>,
        }
        let pairs =
            [("from", from.map(|from| from.to_string())), ("limit", limit.map(|limit| limit.to_string()))];
        self.transport.send::<Answer>(&Call::get("events").queries(pairs)).await.map(|answer| answer.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_sent_and_its_device_not_shown() {
        let new = NewSubscriber {
            service: PushService::Android,
            device_token: Secret::new("d3vice".to_owned()),
            events: vec![EventSubscription {
                silent: true,
                priority: Some("high".to_owned()),
                ..EventSubscription::new("transaction_request", "created")
            }],
            locale: Some("ka".to_owned()),
            privacy: PrivacyLevel::High,
        };
        insta::assert_json_snapshot!(new);
        assert!(!format!("{new:?}").contains("d3vice"));
    }
}
