//! What came out, for a person and for a machine.

use std::collections::BTreeMap;

use paysera_core::journal::AttemptId;
use serde_json::{Map, Value, json};

use super::Ran;
use crate::soak::Trouble;
use crate::soak::plan::Kind;

/// Defects that are told in full.
const TOLD: usize = 8;
/// A run in which fewer flows settle has shown too little.
const ENOUGH_PERCENT: u64 = 60;

/// What came out of a run.
#[derive(Debug)]
pub(in crate::soak) struct Verdict {
    flows: u64,
    kills: u64,
    kills_wanted: u64,
    requests: u64,
    seconds: u64,
    swept: bool,
    balanced: bool,
    pub(super) started: u64,
    pub(super) unknown_left: u64,
    pub(super) refunded: u64,
    pub(super) left_open: u64,
    /// Transactions that nobody was shown and nobody has taken back.
    pub(super) payable_left: u64,
    ends: BTreeMap<String, u64>,
    by_kind: BTreeMap<String, BTreeMap<String, u64>>,
    wrongs: BTreeMap<&'static str, u64>,
    notes: Vec<(Option<AttemptId>, String)>,
}

impl Verdict {
    pub(super) fn new(ran: &Ran) -> Self {
        Self {
            flows: ran.flows.into(),
            kills: ran.kills.into(),
            kills_wanted: ran.kills_wanted.into(),
            requests: ran.requests,
            seconds: ran.seconds,
            swept: ran.swept,
            balanced: ran.balanced,
            started: 0,
            unknown_left: 0,
            refunded: 0,
            left_open: 0,
            payable_left: 0,
            ends: BTreeMap::new(),
            by_kind: BTreeMap::new(),
            wrongs: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    /// How a flow ended.
    pub(super) fn end(&mut self, kind: Kind, state: &str) {
        let more = |count: &mut u64| *count = count.saturating_add(1);
        more(self.ends.entry(state.to_owned()).or_default());
        more(self.by_kind.entry(format!("{kind:?}")).or_default().entry(state.to_owned()).or_default());
    }

    pub(super) fn note(&mut self, attempt: Option<AttemptId>, text: impl Into<String>) {
        self.notes.push((attempt, text.into()));
    }

    fn wrong(&mut self, what: &'static str, attempt: Option<AttemptId>, text: impl Into<String>) {
        let count = self.wrongs.entry(what).or_default();
        *count = count.saturating_add(1);
        self.note(attempt, format!("{what}: {}", text.into()));
    }

    pub(super) fn lost(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("lost", Some(attempt), text);
    }

    pub(super) fn lost_unknown(&mut self, text: impl Into<String>) {
        self.wrong("lost", None, text);
    }

    pub(super) fn doubled(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("doubled", Some(attempt), text);
    }

    pub(super) fn given_without_confirm(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("cash_given_without_confirm", Some(attempt), text);
    }

    pub(super) fn given_twice(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("cash_given_twice", Some(attempt), text);
    }

    /// Cash that was owed and not given, or taken and not credited.
    pub(super) fn cash_differs(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("cash_differs", Some(attempt), text);
    }

    /// A final state that is not the server's.
    pub(super) fn differ(&mut self, attempt: AttemptId, text: impl Into<String>) {
        self.wrong("states_differ", Some(attempt), text);
    }

    /// Adds what is known of each attempt that something is wrong with.
    pub(super) fn explain(&mut self, story: impl Fn(AttemptId) -> String) {
        for (attempt, text) in self.notes.iter_mut().take(TOLD) {
            if let Some(id) = attempt {
                *text = format!("{text}\n{}", story(*id));
            }
        }
    }

    fn ended(&self, state: &str) -> u64 {
        self.ends.get(state).copied().unwrap_or_default()
    }

    fn wrongs(&self, what: &str) -> u64 {
        self.wrongs.get(what).copied().unwrap_or_default()
    }

    /// Whether all agrees, and enough happened.
    pub(in crate::soak) fn is_good(&self) -> bool {
        self.wrongs.is_empty() && self.complaints().is_empty()
    }

    /// What is wrong with the run as a whole.
    fn complaints(&self) -> Vec<String> {
        let (settled, flows) = (self.ended("settled"), self.flows);
        let enough = settled.saturating_mul(100) >= flows.saturating_mul(ENOUGH_PERCENT);
        [
            (self.unknown_left == 0, format!("{} attempts are unknown in the end", self.unknown_left)),
            (self.left_open == 0, format!("{} attempts are left open", self.left_open)),
            (self.balanced, "the server's ledger is not balanced".to_owned()),
            (self.swept, "something that was lost can still be paid".to_owned()),
            (self.started == flows, format!("{} of {flows} flows were started", self.started)),
            (self.kills == self.kills_wanted, format!("{} of {} kills", self.kills, self.kills_wanted)),
            (enough, format!("{settled} of {flows} flows settled: {ENOUGH_PERCENT} % are asked for")),
        ]
        .into_iter()
        .filter_map(|(is_good, complaint)| (!is_good).then_some(complaint))
        .collect()
    }

    /// What is wrong, how each kind ended, and as the last line the figures.
    pub(in crate::soak) fn print(&self) -> Result<(), Trouble> {
        for (number, (attempt, text)) in self.notes.iter().enumerate() {
            if number < TOLD {
                let name = attempt.map(|id| id.to_string()).unwrap_or_default();
                println!("{name} {text}\n");
            }
        }
        for complaint in self.complaints() {
            println!("{complaint}");
        }
        for (kind, ends) in &self.by_kind {
            let ends: Vec<String> = ends.iter().map(|(state, count)| format!("{state} {count}")).collect();
            println!("{kind}: {}", ends.join(", "));
        }
        println!("{}", serde_json::to_string(&self.figures())?);
        Ok(())
    }

    fn figures(&self) -> Value {
        let mut figures = Map::new();
        let mut put = |name: &str, value: Value| figures.insert(name.to_owned(), value);
        put("flows", json!(self.flows));
        put("kills", json!(self.kills));
        put("started", json!(self.started));
        for state in ["settled", "declined", "cancelled", "expired", "failed"] {
            put(state, json!(self.ended(state)));
        }
        put("unknown_left", json!(self.unknown_left));
        for what in [
            "lost",
            "doubled",
            "cash_given_without_confirm",
            "cash_given_twice",
            "cash_differs",
            "states_differ",
        ] {
            put(what, json!(self.wrongs(what)));
        }
        put("left_open", json!(self.left_open));
        put("payable_left", json!(self.payable_left));
        put("swept", json!(self.swept));
        put("ledger_balanced", json!(self.balanced));
        put("refunded", json!(self.refunded));
        let tenths = self.requests.saturating_mul(10).checked_div(self.flows).unwrap_or_default();
        put("requests_per_flow", json!(f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0));
        put("seconds", json!(self.seconds));
        Value::Object(figures)
    }
}
