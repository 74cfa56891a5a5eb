//! The till's drawer and reports.

use std::sync::Arc;

use paysera_core::calendar::BusinessDay;
use paysera_core::merchant::report::export;

use super::{DrawerCount, ExportFormat, MerchantClient, Period, Reconciliation, ShiftReport, ZReport};
use crate::error::ApiError;
use crate::money::{Money, currency};

#[uniffi::export]
impl MerchantClient {
    /// What should be in the cash drawer; nothing where none is kept.
    ///
    /// # Errors
    /// `storage_failed`.
    pub async fn drawer(&self, currency_code: String) -> Result<Option<Money>, ApiError> {
        let (till, currency) = (self.till.clone(), currency(&currency_code)?);
        let held = self.engine.run(async move { till.drawer(currency).await }).await?;
        Ok(held.map(Into::into))
    }

    /// Puts money into the drawer. Gives what should be in it now.
    ///
    /// # Errors
    /// `rejected_input` for zero or less; `storage_failed`.
    #[uniffi::method(default(staff = None))]
    pub async fn add_float(&self, amount: Money, staff: Option<String>) -> Result<Money, ApiError> {
        let (till, amount) = (self.till.clone(), amount.try_into()?);
        let work = async move { till.add_float(amount, staff.as_deref()).await };
        self.engine.detached(work).await.map(Into::into)
    }

    /// Takes money out of the drawer. Gives what should be in it now.
    ///
    /// # Errors
    /// `rejected_input` for zero or less; `not_enough_cash`; `storage_failed`.
    #[uniffi::method(default(staff = None))]
    pub async fn remove_cash(&self, amount: Money, staff: Option<String>) -> Result<Money, ApiError> {
        let (till, amount) = (self.till.clone(), amount.try_into()?);
        let work = async move { till.remove_cash(amount, staff.as_deref()).await };
        self.engine.detached(work).await.map(Into::into)
    }

    /// Says what is really in the drawer; the difference is written down.
    ///
    /// # Errors
    /// `rejected_input` for less than nothing; `storage_failed`.
    #[uniffi::method(default(staff = None))]
    pub async fn count_drawer(&self, counted: Money, staff: Option<String>) -> Result<DrawerCount, ApiError> {
        let (till, counted) = (self.till.clone(), counted.try_into()?);
        let work = async move { till.count_drawer(counted, staff.as_deref()).await };
        self.engine.detached(work).await.map(Into::into)
    }

    /// What settled in a period.
    ///
    /// # Errors
    /// `storage_failed`.
    pub async fn shift_report(&self, period: Period) -> Result<ShiftReport, ApiError> {
        let till = self.till.clone();
        self.engine.run(async move { till.shift_report(period.into()).await }).await.map(Into::into)
    }

    /// The business day that it is now, `yyyy-mm-dd`.
    #[must_use]
    pub fn business_day(&self) -> String {
        self.till.business_day().as_str().to_owned()
    }

    /// The report of a business day, with the drawer.
    ///
    /// # Errors
    /// `rejected_input` for a text that is no day; `storage_failed`.
    pub async fn z_report(&self, day: String) -> Result<ZReport, ApiError> {
        let till = self.till.clone();
        let day = BusinessDay::parse(&day).map_err(|error| ApiError::rejected("day", error))?;
        self.engine.run(async move { till.z_report(day).await }).await.map(Into::into)
    }

    /// Compares what the journal says settled in a period with what the server says.
    ///
    /// # Errors
    /// [`ApiError`]; `list_too_long`: ask for a shorter period.
    pub async fn reconcile(&self, period: Period) -> Result<Reconciliation, ApiError> {
        let till = self.till.clone();
        self.engine.run(async move { till.reconcile(period.into()).await }).await.map(Into::into)
    }

    /// The attempts that began in a period as a file's text, oldest first.
    ///
    /// # Errors
    /// `storage_failed`.
    pub async fn export_attempts(&self, period: Period, format: ExportFormat) -> Result<String, ApiError> {
        let journal = Arc::clone(self.till.journal());
        let rows = self.engine.blocking(move || journal.started_in(period.into())).await?;
        Ok(export(&rows, format.into()))
    }
}
