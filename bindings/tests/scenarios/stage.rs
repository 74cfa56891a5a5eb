//! A till and a phone, beside a sandbox.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use paysera_bindings::{
    ApiError, CashInRequest, CashOutRequest, Code, CollectRequest, Credentials, CustomerClient,
    MerchantClient, Money, OwnCash, OwnCashWatch, OwnCode, RefundRequest, Review, ScopeRequest, SecretStore,
    Session, SignIn, memory_secret_store, money_from_decimal, money_to_decimal, parse_code,
};
use serde_json::Value;

use crate::control::Control;
use crate::ear::{Ear, PATIENCE, code_of};
use crate::shop::{environment, open_phone, open_till};
use crate::story::{self, Cast, CastCustomer, Screen, Step, Story, Who};

/// What the customer lets the app do.
const SCOPES: [&str; 6] = [
    "balance",
    "statements",
    "outgoing_payments",
    "initiate_transfers",
    "wallet_list",
    "identification_level",
];

pub(crate) struct Stage<'c> {
    cast: &'c Cast,
    customer: &'c CastCustomer,
    location: u64,
    control: &'c Control,
    folder: PathBuf,
    stores: [Arc<dyn SecretStore>; 2],
    session: Option<Arc<Session>>,
    till: Arc<MerchantClient>,
    phone: Arc<CustomerClient>,
    ears: HashMap<String, (Who, Ear)>,
    review: Option<Arc<Review>>,
    watch: Option<Arc<OwnCashWatch>>,
    beginning: [i64; 2],
}

/// A step that a scenario expects to be refused ends here.
type Outcome<T> = Result<T, ApiError>;

impl<'c> Stage<'c> {
    pub(crate) async fn set(cast: &'c Cast, story: &Story, control: &'c Control, folder: PathBuf) -> Self {
        control.call("POST", "/sandbox/reset", Some(&serde_json::json!({}))).await;
        for who in ["till", "phone"] {
            std::fs::create_dir_all(folder.join(who)).expect("a folder for the journal");
        }
        let customer = &cast.customers[&story.customer];
        let location = cast.locations[&story.location];
        let stores = [memory_secret_store(), memory_secret_store()];
        let [till_store, phone_store] = stores.clone();
        let till = open_till(cast, location, control, &folder, till_store).await;
        let phone = open_phone(customer, None, control, &folder, phone_store).await;
        let wallets = [cast.merchant.wallet, customer.wallet];
        let beginning = [control.at_disposal(wallets[0]).await, control.at_disposal(wallets[1]).await];
        Self {
            cast,
            customer,
            location,
            control,
            folder,
            stores,
            session: None,
            till,
            phone,
            ears: HashMap::new(),
            review: None,
            watch: None,
            beginning,
        }
    }

