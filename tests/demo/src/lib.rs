//! A merchant's phone and a customer's phone in the terminal, against a sandbox
//! on loopback: payment, cash-out and cash-in, and the refusals that people meet.
//!
//! Every code travels as a picture: drawn, photographed by a camera,
//! scanned. Whatever differs from what the demo announces is an error.

mod error;
mod flows;
mod refusals;
mod report;
mod screen;
mod stage;
mod texts;

pub use error::DemoError;
pub use report::{Flow, Refusal, Report};
pub use screen::Screen;
pub use stage::{Photos, Stage};

/// Plays the whole demo on `stage`.
///
/// # Errors
/// [`DemoError`] for the first thing that differs from what was announced.
pub async fn play(mut stage: Stage) -> Result<Report, DemoError> {
    stage.screen.opening(&stage.sandbox.base_url(), stage.seed);
    let flows = vec![
        flows::payment(&mut stage).await?,
        flows::cash_out(&mut stage).await?,
        flows::cash_in(&mut stage).await?,
    ];
    let refusals = refusals::all(&mut stage).await?;
    let ledger = stage.sandbox.ledger_check().await?;
    let report =
        Report { flows, refusals, ledger_balanced: ledger.is_balanced(), requests: stage.sandbox.requests() };
    stage.screen.closing(&report);
    stage.sandbox.shutdown().await;
    if report.ledger_balanced { Ok(report) } else { Err(DemoError::differs("the ledger", "balanced", "not")) }
}
