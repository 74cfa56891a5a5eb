//! What came back: a good answer, or an error of the server.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::budget::RequestBudget;
use super::call::Call;
use super::exchange::HttpAnswer;
use super::retry_after::retry_after;
use crate::clock::UnixSeconds;
use crate::wallet_api::error::{Captcha, ErrorBody, ServerError, WalletApiError};

const CORRELATION_ID: &str = "paysera-correlation-id";
const CAPTCHA_KEY: &str = "g-recaptcha-key";
const CAPTCHA_URL: &str = "recaptcha-unlock-url";

/// A good answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) correlation_id: Option<String>,
    body: Bytes,
}

impl Answer {
    /// An error status becomes an error; a limit of requests is obeyed. `now` is
    /// the server's time as far as it is known.
    pub(super) fn of(
        call: &Call,
        answer: HttpAnswer,
        budget: &RequestBudget,
        now: UnixSeconds,
    ) -> Result<Self, WalletApiError> {
        let status = answer.status.as_u16();
        let correlation_id = text(&answer.headers, CORRELATION_ID).map(str::to_owned);
        if answer.status.is_success() {
            return Ok(Self { status, correlation_id, body: answer.body });
        }
        let retry_after = retry_after(&answer.headers, now);
        let captcha = text(&answer.headers, CAPTCHA_KEY)
            .zip(text(&answer.headers, CAPTCHA_URL))
            .map(|(key, url)| Captcha { site_key: key.to_owned(), unlock_url: url.to_owned() });
        // A write is also limited for what it says, like a wrong reservation
        // code: that must not hold up the till.
        if status == 429 && (captcha.is_some() || call.is_read()) {
            budget.pause(retry_after, captcha.clone());
        }
        let error: ServerError = serde_json::from_slice::<ErrorBody>(&answer.body)
            .map_err(|error| not_understood(status, retry_after, &error))?
            .into_error(status, correlation_id);
        Err(Box::new(ServerError { retry_after, captcha, ..error }).into())
    }

    /// An answer that says nothing but that it was done may be empty: to lose the
    /// success of a write for that would be worse.
    pub(super) fn nothing(&self) -> Result<(), WalletApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.json::<serde::de::IgnoredAny>().map(|_| ())
    }

    pub(super) fn text(&self) -> Result<String, WalletApiError> {
        String::from_utf8(self.body.to_vec()).map_err(|_| WalletApiError::NotUnderstood {
            status: self.status,
            reason: "it is not text".to_owned(),
            retry_after: None,
        })
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, WalletApiError> {
        serde_json::from_slice(&self.body).map_err(|error| not_understood(self.status, None, &error))
    }
}

pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The reason names the place, not the content, of what could not be read.
fn not_understood(status: u16, retry_after: Option<Duration>, error: &serde_json::Error) -> WalletApiError {
    let reason = match error.classify() {
        serde_json::error::Category::Data => without_quotations(&error.to_string()),
        category => format!("{category:?} error at byte {}", error.column()),
    };
    WalletApiError::NotUnderstood { status, reason, retry_after }
}

/// The text without what it quotes from the answer, which can be a secret.
fn without_quotations(text: &str) -> String {
    let (mut kept, mut quoted, mut escaped) = (String::new(), false, false);
    for character in text.chars() {
        match character {
            '"' if !escaped => {
                quoted = !quoted;
                kept.push('"');
            }
            _ if !quoted => kept.push(character),
            _ => escaped = character == '\\' && !escaped,
        }
        if character == '"' {
            escaped = false;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_said_is_not_repeated_in_an_error() {
        for (text, kept) in [
            ("missing field `time` at line 1", "missing field `time` at line 1"),
            (r#"invalid type: string "k3y", expected i64"#, r#"invalid type: string "", expected i64"#),
            (
                r#"invalid value: string "a\"b\\", expected "c" or d"#,
                r#"invalid value: string "", expected "" or d"#,
            ),
            (r#"string "cut"#, r#"string ""#),
        ] {
            assert_eq!(without_quotations(text), kept);
        }
    }

    #[test]
    fn what_says_nothing_may_be_empty_but_not_of_somebody_else() {
        let nothing = |body: &'static str| {
            Answer { status: 200, correlation_id: None, body: Bytes::from_static(body.as_bytes()) }.nothing()
        };
        for done in ["", " \n", "{}", "null", "[]"] {
            assert!(nothing(done).is_ok(), "{done}");
        }
        assert!(nothing("<html>Sign in to the hotel's network</html>").is_err());
    }
}
