//! What a till knows, and what it checks before anything is sent.

use std::sync::Arc;

use tokio::sync::RwLock;

use super::{TillPlace, TillSettings};
use crate::attempt::{Attempt, Host, Intent, Steps};
use crate::code::ReservationCode;
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptKind, AttemptRow, Journal};
use crate::money::Money;
use crate::wallet_api::{Location, Service};

#[derive(Debug)]
pub(super) struct Till {
    pub(super) host: Arc<Host>,
    pub(super) place: TillPlace,
    pub(super) settings: TillSettings,
    location: RwLock<Option<Location>>,
}

/// What a cashier asked for, as far as every kind of operation has it.
pub(super) trait TillRequest {
    const KIND: AttemptKind;
    const SERVICE: Service;

    fn amount(&self) -> Money;

    /// Cash that the drawer has to hold.
    fn cash_out_of_the_drawer(&self) -> Option<Money> {
        None
    }

    /// Checks the rest of the request and gives what is to be done.
    fn start(self, till: &Till) -> Result<Start, ApiError>;
}

/// What is to be done.
pub(super) struct Start {
    pub(super) request_id: String,
    pub(super) bill: Option<String>,
    pub(super) once_more: bool,
    pub(super) staff: Option<String>,
    pub(super) tip: Option<Money>,
    pub(super) code: Option<ReservationCode>,
    pub(super) steps: Steps,
}

impl Till {
    pub(super) fn new(host: Arc<Host>, place: TillPlace, settings: TillSettings) -> Self {
        Self { host, place, settings, location: RwLock::default() }
    }

    /// The location as it was last read; read if it never was.
    pub(super) async fn location(&self) -> Result<Location, ApiError> {
        if let Some(location) = self.location.read().await.as_ref() {
            return Ok(location.clone());
        }
        self.refresh_location().await
    }

    /// The location as the server has it now.
    pub(super) async fn refresh_location(&self) -> Result<Location, ApiError> {
        let locations = self.host.api.locations().of_client().await?;
        let location = locations
            .into_iter()
            .find(|location| location.id == self.place.location)
            .ok_or_else(|| ApiError::local(ApiErrorKind::NotFound))?;
        self.remember(location.clone()).await;
        Ok(location)
    }

    pub(super) async fn remember(&self, location: Location) {
        *self.location.write().await = Some(location);
    }

    /// Checks a request and starts its attempt, or finds the one that the same
    /// request started before.
    pub(super) async fn start<R: TillRequest>(&self, request: R) -> Result<Attempt, ApiError> {
        let amount = request.amount().require_positive()?;
        let cash = request.cash_out_of_the_drawer();
        let start = request.start(self)?;
        let service = R::SERVICE;
        if !self.location().await?.offers(service) {
            return Err(ApiError::local(ApiErrorKind::ServiceNotActivated { service }));
        }
        self.host.ready().await?;
        let bill = start.bill.clone().filter(|_| !start.once_more);
        if let Some(bill) = &bill {
            self.check_bill(bill, &start.request_id).await?;
        }
        let request_id = start.request_id.clone();
        let intent = Intent {
            kind: R::KIND,
            amount,
            request_id: start.request_id,
            device: self.host.device.clone(),
            bill: start.bill,
            staff: start.staff,
            tip: start.tip,
            steps: start.steps,
        };
        let allows = move |journal: &Journal| {
            if let Some(cash) = cash {
                check_drawer(journal, cash, &request_id)?;
            }
            match bill {
                Some(bill) if is_used(journal, &bill, &request_id)? => {
                    Err(ApiError::local(ApiErrorKind::BillUsed { bill }))
                }
                _ => Ok(()),
            }
        };
        self.host.start_if(intent, start.code, allows).await
    }

    /// A bill is paid once, unless a person says otherwise. Other tills of the
    /// location are asked as well; that warns, and can't prevent.
    async fn check_bill(&self, bill: &str, request_id: &str) -> Result<(), ApiError> {
        let text = bill.to_owned();
        let rows = self.host.journal.run(move |journal| journal.of_bill(&text)).await?;
        let same_request = rows.iter().any(|row| row.request_id == request_id);
        if !same_request && self.is_used_elsewhere(bill).await? {
            return Err(ApiError::local(ApiErrorKind::BillUsed { bill: bill.to_owned() }));
        }
        Ok(())
    }
}

/// A drawer that is kept must hold the cash. What other open attempts are about
/// to hand out counts as gone.
pub(super) fn check_drawer(journal: &Journal, cash: Money, request_id: &str) -> Result<(), ApiError> {
    let currency = cash.currency();
    let Some(drawer) = journal.drawer(currency)? else { return Ok(()) };
    let promised = journal
        .open_attempts()?
        .iter()
        .filter(|row| row.kind == AttemptKind::CashOut && row.request_id != request_id)
        .filter(|row| row.amount.currency() == currency)
        .try_fold(Money::from_minor(0, currency), |sum, row| sum.checked_add(row.amount))?;
    let left = drawer.checked_sub(promised)?;
    if left.minor() < cash.minor() {
        return Err(ApiError::not_enough_cash(left));
    }
    Ok(())
}

/// Whether another request has paid the bill here, or is about to.
fn is_used(journal: &Journal, bill: &str, request_id: &str) -> Result<bool, ApiError> {
    let counts = |row: &AttemptRow| row.open || row.settlement.is_some();
    Ok(journal.of_bill(bill)?.iter().filter(|row| row.request_id != request_id).any(counts))
}
