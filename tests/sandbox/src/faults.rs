//! Failures on demand: each rule hits the next request that it names, once.

use std::sync::{Arc, Mutex, PoisonError};

use http::{Method, StatusCode};
use serde::Serialize;

/// Rules nobody triggers must not pile up.
const MAX_RULES: usize = 1000;

/// The switchboard of one sandbox's faults. Clones are handles of the same board.
///
/// A request is named by its method and the end of its path (without the
/// query), for example `PUT` and `/confirm`. Rules are used in the order in
/// which they were set, one per request.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Vec<Rule>>>,
}

#[derive(Debug)]
struct Rule {
    method: String,
    path_suffix: String,
    fault: Fault,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Processed, then the connection is closed without a status line.
    DropAnswer,
    /// Answered with this status and a JSON error, not processed.
    Fail(StatusCode),
    /// Processed, then the connection is closed in the middle of the body.
    Truncate,
    /// Processed, then answered with HTML under the JSON content type.
    NotJson,
}

/// A rule as the control API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct WaitingFault {
    method: String,
    path: String,
    fault: &'static str,
}

impl Fault {
    /// What it does, for the request log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DropAnswer => "answer dropped",
            Self::Fail(_) => "not processed",
            Self::Truncate => "answer cut off",
            Self::NotJson => "answer is HTML",
        }
    }
}

impl Faults {
    /// The next such request is processed, and its connection closed without
    /// an answer.
    pub fn drop_answer_once(&self, method: &str, path_suffix: &str) {
        self.add(method, path_suffix, Fault::DropAnswer);
    }

    /// The next such request is answered with `http_status` and a JSON error,
    /// and not processed. A number that is no HTTP status counts as 500.
    pub fn fail_once(&self, method: &str, path_suffix: &str, http_status: u16) {
        let status = StatusCode::from_u16(http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.add(method, path_suffix, Fault::Fail(status));
    }

    /// The next such request is processed, and its connection closed in the
    /// middle of the answer's body.
    pub fn truncate_once(&self, method: &str, path_suffix: &str) {
        self.add(method, path_suffix, Fault::Truncate);
    }

    /// The next such request is processed, and answered with HTML instead of
    /// JSON, under the same status and content type.
    pub fn not_json_once(&self, method: &str, path_suffix: &str) {
        self.add(method, path_suffix, Fault::NotJson);
    }

    /// Forgets every rule that was not used.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether every fault that was asked for has happened.
    #[must_use]
    pub fn are_used_up(&self) -> bool {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The rules that wait for their request, in order.
    pub(crate) fn waiting(&self) -> Vec<WaitingFault> {
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |rule: &Rule| WaitingFault {
            method: rule.method.clone(),
            path: rule.path_suffix.clone(),
            fault: rule.fault.name(),
        };
        rules.iter().map(waiting).collect()
    }

    /// The fault for this request, if there is one; it is used up by asking.
    pub(crate) fn take(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let index = rules.iter().position(|rule| {
            rule.method.eq_ignore_ascii_case(method.as_str()) && path.ends_with(&rule.path_suffix)
        })?;
        Some(rules.remove(index).fault)
    }

    fn add(&self, method: &str, path_suffix: &str, fault: Fault) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.len() < MAX_RULES {
            rules.push(Rule { method: method.to_owned(), path_suffix: path_suffix.to_owned(), fault });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_hits_once_and_in_order() {
        let faults = Faults::default();
        faults.fail_once("PUT", "/confirm", 503);
        faults.drop_answer_once("put", "/confirm");
        assert_eq!(faults.take(&Method::GET, "/rest/v1/transaction/a/confirm"), None);
        assert_eq!(
            faults.take(&Method::PUT, "/x/confirm"),
            Some(Fault::Fail(StatusCode::SERVICE_UNAVAILABLE))
        );
        assert_eq!(faults.take(&Method::PUT, "/x/confirm"), Some(Fault::DropAnswer));
        assert_eq!(faults.take(&Method::PUT, "/x/confirm"), None);
    }
}