    pub(crate) async fn play(&mut self, step: Step) {
        match step {
            Step::Collect(step) => {
                let request = CollectRequest {
                    request_id: step.request,
                    amount: gel(&step.amount),
                    description: "Two coffees".to_owned(),
                    tip: None,
                    bill: step.bill,
                    once_more: step.once_more,
                    staff: None,
                    spot_id: None,
                    hold: step.hold,
                };
                let started = self.till.collect(request).await;
                self.keep(Who::Till, step.r#as, started, step.refused.as_deref());
            }
            Step::CashOut(step) => {
                let started = self.cash_out(&step).await;
                self.keep(Who::Till, step.r#as, started, step.refused.as_deref());
            }
            Step::CashIn(step) => {
                let started = self.cash_in(&step).await;
                self.keep(Who::Till, step.r#as, started, step.refused.as_deref());
            }
            Step::Refund(step) => {
                let request = RefundRequest {
                    request_id: step.request,
                    attempt_id: self.ear(&step.of).attempt.id(),
                    amount: step.amount.as_deref().map(gel),
                    staff: None,
                };
                let started = self.till.refund(request).await;
                self.keep(Who::Till, step.r#as, started, step.refused.as_deref());
            }
            Step::Review(step) => {
                let looked = self.look(&step).await;
                let Some(review) = expect(looked, step.refused.as_deref()) else { return };
                if let Some(amount) = step.amount {
                    assert_eq!(review.details().amount, gel(&amount));
                }
                self.review = Some(review);
            }
            Step::Pay(step) => {
                let started = self.phone.pay(self.reviewed()).await;
                self.keep(Who::Phone, step.r#as, started, step.refused.as_deref());
            }
            Step::Decline(_) => self.phone.decline(self.reviewed()).await.expect("declined"),
            Step::Await(step) => {
                let shown = self.ear(&step.attempt).wait_for(&step.state);
                let is_so = |expected: Option<String>, found: Option<String>| {
                    assert!(expected.is_none() || expected == found, "{expected:?} is {found:?}");
                };
                is_so(step.amount.map(|amount| decimal(gel(&amount))), shown.amount.map(decimal));
                is_so(step.by, shown.by);
                is_so(step.why, shown.why);
                is_so(step.wanted, shown.wanted);
                is_so(step.error, shown.error);
                is_so(step.step, shown.step);
            }
            Step::Same { attempt, other } => {
                let id = self.ear(&attempt).attempt.id();
                assert_eq!(self.ear(&other).attempt.id(), id);
            }
            Step::Tap { attempt, what } => {
                let attempt = &self.ear(&attempt).attempt;
                match what.as_str() {
                    "cancel" => attempt.cancel(),
                    "cash_received" => attempt.cash_received(),
                    "cash_handed_out" => attempt.cash_handed_out(),
                    "cash_returned" => attempt.cash_returned(),
                    "cash_not_moved" => attempt.cash_not_moved(),
                    other => panic!("there is no tap {other}"),
                }
            }
            Step::Settle { attempt, amount } => {
                self.ear(&attempt).attempt.settle(gel(&amount)).expect("a currency that is known");
            }
            Step::UseCode { attempt, code } => {
                let code = self.code(&code).await.expect("a code");
                self.ear(&attempt).attempt.use_code(&code).expect("a reservation code");
            }
            Step::Watch { code } => {
                let code = match code {
                    Screen::CashOut => OwnCode::CashOut,
                    Screen::CashIn => OwnCode::CashIn,
                };
                self.watch = Some(self.phone.watch_own_cash(code).await.expect("an account"));
            }
            Step::Seen { what, amount } => {
                assert_eq!(self.seen(&what).await, gel(&amount));
            }
            Step::Restart(_) => self.restart().await,
            Step::SignIn(_) => self.sign_in().await,
            Step::SignOut(_) => {
                self.session.as_ref().expect("somebody signed in").sign_out().await.expect("signed out");
            }
            Step::Open { who: Who::Till, count } => {
                assert_eq!(self.till.open_attempts().await.expect("a journal").len(), count);
            }
            Step::Open { who: Who::Phone, count } => {
                assert_eq!(self.phone.open_attempts().await.expect("a journal").len(), count);
            }
            Step::Balance { who, changed } => {
                let (place, wallet) = match who {
                    Who::Till => (0, self.cast.merchant.wallet),
                    Who::Phone => (1, self.customer.wallet),
                };
                let now = self.control.at_disposal(wallet).await;
                assert_eq!(now - self.beginning[place], gel(&changed).minor, "of the {who:?}");
            }
            Step::Sandbox { method, path, body } => {
                self.control.call(&method, &path, body.as_ref()).await;
            }
        }
    }

    pub(crate) async fn end(self) {
        let Value::Bool(true) = self.control.call("GET", "/sandbox/ledger", None).await["balanced"] else {
            panic!("the ledger does not balance");
        };
        paysera_bindings::shutdown().expect("the journals are closed");
    }

    /// The code that a text of the scenario names.
    async fn code(&self, text: &str) -> Outcome<Arc<Code>> {
        match text {
            "reservation" => self.phone.cash_out_code().await,
            "next_reservation" => self.phone.next_cash_out_code().await,
            "wallet" => self.phone.cash_in_code().await,
            other => parse_code(other),
        }
    }

    async fn cash_out(&self, step: &story::Cash) -> Outcome<Arc<paysera_bindings::Attempt>> {
        let request = CashOutRequest {
            request_id: step.request.clone(),
            amount: gel(&step.amount),
            description: "Cash withdrawal".to_owned(),
            code: self.code(&step.code).await?,
            staff: None,
        };
        self.till.cash_out(request).await
    }

    async fn cash_in(&self, step: &story::Cash) -> Outcome<Arc<paysera_bindings::Attempt>> {
        let request = CashInRequest {
            request_id: step.request.clone(),
            amount: gel(&step.amount),
            description: "Cash deposit".to_owned(),
            code: self.code(&step.code).await?,
            staff: None,
        };
        self.till.cash_in(request).await
    }

    async fn look(&self, step: &story::Review) -> Outcome<Arc<Review>> {
        let code = match (&step.of, &step.code) {
            (Some(attempt), None) => self.ears[attempt].1.code.clone().expect("it presents a code"),
            (None, Some(text)) => self.code(text).await?,
            _ => panic!("a review is of an attempt or of a code"),
        };
        self.phone.review(code).await
    }

    /// How much what became of the code was about, once `what` is seen.
    async fn seen(&self, what: &str) -> Money {
        let watch = self.watch.as_ref().expect("the phone looks at its code");
        loop {
            let Ok(seen) = tokio::time::timeout(PATIENCE, watch.next()).await else {
                panic!("{what} is not seen");
            };
            let (name, amount) = match seen.expect("an account").expect("the watch goes on") {
                OwnCash::Held { amount } => ("held", amount),
                OwnCash::Released { amount } => ("released", amount),
                OwnCash::Settled { amount, .. } => ("settled", amount),
                OwnCash::Unclear { amount, .. } => ("unclear", amount),
            };
            if name == what {
                return amount;
            }
            assert_eq!(name, "held", "{what} is not seen");
        }
    }

    fn reviewed(&self) -> Arc<Review> {
        Arc::clone(self.review.as_ref().expect("something was looked at"))
    }

    fn keep(
        &mut self,
        who: Who,
        name: String,
        started: Outcome<Arc<paysera_bindings::Attempt>>,
        refused: Option<&str>,
    ) {
        if let Some(attempt) = expect(started, refused) {
            self.ears.insert(name, (who, Ear::to(attempt)));
        }
    }

    fn ear(&mut self, name: &str) -> &mut Ear {
        &mut self.ears.get_mut(name).unwrap_or_else(|| panic!("no attempt is called {name}")).1
    }

    async fn restart(&mut self) {
        let ids: Vec<_> = self.ears.drain().map(|(name, (who, ear))| (name, who, ear.attempt.id())).collect();
        paysera_bindings::shutdown().expect("the journals are closed");
        let [till_store, phone_store] = self.stores.clone();
        self.till = open_till(self.cast, self.location, self.control, &self.folder, till_store).await;
        let session = self.session.clone();
        self.phone = open_phone(self.customer, session, self.control, &self.folder, phone_store).await;
        for (name, who, id) in ids {
            let found = match who {
                Who::Till => self.till.attempt(id).await,
                Who::Phone => self.phone.attempt(id).await,
            };
            let attempt = found.expect("a journal").expect("the attempt is still known");
            self.ears.insert(name, (who, Ear::to(attempt)));
        }
    }

    async fn sign_in(&mut self) {
        let environment = environment(self.control);
        let app = Credentials::of_client(self.cast.app.client_id.clone(), self.cast.app.mac_key.clone());
        let store = Arc::clone(&self.stores[1]);
        let sign_in = SignIn::new(&environment, &app, store, false).expect("a sign-in");
        let scopes =
            SCOPES.map(|name| ScopeRequest { name: name.to_owned(), offline: false, optional: false });
        let (username, password) = (self.customer.username.clone(), self.customer.password.clone());
        let session = sign_in.with_password(username, password, scopes.to_vec()).await.expect("signed in");
        self.session = Some(Arc::clone(&session));
        // One journal is open once.
        let folder = self.folder.join("signed-in");
        std::fs::create_dir_all(folder.join("phone")).expect("a folder for the journal");
        let store = Arc::clone(&self.stores[1]);
        self.phone = open_phone(self.customer, Some(session), self.control, &folder, store).await;
    }
}

/// What came of a step; `None` where it was refused as it should be.
fn expect<T>(outcome: Outcome<T>, refused: Option<&str>) -> Option<T> {
    match (outcome, refused) {
        (Ok(value), None) => Some(value),
        (Ok(_), Some(code)) => panic!("it should be refused with {code}"),
        (Err(error), Some(code)) => {
            assert_eq!(code_of(&error), code, "{error}");
            None
        }
        (Err(error), None) => panic!("it was refused: {error}"),
    }
}

fn gel(amount: &str) -> Money {
    money_from_decimal(amount, "GEL").expect("an amount")
}

fn decimal(money: Money) -> String {
    money_to_decimal(money).expect("a currency")
}
