//! The customer's phone, and its owner.

use std::sync::Arc;

use paysera_core::attempt::Attempt;
use paysera_core::auth::FixedCredentials;
use paysera_core::clock::Clock as _;
use paysera_core::code::{Code, TransactionKey, WalletId};
use paysera_core::customer::{
    Customer, PayWalletRequest, ReservationCodeGenerator as _, SandboxV1, SandboxV1Params,
};
use paysera_core::error::{ApiError, ApiErrorKind};
use paysera_core::journal::{AttemptKind, Journal};
use paysera_core::wallet_api::{Environment, network};
use paysera_e2e::{gel, unlimited};
use paysera_sandbox::seed;

use super::fate::{Fate, Mortal};
use super::{PACE, ShiftedClock, listen, persist, place, say, say_ended, timeouts};
use crate::soak::Trouble;
use crate::soak::words::{Order, Part, Role, Said, Setup, Told, request_id};

/// A generator that the server does not know. Wrong codes of one that it knows
/// would soon lock it.
const NOBODYS_GENERATOR: u64 = 9_999_999_999;

pub(super) async fn run(setup: &Setup, clock: ShiftedClock) -> Result<(), Trouble> {
    let environment = Environment::sandbox(&setup.server)?;
    let of = &seed::CUSTOMER;
    let fate = Fate::new(setup.death);
    let journal = place::journal(&setup.folder, Role::Phone, of.wallet, clock.now())?;
    let journal = Arc::new(journal.observed_by(fate.clone()));
    let credentials = FixedCredentials::new(of.token.to_owned(), of.mac_key.to_owned());
    let codes = SandboxV1::new(of.generator, of.generator_seed, SandboxV1Params::default())?;
    let store = place::FileStore(setup.folder.join(Role::Phone.folder()));
    let customer = Customer::builder(environment.clone(), Arc::new(credentials))
        .reservation_codes(Arc::new(codes), Arc::new(store))
        .journal(Arc::clone(&journal))
        .exchange(Arc::new(Mortal { network: network(&environment, timeouts())?, fate }))
        .timeouts(timeouts())
        .clock(Arc::new(clock.clone()))
        .pace(PACE)
        .budget(unlimited())
        .build()?;
    let owner = Arc::new(Owner { customer, journal });
    let mut told = listen();
    let switched_on = tokio::spawn(Arc::clone(&owner).switch_on());
    while let Some(told) = told.recv().await {
        match told {
            Told::Do { flow, part, order } => {
                tokio::spawn(Arc::clone(&owner).act(flow, part, order));
            }
            Told::Pass { seconds } => {
                clock.pass(seconds);
                owner.customer.poke(None);
            }
            Told::AnotherCode { .. } | Told::Cancel { .. } => {}
        }
    }
    // Who leaves it while it starts cuts nothing off.
    Ok(switched_on.await?)
}

struct Owner {
    customer: Customer,
    journal: Arc<Journal>,
}

impl Owner {
    async fn switch_on(self: Arc<Self>) {
        let resumed = persist(|| self.customer.resume()).await;
        assert!(resumed.is_ok(), "the phone does not resume: {resumed:?}");
    }

    async fn act(self: Arc<Self>, flow: u32, part: Part, order: Order) {
        let done = match &order {
            Order::ShowCode { .. } | Order::ShowWallet => self.show(flow, &order).await,
            Order::Answer { code, accept } => self.answer(flow, part, code, *accept).await,
            Order::PayWallet { minor, wallet } => self.pay_wallet(flow, part, *minor, *wallet).await,
            other => unreachable!("not for a phone: {other:?}"),
        };
        if let Err(error) = done {
            say_ended(flow, part, format!("refused: {}", error.kind.code()));
        }
    }

    async fn show(&self, flow: u32, order: &Order) -> Result<(), ApiError> {
        let code = match order {
            Order::ShowCode { wrong: true } => wrong_code()?,
            Order::ShowCode { .. } => self.customer.next_cash_out_code()?,
            _ => self.customer.cash_in_code().await?,
        };
        say(&Said::Shows { flow, code: code.to_text() });
        say_ended(flow, Part::Show, "shown");
        Ok(())
    }

    async fn answer(&self, flow: u32, part: Part, code: &str, accept: bool) -> Result<(), ApiError> {
        let code = Code::parse(code)?;
        if let Code::Transaction(key) = &code
            && let Some(attempt) = self.earlier(key).await?
        {
            follow(flow, part, &attempt).await;
            return Ok(());
        }
        let review = persist(|| self.customer.review(&code)).await?;
        if accept {
            let attempt = persist(|| self.customer.pay(&review)).await?;
            follow(flow, part, &attempt).await;
            return Ok(());
        }
        match persist(|| self.customer.decline(&review)).await {
            // The answer to an earlier try was lost.
            Err(error) if error.kind != ApiErrorKind::WrongState => Err(error),
            _ => {
                say_ended(flow, part, "declined");
                Ok(())
            }
        }
    }

    /// What this phone began before it died.
    async fn earlier(&self, key: &TransactionKey) -> Result<Option<Attempt>, ApiError> {
        let rows = self.journal.of_transaction(key)?;
        match rows.iter().find(|row| row.kind == AttemptKind::Pay) {
            Some(row) => {
                let id = row.id;
                persist(|| self.customer.resume()).await?;
                self.customer.attempt(id).await
            }
            None => Ok(None),
        }
    }

    async fn pay_wallet(&self, flow: u32, part: Part, minor: i64, wallet: u64) -> Result<(), ApiError> {
        let request = PayWalletRequest {
            request_id: request_id(flow, part),
            beneficiary: WalletId::new(wallet)?,
            amount: gel(minor),
            description: format!("Flow {flow}"),
        };
        let attempt = persist(|| self.customer.pay_wallet(request.clone())).await?;
        follow(flow, part, &attempt).await;
        Ok(())
    }
}

async fn follow(flow: u32, part: Part, attempt: &Attempt) {
    let end = attempt.ended().await;
    say(&Said::Ended { flow, part, attempt: Some(attempt.id()), how: end.name().to_owned() });
}

/// The first code of a chain that is nobody's.
fn wrong_code() -> Result<Code, ApiError> {
    let chain = SandboxV1::new(NOBODYS_GENERATOR, [0x77; 32], SandboxV1Params::default())?;
    Ok(Code::Reservation(chain.code(&chain.advance(&chain.first_state()))?))
}
