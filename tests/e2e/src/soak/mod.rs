//! The soak: a till and a customer's phone, each a process of its own with its
//! own journal, do thousands of operations with each other through a sandbox whose
//! network fails, and kill themselves at seeded moments. In the end their
//! journals, the cash that was really moved and the server's books must agree.
//!
//! `plan` says what is to happen, `run` makes it happen: it starts the devices
//! (`process`), tells people what to do (`story`) and carries codes from one
//! screen to the other. `device/` is what runs in the devices, `words` what is
//! said between them, `audit/` compares.

mod audit;
mod device;
mod faults;
mod plan;
mod process;
mod run;
mod story;
mod words;

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(crate) use device::DeviceOptions;

/// What can go wrong with the soak itself.
type Trouble = Box<dyn Error + Send + Sync>;

/// Which faults the sandbox has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Faults {
    All,
    None,
}

/// How much is to happen.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Operations to begin.
    #[arg(long, default_value_t = 2000)]
    flows: u32,
    /// How often a device is killed; at most once for four flows.
    #[arg(long, default_value_t = 50)]
    kills: u32,
    /// Which faults the network has.
    #[arg(long, value_enum, default_value_t = Faults::All)]
    faults: Faults,
    /// Chooses flows, amounts, kills and faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep journals and books in this folder, which must be empty or new; a
    /// temporary one if not given.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// Runs the soak; whether all agrees in the end.
pub(crate) fn soak(options: &Options) -> Result<bool, String> {
    block_on(run::run(options))
}

/// Runs one device of it.
pub(crate) fn device(options: &DeviceOptions) -> Result<bool, String> {
    block_on(device::device(options)).map(|()| true)
}

fn block_on<T>(work: impl Future<Output = Result<T, Trouble>>) -> Result<T, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(work).map_err(|error| error.to_string())
}
