//! What a till has done: shift reports, the day's Z-report, the comparison with
//! the server, and files and receipts to pass on.

mod export;
mod receipt;
mod reconcile;
mod shift;
mod z_report;

pub use export::{ExportFormat, export};
pub use receipt::{ReceiptField, receipt_lines, receipt_text};
pub use reconcile::{Difference, OtherTill, Reconciliation};
pub use shift::{ShiftReport, ShiftTotal};
pub use z_report::{DrawerDay, ZReport};
