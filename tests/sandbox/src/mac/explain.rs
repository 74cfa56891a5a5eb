//! Why a MAC is wrong, for the developer of a client: the usual mistakes are
//! tried until one gives the MAC that was sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::verify::{RequestToVerify, split_host};
use super::{MacHeader, hmac_sha256};

/// The elements that are signed (wallet-api section 2.1), as some client may
/// have them.
#[derive(Clone)]
struct Elements {
    timestamp: String,
    nonce: String,
    method: String,
    uri: String,
    host: String,
    port: u16,
    ext: String,
}

/// A change of the elements, and what it says about the client.
type Mistake = (&'static str, fn(&mut Elements));

const MISTAKES: &[Mistake] = &[
    ("it leaves the query out: sign path and query as sent", |e| {
        e.uri = e.uri.split('?').next().unwrap_or_default().to_owned();
    }),
    ("it signs a decoded path: sign it exactly as on the wire", |e| {
        e.uri = percent_decode_str(&e.uri).decode_utf8_lossy().into_owned();
    }),
    ("it signs the whole URL: sign path and query only", |e| {
        e.uri = format!("http://{}:{}{}", e.host, e.port, e.uri);
    }),
    ("it signs the method in lower case", |e| e.method = e.method.to_lowercase()),
    ("it signs the port inside the host", |e| e.host = format!("{}:{}", e.host, e.port)),
    ("it leaves ext out of what it signs, but sends it", |e| e.ext = String::new()),
    ("it signs ext decoded: sign the text that is sent", |e| {
        e.ext = percent_decode_str(&e.ext).decode_utf8_lossy().into_owned();
    }),
    ("it signs nonce before timestamp", |e| std::mem::swap(&mut e.timestamp, &mut e.nonce)),
];

/// What the client does wrong, if it is one of the usual mistakes.
pub(crate) fn explain(header: &MacHeader, mac_key: &str, request: &RequestToVerify<'_>) -> &'static str {
    let (host, port) = split_host(request.host);
    let right = Elements {
        timestamp: header.timestamp_text.clone(),
        nonce: header.nonce.clone(),
        method: request.method.to_uppercase(),
        uri: request.request_uri.to_owned(),
        host: host.to_lowercase(),
        port: port.unwrap_or(request.listener_port),
        ext: header.ext.clone(),
    };
    // Written out here, as `normalised` would mend some of the mistakes.
    let text = |e: &Elements| {
        let Elements { timestamp, nonce, method, uri, host, port, ext } = e;
        format!("{timestamp}\n{nonce}\n{method}\n{uri}\n{host}\n{port}\n{ext}\n")
    };
    // Not in constant time: the sandbox has no secrets, and its MACs open nothing.
    let gives = |key: &[u8], text: &str| hmac_sha256(key, text.as_bytes()) == header.mac;
    for (advice, mistake) in MISTAKES {
        let mut wrong = right.clone();
        mistake(&mut wrong);
        if gives(mac_key.as_bytes(), &text(&wrong)) {
            return advice;
        }
    }
    let text = text(&right);
    if text.strip_suffix('\n').is_some_and(|short| gives(mac_key.as_bytes(), short)) {
        return "it leaves out the line feed after the last element";
    }
    if STANDARD.decode(mac_key).is_ok_and(|decoded| gives(&decoded, &text)) {
        return "it decodes the MAC key as base64: the key is used as text";
    }
    "the key or what is signed differs; compare with `mac::sign`, element by element"
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "k3yRetailerSandboxOnly000000000A";

    fn header_for(text: &str, key: &[u8]) -> MacHeader {
        let mac = STANDARD.encode(hmac_sha256(key, text.as_bytes()));
        let ext = "body_hash=a%2Bb&location_id=9975";
        MacHeader::parse(&format!(r#"MAC id="a", ts="1760000000", nonce="n", mac="{mac}", ext="{ext}""#))
            .unwrap()
    }

    fn explained(text: &str, key: &[u8]) -> &'static str {
        let request = RequestToVerify {
            method: "PUT",
            request_uri: "/a%20b?c=d",
            host: "127.0.0.1:8080",
            listener_port: 8080,
        };
        explain(&header_for(text, key), KEY, &request)
    }

    #[test]
    fn each_usual_mistake_is_recognised() {
        let ext = "body_hash=a%2Bb&location_id=9975";
        let lines = |ts: &str, nonce: &str, method: &str, uri: &str, host: &str, ext: &str| {
            format!("{ts}\n{nonce}\n{method}\n{uri}\n{host}\n8080\n{ext}\n")
        };
        let (ts, uri, host) = ("1760000000", "/a%20b?c=d", "127.0.0.1");
        for (text, said) in [
            (lines(ts, "n", "PUT", "/a%20b", host, ext), "query"),
            (lines(ts, "n", "PUT", "/a b?c=d", host, ext), "decoded path"),
            (lines(ts, "n", "PUT", "http://127.0.0.1:8080/a%20b?c=d", host, ext), "whole URL"),
            (lines(ts, "n", "put", uri, host, ext), "lower case"),
            (lines(ts, "n", "PUT", uri, "127.0.0.1:8080", ext), "port inside"),
            (lines(ts, "n", "PUT", uri, host, ""), "leaves ext out"),
            (lines(ts, "n", "PUT", uri, host, "body_hash=a+b&location_id=9975"), "ext decoded"),
            (lines("n", ts, "PUT", uri, host, ext), "nonce before"),
            (lines(ts, "n", "PUT", uri, host, ext).trim_end().to_owned(), "line feed"),
            ("nonsense".to_owned(), "element by element"),
        ] {
            let advice = explained(&text, KEY.as_bytes());
            assert!(advice.contains(said), "{text:?}: {advice}");
        }
        let right = lines(ts, "n", "PUT", uri, host, ext);
        assert!(explained(&right, &STANDARD.decode(KEY).unwrap()).contains("base64"));
    }
}
