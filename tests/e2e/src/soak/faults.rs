//! Every fault of the sandbox, on every path.

use std::time::Duration;

use paysera_sandbox::{Fault, FaultRule, Sandbox};

/// Delays and silences are let go so often; a client has given up by then.
pub(super) const RELEASE: Duration = Duration::from_millis(900);

/// Longer than a client waits: what it asked for is done when it has given up.
const TOO_LONG: Duration = Duration::from_secs(30);

/// How many of a thousand requests meet each fault: a third of all meets one. Too
/// many requests are rare, since they silence a device for a second.
const FAULTS: [(Fault, u16); 13] = [
    (Fault::Delay(Duration::from_millis(30)), 60),
    (Fault::Delay(TOO_LONG), 18),
    (Fault::DropRequest, 36),
    (Fault::Silence, 12),
    (Fault::DropAnswer, 42),
    (Fault::Status { status: 500, retry_after: None }, 24),
    (Fault::Status { status: 503, retry_after: None }, 18),
    (Fault::Status { status: 503, retry_after: Some(1) }, 18),
    (Fault::Status { status: 429, retry_after: Some(1) }, 1),
    (Fault::Truncate, 30),
    (Fault::NotJson, 24),
    (Fault::WrongContentType, 24),
    (Fault::ProcessTwice, 30),
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
