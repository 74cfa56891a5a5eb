//! After the journal was lost: what the server knows of this device is taken
//! over before anything new begins.

use std::collections::HashMap;
use std::sync::Arc;

use super::event::Event;
use super::host::Host;
use super::intent::{Intent, Make, Steps};
use super::lost::{Extent, Range, look_through, parameter};
use super::machine::{Heard, Machine, Plan, Sighting};
use super::state::{CancelReason, CashStep};
use crate::error::{ApiError, ApiErrorKind};
use crate::journal::{AttemptId, AttemptKind};
use crate::money::Money;
use crate::wallet_api::{Reserve, Transaction, TransactionStatus};

/// Transactions that began longer ago have ended: the server holds money for a
/// shorter time.
const LOOK_BACK_SECONDS: i64 = 24 * 3600;
/// How long the lost attempt showed its code, by default.
const PRESENT_SECONDS: i64 = 600;

impl Host {
    /// Takes over the transactions that carry this device's name: those that are
    /// open go on, those that ended are written down as the server has them. A
    /// cash-out that settled asks whether the cash was handed out. Where the list is
    /// longer than is looked through, the journal says back to when it was read.
    pub(super) async fn rebuild(self: &Arc<Self>) -> Result<(), ApiError> {
        let mut extent = Extent::Whole;
        if self.lists.is_some() {
            let from = self.api.server_now().plus(-LOOK_BACK_SECONDS);
            let mut own = Vec::new();
            // At every location: the till may have stood at another one today.
            extent = look_through(&self.api, Range { from, to: None, location: None }, |transaction| {
                if parameter(&transaction, "device") == Some(&self.device) {
                    own.push(transaction);
                }
                true
            })
            .await?;
            let mut furthest: HashMap<&str, u8> = HashMap::new();
            for transaction in &own {
                let reached = furthest.entry(attempt_of(transaction)).or_default();
                *reached = reached_by(transaction).max(*reached);
            }
            // Oldest first, as they began; of several transactions of one attempt
            // the one that money may have moved for.
            for transaction in own.iter().rev() {
                if furthest.get(attempt_of(transaction)) == Some(&reached_by(transaction)) {
                    self.adopt(transaction).await?;
                }
            }
        }
        let since = match extent {
            Extent::Whole => None,
            Extent::Since(oldest) => Some(oldest),
        };
        if let Some(since) = since {
            tracing::warn!(%since, "the server's list is too long to take all of a lost journal over");
        }
        Ok(self.journal.run(move |journal| journal.rebuilt(since)).await?)
    }

    async fn adopt(self: &Arc<Self>, transaction: &Transaction) -> Result<(), ApiError> {
        let Some((id, intent)) = intent_of(transaction, self) else { return Ok(()) };
        let at = transaction.created_at;
        let mut events = vec![Event::Started { intent: Box::new(intent.clone()) }];
        let key = transaction.transaction_key.clone();
        let payment = transaction.payments.first().map(|payment| payment.id);
        events.push(Event::CreateSent);
        events.push(Event::Created { key, payment });
        events.extend(steps_so_far(&intent, transaction));
        let mut machine = Machine::fold(id, events.iter().cloned().map(|event| (at, event)))?;
        // The list has said what the transaction is: what has ended needs no request.
        let now = self.api.server_now();
        for heard in [Heard::Resumed, Heard::Read(Ok(Sighting::from(transaction)))] {
            for event in machine.hear(heard, now) {
                machine.apply(&event, at);
                events.push(event);
            }
        }
        if let Plan::Note(event @ Event::Ended { .. }) = machine.plan(now) {
            machine.apply(&event, at);
            events.push(event);
        }
        // The second transaction of one attempt is the sweep's.
        let earlier = self.write_new(&machine, &events, at).await?;
        // One whose driver outlived the file goes on by itself.
        let runs = self.running().contains_key(&id);
        if earlier.is_none() && !machine.is_over() && !runs {
            self.launch(machine);
        }
        Ok(())
    }
}

fn attempt_of(transaction: &Transaction) -> &str {
    parameter(transaction, "attempt").unwrap_or_default()
}

