//! `paysera-sandbox sign`: the `Authorization` header of a request, for a
//! terminal.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use paysera_sandbox::mac::{self, RequestToSign};
use paysera_sandbox::seed;
use url::Url;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// GET, POST, PUT or DELETE.
    method: String,
    /// Path and query, for example /rest/v1/wallet/me.
    path: String,
    /// Client id or user token; of a seeded one the key is known.
    #[arg(long = "as", value_name = "ID", default_value = seed::RETAILER_CLIENT_ID)]
    id: String,
    /// MAC key of an id that is not seeded.
    #[arg(long)]
    key: Option<String>,
    /// The exact body that will be sent.
    #[arg(long, default_value = "")]
    body: String,
    /// On behalf of this project.
    #[arg(long)]
    project: Option<u64>,
    /// At this location.
    #[arg(long)]
    location: Option<u64>,
    /// Where the sandbox listens.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    base: Url,
}

/// Why a request can't be signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    #[error("the sandbox has no seeded client or token {0}; give its MAC key with --key")]
    UnknownId(String),
    #[error("--base needs a host and a port, for example http://127.0.0.1:8080")]
    Base,
    #[error("the path must begin with /, for example /rest/v1/wallet/me")]
    Path,
    #[error("the system has no randomness for a nonce")]
    NoRandomness,
}

/// The value of the header, good for one request within five minutes.
pub(crate) fn header(options: &Options) -> Result<String, SignError> {
    if !options.path.starts_with('/') {
        return Err(SignError::Path);
    }
    let mac_key = match &options.key {
        Some(key) => key.as_str(),
        None => seeded_key(&options.id).ok_or_else(|| SignError::UnknownId(options.id.clone()))?,
    };
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|_| SignError::NoRandomness)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let number = |name, value: Option<u64>| value.map(|value| (name, value.to_string()));
    let parameters: Vec<_> = number("project_id", options.project)
        .into_iter()
        .chain(number("location_id", options.location))
        .collect();
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(mac::sign(&RequestToSign {
        id: &options.id,
        mac_key,
        timestamp: i64::try_from(now).unwrap_or(i64::MAX),
        nonce: &format!("{:032x}", u128::from_be_bytes(random)),
        method: &options.method,
        request_uri: &options.path,
        host: options.base.host_str().ok_or(SignError::Base)?,
        port: options.base.port_or_known_default().ok_or(SignError::Base)?,
        body: options.body.as_bytes(),
        parameters: &parameters,
    }))
}

fn seeded_key(id: &str) -> Option<&'static str> {
    let clients =
        [(seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY), (seed::APP_CLIENT_ID, seed::APP_MAC_KEY)];
    let tokens = seed::CUSTOMERS.map(|customer| (customer.token, customer.mac_key));
    clients.into_iter().chain(tokens).find(|(known, _)| *known == id).map(|(_, key)| key)
}
