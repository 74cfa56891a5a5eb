//! What the demo says with `--json`.

use serde::Serialize;

/// The result of the whole demo.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The operations that settled.
    pub flows: Vec<Flow>,
    /// The operations that were refused, as announced.
    pub refusals: Vec<Refusal>,
    /// Whether the sandbox's ledger sums to zero and holds match.
    pub ledger_balanced: bool,
    /// How many requests the sandbox served.
    pub requests: u64,
}

/// An operation that settled.
#[derive(Clone, Debug, Serialize)]
pub struct Flow {
    /// `payment`, `cash_out` or `cash_in`.
    pub name: &'static str,
    /// The name of its last state.
    pub outcome: &'static str,
    /// Milliseconds from tap to settlement, photographs and their reading included.
    pub ms: u128,
    /// The amount as decimal text.
    pub amount: String,
    /// The amount's currency.
    pub currency: &'static str,
}

/// An operation that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    /// What was tried.
    pub name: &'static str,
    /// The stable name of the error.
    pub error: String,
}
