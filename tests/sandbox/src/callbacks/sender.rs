//! One attempt to tell a merchant.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore};
use url::form_urlencoded;

use super::key::SigningKey;
use crate::store::callbacks::{Due, Outcome};

/// How long the merchant's server may take to accept the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an attempt may take from its beginning to the end of the answer.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an answer is read, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// How much of a refusing answer the log keeps, in characters.
const MAX_QUOTE: usize = 200;

/// Why no callbacks can be sent at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    #[error("the TLS configuration is not possible: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the HTTP client can't be made: {0}")]
    Http(#[from] reqwest::Error),
    #[error("the seeded key can't be read")]
    Key,
}

/// Sends events; clones share their connections and the key.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    http: reqwest::Client,
    key: Arc<SigningKey>,
}

impl Sender {
    pub(crate) fn new() -> Result<Self, SetupError> {
        Self::with_timeout(TOTAL_TIMEOUT)
    }

    fn with_timeout(timeout: Duration) -> Result<Self, SetupError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            // A kept connection that the merchant has closed would look like a
            // failed attempt.
            .pool_max_idle_per_host(0)
            .no_proxy()
            .user_agent(concat!("paysera-sandbox/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let key = SigningKey::seeded().ok_or(SetupError::Key)?;
        Ok(Self { http, key: Arc::new(key) })
    }

    /// The signature of an event.
    pub(crate) fn sign(&self, event: &str) -> Option<String> {
        self.key.sign(event)
    }

    /// Posts an event once. Any 2xx counts as delivered: PROPOSAL of wallet-api
    /// section 10.
    pub(super) async fn send(&self, due: &Due) -> Outcome {
        let Some(sign) = self.sign(&due.event) else {
            return failed("The sandbox could not sign the event");
        };
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("event", due.event.as_str()), ("sign", &sign)])
            .finish();
        let request = self.http.post(&due.uri).header("content-type", "application/x-www-form-urlencoded");
        match request.body(form).send().await {
            Ok(response) => answered(response).await,
            Err(error) => failed(&reason(&error)),
        }
    }
}

async fn answered(response: reqwest::Response) -> Outcome {
    let status = response.status();
    let text = beginning(response).await;
    let error = if status.is_success() {
        None
    } else if status.is_redirection() {
        Some("Redirects are not followed".to_owned())
    } else {
        let quote: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_QUOTE).collect();
        Some(if quote.is_empty() { "Refused without words".to_owned() } else { quote })
    };
    Outcome { http_status: Some(status.as_u16()), error }
}

/// What can be read of the answer within its bounds. The status counts already,
/// so an answer that breaks off is no failure.
async fn beginning(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_ANSWER_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn failed(error: &str) -> Outcome {
    Outcome { http_status: None, error: Some(error.to_owned()) }
}

/// What went wrong, with the innermost cause: `reqwest` only says where.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "No answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    format!("Not reached: {innermost}")
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Sends to a server that answers `head` and then `part` again and again,
    /// until nobody listens any more.
    async fn sent_to(head: &'static str, part: &'static [u8], timeout: Duration) -> Outcome {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 65_536];
            let _asked = stream.read(&mut asked).await.unwrap();
            let mut written = stream.write_all(head.as_bytes()).await;
            while written.is_ok() && !part.is_empty() {
                written = stream.write_all(part).await;
            }
            std::future::pending::<()>().await;
        });
        let due = Due { id: 1, uri, origin: String::new(), event: "{}".to_owned() };
        let outcome = Sender::with_timeout(timeout).unwrap().send(&due).await;
        server.abort();
        outcome
    }

    #[tokio::test]
    async fn no_answer_is_waited_for_longer_than_the_timeout() {
        let short = Duration::from_millis(100);
        let outcome = sent_to("", b"", short).await;
        assert_eq!((outcome.http_status, outcome.error.as_deref()), (None, Some("No answer in time")));
        // The status counts, even if the rest never comes.
        let outcome = sent_to("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", b"", short).await;
        assert_eq!((outcome.http_status, outcome.error), (Some(200), None));
    }

    #[tokio::test]
    async fn an_endless_answer_is_not_read_to_its_end() {
        let head = "HTTP/1.1 418 Teapot\r\ncontent-length: 99999999999\r\n\r\n";
        let outcome = sent_to(head, b"<\x00tea\xff>\r\n", TOTAL_TIMEOUT).await;
        assert_eq!(outcome.http_status, Some(418));
        let quote = outcome.error.unwrap();
        assert!(quote.starts_with("<tea\u{fffd}><tea"), "{quote}");
        assert_eq!(quote.chars().count(), MAX_QUOTE);
    }
}
