//! The three operations, from tap to settlement.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use paysera_core::attempt::{Attempt, AttemptState, Receipt};
use paysera_core::code::Code;
use paysera_core::customer::Customer;
use paysera_core::error::ApiError;
use paysera_core::merchant::{CashInRequest, CashOutRequest, CollectRequest, Merchant};
use paysera_core::money::{Currency, Money};
use paysera_core::qr::{Code128Symbol, ErrorCorrection, QrSymbol};
use paysera_sandbox::seed;

use crate::error::DemoError;
use crate::report::Flow;
use crate::stage::Stage;

const PAYMENT: Money = Money::from_minor(2599, Currency::GEL);
const CASH_OUT: Money = Money::from_minor(5000, Currency::GEL);
const CASH_IN: Money = Money::from_minor(7550, Currency::GEL);

/// When, whose phone, and what.
type Step = (Duration, &'static str, String);

/// When each phone entered each state.
#[derive(Clone, Debug)]
struct Timeline {
    began: Instant,
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Timeline {
    fn new() -> Self {
        Self { began: Instant::now(), steps: Arc::default() }
    }

    fn note(&self, who: &'static str, what: impl Into<String>) {
        let what = what.into();
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        // A second listener begins with the state that the first one ended with.
        let last = steps.iter().rev().find(|(_, whose, _)| *whose == who);
        if last.is_none_or(|(_, _, before)| *before != what) {
            steps.push((self.began.elapsed(), who, what));
        }
    }

    fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes every state of `attempt` until one that `wanted` takes something
    /// from; a final state that it does not want is an error.
    async fn until<T>(
        &self,
        who: &'static str,
        attempt: &Attempt,
        wanted: impl Fn(AttemptState) -> Option<T>,
    ) -> Result<T, DemoError> {
        let mut states = attempt.watch();
        let mut last = AttemptState::Preparing;
        while let Some(state) = states.next().await {
            self.note(who, state.name());
            last = state.clone();
            if let Some(found) = wanted(state) {
                return Ok(found);
            }
        }
        match last {
            AttemptState::Failed { error } => Err(error.into()),
            state => Err(DemoError::differs(&format!("the {who}'s state"), "another one", state.name())),
        }
    }

    async fn settled(&self, who: &'static str, attempt: &Attempt) -> Result<Receipt, DemoError> {
        self.until(who, attempt, |state| match state {
            AttemptState::Settled { receipt } => Some(receipt),
            _ => None,
        })
        .await
    }
}

/// What both wallets hold.
struct Balances {
    till: Money,
    customer: Money,
}

impl Balances {
    async fn read(till: &Merchant, customer: &Customer) -> Result<Self, DemoError> {
        Ok(Self {
            till: till.balance(Currency::GEL).await?.at_disposal,
            customer: customer.balance(Currency::GEL).await?.at_disposal,
        })
    }

    /// Shows what changed and checks it to the last minor unit.
    fn moved(
        &self,
        stage: &Stage,
        after: &Self,
        amount: Money,
        customer_pays: bool,
    ) -> Result<(), DemoError> {
        stage.screen.balances("merchant", self.till, after.till);
        stage.screen.balances("customer", self.customer, after.customer);
        let (less, more) = if customer_pays {
            ((self.customer, after.customer), (self.till, after.till))
        } else {
            ((self.till, after.till), (self.customer, after.customer))
        };
        let debited = less.0.checked_sub(less.1).map_err(ApiError::from)?;
        let credited = more.1.checked_sub(more.0).map_err(ApiError::from)?;
        if debited != amount {
            return Err(DemoError::differs("the payer's debit", amount, debited));
        }
        if credited != amount {
            return Err(DemoError::differs("the beneficiary's credit", amount, credited));
        }
        Ok(())
    }
}

fn flow(
    stage: &Stage,
    name: &'static str,
    timeline: &Timeline,
    receipt: &Receipt,
    asked: Money,
) -> Result<Flow, DemoError> {
    if receipt.amount != asked {
        return Err(DemoError::differs("the receipt's amount", asked, receipt.amount));
    }
    let flow = Flow {
        name,
        outcome: "settled",
        ms: timeline.began.elapsed().as_millis(),
        amount: receipt.amount.to_decimal(),
        currency: receipt.amount.currency().code(),
    };
    stage.screen.timeline(&timeline.steps());
    Ok(flow)
}

/// The merchant shows a QR code, the customer scans it and pays.
pub(crate) async fn payment(stage: &mut Stage) -> Result<Flow, DemoError> {
    stage.screen.chapter("Payment: the merchant shows a code, the customer scans and pays");
    let (till, customer) = (stage.till(seed::LOCATION_ALL_SERVICES)?, stage.phone(&seed::CUSTOMER)?);
    let before = Balances::read(&till, &customer).await?;
    let timeline = Timeline::new();
    let collecting = till.collect(CollectRequest::new("demo-payment", PAYMENT, "Table 12, bill 881")).await?;
    stage.screen.says("merchant", &format!("asks for {PAYMENT} and shows"));
    let code = timeline
        .until("merchant", &collecting, |state| match state {
            AttemptState::Presenting { code, .. } => Some(code),
            _ => None,
        })
        .await?;
    stage.screen.qr(&QrSymbol::encode(&code.to_text(), ErrorCorrection::SCREEN)?);

    let (text, photo) = stage.scan(&code.to_text())?;
    timeline.note("customer", format!("scanned (photo {photo})"));
    let review = customer.review(&Code::parse(&text).map_err(ApiError::from)?).await?;
    let merchant = review.merchant.as_deref().unwrap_or("?");
    let description = review.description.as_deref().unwrap_or("?");
    stage.screen.says(
        "customer",
        &format!("sees: {merchant} asks for {} ({description}), and accepts", review.amount),
    );
    if review.amount != PAYMENT {
        return Err(DemoError::differs("the reviewed amount", PAYMENT, review.amount));
    }
    let paying = customer.pay(&review).await?;
    let (receipt, paid) =
        tokio::try_join!(timeline.settled("merchant", &collecting), timeline.settled("customer", &paying))?;
    if receipt.transaction != paid.transaction {
        return Err(DemoError::differs("the customer's transaction", receipt.transaction, paid.transaction));
    }
    let flow = flow(stage, "payment", &timeline, &receipt, PAYMENT)?;
    before.moved(stage, &Balances::read(&till, &customer).await?, PAYMENT, true)?;
    stage.screen.settled(&flow);
    Ok(flow)
}

/// The customer shows a reservation code, the merchant scans it and hands out
/// cash.
pub(crate) async fn cash_out(stage: &mut Stage) -> Result<Flow, DemoError> {
    stage.screen.chapter("Cash-out: the customer shows a code, the merchant hands out cash");
    let (till, customer) = (stage.till(seed::LOCATION_ALL_SERVICES)?, stage.phone(&seed::CUSTOMER)?);
    let before = Balances::read(&till, &customer).await?;
    let code = customer.cash_out_code()?;
    stage.screen.says("customer", "shows a reservation code, as QR and as barcode");
    stage.screen.qr(&QrSymbol::encode(&code.to_text(), ErrorCorrection::SCREEN)?);
    stage.screen.barcode(&Code128Symbol::encode(&code.to_text())?);

    let timeline = Timeline::new();
    let (text, photo) = stage.scan(&code.to_text())?;
    timeline.note("merchant", format!("scanned (photo {photo})"));
    let handing_out = till
        .cash_out(CashOutRequest {
            request_id: "demo-cash-out".to_owned(),
            amount: CASH_OUT,
            description: "Cash withdrawal".to_owned(),
            code: Code::parse(&text).map_err(ApiError::from)?,
            staff: None,
        })
        .await?;
    let cash = timeline
        .until("merchant", &handing_out, |state| match state {
            AttemptState::HandOutCash { amount } => Some(amount),
            _ => None,
        })
        .await?;
    stage.screen.says("merchant", &format!("settled; hands out {cash}"));
    handing_out.cash_handed_out();
    let receipt = timeline.settled("merchant", &handing_out).await?;
    let flow = flow(stage, "cash_out", &timeline, &receipt, CASH_OUT)?;
    before.moved(stage, &Balances::read(&till, &customer).await?, CASH_OUT, true)?;
    stage.screen.settled(&flow);
    Ok(flow)
}

/// The customer shows a wallet code, the merchant takes cash.
pub(crate) async fn cash_in(stage: &mut Stage) -> Result<Flow, DemoError> {
    stage.screen.chapter("Cash-in: the customer shows a code, the merchant takes cash");
    let (till, customer) = (stage.till(seed::LOCATION_ALL_SERVICES)?, stage.phone(&seed::CUSTOMER)?);
    let before = Balances::read(&till, &customer).await?;
    let code = customer.cash_in_code().await?;
    stage.screen.says("customer", "shows a wallet code");
    stage.screen.qr(&QrSymbol::encode(&code.to_text(), ErrorCorrection::SCREEN)?);

    let timeline = Timeline::new();
    let (text, photo) = stage.scan(&code.to_text())?;
    timeline.note("merchant", format!("scanned (photo {photo})"));
    let room = till.cash_in_room(Currency::GEL).await?;
    stage.screen.says("merchant", &format!("may take up to {room}; takes {CASH_IN}"));
    let taking = till
        .cash_in(CashInRequest {
            request_id: "demo-cash-in".to_owned(),
            amount: CASH_IN,
            description: "Cash deposit".to_owned(),
            code: Code::parse(&text).map_err(ApiError::from)?,
            staff: None,
        })
        .await?;
    timeline
        .until("merchant", &taking, |state| match state {
            AttemptState::TakeCash { amount } => Some(amount),
            _ => None,
        })
        .await?;
    taking.cash_received();
    let receipt = timeline.settled("merchant", &taking).await?;
    let flow = flow(stage, "cash_in", &timeline, &receipt, CASH_IN)?;
    before.moved(stage, &Balances::read(&till, &customer).await?, CASH_IN, false)?;
    stage.screen.settled(&flow);
    Ok(flow)
}
