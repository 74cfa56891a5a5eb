//! Creating a transaction (wallet-api section 5.2).

use rusqlite::Connection;

use crate::domain::Service;
use crate::domain::draft::Draft;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::places::{self, Location};
use crate::store::transactions::{self, StoredTransaction};
use crate::store::wallets;

/// Creates what `draft` asks for. Nothing is held yet.
pub(crate) fn create(
    db: &Connection,
    now: i64,
    caller: &Caller,
    mut draft: Draft,
) -> Result<StoredTransaction, Refusal> {
    let shops = match caller {
        Caller::Client { project, .. } => {
            draft.project_id.get_or_insert(*project);
            shops(db, *project, draft.project_id, draft.location_id)?
        }
        Caller::User { .. } => {
            if draft.project_id.is_some() || draft.location_id.is_some() {
                return Err(Refusal::Forbidden("A user token acts for no project and no location"));
            }
            Vec::new()
        }
    };
    let mut destinations = Vec::with_capacity(draft.payments.len());
    for (index, payment) in draft.payments.iter().enumerate() {
        let beneficiary = match (payment.beneficiary, caller) {
            (Some(wallet), _) => wallet,
            (None, Caller::Client { wallet, .. }) => *wallet,
            (None, Caller::User { .. }) => {
                return Err(Refusal::parameter(
                    format!("payments[{index}].beneficiary"),
                    "A user must say who is paid",
                ));
            }
        };
        if wallets::wallet(db, beneficiary)?.is_none() {
            return Err(Refusal::NotFound("Beneficiary not found"));
        }
        let cash = payment.purpose.as_deref() == Some("cash");
        let service = Service::of(cash, beneficiary != caller.wallet());
        if matches!(caller, Caller::Client { .. }) {
            // Without a location in the request one of the project's must
            // offer the service.
            if !shops.iter().any(|shop| shop.offers(service)) {
                return Err(Refusal::ServiceMissing(service));
            }
        } else if service.is_cash() {
            return Err(Refusal::Forbidden("Cash needs a retailer"));
        }
        destinations.push((beneficiary, service));
    }
    let key = transactions::insert(db, now, caller, &draft, &destinations)?;
    transactions::find(db, &key)?.ok_or(Refusal::Internal)
}

/// The locations at which the request can be: the one that it names, or all of
/// the client's project.
fn shops(
    db: &Connection,
    own_project: i64,
    project: Option<i64>,
    location: Option<i64>,
) -> Result<Vec<Location>, Refusal> {
    if project.is_some_and(|project| project != own_project) {
        return Err(Refusal::Forbidden("The project is not this client's"));
    }
    let mut shops = places::locations(db, own_project)?;
    if let Some(location) = location {
        shops.retain(|shop| shop.id == location);
        if shops.is_empty() {
            return Err(Refusal::Forbidden("The location is not this project's"));
        }
    }
    Ok(shops)
}
