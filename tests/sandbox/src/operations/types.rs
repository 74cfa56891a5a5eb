//! How a wallet can accept a transaction (wallet-api section 5.7).

use rusqlite::Connection;

use super::access::may;
use super::allowances;
use super::read::visible;
use crate::domain::status::Event;
use crate::error::Refusal;
use crate::store::credentials::Caller;
use crate::store::transactions::Acceptance;
use crate::store::{codes, users, wallets};

/// The ways, of which the web page is always one (PROPOSAL of wallet-api
/// section 5.7); none for a transaction that can't be accepted any more.
pub(crate) fn available(
    db: &Connection,
    now: i64,
    caller: &Caller,
    key: &str,
    wallet: i64,
) -> Result<Vec<&'static str>, Refusal> {
    let transaction = visible(db, caller, key)?;
    let wallet = wallets::wallet(db, wallet)?.ok_or(Refusal::NotFound("Wallet not found"))?;
    if transaction.status.after(Event::Accept).is_none() {
        return Ok(Vec::new());
    }
    let mut ways = vec![Acceptance::Page];
    if let Caller::Client { id, .. } = caller {
        match allowances::covering(db, now, id, wallet.id, &transaction) {
            Ok(allowance) => ways.push(Acceptance::Allowance(allowance.id)),
            Err(Refusal::NoRights(_) | Refusal::LimitsExceeded) => {}
            Err(other) => return Err(other),
        }
    }
    if may(db, caller, "accept_with_flash")?
        && users::user(db, wallet.user)?.is_some_and(|user| user.phone.is_some())
    {
        ways.push(Acceptance::Flash);
    }
    if may(db, caller, "accept_with_pin")? && users::pin(db, wallet.user)?.is_some() {
        ways.push(Acceptance::Pin);
    }
    if codes::next(db, now, wallet.id)?.is_some() {
        ways.extend([Acceptance::ReservationCode, Acceptance::MobileApp]);
    }
    Ok(ways.into_iter().map(Acceptance::name).collect())
}
