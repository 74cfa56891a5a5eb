//! The merchant's phone: a till at one location.

mod books;
mod client;
mod config;
mod reports;
mod requests;

use paysera_core::merchant::ServiceState as CoreServiceState;
use paysera_core::wallet_api::Service as CoreService;

pub use client::MerchantClient;
pub use config::{MerchantConfig, TillSettings};
pub use reports::{
    Difference, DrawerCount, DrawerDay, ExportFormat, OtherTill, Period, Reconciliation, ShiftReport,
    ShiftTotal, ZReport,
};
pub use requests::{CashInRequest, CashOutRequest, CollectRequest, RefundRequest};

/// A service that a location can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Service {
    /// Payments.
    Pay,
    /// The customer brings cash.
    CashIn,
    /// The customer takes cash.
    CashOut,
}

impl From<CoreService> for Service {
    fn from(service: CoreService) -> Self {
        match service {
            CoreService::Pay => Self::Pay,
            CoreService::CashIn => Self::CashIn,
            CoreService::CashOut => Self::CashOut,
        }
    }
}

impl From<Service> for CoreService {
    fn from(service: Service) -> Self {
        match service {
            Service::Pay => Self::Pay,
            Service::CashIn => Self::CashIn,
            Service::CashOut => Self::CashOut,
        }
    }
}

/// How far a service of the location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ServiceState {
    /// Offered to customers.
    Active,
    /// Chosen, and not approved yet.
    AwaitingApproval,
    /// Not chosen.
    Off,
}

impl From<CoreServiceState> for ServiceState {
    fn from(state: CoreServiceState) -> Self {
        match state {
            CoreServiceState::Active => Self::Active,
            CoreServiceState::AwaitingApproval => Self::AwaitingApproval,
            CoreServiceState::Off => Self::Off,
        }
    }
}

/// The till's location.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Location {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub title: String,
    /// Where it is.
    pub address: Option<String>,
    /// What it offers.
    pub services: Vec<Service>,
}

/// A table or till at which a customer waits for a bill.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Spot {
    /// Its number.
    pub id: u64,
    /// Its name, as in its code.
    pub identifier: String,
}
