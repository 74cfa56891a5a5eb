//! The sample exchanges of wallet-api section 14, in one run: every printed
//! request with its printed signature, every answer compared byte for byte. The
//! key of a transaction is the server's choice, so the printed one is put in its
//! place as soon as the transaction is there. What else differs is named.

use std::path::{Path, PathBuf};

use paysera_sandbox::{Database, Sandbox, SandboxClock, seed};
use rusqlite::{Connection, params};
use serde::Deserialize;

use crate::wire::{Answer, SAMPLE_TIME, done, send, signed};

/// A folder for the books, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("paysera-sandbox-samples-{}", std::process::id()));
        let folder = Self(path);
        folder.remove();
        std::fs::create_dir(&folder.0).unwrap();
        folder
    }

    fn remove(&self) {
        let _absent = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.remove();
    }
}

#[derive(Deserialize)]
struct Sample {
    number: u8,
    method: String,
    uri: String,
    authorization: String,
    body: String,
    status: u16,
    answer: String,
}

/// The key that the samples print for the transaction which one of them makes.
const fn printed_key(number: u8) -> Option<&'static str> {
    match number {
        4 => Some("ATaNL6X6CivO2Ou0FMPt"),
        9 => Some("CoGEL0000000000000A1"),
        14 => Some("CiGEL0000000000000B1"),
        _ => None,
    }
}

/// Sample 11 uses a code again, for a transaction that no sample makes.
const SPARE_KEY: &str = "CoGEL0000000000000A2";

/// When the cash-in is made. The samples print one time for all transactions, but
/// a server takes its signature no earlier than this.
const CASH_IN_TIME: i64 = SAMPLE_TIME + 10;

/// The server's time of a sample: the one that its answer tells, or the one that
/// it is signed with.
fn time_of(sample: &Sample) -> i64 {
    match sample.number {
        4 | 9 => SAMPLE_TIME,
        14 => CASH_IN_TIME,
        16 => SAMPLE_TIME + 85,
        number => SAMPLE_TIME + 5 * i64::from(number),
    }
}

async fn ask(sandbox: &Sandbox, sample: &Sample) -> Answer {
    let mut head = vec![
        format!("{} {} HTTP/1.1", sample.method, sample.uri),
        "Host: 127.0.0.1:8443".to_owned(),
        format!("Authorization: {}", sample.authorization),
    ];
    if !sample.body.is_empty() {
        head.push("Content-Type: application/json".to_owned());
        head.push(format!("Content-Length: {}", sample.body.len()));
    }
    send(sandbox.address(), &head, &sample.body).await
}

/// A transaction without a payment, so that no payment's number is used up; its
/// key.
async fn spare_transaction(sandbox: &Sandbox) -> String {
    let by = (seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY);
    let body = r#"{"currency":"GEL","max_price":1}"#;
    let made = signed(sandbox, by, "POST", "/rest/v1/allowance", body).await.ok();
    made.json()["transaction_key"].as_str().unwrap().to_owned()
}

/// Gives a transaction another key, wherever in the books it stands.
fn rename(books: &Path, own: &str, printed: &str) {
    let mut db = Connection::open(books).unwrap();
    // Between two updates a reference may lead nowhere.
    db.pragma_update(None, "foreign_keys", false).unwrap();
    let db = db.transaction().unwrap();
    let names = |query: &str| -> Vec<String> {
        let mut statement = db.prepare(query).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut changed = 0;
    for table in names("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        for column in names(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            let update = format!("UPDATE \"{table}\" SET \"{column}\" = ?2 WHERE \"{column}\" = ?1");
            changed += db.execute(&update, params![own, printed]).unwrap();
        }
    }
    assert!(changed > 0, "{own} is not in the books");
    db.commit().unwrap();
}

/// The printed answer, but for what the samples leave out and the server's choice.
fn expected(sample: &Sample, own_key: Option<&str>, answer: &Answer) -> String {
    let mut text = sample.answer.clone();
    if let (Some(printed), Some(own)) = (printed_key(sample.number), own_key) {
        text = text.replace(printed, own);
    }
    if let 14..=16 = sample.number {
        text =
            text.replace(&format!("\"created_at\":{SAMPLE_TIME}"), &format!("\"created_at\":{CASH_IN_TIME}"));
    }
    // Samples 6 and 7 leave the parameters out for brevity.
    if let 6 | 7 = sample.number {
        let payer = r#""beneficiary":{"id":2112},"wallet":14471"#;
        text = text.replace(payer, &format!(r#"{payer},"parameters":{{"client_ref":"bill-881"}}"#));
    }
    if sample.status == 200 { text } else { answer.with_correlation(&text) }
}

#[tokio::test]
async fn every_sample_is_answered_as_it_is_printed() {
    let samples: Vec<Sample> = serde_json::from_str(include_str!("../data/samples.json")).unwrap();
    assert_eq!(samples.iter().map(|sample| sample.number).collect::<Vec<_>>(), (1..=16).collect::<Vec<_>>());
    let folder = Folder::new();
    let books = folder.0.join("books.db");
    let clock = SandboxClock::fixed(SAMPLE_TIME);
    let builder = Sandbox::builder().clock(clock).database(Database::File(books.clone()));
    let sandbox = builder.start("127.0.0.1:0".parse().unwrap()).await.unwrap();
    for sample in &samples {
        sandbox.clock().set_offset(time_of(sample) - SAMPLE_TIME);
        if sample.number == 11 {
            rename(&books, &spare_transaction(&sandbox).await, SPARE_KEY);
        }
        let answer = ask(&sandbox, sample).await;
        assert_eq!(answer.status, sample.status, "sample {}: {}", sample.number, answer.body);
        let json = answer.json();
        let own_key = json["transaction_key"].as_str();
        assert_eq!(answer.body, expected(sample, own_key, &answer), "sample {}", sample.number);
        if let (Some(printed), Some(own)) = (printed_key(sample.number), own_key) {
            rename(&books, own, printed);
        }
    }
    done(sandbox).await;
}
