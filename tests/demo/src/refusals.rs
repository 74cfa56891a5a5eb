//! The refusals that people meet, each with what the cashier reads.

use paysera_core::attempt::{Attempt, AttemptState, WaitingFor};
use paysera_core::code::{Code, CodeError};
use paysera_core::error::ApiError;
use paysera_core::merchant::{CashInRequest, CashOutRequest, Merchant};
use paysera_core::money::{Currency, Money};
use paysera_sandbox::seed;

use crate::error::DemoError;
use crate::report::Refusal;
use crate::stage::Stage;

const AMOUNT: Money = Money::from_minor(1000, Currency::GEL);
/// A menu, a ticket: what else hangs on the wall of a shop.
const FOREIGN_TEXT: &str = "https://example.com/menu";

pub(crate) async fn all(stage: &mut Stage) -> Result<Vec<Refusal>, DemoError> {
    stage.screen.chapter("What is refused, and what the cashier reads");
    let till = stage.till(seed::LOCATION_ALL_SERVICES)?;
    let mut refusals = Vec::new();

    let code = stage.phone(&seed::UNIDENTIFIED)?.cash_out_code()?;
    let code = photographed(stage, &code.to_text())?;
    let error = cash_out(&till, "refusal-unidentified", code).await?;
    refusals.push(told(
        stage,
        "not_identified",
        "customer_not_identified",
        "Cash-out by a customer who is not identified",
        &error,
    )?);

    let payments_only = stage.till(seed::LOCATION_PAYMENTS_ONLY)?;
    let code = stage.phone(&seed::CUSTOMER)?.cash_out_code()?;
    let code = photographed(stage, &code.to_text())?;
    let error = cash_out(&payments_only, "refusal-service", code).await?;
    refusals.push(told(
        stage,
        "service_not_activated",
        "location_without_cash_out",
        "Cash-out at a location that has payments only",
        &error,
    )?);

    let code = stage.phone(&seed::POOR)?.cash_out_code()?;
    let code = photographed(stage, &code.to_text())?;
    let error = cash_out(&till, "refusal-funds", code).await?;
    refusals.push(told(
        stage,
        "insufficient_funds",
        "not_enough_funds",
        "Cash-out by a customer with too little money",
        &error,
    )?);

    // The first code of the customer's chain paid for the cash-out above.
    let code = stage.phone(&seed::CUSTOMER)?.cash_out_code()?;
    let code = photographed(stage, &code.to_text())?;
    let error = cash_out(&till, "refusal-used", code).await?;
    refusals.push(told(
        stage,
        "code_invalid_or_used",
        "reservation_code_used_twice",
        "The same reservation code a second time",
        &error,
    )?);

    let own = Code::Wallet(paysera_core::code::WalletId::new(seed::RETAILER_WALLET).map_err(ApiError::from)?);
    let code = photographed(stage, &own.to_text())?;
    let error = cash_in(&till, "refusal-self", code).await?;
    refusals.push(told(
        stage,
        "payment_to_self",
        "payment_to_oneself",
        "Cash-in to the merchant's own wallet",
        &error,
    )?);

    let (text, _) = stage.scan(FOREIGN_TEXT)?;
    let error = match Code::parse(&text) {
        Err(CodeError::NotPaysera) => "not_a_paysera_code".to_owned(),
        other => return Err(DemoError::differs("a foreign code", "refused", format!("{other:?}"))),
    };
    refusals.push(told(
        stage,
        "not_a_paysera_code",
        "not_a_paysera_code",
        "A QR code that is not Paysera's",
        &error,
    )?);
    Ok(refusals)
}

fn photographed(stage: &mut Stage, text: &str) -> Result<Code, DemoError> {
    let (text, _) = stage.scan(text)?;
    Ok(Code::parse(&text).map_err(ApiError::from)?)
}

async fn cash_out(till: &Merchant, request_id: &str, code: Code) -> Result<String, DemoError> {
    let description = "Cash withdrawal".to_owned();
    let request =
        CashOutRequest { request_id: request_id.to_owned(), amount: AMOUNT, description, code, staff: None };
    refused(till.cash_out(request).await).await
}

async fn cash_in(till: &Merchant, request_id: &str, code: Code) -> Result<String, DemoError> {
    let description = "Cash deposit".to_owned();
    let request =
        CashInRequest { request_id: request_id.to_owned(), amount: AMOUNT, description, code, staff: None };
    refused(till.cash_in(request).await).await
}

/// The stable name of the error that an operation was refused with, at once or
/// after the server was asked.
async fn refused(started: Result<Attempt, ApiError>) -> Result<String, DemoError> {
    let attempt = match started {
        Ok(attempt) => attempt,
        Err(error) => return Ok(error.kind.code().to_owned()),
    };
    let mut states = attempt.watch();
    let mut last = attempt.state();
    while let Some(state) = states.next().await {
        let asks_for_cash = matches!(state, AttemptState::HandOutCash { .. } | AttemptState::TakeCash { .. });
        if asks_for_cash {
            return Err(DemoError::differs("a refused operation", "without cash", state.name()));
        }
        if (AttemptState::Waiting { wanted: WaitingFor::AnotherCode }) == state {
            // This customer has no other one.
            attempt.cancel();
        }
        last = state;
    }
    match last {
        AttemptState::Failed { error } => Ok(error.kind.code().to_owned()),
        state => Err(DemoError::differs("a refused operation", "failed", state.name())),
    }
}

fn told(
    stage: &Stage,
    expected: &str,
    name: &'static str,
    what: &str,
    error: &str,
) -> Result<Refusal, DemoError> {
    if error != expected {
        return Err(DemoError::differs(what, expected, error));
    }
    stage.screen.refused(what, error, stage.texts.of(error)?);
    Ok(Refusal { name, error: error.to_owned() })
}
