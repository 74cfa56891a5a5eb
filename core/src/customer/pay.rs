//! Pay: the customer accepts in the app; the merchant settles.

use crate::attempt::{
    AttemptState, DeclinedBy, Driver, Operation, Receipt, Refusal, ReserveBy, ServerSays, Stop, server_says,
};
use crate::code::{TransactionKey, WalletId};
use crate::journal::AttemptEvent;
use crate::wallet_api::{Transaction, WalletRef};

pub(super) struct Pay {
    pub(super) key: TransactionKey,
    /// The customer's own wallet.
    pub(super) wallet: WalletId,
}

impl Operation for Pay {
    async fn run(self, phone: &mut Driver) -> Result<Receipt, Stop> {
        let by = ReserveBy::Wallet(WalletRef::Id(self.wallet));
        let mut transaction = match phone.reserve(&self.key, &by).await {
            Ok(transaction) => transaction,
            Err(Refusal::ByServer(error)) => return Err(Stop::failed(error)),
            Err(Refusal::Stop(stop)) => return Err(stop),
        };
        let mut recorded = false;
        loop {
            match server_says(&transaction, None, phone.now()) {
                ServerSays::Confirmed => {
                    self.check_own(&transaction)?;
                    return phone.settled(&transaction);
                }
                ServerSays::Reserved => {
                    self.check_own(&transaction)?;
                    if !recorded {
                        phone.record(AttemptEvent::Reserved { payer: self.wallet })?;
                        recorded = true;
                    }
                    phone.enter(AttemptState::Reserved { payer: self.wallet });
                }
                ServerSays::Waiting(wanted) => phone.enter(AttemptState::Waiting { wanted }),
                ServerSays::Ended(state) => return Err(Stop::Ended(state)),
                ServerSays::Open { .. } | ServerSays::Unclear => phone.enter_unknown(),
            }
            phone.wait_for_poll().await;
            transaction = phone.read(&self.key).await;
        }
    }
}

impl Pay {
    /// Two customers can scan one code: only what was paid from the own wallet
    /// is the own payment.
    fn check_own(&self, transaction: &Transaction) -> Result<(), Stop> {
        if transaction.wallet == Some(self.wallet) {
            Ok(())
        } else {
            Err(Stop::Ended(AttemptState::Declined { by: DeclinedBy::AnotherPayer }))
        }
    }
}
