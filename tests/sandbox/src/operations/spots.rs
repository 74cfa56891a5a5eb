//! What happens at a spot (wallet-api section 7.3).

use rusqlite::Connection;

use super::read;
use crate::domain::location::LocationStatus;
use crate::domain::status::{Event, Status};
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::spots::{self, Order, Spot, SpotStatus};
use crate::store::{locations, transactions};

const NO_SPOT: Refusal = Refusal::NotFound("Spot not found");
const NO_ORDER: Refusal = Refusal::NotFound("Order not found");

/// The spot, if the caller may see it: a merchant its own ones, a customer
/// those of every location in use.
pub(crate) fn visible(db: &Connection, caller: &Caller, id: i64) -> Result<Spot, Refusal> {
    let spot = spots::find(db, id)?.ok_or(NO_SPOT)?;
    let location = locations::find(db, spot.location)?.ok_or(Refusal::Internal)?;
    let sees = match caller {
        Caller::Client { project, .. } => location.project == *project,
        Caller::User { .. } => location.profile.status == LocationStatus::Active,
    };
    if sees { Ok(spot) } else { Err(NO_SPOT) }
}

/// The spot of a code. PROPOSAL: one that was closed opens anew for a customer.
pub(crate) fn of_code(
    db: &Connection,
    caller: &Caller,
    location: i64,
    identifier: &str,
) -> Result<Spot, Refusal> {
    let spot = spots::by_identifier(db, location, identifier)?.ok_or(NO_SPOT)?;
    let spot = visible(db, caller, spot.id)?;
    if spot.status == SpotStatus::Closed && matches!(caller, Caller::User { .. }) {
        spots::set_status(db, spot.id, SpotStatus::Open, None)?;
        return visible(db, caller, spot.id);
    }
    Ok(spot)
}

/// A customer takes the spot. PROPOSAL: one at a time.
pub(crate) fn check_in(db: &Connection, caller: &Caller, id: i64) -> Result<Spot, Refusal> {
    let user = customer(caller)?;
    let spot = visible(db, caller, id)?;
    match spot.user {
        Some(other) if other != user => Err(Refusal::InvalidState("Another customer is at this spot")),
        Some(_) => Ok(spot),
        None => {
            spots::set_status(db, id, SpotStatus::Waiting, Some(user))?;
            visible(db, caller, id)
        }
    }
}

/// The customer leaves before anything was accepted. PROPOSAL.
pub(crate) fn check_out(db: &Connection, caller: &Caller, id: i64) -> Result<Spot, Refusal> {
    let user = customer(caller)?;
    let spot = visible(db, caller, id)?;
    if spot.user != Some(user) {
        return Err(Refusal::InvalidState("Check in first"));
    }
    for order in spots::orders(db, id)? {
        let transaction = transactions::find(db, &order.transaction_key)?.ok_or(Refusal::Internal)?;
        if transaction.status.after(Event::Confirm).is_some() {
            return Err(Refusal::InvalidState("An order is accepted: the merchant confirms or revokes it"));
        }
    }
    spots::close_orders(db, id)?;
    spots::set_status(db, id, SpotStatus::Open, None)?;
    visible(db, caller, id)
}

/// The merchant is done with the customer; again does nothing.
pub(crate) fn close(db: &Connection, caller: &Caller, id: i64) -> Result<Spot, Refusal> {
    merchant(caller)?;
    visible(db, caller, id)?;
    spots::close_orders(db, id)?;
    spots::set_status(db, id, SpotStatus::Closed, None)?;
    visible(db, caller, id)
}

/// The merchant puts its transaction on the spot where a customer waits.
pub(crate) fn add_order(db: &Connection, caller: &Caller, id: i64, key: &str) -> Result<Order, Refusal> {
    merchant(caller)?;
    let spot = visible(db, caller, id)?;
    if spot.status != SpotStatus::Waiting {
        return Err(Refusal::InvalidState("No customer is checked in at this spot"));
    }
    let transaction = read::own(db, caller, key)?;
    if !matches!(transaction.status, Status::New | Status::Waiting) {
        return Err(Refusal::InvalidState("Transaction must be new or waiting"));
    }
    if spots::is_order(db, key)? {
        return Err(Refusal::InvalidState("Transaction is an order already"));
    }
    let order = spots::insert_order(db, id, key)?;
    spots::order(db, id, order)?.ok_or(Refusal::Internal)
}

/// An order, for its merchant and for the customer at the spot.
pub(crate) fn order(db: &Connection, caller: &Caller, id: i64, order: i64) -> Result<Order, Refusal> {
    let spot = visible(db, caller, id)?;
    if let Caller::User { user, .. } = caller
        && spot.user != Some(*user)
    {
        return Err(NO_ORDER);
    }
    spots::order(db, id, order)?.ok_or(NO_ORDER)
}

/// The merchant takes an order off the spot; its transaction stays as it is.
pub(crate) fn remove_order(db: &Connection, caller: &Caller, id: i64, order: i64) -> Result<(), Refusal> {
    merchant(caller)?;
    let order = self::order(db, caller, id, order)?;
    if order.closed {
        return Err(Refusal::InvalidState("The order is closed"));
    }
    spots::delete_order(db, order.id)
}

/// `status` of an order: that of its transaction, in three words. PROPOSAL: one
/// that ended without a payment is closed, too.
pub(crate) fn order_status(db: &Connection, order: &Order) -> Result<&'static str, Refusal> {
    if order.closed {
        return Ok("closed");
    }
    let transaction = transactions::find(db, &order.transaction_key)?.ok_or(Refusal::Internal)?;
    Ok(match transaction.status {
        Status::Reserved => "reserved",
        Status::Confirmed => "confirmed",
        Status::Rejected | Status::Revoked | Status::Failed | Status::Deleted => "closed",
        Status::New
        | Status::Waiting
        | Status::WaitingRegistration
        | Status::WaitingFunds
        | Status::WaitingPassword => "pending",
    })
}

fn customer(caller: &Caller) -> Result<i64, Refusal> {
    match caller {
        Caller::User { user, .. } => Ok(*user),
        Caller::Client { .. } => Err(Refusal::Forbidden("This is for the customer's token")),
    }
}

fn merchant(caller: &Caller) -> Result<i64, Refusal> {
    match caller {
        Caller::Client { project, .. } => Ok(*project),
        Caller::User { .. } => Err(Refusal::Forbidden("This is for the merchant")),
    }
}
