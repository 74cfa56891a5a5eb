//! The requests of an attempt, each once; what came of it goes back to the
//! machine.

use std::future::Future;

use super::intent::Steps;
use super::lost::{self, Extent};
use super::machine::{Ask, Failure, Heard, Machine, PaymentSighting, Send, Sighting};
use crate::code::TransactionKey;
use crate::error::{ApiError, ApiErrorKind};
use crate::wallet_api::{
    ConfirmPrices, Delivery, Payment, SpotId, Transaction, WalletApi, WalletApiError, WalletRef,
};

type Answer<T> = Result<T, Box<Failure>>;

/// Sends what was planned.
pub(super) fn send(
    api: &WalletApi,
    machine: &Machine,
    send: Send,
) -> impl Future<Output = Heard> + 'static + use<> {
    let (api, machine) = (api.clone(), machine.clone());
    async move {
        match send {
            Send::Create => Heard::Wrote(send, create(&api, &machine).await),
            Send::Reserve => Heard::Wrote(send, reserve(&api, &machine).await),
            Send::Confirm => Heard::Wrote(send, confirm(&api, &machine).await),
            Send::Revoke => {
                let answer = match key(&machine) {
                    Ok(key) => seen(api.transactions().revoke(key).await),
                    Err(failure) => Err(failure),
                };
                Heard::Wrote(send, answer)
            }
            Send::Link => Heard::SpotWrote(send, link(&api, &machine).await),
            Send::CloseSpot => {
                let answer = match spot(&machine) {
                    Ok(spot) => api.spots().close(spot).await.map(|_| ()).map_err(|error| failure(&error)),
                    Err(failure) => Err(failure),
                };
                Heard::SpotWrote(send, answer)
            }
            Send::Refund => Heard::RefundWrote(refund(&api, &machine).await),
        }
    }
}

/// Asks what was planned.
pub(super) fn ask(
    api: &WalletApi,
    machine: &Machine,
    ask: Ask,
) -> impl Future<Output = Heard> + 'static + use<> {
    let (api, machine) = (api.clone(), machine.clone());
    async move {
        match ask {
            Ask::Look => {
                let asked = machine.create_sent_at().unwrap_or(machine.started_at);
                Heard::Looked(match lost::find(&api, machine.id, machine.started_at, asked).await {
                    Ok((Some(found), _)) => Ok(Some(Sighting::from(&found))),
                    Ok((None, Extent::Whole)) => Ok(None),
                    // Not seen is not the same as not there.
                    Ok((None, Extent::Since(_))) => Err(unsent(ApiError::local(ApiErrorKind::ListTooLong))),
                    Err(error) => Err(failure(&error)),
                })
            }
            Ask::Read => Heard::Read(match key(&machine) {
                Ok(key) => seen(api.transactions().get(key).await),
                Err(failure) => Err(failure),
            }),
            Ask::ReadPayment => Heard::PaymentRead(match machine.payment() {
                Some(payment) => payment_seen(api.payments().get(payment).await),
                None => Err(defect("a refund without a payment")),
            }),
            Ask::ReadSpot => Heard::SpotRead(is_linked(&api, &machine).await),
            Ask::PayerName => Heard::PayerName(payer_name(&api, &machine).await),
        }
    }
}

async fn create(api: &WalletApi, machine: &Machine) -> Answer<Sighting> {
    let Some(new) = machine.intent.transaction(machine.id) else {
        return Err(defect("this kind of attempt makes no transaction"));
    };
    seen(api.transactions().create(&new).await)
}

async fn reserve(api: &WalletApi, machine: &Machine) -> Answer<Sighting> {
    let key = key(machine)?;
    let transactions = api.transactions();
    match (&machine.intent.steps, machine.code()) {
        (Steps::CashOut { .. }, Some(code)) => seen(transactions.reserve_by_code(key, code).await),
        (Steps::CashIn { from, .. }, _) => {
            seen(transactions.reserve_from_wallet(key, WalletRef::Id(*from)).await)
        }
        (Steps::Pay { wallet, .. }, _) => {
            seen(transactions.reserve_from_wallet(key, WalletRef::Id(*wallet)).await)
        }
        (Steps::PayWallet { from, .. }, _) => {
            let from = from.map_or(WalletRef::Me, WalletRef::Id);
            seen(transactions.reserve_from_wallet(key, from).await)
        }
        _ => Err(defect("this kind of attempt reserves nothing")),
    }
}

async fn confirm(api: &WalletApi, machine: &Machine) -> Answer<Sighting> {
    let key = key(machine)?;
    match machine.confirm_body() {
        Some(body) if !body.is_empty() => {
            let prices = ConfirmPrices::from_bytes(body.as_bytes().to_vec());
            seen(api.transactions().confirm_at(key, &prices).await)
        }
        _ => seen(api.transactions().confirm(key).await),
    }
}

async fn refund(api: &WalletApi, machine: &Machine) -> Answer<PaymentSighting> {
    let Steps::Refund { payment, keep, .. } = machine.intent.steps else {
        return Err(defect("this kind of attempt gives nothing back"));
    };
    match keep {
        Some(keep) => payment_seen(api.payments().finalize(payment, Some(keep)).await),
        None => payment_seen(api.payments().cancel(payment).await),
    }
}

async fn link(api: &WalletApi, machine: &Machine) -> Answer<()> {
    let (spot, key) = (spot(machine)?, key(machine)?);
    api.spots().add_order(spot, key).await.map(|_| ()).map_err(|error| failure(&error))
}

async fn is_linked(api: &WalletApi, machine: &Machine) -> Answer<bool> {
    let (spot, key) = (spot(machine)?, key(machine)?);
    let spot = api.spots().get(spot).await.map_err(|error| failure(&error))?;
    Ok(spot.orders.iter().any(|order| order.transaction_key == *key))
}

/// A till compares the name with a photo-id; where it can't see one, the
/// photo-id alone has to do.
async fn payer_name(api: &WalletApi, machine: &Machine) -> Option<String> {
    let wallet = api.wallets().get(WalletRef::Id(machine.payer()?)).await.ok()?;
    wallet.account?.owner_display_name
}

fn key(machine: &Machine) -> Answer<&TransactionKey> {
    machine.key.as_ref().ok_or_else(|| defect("an attempt without a transaction"))
}

fn spot(machine: &Machine) -> Answer<SpotId> {
    match machine.intent.steps {
        Steps::Collect { spot: Some(spot), .. } => Ok(spot),
        _ => Err(defect("an attempt without a spot")),
    }
}

pub(super) fn seen(answer: Result<Transaction, WalletApiError>) -> Answer<Sighting> {
    answer.map(|transaction| Sighting::from(&transaction)).map_err(|error| failure(&error))
}

fn payment_seen(answer: Result<Payment, WalletApiError>) -> Answer<PaymentSighting> {
    answer.map(|payment| PaymentSighting::from(&payment)).map_err(|error| failure(&error))
}

fn failure(error: &WalletApiError) -> Box<Failure> {
    Box::new(Failure::from(error))
}

/// The plan asks for what the intent does not have: it was not sent.
fn defect(details: &str) -> Box<Failure> {
    unsent(ApiError::local(ApiErrorKind::Bug { details: details.to_owned() }))
}

fn unsent(error: ApiError) -> Box<Failure> {
    Box::new(Failure { delivery: Delivery::NotSent, error, retry_after: None })
}
