//! Generators of reservation codes (wallet-api section 8.4).

use serde::{Deserialize, Serialize};

use super::error::WalletApiError;
use super::tolerance::null_is_missing;
use super::transport::{Call, Transport};
use super::wire::{numeric_id, wire_enum};
use crate::clock::UnixSeconds;
use crate::code::WalletId;
use crate::money::Money;
use crate::secret::Secret;

numeric_id! {
    /// The number of a generator.
    GeneratorId
}

wire_enum! {
    /// What a code that was sent may be used for besides a generator.
    pub enum GeneratorScope {
        /// To convert currencies.
        ConvertCurrency = "convert_currency",
    }
}

/// What to say when a code is asked for; all of it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GeneratorCodeRequest {
    /// A link for the message, with `{code}` where the code stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What else the code may be used for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<GeneratorScope>,
    /// What the user is about to do; its values are not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// More for the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<GeneratorCodeContext>,
}

/// What the message with the code tells the user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GeneratorCodeContext {
    /// The device's operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// How much is about to move; sent as a decimal with its currency.
    #[serde(flatten, serialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The account that it is about to move to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beneficiary_iban: Option<String>,
}

fn amount<S: serde::Serializer>(amount: &Option<Money>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Parts {
        amount: String,
        currency: &'static str,
    }
    let parts = |money: &Money| Parts { amount: money.to_decimal(), currency: money.currency().code() };
    amount.as_ref().map(parts).serialize(serializer)
}

/// A generator.
#[derive(Clone, Debug, Deserialize)]
pub struct Generator {
    /// Its number.
    pub id: GeneratorId,
    /// Whether it can be used.
    pub status: String,
    /// For how many seconds it can be used.
    pub expires_in: Option<i64>,
    /// The kind of codes.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What codes are made from; only in the answer that makes it. Who has it
    /// can pay.
    pub seed: Option<Secret>,
    /// The part of the codes that names each wallet.
    #[serde(default, deserialize_with = "null_is_missing")]
    pub identifiers: Vec<GeneratorIdentifier>,
    /// How codes are made.
    pub params: Option<GeneratorParams>,
}

/// The part of the codes that names a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct GeneratorIdentifier {
    /// The part.
    pub identifier: u64,
    /// The wallet that pays.
    pub wallet_id: WalletId,
}

/// How codes are made; the algorithm is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct GeneratorParams {
    /// How often the secret is hashed.
    pub secret_iterations: u32,
    /// Digits of the secret.
    pub secret_length: u32,
    /// How often the check is hashed.
    pub sign_iterations: u32,
    /// Digits of the check.
    pub sign_length: u32,
}

/// Calls about generators.
#[derive(Debug)]
pub struct Generators<'a> {
    transport: &'a Transport,
}

impl<'a> Generators<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// Has a code sent to the user (`POST generator/code`); until when it can be
    /// used.
    ///
    /// # Errors
    /// [`WalletApiError`]; `rate_limit_exceeded`.
    pub async fn request_code(&self, request: &GeneratorCodeRequest) -> Result<UnixSeconds, WalletApiError> {
        #[derive(Deserialize)]
        struct Answer {
            valid_until: UnixSeconds,
        }
        let call = Call::post("generator/code").json(request)?;
        self.transport.send::<Answer>(&call).await.map(|answer| answer.valid_until)
    }

    /// Makes a generator with the code that the user got (`POST generator`).
    /// Keep its seed in the secret store before anything else.
    ///
    /// # Errors
    /// [`WalletApiError`]; `invalid_code`.
    pub async fn create(&self, code: &Secret) -> Result<Generator, WalletApiError> {
        #[derive(Serialize)]
        struct Body<'b> {
            code: &'b str,
        }
        self.transport.send(&Call::post("generator").json(&Body { code: code.expose() })?).await
    }

    /// Whether a generator can still be used (`GET generator/{id}`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn get(&self, id: GeneratorId) -> Result<Generator, WalletApiError> {
        self.transport.send(&Call::get(format!("generator/{id}"))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_and_not_shown() {
        let generator: Generator = serde_json::from_str(
            r#"{"id":7,"status":"active","expires_in":60,"type":"sandbox-v1","seed":"00ff",
                "identifiers":[{"identifier":1234567890,"wallet_id":14471}],
                "params":{"secret_iterations":1000,"secret_length":12,"sign_iterations":10,"sign_length":4}}"#,
        )
        .unwrap();
        assert_eq!(generator.seed.as_ref().unwrap().expose(), "00ff");
        assert_eq!(generator.identifiers[0].identifier, 1_234_567_890);
        assert!(!format!("{generator:?}").contains("00ff"));
    }

    #[test]
    fn a_code_is_asked_for_with_what_it_is_for() {
        let amount = Some(Money::from_minor(1250, crate::money::Currency::GEL));
        let context = GeneratorCodeContext { os: Some("iOS".to_owned()), amount, ..Default::default() };
        let request = GeneratorCodeRequest {
            scopes: vec![GeneratorScope::ConvertCurrency],
            action: Some("pay".to_owned()),
            context: Some(context),
            ..GeneratorCodeRequest::default()
        };
        insta::assert_json_snapshot!(request, @r#"
        {
          "scopes": [
            "convert_currency"
          ],
          "action": "pay",
          "context": {
            "os": "iOS",
            "amount": "12.50",
            "currency": "GEL"
          }
        }
        "#);
        assert_eq!(serde_json::to_string(&GeneratorCodeRequest::default()).unwrap(), "{}");
    }
}
