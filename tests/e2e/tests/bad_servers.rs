//! A server that answers anything but the Wallet API: typed errors, no secrets.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use paysera_core::auth::FixedCredentials;
use paysera_core::code::{Code, TransactionKey};
use paysera_core::error::{ApiError, ApiErrorKind, Retry};
use paysera_core::merchant::CashOutRequest;
use paysera_core::wallet_api::{Delivery, Environment, RetryPolicy, WalletApi, WalletApiError, WalletRef};
use paysera_e2e::{Shop, gel, serve};
use paysera_sandbox::seed;
use seed::CUSTOMER;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const TOKEN: &str = "tok_never_in_a_log";
const MAC_KEY: &str = "k3yNeverInALog000000000000000000";
const LIMIT: usize = 4 * 1024 * 1024;

fn api(address: SocketAddr) -> WalletApi {
    let credentials = FixedCredentials::new(TOKEN.to_owned(), MAC_KEY.to_owned());
    let environment = Environment::sandbox(&format!("http://{address}/")).unwrap();
    // What is repeated here, the HTTP library repeats by itself.
    let once = RetryPolicy { tries: 1, ..RetryPolicy::default() };
    WalletApi::builder(environment, Arc::new(credentials)).retries(once).build().unwrap()
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Reads one request's head, writes `answer`, closes.
async fn answer_once(mut stream: TcpStream, answer: &[u8]) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await.unwrap_or_default() == 0 {
            return;
        }
    }
    // A client that has seen enough closes first.
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
}

/// What the client makes of a server that answers each request with `answer`;
/// and how many requests it made.
async fn error_for(answer: Vec<u8>) -> WalletApiError {
    let listener = TcpListener::bind(any_port()).await.unwrap();
    let api = api(listener.local_addr().unwrap());
    let server = async {
        let (stream, _) = listener.accept().await.unwrap();
        answer_once(stream, &answer).await;
        // A second request, a repetition, would be one too many.
        listener.accept().await
    };
    tokio::select! {
        second = server => panic!("a second request: {second:?}"),
        error = async { api.server().time().await.unwrap_err() } => error,
    }
}

fn ok(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn what_is_not_json_is_not_understood() {
    for body in [
        "<html>Sign in to the hotel's network</html>",
        "",
        "{\"time\": ",
        "{}",
        "[]",
        "{\"time\": \"now\"}",
        "null",
    ] {
        let error = error_for(ok(body.as_bytes())).await;
        assert!(matches!(error, WalletApiError::NotUnderstood { status: 200, .. }), "{body}: {error:?}");
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert!(!error.to_string().contains("hotel"), "{error}");
    }
}

#[tokio::test]
async fn an_error_page_is_a_busy_server() {
    let error = error_for(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\n<html".to_vec()).await;
    assert!(matches!(error, WalletApiError::NotUnderstood { status: 502, .. }), "{error:?}");
    assert_eq!(ApiError::from(&error).kind, ApiErrorKind::ServerBusy);
}

#[tokio::test]
async fn a_limit_that_is_a_page_is_obeyed() {
    for status in [429, 503] {
        let head = format!("HTTP/1.1 {status} X\r\nRetry-After: 20\r\nContent-Length: 5\r\n\r\n<html");
        let error = error_for(head.into_bytes()).await;
        assert!(matches!(error, WalletApiError::NotUnderstood { .. }), "{error:?}");
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(20));
        assert_eq!(ApiError::from(&error).kind, ApiErrorKind::ServerBusy);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let error = error_for(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/steal\r\nContent-Length: 0\r\n\r\n".to_vec(),
    )
    .await;
    assert!(matches!(error, WalletApiError::NotUnderstood { status: 302, .. }), "{error:?}");
}

#[tokio::test]
async fn a_broken_or_cut_answer_is_lost() {
    let whole = ok(br#"{"time":1400000000}"#);
    for answer in [
        Vec::new(),
        b"\x00\xff\xfe garbage\r\n\r\n".to_vec(),
        b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        b"HTTP/1.1 200".to_vec(),
        whole[..whole.len() - 1].to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{\"time\":14".to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let error = error_for(answer).await;
        assert!(matches!(error, WalletApiError::AnswerLost(_)), "{shown:?}: {error:?}");
        let public = ApiError::from(&error);
        assert_eq!((public.kind, public.retry), (ApiErrorKind::NoAnswer, Retry::AfterReading));
    }
}

#[tokio::test]
async fn an_answer_of_five_megabytes_is_not_read_to_its_end() {
    let body = vec![b' '; 5 * 1024 * 1024];
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n500000\r\n".to_vec();
    for answer in [ok(&body), [chunked, body].concat()] {
        let error = error_for(answer).await;
        assert!(matches!(error, WalletApiError::AnswerTooLarge { limit: LIMIT }), "{error:?}");
        assert_eq!(error.delivery(), Delivery::Unknown);
    }
}

#[tokio::test]
async fn where_nothing_listens_nothing_was_sent() {
    // Bound, so that nobody else gets the port, and not listening.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(any_port()).unwrap();
    let error = api(socket.local_addr().unwrap()).server().time().await.unwrap_err();
    assert!(matches!(error, WalletApiError::Unreachable(_)), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(ApiError::from(&error).kind, ApiErrorKind::Offline);
}

fn assert_no_secret(shown: &str) {
    let codes = [TOKEN, MAC_KEY, seed::RETAILER_MAC_KEY, CUSTOMER.mac_key, CUSTOMER.token];
    for secret in codes {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn debug_and_display_show_no_key_token_or_reservation_code() {
    let shop = Shop::open().await;
    let phone = shop.phone(&CUSTOMER);
    let Code::Reservation(code) = phone.cash_out_code().unwrap() else { panic!("no reservation code") };
    let request = CashOutRequest {
        request_id: "r".to_owned(),
        amount: gel(100),
        description: "Cash".to_owned(),
        code: Code::Reservation(code.clone()),
        staff: None,
    };
    let mut shown = vec![format!("{request:?}")];
    let attempt = shop.till.cash_out(request).await.unwrap();
    shown.push(format!("{:?} {attempt:?}", serve(&attempt).await));
    phone.wallet().await.unwrap();
    shown.push(format!("{:?} {phone:?} {:?}", shop.till, shop.api()));

    // Refused by the server, refused by a code that was used, never delivered.
    let refused = api(shop.sandbox.address()).wallets().get(WalletRef::Me).await.unwrap_err();
    let key = TransactionKey::parse("NoSuchTransaction0").unwrap();
    let unknown = shop.api().transactions().reserve_by_code(&key, &code).await.unwrap_err();
    let used = shop.cash_out("again", 100, Code::Reservation(code.clone())).await.unwrap();
    shown.push(format!("{:?}", serve(&used).await));
    shop.sandbox.faults().drop_answer_once("PUT", "/reserve");
    let lost = shop.api().transactions().reserve_by_code(&key, &code).await.unwrap_err();
    for error in [refused, unknown, lost] {
        let public = ApiError::from(&error);
        shown.push(format!("{error:?} {error} {public:?} {public}"));
    }
    for shown in shown {
        assert_no_secret(&shown);
        assert!(!shown.contains(code.expose()), "the reservation code is in {shown}");
    }
    assert!(shop.sandbox.ledger_check().await.unwrap().is_balanced());
}
