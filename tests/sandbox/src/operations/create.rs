//! Creating a transaction (wallet-api section 5.2).

use rusqlite::Connection;

use super::allowances;
use crate::domain::Service;
use crate::domain::contact::Criterion;
use crate::domain::draft::{Draft, DraftPayment};
use crate::domain::payment::{Payee, PaymentDraft};
use crate::domain::status::Status;
use crate::error::Refusal;
use crate::store::allowances::offered;
use crate::store::credentials::Caller;
use crate::store::history::Actor;
use crate::store::locations::{self, Location};
use crate::store::payments::{self, Destination};
use crate::store::transactions::{self, StoredTransaction};
use crate::store::{users, wallets};

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
    let mut planned = Vec::with_capacity(draft.payments.len());
    for (index, payment) in draft.payments.iter().enumerate() {
        match payment {
            DraftPayment::Existing(id) => planned.push(Planned::Existing(take_out(db, now, caller, *id)?)),
            DraftPayment::New(new) => {
                let path = format!("payments[{index}]");
                planned.push(Planned::New(new, destination(db, caller, &shops, new, &path)?));
            }
        }
    }
    let key = transactions::insert(db, now, caller, &draft)?;
    for payment in planned {
        match payment {
            Planned::Existing(id) => payments::set_transaction(db, id, &key)?,
            Planned::New(draft, to) => payments::insert(db, &key, draft, &to)?,
        }
    }
    allowances::ask(db, now, caller, &key, &draft)?;
    transactions::find(db, &key)?.ok_or(Refusal::Internal)
}

enum Planned<'a> {
    New(&'a PaymentDraft, Destination),
    Existing(i64),
}

/// Where a payment goes, if the caller may make it.
fn destination(
    db: &Connection,
    caller: &Caller,
    shops: &[Location],
    payment: &PaymentDraft,
    path: &str,
) -> Result<Destination, Refusal> {
    let beneficiary = match (&payment.beneficiary, caller) {
        (Some(Payee::Wallet(wallet)), _) => Some(*wallet),
        (Some(Payee::Email(email)), _) => registered(db, &Criterion::Email(email.clone()))?,
        (Some(Payee::Phone(phone)), _) => registered(db, &Criterion::Phone(phone.clone()))?,
        (None, Caller::Client { wallet, .. }) => Some(*wallet),
        (None, Caller::User { .. }) => {
            return Err(Refusal::parameter(format!("{path}.beneficiary"), "A user must say who is paid"));
        }
    };
    if let Some(wallet) = beneficiary
        && wallets::wallet(db, wallet)?.is_none()
    {
        return Err(Refusal::NotFound("Beneficiary not found"));
    }
    let cash = payment.purpose.as_deref() == Some("cash");
    let service = Service::of(cash, beneficiary != Some(caller.wallet()));
    let commission = payment.terms.in_commission.or(payment.terms.out_commission).is_some();
    if matches!(caller, Caller::Client { .. }) {
        // Without a location in the request one of the project's must offer
        // the service.
        if !shops.iter().any(|shop| shop.offers(service)) {
            return Err(Refusal::ServiceMissing(service));
        }
    } else if service.is_cash() {
        return Err(Refusal::Forbidden("Cash needs a retailer"));
    } else if commission {
        return Err(Refusal::parameter(format!("{path}.commission"), "Only a client takes a commission"));
    }
    let commission_wallet = commission.then(|| caller.wallet());
    Ok(Destination { beneficiary, service, commission_wallet })
}

/// The wallet of a person, if there is one.
pub(super) fn registered(db: &Connection, by: &Criterion) -> Result<Option<i64>, Refusal> {
    match users::find(db, by)? {
        Some(user) => wallets::first_of(db, user.id),
        None => Ok(None),
    }
}

/// Takes an own payment that nobody accepted out of its transaction, which is
/// deleted if nothing is left of it (wallet-api section 5).
fn take_out(db: &Connection, now: i64, caller: &Caller, id: i64) -> Result<i64, Refusal> {
    let old = super::payments::own(db, caller, id)?.0;
    if old.status != Status::New {
        return Err(Refusal::InvalidState("Payment must be new"));
    }
    if old.payments.len() == 1 && offered(db, &old.key)?.is_none() {
        transactions::set_ended(db, now, &old.key, Status::Deleted, Actor::Caller(caller))?;
    }
    Ok(id)
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
    let mut shops = locations::of_project(db, own_project)?;
    if let Some(location) = location {
        shops.retain(|shop| shop.id == location);
        if shops.is_empty() {
            return Err(Refusal::Forbidden("The location is not this project's"));
        }
    }
    Ok(shops)
}