/// How far a transaction got.
const fn reached_by(transaction: &Transaction) -> u8 {
    match transaction.status {
        TransactionStatus::Confirmed => 4,
        TransactionStatus::Reserved => 3,
        TransactionStatus::New | TransactionStatus::Other(_) => 1,
        TransactionStatus::Rejected
        | TransactionStatus::Revoked
        | TransactionStatus::Failed
        | TransactionStatus::Deleted => 0,
        _ => 2,
    }
}

/// What the lost journal would have said, as far as the server's word tells.
/// Whether cash was moved is asked, never guessed.
fn steps_so_far(intent: &Intent, transaction: &Transaction) -> Vec<Event> {
    let confirmed = transaction.status == TransactionStatus::Confirmed;
    let held = match transaction.wallet {
        Some(payer) if transaction.status == TransactionStatus::Reserved || confirmed => {
            vec![Event::ReserveSent, Event::Held { payer }]
        }
        _ => Vec::new(),
    };
    let settled = match (confirmed, transaction.amount()) {
        (true, Some(amount)) => {
            let at = transaction.confirmed_at.unwrap_or(transaction.created_at);
            vec![Event::ConfirmSent, Event::Confirmed { amount, at, payer: transaction.wallet }]
        }
        _ => Vec::new(),
    };
    let asked = |step| Event::CashAsked { step };
    let steps = match (&intent.steps, transaction.status.clone()) {
        (Steps::Collect { .. }, _) => {
            let expires_at = transaction.created_at.plus(PRESENT_SECONDS);
            vec![vec![Event::Shown { expires_at }], held, settled]
        }
        (Steps::CashOut { .. }, TransactionStatus::Confirmed) => {
            vec![held, settled, vec![asked(CashStep::HandOut)]]
        }
        // The customer has left, or shows another code.
        (Steps::CashOut { .. }, _) => {
            let error = Some(Box::new(ApiError::local(ApiErrorKind::Interrupted)));
            vec![held, vec![Event::TakeBack { why: CancelReason::Refused, error }]]
        }
        (Steps::CashIn { .. }, TransactionStatus::Confirmed) => {
            let step = CashStep::Take;
            vec![held, vec![asked(step), Event::CashMoved { step }], settled]
        }
        (Steps::CashIn { .. }, TransactionStatus::Reserved) => vec![held, vec![asked(CashStep::Take)]],
        _ => vec![held, settled],
    };
    steps.concat()
}

fn intent_of(transaction: &Transaction, host: &Host) -> Option<(AttemptId, Intent)> {
    let id = AttemptId::parse(parameter(transaction, "attempt")?)?;
    let kind = AttemptKind::parse(parameter(transaction, "kind")?)?;
    let amount = transaction.amount()?;
    let payment = transaction.payments.first()?;
    let reserve_seconds = match transaction.reserve {
        Some(Reserve::For(seconds)) => seconds,
        _ => 0,
    };
    let make = Make {
        description: payment.description.clone().unwrap_or_default(),
        beneficiary: payment.beneficiary.as_ref().and_then(|beneficiary| beneficiary.id),
        cash: kind != AttemptKind::Collect,
        reserve_seconds,
        use_allowance: kind == AttemptKind::CashIn,
        freeze_seconds: None,
        callback_uri: None,
    };
    let steps = match kind {
        AttemptKind::Collect => {
            // What was only to be held is not taken without a person's word.
            let hold = parameter(transaction, "hold").is_some();
            Steps::Collect { make, present_seconds: PRESENT_SECONDS, spot: None, hold }
        }
        AttemptKind::CashOut => Steps::CashOut { make, identity_check: false },
        AttemptKind::CashIn => Steps::CashIn { make, from: host.journal.owner().wallet },
        AttemptKind::Refund | AttemptKind::Pay => return None,
    };
    let text = |name| parameter(transaction, name).map(str::to_owned);
    let tip = parameter(transaction, "tip").and_then(|tip| Money::parse_decimal(tip, amount.currency()).ok());
    let intent = Intent {
        kind,
        amount,
        request_id: format!("rebuilt:{id}"),
        device: host.device.clone(),
        bill: text("bill"),
        staff: text("staff"),
        tip,
        steps,
    };
    Some((id, intent))
}
