//! Requests as bytes over a TCP connection, and their answers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use paysera_sandbox::{Sandbox, SandboxClock};
use ring::{digest, hmac};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The time of the samples in wallet-api section 14.
pub(crate) const SAMPLE_TIME: i64 = 1_760_000_000;

/// Starts a sandbox at the time of the samples.
pub(crate) async fn sandbox() -> Sandbox {
    let clock = SandboxClock::fixed(SAMPLE_TIME);
    Sandbox::builder().clock(clock).start("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

/// Audits the books and stops.
pub(crate) async fn done(sandbox: Sandbox) {
    assert!(sandbox.ledger_check().await.unwrap().is_balanced());
    sandbox.shutdown().await;
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// An error as it is printed, with the id of this answer at its end.
    pub(crate) fn with_correlation(&self, printed: &str) -> String {
        let id = self.header("paysera-correlation-id").unwrap();
        format!("{},\"correlation_id\":\"{id}\"}}", printed.strip_suffix('}').unwrap())
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, error: &str) -> Self {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{}", self.body);
        self
    }
}

/// Sends the lines of a head and a body, and reads the answer.
pub(crate) async fn send(address: SocketAddr, head: &[String], body: &str) -> Answer {
    let request = format!("{}\r\n\r\n{body}", head.join("\r\n"));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.split("\r\n");
            let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
            let headers = lines.map(|line| line.split_once(": ").unwrap());
            let headers: Vec<_> =
                headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
            let answer = Answer { status, headers, body: body.to_owned() };
            let length: usize = answer.header("content-length").unwrap().parse().unwrap();
            if body.len() >= length {
                return answer;
            }
        }
        let read = stream.read(&mut chunk).await.unwrap();
        assert!(read > 0, "closed in the middle of {text}");
        bytes.extend(&chunk[..read]);
    }
}

/// The pairs as a form; the values are escaped as the client would.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// `mac` over the seven lines of wallet-api section 2.1, the last of which is
/// `ext` as it is sent.
pub(crate) fn mac(key: &str, lines: [&str; 7]) -> String {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// base64(SHA-256(body)), not escaped.
pub(crate) fn body_hash(body: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, body.as_bytes()))
}

/// Sends a request of now, signed with an id and a key in a way that all clients
/// might.
pub(crate) async fn signed(
    sandbox: &Sandbox,
    by: (&str, &str),
    method: &str,
    uri: &str,
    body: &str,
) -> Answer {
    signed_at(sandbox, sandbox.clock().now(), by, (method, uri, body)).await
}

/// Sends a request that is signed as of another time.
pub(crate) async fn signed_at(
    sandbox: &Sandbox,
    time: i64,
    (id, key): (&str, &str),
    (method, uri, body): (&str, &str, &str),
) -> Answer {
    static NONCES: AtomicU32 = AtomicU32::new(0);
    let nonce = format!("signed{}", NONCES.fetch_add(1, Ordering::Relaxed));
    let (ts, port) = (time.to_string(), sandbox.address().port().to_string());
    let hash = body_hash(body).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let ext = if body.is_empty() { String::new() } else { format!("body_hash={hash}") };
    let mac = mac(key, [&ts, &nonce, method, uri, "127.0.0.1", &port, &ext]);
    let head = [
        format!("{method} {uri} HTTP/1.1"),
        format!("Host: 127.0.0.1:{port}"),
        format!(
            "Authorization: MAC id=\"{id}\", ts=\"{ts}\", nonce=\"{nonce}\", mac=\"{mac}\", ext=\"{ext}\""
        ),
        format!("Content-Length: {}", body.len()),
    ];
    send(sandbox.address(), &head, body).await
}
