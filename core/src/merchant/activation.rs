//! Activation: the merchant chooses what the location offers, Paysera approves.

use std::collections::{BTreeMap, BTreeSet};

use super::till::Till;
use crate::error::{ApiError, ApiErrorKind};
use crate::wallet_api::{Location, LocationUpdate, Service, ServiceOffer};

/// Where the journal keeps what was chosen.
const CHOSEN: &str = "services_chosen";

/// How far a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// Offered to customers.
    Active,
    /// Chosen, and not approved yet.
    AwaitingApproval,
    /// Not chosen.
    Off,
}

impl Till {
    /// Chooses exactly `services` (`PUT location/{id}`).
    pub(super) async fn activate(
        &self,
        services: &BTreeSet<Service>,
    ) -> Result<BTreeMap<Service, ServiceState>, ApiError> {
        let location = self.refresh_location().await?;
        let offers = Service::ALL.into_iter().map(|service| {
            // What else the server knows of a service stays as it is.
            let known = location.services.get(service.as_str()).cloned().unwrap_or_default();
            (service, ServiceOffer { available: services.contains(&service), ..known })
        });
        let update = LocationUpdate { services: offers.collect(), ..LocationUpdate::default() };
        let chosen = serde_json::to_string(services).map_err(ApiError::bug)?;
        self.host.journal.run(move |journal| journal.set_setting(CHOSEN, &chosen)).await?;
        let location = self.host.api.locations().update(self.place.location, &update).await?;
        let states = states(&location, services);
        self.remember(location).await;
        Ok(states)
    }

    /// How far each service is, asked anew.
    pub(super) async fn services(&self) -> Result<BTreeMap<Service, ServiceState>, ApiError> {
        let location = self.refresh_location().await?;
        let chosen = self.host.journal.run(|journal| journal.setting(CHOSEN)).await?;
        let chosen = match chosen {
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| ApiError::local(ApiErrorKind::StorageFailed))?
            }
            None => BTreeSet::new(),
        };
        Ok(states(&location, &chosen))
    }
}

fn states(location: &Location, chosen: &BTreeSet<Service>) -> BTreeMap<Service, ServiceState> {
    let state = |service| {
        if location.offers(service) {
            ServiceState::Active
        } else if chosen.contains(&service) {
            ServiceState::AwaitingApproval
        } else {
            ServiceState::Off
        }
    };
    Service::ALL.into_iter().map(|service| (service, state(service))).collect()
}
