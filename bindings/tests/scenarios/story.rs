//! A scenario as its file has it. What is not known here is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cast {
    pub(crate) merchant: CastMerchant,
    pub(crate) locations: BTreeMap<String, u64>,
    pub(crate) app: CastClient,
    pub(crate) customers: BTreeMap<String, CastCustomer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CastMerchant {
    pub(crate) client_id: String,
    pub(crate) mac_key: String,
    pub(crate) project: u64,
    pub(crate) wallet: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CastClient {
    pub(crate) client_id: String,
    pub(crate) mac_key: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CastCustomer {
    pub(crate) wallet: u64,
    pub(crate) token: String,
    pub(crate) mac_key: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) generator: u64,
    pub(crate) generator_seed: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    pub(crate) name: String,
    #[serde(rename = "about")]
    pub(crate) _about: String,
    #[serde(default = "customer")]
    pub(crate) customer: String,
    #[serde(default = "location")]
    pub(crate) location: String,
    pub(crate) steps: Vec<Step>,
}

fn customer() -> String {
    "customer".to_owned()
}

fn location() -> String {
    "all_services".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Step {
    Collect(Collect),
    CashOut(Cash),
    CashIn(Cash),
    Refund(Refund),
    Review(Review),
    Pay(Pay),
    Decline(Nothing),
    Await(Await),
    Same { attempt: String, other: String },
    Tap { attempt: String, what: String },
    Settle { attempt: String, amount: String },
    UseCode { attempt: String, code: String },
    Watch { code: Screen },
    Seen { what: String, amount: String },
    Restart(Nothing),
    SignIn(Nothing),
    SignOut(Nothing),
    Open { who: Who, count: usize },
    Balance { who: Who, changed: String },
    Sandbox { method: String, path: String, body: Option<Value> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    Till,
    Phone,
}

/// Which code the phone shows.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Screen {
    CashOut,
    CashIn,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collect {
    pub(crate) r#as: String,
    pub(crate) request: String,
    pub(crate) amount: String,
    pub(crate) bill: Option<String>,
    #[serde(default)]
    pub(crate) once_more: bool,
    #[serde(default)]
    pub(crate) hold: bool,
    pub(crate) refused: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cash {
    pub(crate) r#as: String,
    pub(crate) request: String,
    pub(crate) amount: String,
    pub(crate) code: String,
    pub(crate) refused: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refund {
    pub(crate) r#as: String,
    pub(crate) request: String,
    pub(crate) of: String,
    pub(crate) amount: Option<String>,
    pub(crate) refused: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Review {
    pub(crate) of: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) amount: Option<String>,
    pub(crate) refused: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pay {
    pub(crate) r#as: String,
    pub(crate) refused: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Await {
    pub(crate) attempt: String,
    pub(crate) state: String,
    pub(crate) amount: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) wanted: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) step: Option<String>,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

/// The files of all scenarios, as `all.json` names them: those that are in the folder.
pub(crate) fn all() -> Vec<String> {
    let all: Vec<String> = read(&folder().join("all.json"));
    let entries = std::fs::read_dir(folder()).expect("the folder of the scenarios");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut there: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
    there.retain(|name| name != "all.json" && name != "cast.json");
    there.sort();
    assert_eq!(all, there, "all.json names the files of the folder, in the order of their names");
    all
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
