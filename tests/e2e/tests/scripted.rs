//! What the sandbox never does: a server that follows a script, and a journal
//! that fails. Cash moves only on what is held, settled and written down.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use paysera_core::attempt::{Attempt, AttemptState, Pace, WaitingFor};
use paysera_core::auth::FixedCredentials;
use paysera_core::clock::SystemRandom;
use paysera_core::code::{Code, LocationId, WalletId};
use paysera_core::error::ApiErrorKind;
use paysera_core::journal::{CommitObserver, InstallId, Journal, JournalError, JournalOwner, Observed};
use paysera_core::merchant::{CashInRequest, CashOutRequest, Merchant, TillPlace, TillSettings};
use paysera_core::wallet_api::{Environment, ProjectId};
use paysera_e2e::{ImpatientClock, POLL, gel, names, next, serve, unlimited};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const LOCATION: &str =
    r#"[{"id":9975,"title":"Till","services":{"cash_in":{"available":true},"cash_out":{"available":true}}}]"#;

/// What the server says to the requests about the transaction, in this order;
/// the last line goes on for ever.
type Script = &'static [(&'static str, &'static str)];

/// Refuses entries of one name.
#[derive(Debug)]
struct DiskFull {
    refuses: &'static str,
}

impl CommitObserver for DiskFull {
    fn before(&self, commit: Observed<'_>) -> Result<(), JournalError> {
        if commit.entries.iter().any(|entry| entry.name == self.refuses) {
            return Err(JournalError::Storage { reason: "disk full".to_owned() });
        }
        Ok(())
    }
}

/// Serves the script; gives the address and what was asked.
async fn scripted(script: Script) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut line = 0;
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_request(&mut stream).await;
            let body = if request.starts_with("GET /rest/v1/client/locations") {
                LOCATION.to_owned()
            } else {
                let (expected, status) = script[line.min(script.len() - 1)];
                assert!(request.starts_with(expected), "{expected} is next, not {request}");
                line += 1;
                log.lock().unwrap().push(request);
                transaction(status)
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (address, asked)
}

/// Method and path of a request whose body was read as well.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            return head.lines().next().unwrap().to_owned();
        }
    }
}

fn transaction(status: &str) -> String {
    format!(
        r#"{{"transaction_key":"CiGEL0000000000000B1","created_at":1760000000,"status":"{status}","wallet":2112,
            "payments":[{{"id":1,"status":"new","price":5000,"price_decimal":"50.00","currency":"GEL"}}]}}"#
    )
}

fn till(address: SocketAddr, refuses: &'static str) -> Merchant {
    let place = TillPlace {
        project: ProjectId(1234),
        location: LocationId(9975),
        wallet: WalletId::new(2112).unwrap(),
    };
    let credentials = FixedCredentials::new("id".to_owned(), "key".to_owned());
    let owner = JournalOwner { install: InstallId::new(&SystemRandom).unwrap(), wallet: place.wallet };
    let journal = Journal::in_memory(owner).unwrap().observed_by(Arc::new(DiskFull { refuses }));
    Merchant::builder(
        Environment::sandbox(&format!("http://{address}/")).unwrap(),
        Arc::new(credentials),
        place,
    )
    .settings(TillSettings { pace: Pace::steady(POLL), ..TillSettings::default() })
    .clock(Arc::new(ImpatientClock::default()))
    .budget(unlimited())
    .journal(Arc::new(journal))
    .build()
    .unwrap()
}

async fn cash_in(till: &Merchant) -> Attempt {
    let code = Code::parse("EVP000000014471").unwrap();
    let (request_id, description) = ("in".to_owned(), "Deposit".to_owned());
    till.cash_in(CashInRequest { request_id, amount: gel(5000), description, code, staff: None })
        .await
        .unwrap()
}

async fn cash_out(till: &Merchant) -> Attempt {
    let code = Code::parse("0112345678903305676022535991").unwrap();
    let (request_id, description) = ("out".to_owned(), "Cash".to_owned());
    till.cash_out(CashOutRequest { request_id, amount: gel(5000), description, code, staff: None })
        .await
        .unwrap()
}

const NEVER: &str = "";

#[tokio::test]
async fn cash_is_not_asked_for_before_the_money_is_held() {
    let (address, _) = scripted(&[
        ("POST", "new"),
        ("PUT", "waiting_funds"),
        ("GET", "waiting_funds"),
        ("GET", "reserved"),
        ("PUT", "confirmed"),
    ])
    .await;
    let states = serve(&cash_in(&till(address, NEVER)).await).await;
    assert_eq!(names(&states), ["preparing", "waiting", "reserved", "take_cash", "settling", "settled"]);
    assert_eq!(states[1], AttemptState::Waiting { wanted: WaitingFor::Funds });
}

#[tokio::test]
async fn a_cash_out_is_not_settled_while_something_is_missing() {
    let (address, asked) = scripted(&[
        ("POST", "new"),
        ("PUT", "waiting_password"),
        ("GET", "waiting_password"),
        ("GET", "waiting_funds"),
        ("GET", "failed"),
    ])
    .await;
    let states = serve(&cash_out(&till(address, NEVER)).await).await;
    assert_eq!(names(&states), ["preparing", "waiting", "waiting", "failed"]);
    assert!(!asked.lock().unwrap().iter().any(|request| request.contains("/confirm")));
}

#[tokio::test]
async fn a_settlement_that_could_not_be_written_down_does_not_return_the_cash() {
    for refuses in ["confirm_sent", "confirmed"] {
        let (address, _) = scripted(&[("POST", "new"), ("PUT", "reserved"), ("PUT", "confirmed")]).await;
        let attempt = cash_in(&till(address, refuses)).await;
        let mut watch = attempt.watch();
        loop {
            match next(&mut watch).await.expect("an unknown outcome is no end") {
                AttemptState::TakeCash { .. } => attempt.cash_received(),
                AttemptState::Unknown { .. } => break,
                state => assert!(!matches!(state, AttemptState::ReturnCash { .. }), "{state:?}"),
            }
        }
    }
}

#[tokio::test]
async fn no_cash_is_handed_out_that_could_not_be_written_down() {
    for refuses in ["confirmed", "cash_asked"] {
        let (address, _) = scripted(&[("POST", "new"), ("PUT", "reserved"), ("PUT", "confirmed")]).await;
        let mut watch = cash_out(&till(address, refuses)).await.watch();
        loop {
            match next(&mut watch).await.expect("an unknown outcome is no end") {
                AttemptState::Unknown { .. } => break,
                state => assert!(!matches!(state, AttemptState::HandOutCash { .. }), "{state:?}"),
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_that_could_not_be_written_down() {
    let (address, asked) = scripted(&[("POST", "new")]).await;
    let till = till(address, "create_sent");
    match serve(&cash_in(&till).await).await.pop() {
        Some(AttemptState::Failed { error }) => assert_eq!(error.kind, ApiErrorKind::StorageFailed),
        state => panic!("{state:?}"),
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_settlement_elsewhere_hands_out_no_cash() {
    // Reserved by this till, confirmed by somebody else before its own confirm is answered.
    let (address, _) = scripted(&[("POST", "new"), ("PUT", "confirmed")]).await;
    let states = serve(&cash_out(&till(address, NEVER)).await).await;
    assert_eq!(names(&states), ["preparing", "settled"]);
    let Some(AttemptState::Settled { receipt }) = states.last() else { panic!("{states:?}") };
    assert!(receipt.elsewhere);
}
