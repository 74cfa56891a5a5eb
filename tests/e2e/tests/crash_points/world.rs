//! The server, and the phones in front of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use paysera_core::attempt::Pace;
use paysera_core::auth::{FixedCredentials, MemorySecretStore};
use paysera_core::clock::SystemRandom;
use paysera_core::code::{LocationId, WalletId};
use paysera_core::customer::{Customer, SandboxV1, SandboxV1Params};
use paysera_core::journal::{AttemptId, InstallId, Journal, JournalError, JournalOwner};
use paysera_core::merchant::{Merchant, TillPlace, TillSettings};
use paysera_core::wallet_api::{Environment, ProjectId};
use paysera_e2e::in_process::{Carried, InProcess};
use paysera_e2e::{ImpatientClock, POLL, unlimited};
use paysera_sandbox::{Sandbox, seed};
use seed::{CUSTOMER, RETAILER_WALLET};
use tokio::runtime::Runtime;

use super::life::{Death, Life};
use super::people::Cash;
use super::{AMOUNT, STANDSTILL};

/// One life of the phone that is tested.
pub(crate) struct Phone {
    pub(crate) life: Arc<Life>,
    pub(crate) runtime: Runtime,
    pub(crate) till: Merchant,
    pub(crate) payer: Customer,
}

pub(crate) struct World {
    pub(crate) server: Runtime,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) folder: PathBuf,
    pub(crate) cash: Cash,
    pub(crate) flow: &'static str,
}

impl World {
    pub(crate) fn new(flow: &'static str) -> Self {
        let server =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Arc::new(server.block_on(Sandbox::builder().start(address)).unwrap());
        let folder =
            std::env::temp_dir().join(format!("paysera-crash-{}", AttemptId::new(&SystemRandom).unwrap()));
        std::fs::create_dir(&folder).unwrap();
        Self { server, sandbox, folder, cash: Cash::default(), flow }
    }

    pub(crate) fn journal(&self, name: &str, wallet: u64, life: &Arc<Life>) -> Arc<Journal> {
        let install = InstallId::parse("11111111-1111-4111-8111-111111111111").unwrap();
        let owner = JournalOwner { install, wallet: WalletId::new(wallet).unwrap() };
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let journal = open(&folder, owner);
        assert_eq!(journal.set_aside(), None);
        Arc::new(journal.observed_by(life.clone()))
    }

    /// Starts the process that may die; the other side's phone lives on in the
    /// same process with a life of its own.
    pub(crate) fn start(&self, death: Death) -> Phone {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let life = Life::new(death);
        let (till_life, payer_life) = if self.flow == "pay" {
            (Life::new(Death::Never), life.clone())
        } else {
            (life.clone(), Life::new(Death::Never))
        };
        let environment = Environment::sandbox(&self.sandbox.base_url()).unwrap();
        let carried = |life: &Arc<Life>| {
            Arc::new(Carried { server: InProcess(Arc::clone(&self.sandbox)), way: life.clone() })
        };
        let place = TillPlace {
            project: ProjectId(seed::PROJECT_ID),
            location: LocationId(seed::LOCATION_ALL_SERVICES),
            wallet: WalletId::new(RETAILER_WALLET).unwrap(),
        };
        let retailer =
            FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned());
        let settings = TillSettings {
            pace: Pace::steady(POLL),
            refund_window_seconds: Some(3600),
            ..TillSettings::default()
        };
        let till = Merchant::builder(environment.clone(), Arc::new(retailer), place)
            .device("till-1")
            .settings(settings)
            .journal(self.journal("till", RETAILER_WALLET, &till_life))
            .clock(Arc::new(ImpatientClock::default()))
            .budget(unlimited())
            .exchange(carried(&till_life))
            .build()
            .unwrap();
        let credentials = FixedCredentials::new(CUSTOMER.token.to_owned(), CUSTOMER.mac_key.to_owned());
        let codes =
            SandboxV1::new(CUSTOMER.generator, CUSTOMER.generator_seed, SandboxV1Params::default()).unwrap();
        let payer = Customer::builder(environment, Arc::new(credentials))
            .reservation_codes(Arc::new(codes), Arc::new(MemorySecretStore::default()))
            .journal(self.journal("payer", CUSTOMER.wallet, &payer_life))
            .clock(Arc::new(ImpatientClock::default()))
            .pace(Pace::steady(POLL))
            .budget(unlimited())
            .exchange(carried(&payer_life))
            .build()
            .unwrap();
        Phone { life, runtime, till, payer }
    }

    /// What the flow moves to the merchant in the end, if it succeeds.
    pub(crate) fn moved(&self) -> i64 {
        match self.flow {
            "cash_in" => -AMOUNT,
            "refund" | "undo_cash_in" => 0,
            _ => AMOUNT,
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Opens a journal, once the tasks of a process that died have let it go.
pub(crate) fn open(folder: &Path, owner: JournalOwner) -> Journal {
    let began = std::time::Instant::now();
    loop {
        match Journal::open(folder, owner, paysera_core::clock::UnixSeconds(0)) {
            Err(JournalError::InUse { .. }) if began.elapsed() < STANDSTILL => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}
