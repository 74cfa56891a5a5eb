//! The merchant's locations and the services chosen for them at activation
//! (wallet-api section 7.1).

mod hours;
mod location;
mod search;
mod update;

use std::collections::BTreeSet;

pub use hours::{DayHours, MinuteOfDay, Weekday, WorkingHours};
pub use location::{
    Location, LocationImages, LocationPrice, LocationStatus, RemoteOrders, Service, ServiceOffer,
};
pub use search::{CategoryImages, LocationFilter, Nearby, PayCategory};
pub use update::{LocationUpdate, NewLocationPrice};

use super::error::WalletApiError;
use super::page::{LONGEST_PAGE, Page, SHORTEST_PAGE, Window};
use super::projects::ProjectId;
use super::transport::{Call, Transport};
use crate::code::LocationId;

/// No project has so many locations: a server that goes on is out of order.
const MOST_PAGES: usize = 100;

/// Calls about locations.
#[derive(Debug)]
pub struct Locations<'a> {
    transport: &'a Transport,
}

impl<'a> Locations<'a> {
    pub(super) fn new(transport: &'a Transport) -> Self {
        Self { transport }
    }

    /// The locations of the client's project (`GET client/locations`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn of_client(&self) -> Result<Vec<Location>, WalletApiError> {
        self.transport.send(&Call::get("client/locations")).await
    }

    /// All locations of a project, whether they are in use or not
    /// (`GET project/{id}/locations`), read page by page.
    ///
    /// # Errors
    /// [`WalletApiError`]; `NotUnderstood` for a list that does not end.
    pub async fn of_project(&self, project: ProjectId) -> Result<Vec<Location>, WalletApiError> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        let mut offset = 0_u64;
        for _ in 0..MOST_PAGES {
            let window = Window { limit: Some(LONGEST_PAGE), offset: Some(offset) };
            let call = Call::get(format!("project/{project}/locations")).queries(window.pairs());
            let page: Page<Location> = self.transport.send(&call).await?;
            let read = page.items.len();
            offset = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            let before = all.len();
            all.extend(page.items.into_iter().filter(|location| known.insert(location.id)));
            // The list is bare, so nothing says that it ends: a server that makes
            // shorter pages than it is asked for makes none so short, and one that
            // takes no notice of the offset has said everything.
            if read < SHORTEST_PAGE || all.len() == before {
                return Ok(all);
            }
        }
        let reason = "the list of locations does not end".to_owned();
        Err(WalletApiError::NotUnderstood { status: 200, reason, retry_after: None })
    }

    /// Locations for everybody (`GET locations`). Needs no credentials.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn search(&self, filter: &LocationFilter) -> Result<Page<Location>, WalletApiError> {
        self.transport.send(&Call::get("locations").unsigned().queries(filter.pairs())).await
    }

    /// The categories of services (`GET locations/pay-categories`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn categories(&self, locale: Option<&str>) -> Result<Vec<PayCategory>, WalletApiError> {
        let locale = ("locale", locale.map(str::to_owned));
        self.transport.send(&Call::get("locations/pay-categories").unsigned().queries([locale])).await
    }

    /// Makes a location (`POST project/{id}/location`).
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn create(&self, project: ProjectId, new: &LocationUpdate) -> Result<Location, WalletApiError> {
        self.transport.send(&Call::post(format!("project/{project}/location")).json(new)?).await
    }

    /// Changes a location (`PUT location/{id}`), for example the services that
    /// the merchant chooses.
    ///
    /// # Errors
    /// [`WalletApiError`].
    pub async fn update(&self, id: LocationId, update: &LocationUpdate) -> Result<Location, WalletApiError> {
        self.transport.send(&Call::put(format!("location/{id}")).json(update)?).await
    }
}
