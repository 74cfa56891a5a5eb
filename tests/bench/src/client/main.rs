//! What the client costs beside the network: `cargo xtask bench client`.
//!
//! A program of its own, since it counts allocations.
#![forbid(unsafe_code)]
// Printing the figures is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod answers;

use std::alloc::System;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use hmac::{Hmac, KeyInit as _, Mac as _};
use paysera_core::auth::FixedCredentials;
use paysera_core::money::{Currency, Money};
use paysera_core::wallet_api::{
    CreateTransaction, Environment, EnvironmentError, NewPayment, RequestBudget, StatementFilter, WalletApi,
    WalletApiError, WalletRef,
};
use sha2::{Digest as _, Sha256};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use answers::{Canned, STATEMENTS};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MAC_KEY: &str = "k3yRetailerSandboxOnly000000000A";

#[derive(Parser)]
#[command(bin_name = "cargo xtask bench client", about = "What the client costs beside the network.")]
struct Options {
    /// How often each thing is done; the median of five such rounds is shown.
    #[arg(long, default_value_t = NonZeroU32::new(2000).unwrap_or(NonZeroU32::MIN))]
    times: NonZeroU32,
}

#[derive(Debug, thiserror::Error)]
enum BenchError {
    #[error(transparent)]
    Api(#[from] WalletApiError),
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error("the answer of the bench can't be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0} statements instead of {STATEMENTS}")]
    Statements(usize),
}

/// What doing something once costs.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    allocations: u64,
    bytes: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Options::parse().times).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(times: NonZeroU32) -> Result<(), BenchError> {
    println!("build, sign and parse one call, median of 5 rounds of {times}; the network is left out\n");
    println!("{:<44}{:>10}{:>14}{:>12}", "", "µs", "allocations", "bytes");

    let canned = Arc::new(Canned::transaction());
    let api = client(&canned)?;
    let new = CreateTransaction {
        payments: vec![NewPayment::new("Table 12, bill 881", Money::from_minor(2599, Currency::GEL))],
        ..CreateTransaction::default()
    };
    let client_cost = measure(times, async || api.transactions().create(&new).await.map(|_| ())).await?;
    let body = serde_json::to_vec(&new)?;
    show("POST transaction, client", client_cost);
    beside(times, client_cost, &body, canned.body()).await?;

    let canned = Arc::new(Canned::statements());
    let api = client(&canned)?;
    let client_cost = measure(times, async || {
        let mut statements = api.wallets().statements(WalletRef::Me, StatementFilter::default());
        let mut read = 0;
        while statements.next().await?.is_some() {
            read += 1;
        }
        if read == STATEMENTS { Ok(()) } else { Err(BenchError::Statements(read)) }
    })
    .await?;
    show("page of 100 statements, client", client_cost);
    beside(times, client_cost, &[], canned.body()).await
}

fn client(canned: &Arc<Canned>) -> Result<WalletApi, BenchError> {
    let credentials = FixedCredentials::new("sbx_retailer".to_owned(), MAC_KEY.to_owned());
    Ok(WalletApi::builder(Environment::sandbox("http://127.0.0.1:8443/")?, Arc::new(credentials))
        .budget(Arc::new(RequestBudget::unlimited()))
        .exchange(Arc::<Canned>::clone(canned))
        .build()?)
}

/// The least that the same bytes cost anybody: hash and HMAC, and JSON without a
/// model.
async fn beside(times: NonZeroU32, client: Cost, body: &[u8], answer: &[u8]) -> Result<(), BenchError> {
    let hmac = measure(times, async || {
        let hash = STANDARD.encode(Sha256::digest(black_box(body)));
        let request = format!(
            "1760000000\nabcdefghijklmnopqrstuvwxyz012345\nPOST\n/rest/v1/transaction\n127.0.0.1\n8443\nbody_hash={hash}\n"
        );
        let mac = Hmac::<Sha256>::new_from_slice(MAC_KEY.as_bytes());
        let mac = mac.map(|mac| mac.chain_update(request.as_bytes()).finalize().into_bytes());
        black_box(mac.map(|mac| STANDARD.encode(mac)).unwrap_or_default());
        Ok::<_, BenchError>(())
    })
    .await?;
    let json = measure(times, async || {
        black_box(serde_json::from_slice::<serde_json::Value>(black_box(answer))?);
        Ok::<_, BenchError>(())
    })
    .await?;
    show("  bare hash and HMAC", hmac);
    show(&format!("  bare JSON of {} bytes", answer.len()), json);
    let bare = (hmac.time + json.time).as_secs_f64();
    println!("  client / (HMAC + JSON): {:.2}\n", client.time.as_secs_f64() / bare.max(f64::EPSILON));
    Ok(())
}

fn show(what: &str, cost: Cost) {
    let micros = cost.time.as_secs_f64() * 1e6;
    println!("{what:<44}{micros:>10.2}{:>14}{:>12}", cost.allocations, cost.bytes);
}

/// The median of five rounds.
async fn measure<E>(times: NonZeroU32, mut work: impl AsyncFnMut() -> Result<(), E>) -> Result<Cost, E> {
    const ROUNDS: usize = 5;
    // Caches are filled first.
    work().await?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let region = Region::new(ALLOCATOR);
        let began = Instant::now();
        for _ in 0..times.get() {
            work().await?;
        }
        let (time, change) = (began.elapsed() / times.get(), region.change());
        let each = |count: usize| u64::try_from(count).unwrap_or(u64::MAX) / u64::from(times.get());
        rounds.push(Cost {
            time,
            allocations: each(change.allocations),
            bytes: each(change.bytes_allocated),
        });
    }
    rounds.sort_by_key(|cost| cost.time);
    let nothing = Cost { time: Duration::ZERO, allocations: 0, bytes: 0 };
    Ok(rounds.get(ROUNDS / 2).copied().unwrap_or(nothing))
}
