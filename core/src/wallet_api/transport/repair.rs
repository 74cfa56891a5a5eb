//! A wrong clock, and credentials that ran out: put right in the course of a call.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio::time::error::Elapsed;

use super::Transport;
use super::answer::Answer;
use super::budget::Priority;
use super::call::Call;
use crate::clock::UnixSeconds;
use crate::wallet_api::error::WalletApiError;
use crate::wallet_api::server::ServerTime;

/// A write waits no longer for the server's time: the rest is for itself.
const TIME_PATIENCE: Duration = Duration::from_secs(10);

/// What was put right already in the course of one call.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    clock: bool,
    credentials: bool,
}

impl Transport {
    /// Sends a call. A wrong clock and credentials that ran out are put right,
    /// each once in a call, and the call repeated: the server did not look at it.
    pub(super) async fn send_repaired(
        &self,
        call: &Call,
        deadline: Instant,
        repairs: &mut Repairs,
    ) -> Result<Answer, WalletApiError> {
        self.expect_jump(call, deadline).await;
        loop {
            let corrections = self.shared.environment.server_clock().corrections();
            let credentials = match call.signed {
                true => Some(in_time(deadline, self.shared.credentials.current()).await?),
                false => None,
            };
            let error =
                match self.send_once(call, credentials.as_deref(), self.priority(call), deadline).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) => error,
                };
            match credentials {
                Some(_) if error.is_invalid_timestamp() && !repairs.clock => {
                    repairs.clock = true;
                    self.correct_clock(corrections, self.priority(call), deadline).await?;
                }
                Some(used) if error.is_expired_token() && !repairs.credentials => {
                    repairs.credentials = true;
                    if !in_time(deadline, self.shared.credentials.renew(&used)).await? {
                        return Err(error);
                    }
                }
                _ => return Err(error),
            }
        }
    }

    /// Before a write whose signature the server would refuse, since the device's
    /// clock was set to another time, its time is asked for. Where that brings
    /// nothing the write goes out all the same: a refusal puts it right as well.
    async fn expect_jump(&self, call: &Call, deadline: Instant) {
        let clock = self.shared.environment.server_clock();
        let corrections = clock.corrections();
        if !call.signed || !clock.has_jumped(self.shared.clock.now()) || call.is_read() {
            return;
        }
        let patience = Instant::now().checked_add(TIME_PATIENCE).map_or(deadline, |late| late.min(deadline));
        if let Err(error) = self.correct_clock(corrections, Priority::Write, patience).await {
            tracing::debug!(
                error = error.name(),
                "the device's clock has jumped, and the server's is not known"
            );
        }
    }

    /// Asks the server for its time unless another request has done so since
    /// `seen_corrections`; as urgently as the call that needs it.
    async fn correct_clock(
        &self,
        seen_corrections: u64,
        priority: Priority,
        deadline: Instant,
    ) -> Result<(), WalletApiError> {
        let clock = self.shared.environment.server_clock();
        let turn = tokio::time::timeout_at(deadline, clock.lock()).await;
        let _turn = turn.map_err(|late| WalletApiError::TimedOut(late.into()))?;
        if clock.corrections() == seen_corrections {
            self.ask_time(priority, deadline).await?;
        }
        Ok(())
    }

    pub(in crate::wallet_api) async fn read_server_time(&self) -> Result<UnixSeconds, WalletApiError> {
        let server: ServerTime = self.send(&Call::get("server").unsigned()).await?;
        self.learn_time(&server);
        Ok(server.time)
    }

    /// Within a call that is repeated as a whole, so not repeated here.
    async fn ask_time(&self, priority: Priority, deadline: Instant) -> Result<(), WalletApiError> {
        let call = Call::get("server").unsigned();
        let server: ServerTime = self.send_once(&call, None, priority, deadline).await?.json()?;
        self.learn_time(&server);
        Ok(())
    }

    fn learn_time(&self, server: &ServerTime) {
        self.shared.environment.server_clock().correct(self.shared.clock.now(), server.time);
    }
}

/// Others may wait longer for new credentials than this caller does.
async fn in_time<T>(
    deadline: Instant,
    credentials: impl Future<Output = Result<T, WalletApiError>>,
) -> Result<T, WalletApiError> {
    let late = |late: Elapsed| WalletApiError::NotRenewed(Arc::new(WalletApiError::TimedOut(late.into())));
    tokio::time::timeout_at(deadline, credentials).await.unwrap_or_else(|elapsed| Err(late(elapsed)))
}

#[cfg(test)]
mod tests;
