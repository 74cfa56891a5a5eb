//! After signing out and dropping the client no memory of the process holds the
//! key. Freed memory is wiped by the allocator, as in the bindings; what this
//! finds is memory that somebody still holds.
// Tests stop at the first surprise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]
#![cfg(target_os = "linux")]

use std::alloc::System;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::sync::Arc;

use paysera_core::auth::{FixedCredentials, MemorySecretStore, SecretStore, SignIn};
use paysera_core::secret::Secret;
use paysera_core::wallet_api::{Environment, ScopeName, WalletRef};
use paysera_e2e::{Shop, client};
use paysera_sandbox::seed;
use zeroize::Zeroize as _;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static WIPED: ZeroAlloc<System> = ZeroAlloc(System);

const SERVER: &str = "PAYSERA_TEST_SERVER";
/// What the child says at its end.
const DONE: &str = "no memory holds the key";

/// The key, as nobody else in the process has it.
struct Masked(Vec<u8>);

const MASK: u8 = 0xa5;

impl Masked {
    fn of(secret: &str) -> Self {
        Self(secret.bytes().map(|byte| byte ^ MASK).collect())
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        bytes.iter().zip(&self.0).all(|(byte, masked)| *byte ^ MASK == *masked)
    }

    /// How often it stands in memory that can be written.
    fn count(&self) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let mut found = 0;
        let mut buffer = vec![0_u8; 1 << 20];
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let mut at = u64::from_str_radix(from, 16).unwrap();
            let to = u64::from_str_radix(to, 16).unwrap();
            while at < to {
                // What is read must not be found again where it was read to.
                buffer.as_mut_slice().zeroize();
                let length = usize::try_from(to - at).unwrap().min(buffer.len());
                let Ok(read) = memory.read_at(&mut buffer[..length], at) else { break };
                found += buffer[..read].windows(self.0.len()).filter(|bytes| self.is_at(bytes)).count();
                if at + (read as u64) >= to {
                    break;
                }
                // The next piece begins where a key may have been cut.
                let Some(next) = read.checked_sub(self.0.len()).filter(|next| *next > 0) else { break };
                at += next as u64;
            }
        }
        buffer.as_mut_slice().zeroize();
        found
    }
}

/// The process that is searched is a child: this one runs the server, which
/// knows the key.
#[test]
fn no_memory_holds_the_key_after_signing_out() {
    if let Ok(server) = std::env::var(SERVER) {
        return sign_in_and_out(&server);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let shop = runtime.block_on(Shop::open());
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "no_memory_holds_the_key_after_signing_out", "--nocapture"])
        .env(SERVER, shop.sandbox.base_url())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    let errors = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && said.contains(DONE), "{said}{errors}");
}

fn sign_in_and_out(server: &str) {
    let environment = Environment::sandbox(server).unwrap();
    let store = Arc::new(MemorySecretStore::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let key = runtime.block_on(async {
        let app = FixedCredentials::new(seed::APP_CLIENT_ID.to_owned(), seed::APP_MAC_KEY.to_owned());
        let sign_in = SignIn::new(client(&environment, Arc::new(app)), store.clone());
        let password = Secret::new(seed::CUSTOMER.password.to_owned());
        let scopes = [ScopeName::Balance.into()];
        let session = sign_in.with_password(seed::CUSTOMER.phone, &password, &scopes).await.unwrap();
        let api = client(&environment, Arc::new(session.clone()));
        api.wallets().balance(WalletRef::Me).await.unwrap();
        let key = masked_key(&*store);
        let found = key.count();
        assert!(found > 0, "the search finds nothing while the key is in use");
        println!("{found} times while signed in");
        session.sign_out().await.unwrap();
        key
    });
    // The connections' buffers go with their tasks.
    drop(runtime);
    assert_eq!(key.count(), 0, "the key is still in memory");
    println!("{DONE}");
}

/// The key of the session without a copy of it that stays.
fn masked_key(store: &dyn SecretStore) -> Masked {
    const NAME: &[u8] = b"\"mac_key\":\"";
    let record = store.get("session").unwrap().unwrap();
    let begin = record.windows(NAME.len()).position(|bytes| bytes == NAME).unwrap() + NAME.len();
    let length = record[begin..].iter().position(|byte| *byte == b'"').unwrap();
    Masked::of(std::str::from_utf8(&record[begin..begin + length]).unwrap())
}
