//! One rule: which requests, which fault, how often.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Processed after so long (ten minutes at most), or once it is let go
    /// ([`Faults::release`](super::Faults::release)); also if the client has given
    /// up by then, as a slow server does not know that.
    Delay(Duration),
    /// Not processed, the connection is closed.
    DropRequest,
    /// Not processed, and no answer: the connection stays open until the client
    /// closes it, it is let go ([`Faults::release`](super::Faults::release)), the
    /// sandbox stops, or for ten minutes.
    Silence,
    /// Processed, then the connection is closed without a status line.
    DropAnswer,
    /// Not processed, answered with this status and a JSON error. A number that
    /// is no HTTP status counts as 500.
    Status {
        /// HTTP status.
        status: u16,
        /// Seconds for the header `Retry-After`.
        retry_after: Option<u32>,
    },
    /// Processed, then the connection is closed in the middle of the body.
    Truncate,
    /// Processed, then answered with HTML under the JSON content type.
    NotJson,
    /// Processed, and the JSON is sent as `text/plain`.
    WrongContentType,
    /// Processed twice behind the check of the signature; the second answer is
    /// sent (wallet-api section 9.4).
    ProcessTwice,
}

impl Fault {
    /// What it does, for a person.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Delay(time) => format!("delayed by {} ms", time.as_millis()),
            Self::DropRequest => "not processed, connection closed".to_owned(),
            Self::Silence => "not processed, no answer".to_owned(),
            Self::DropAnswer => "processed, no answer".to_owned(),
            Self::Status { status, retry_after: None } => format!("{status}, not processed"),
            Self::Status { status, retry_after: Some(seconds) } => {
                format!("{status}, not processed, retry after {seconds} s")
            }
            Self::Truncate => "processed, answer cut off".to_owned(),
            Self::NotJson => "processed, answer is HTML".to_owned(),
            Self::WrongContentType => "processed, answer is text/plain".to_owned(),
            Self::ProcessTwice => "processed twice".to_owned(),
        }
    }
}

/// Which requests meet a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    pub(super) method: Option<String>,
    pub(super) path: String,
    pub(super) fault: Fault,
    pub(super) per_mille: u16,
    pub(super) times: Option<u32>,
}

impl FaultRule {
    /// Every request whose path ends with the segments of `path`, where `*`
    /// stands for any one: `transaction/*/confirm`, `/confirm`, `*`.
    #[must_use]
    pub fn new(path: &str, fault: Fault) -> Self {
        Self { method: None, path: path.to_owned(), fault, per_mille: 1000, times: None }
    }

    /// Only requests of this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_ascii_uppercase());
        self
    }

    /// Only so many of these requests, then the rule is used up; without it
    /// there is no end.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Only with this chance, out of a thousand.
    #[must_use]
    pub const fn per_mille(mut self, chance: u16) -> Self {
        self.per_mille = chance;
        self
    }

    pub(crate) const fn fault(&self) -> Fault {
        self.fault
    }

    /// Method, path, chance and how often it is still used, for a person.
    pub(crate) fn shown(&self) -> (&str, &str, u16, Option<u32>) {
        (self.method.as_deref().unwrap_or("any"), &self.path, self.per_mille, self.times)
    }

    pub(super) fn names(&self, method: &str, path: &str) -> bool {
        if self.times == Some(0) || self.method.as_deref().is_some_and(|own| own != method) {
            return false;
        }
        let mut wanted = segments(&self.path).peekable();
        let mut given = segments(path);
        wanted.peek().is_some() && wanted.all(|own| given.next().is_some_and(|one| own == "*" || own == one))
    }
}

/// The segments of a path from the last one to the first.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_the_end_of_a_path() {
        let path = "/rest/v1/transaction/a/confirm";
        for (pattern, fits) in [
            ("/confirm", true),
            ("confirm", true),
            ("transaction/*/confirm", true),
            ("/rest/v1/transaction/a/confirm", true),
            ("*", true),
            ("*/*", true),
            ("firm", false),
            ("transaction/confirm", false),
            ("*/rest/v1/transaction/a/confirm", false),
            ("", false),
            ("/", false),
        ] {
            assert_eq!(FaultRule::new(pattern, Fault::Silence).names("PUT", path), fits, "{pattern}");
        }
        let only = FaultRule::new("*", Fault::Silence).method("put");
        assert!(only.names("PUT", path) && !only.names("GET", path));
    }
}
