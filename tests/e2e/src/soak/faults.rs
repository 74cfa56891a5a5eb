//! Every fault of the sandbox, on every path.

use std::time::Duration;

use paysera_sandbox::{Fault, FaultRule, Sandbox};

/// Delays and silences are let go so often; a client has given up by then.
pub(super) const RELEASE: Duration = Duration::from_millis(900);

/// Longer than a client waits: what it asked for is done when it has given up.
const TOO_LONG: Duration = Duration::from_secs(30);

/// How many of a thousand requests meet each fault.
const FAULTS: [(Fault, u16); 13] = [
    (Fault::Delay(Duration::from_millis(30)), 20),
    (Fault::Delay(TOO_LONG), 6),
    (Fault::DropRequest, 12),
    (Fault::Silence, 4),
    (Fault::DropAnswer, 14),
    (Fault::Status { status: 500, retry_after: None }, 8),
    (Fault::Status { status: 503, retry_after: None }, 6),
    (Fault::Status { status: 503, retry_after: Some(1) }, 6),
    (Fault::Status { status: 429, retry_after: Some(1) }, 1),
    (Fault::Truncate, 10),
    (Fault::NotJson, 8),
    (Fault::WrongContentType, 8),
    (Fault::ProcessTwice, 10),
];

/// Switches every fault on.
pub(super) fn set(sandbox: &Sandbox, seed: u64) {
    let faults = sandbox.faults();
    for (fault, chance) in FAULTS {
        // The board holds more rules than these.
        let _number = faults.add(FaultRule::new("*", fault).per_mille(chance));
    }
    faults.seed(seed);
}
