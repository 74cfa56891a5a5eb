//! What is said between the soak and its devices: one JSON a line.

use paysera_core::journal::AttemptId;
use serde::{Deserialize, Serialize};

/// The two devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Role {
    Till,
    Phone,
}

impl Role {
    pub(super) const ALL: [Self; 2] = [Self::Till, Self::Phone];

    /// The device's folder.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Till => "till",
            Self::Phone => "phone",
        }
    }

    /// The same at every start, as a secret store would keep it.
    pub(super) const fn install(self) -> &'static str {
        match self {
            Self::Till => "5a000000-0000-4000-8000-000000000001",
            Self::Phone => "5a000000-0000-4000-8000-000000000002",
        }
    }
}

/// What is done on a device in one flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Part {
    /// The customer shows a code.
    Show,
    /// The flow's own operation.
    Main,
    /// The customer answers what the till shows.
    Answer,
    /// The till gives back what settled.
    Refund,
}

/// What the person at a device is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Order {
    Collect { minor: i64, hold: bool, cancel: bool },
    CashOut { minor: i64, code: String },
    CashIn { minor: i64, code: String, received: bool },
    Refund { attempt: AttemptId, minor: Option<i64> },
    ShowCode { wrong: bool },
    ShowWallet,
    Answer { code: String, accept: bool },
    PayWallet { minor: i64, wallet: u64 },
}

/// What a device is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Told {
    /// To be done, and to be told again after a death until it has ended.
    Do { flow: u32, part: Part, order: Order },
    /// The customer shows another code.
    AnotherCode { flow: u32, code: String },
    /// The cashier gives up.
    Cancel { flow: u32 },
    /// Time passes at once.
    Pass { seconds: i64 },
}

/// What a device says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// The till shows a code, or the phone does.
    Shows { flow: u32, code: String },
    /// The till wants another code of the customer's.
    WantsCode { flow: u32 },
    /// The server looked at the customer's code, and it is not needed any more.
    CodeUsed { flow: u32 },
    /// A part of a flow has ended: in this state, for this reason.
    Ended { flow: u32, part: Part, attempt: Option<AttemptId>, how: String },
}

/// When a device kills itself.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Death {
    /// At the so-manieth write to the journal, or request.
    pub(super) moment: Moment,
    pub(super) number: u64,
    /// Before it, or when it is done.
    pub(super) before: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Moment {
    Write,
    Request,
}

/// What a device is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    pub(super) role: Role,
    pub(super) server: String,
    pub(super) folder: std::path::PathBuf,
    /// How far its clock is ahead of the system's.
    pub(super) ahead: i64,
    pub(super) death: Option<Death>,
}

/// A request identifier of a flow's part: what is asked for again after a death
/// is the same request.
pub(super) fn request_id(flow: u32, part: Part) -> String {
    match part {
        Part::Refund => format!("refund:{flow}"),
        _ => format!("flow:{flow}"),
    }
}

/// Physical cash that a cashier moved, as the cashier's own file has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CashMove {
    pub(super) attempt: AttemptId,
    pub(super) step: paysera_core::attempt::CashStep,
    pub(super) minor: i64,
}

/// How a flow ends that the server was too busy for.
pub(super) const BUSY: &str = "failed: server_busy";

/// The cashier's file, in the folder of the soak.
pub(super) const CASH_FILE: &str = "cash.jsonl";
