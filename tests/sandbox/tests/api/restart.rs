//! A sandbox with a file.

use paysera_core::money::Currency;
use paysera_sandbox::{Database, Sandbox, SandboxError, Status, seed};

use crate::harness::{LOOPBACK, TILL, World, app_of, cash_out, codes, of, payment};
use crate::people::{APP, TOKEN, signer};

pub(crate) struct File(std::path::PathBuf);

impl File {
    pub(crate) fn new(name: &str) -> Self {
        let file =
            Self(std::env::temp_dir().join(format!("paysera-sandbox-{}-{name}.db", std::process::id())));
        file.remove();
        file
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            let _absent = std::fs::remove_file(path);
        }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.0
    }

    pub(crate) fn database(&self) -> Database {
        Database::File(self.0.clone())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}

#[tokio::test]
async fn the_books_survive_a_restart_and_the_seed_is_planted_once() {
    let file = File::new("restart");
    let world = World::start(Sandbox::builder().database(file.database())).await;
    let app = app_of(&seed::CUSTOMER);
    let confirmed = world.create(TILL, payment(100)).await;
    world.raw(app, "PUT", &of(&confirmed, "/reserve/me"), "").await.ok();
    world.confirm(TILL, &confirmed).await.ok();
    let open = world.create(TILL, cash_out(200)).await;
    let code = codes(&seed::CUSTOMER).next_code();
    world.reserve_by_code(TILL, &open, &code).await.ok();
    world.done().await;

    let world = World::start(Sandbox::builder().database(file.database())).await;
    assert_eq!(world.gel(seed::CUSTOMER.wallet).await, (99_700, 200));
    assert_eq!(world.sandbox.transaction_status(&confirmed).await.unwrap(), Status::Confirmed);
    let other = world.create(TILL, cash_out(200)).await;
    world.reserve_by_code(TILL, &other, &code).await.refused(400, "invalid_code");
    world.confirm(TILL, &open).await.ok();
    assert_eq!(world.gel(seed::RETAILER_WALLET).await, (1_000_300, 0));
    world.done().await;
}

#[tokio::test]
async fn people_and_their_tokens_survive_a_restart() {
    let file = File::new("people");
    let world = World::start(Sandbox::builder().database(file.database())).await;
    let good = world.sign_in(&seed::CUSTOMER, "email").await;
    let revoked = world.sign_in(&seed::CUSTOMER, "email").await;
    let path = format!("{TOKEN}?access_token={}", revoked["access_token"].as_str().unwrap());
    world.delete(APP, &path).await.ok();
    world.done().await;

    let world = World::start(Sandbox::builder().database(file.database())).await;
    assert_eq!(world.get(signer(&good), "/rest/v1/user/me/email").await.ok(), seed::CUSTOMER.email);
    world.get(signer(&revoked), "/rest/v1/user/me/email").await.refused(400, "invalid_grant");
    world.sign_in(&seed::CUSTOMER, "").await;
    world.done().await;
}

#[tokio::test]
async fn dropping_the_sandbox_frees_its_port() {
    let world = World::new().await;
    let address = world.sandbox.address();
    assert!(matches!(Sandbox::builder().start(address).await, Err(SandboxError::Listen { .. })));
    drop(world);
    let mut again = Sandbox::builder().start(address).await;
    for _ in 0..500 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        again = Sandbox::builder().start(address).await;
    }
    again.unwrap().shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let file = File::new("broken");
    std::fs::write(&file.0, "not a database, but long enough to be looked at".repeat(50)).unwrap();
    let started = Sandbox::builder().database(file.database()).start(LOOPBACK).await;
    assert!(matches!(started, Err(SandboxError::Store(_))));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let world = World::new().await;
    assert!(matches!(world.sandbox.balance(1, Currency::GEL).await, Err(SandboxError::NotFound)));
    assert!(matches!(world.sandbox.transaction_status("x").await, Err(SandboxError::NotFound)));
    assert_eq!(world.sandbox.balance(2112, Currency::EUR).await.unwrap().at_disposal, 0);
    world.done().await;
}
