//! Many clients at once against one sandbox process on loopback. The figures
//! count only if every answer was right, no update was lost and the ledger
//! sums to zero.

mod api;
mod client;
mod figures;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;

use clap::Args;
use paysera_sandbox::{Database, Sandbox, seed};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::error::Error;
use api::Api;
use client::{Client, Moved};
use figures::Figures;

#[derive(Args)]
pub(crate) struct Options {
    /// Clients that work at the same time.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    clients: u16,
    /// Requests of all clients together.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(i64).range(1..=10_000_000))]
    operations: i64,
    /// Seed of the mix of requests.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the books in this new file; in memory if not given.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct ServeOptions {
    #[arg(long)]
    db: Option<PathBuf>,
}

/// Serves until standard input ends, which it does when the parent dies.
pub(crate) async fn serve(options: ServeOptions) -> Result<(), Error> {
    let database = options.db.map_or(Database::InMemory, Database::File);
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let sandbox = Sandbox::builder().database(database).start(loopback).await?;
    println!("{}", sandbox.address());
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    let report = sandbox.ledger_check().await?;
    println!("{} {} {}", report.is_balanced(), report.postings, report.entries);
    sandbox.shutdown().await;
    Ok(())
}

pub(crate) async fn run(options: &Options) -> Result<(), Error> {
    rustls::crypto::ring::default_provider().install_default().map_err(|_| Error::Provider)?;
    let mut process = Process::start(options.db.as_ref()).await?;
    let api = Arc::new(Api::new(process.address));
    let before = balances(&api).await?;

    let left = Arc::new(AtomicI64::new(options.operations));
    let start = Instant::now();
    let clients: Vec<_> = (0..options.clients)
        .map(|number| {
            let client = Client::new(Arc::clone(&api), options.seed, number, Arc::clone(&left));
            tokio::spawn(client.work())
        })
        .collect();
    let mut figures = Figures::default();
    let mut moved = Moved::default();
    for client in clients {
        let done = client.await??;
        figures.add(done.times);
        moved.add(done.moved);
    }
    let elapsed = start.elapsed();

    let after = balances(&api).await?;
    let expected = (before.0 + moved.paid - moved.cashed_in, before.1 - moved.paid + moved.cashed_in);
    if after != expected {
        return Err(Error::Books(format!(
            "retailer and customer should have {expected:?} in minor units and have {after:?}"
        )));
    }
    let books = process.stop().await?;
    figures.print(options, elapsed, &books);
    Ok(())
}

/// Retailer's and customer's money in minor units of GEL; nothing is held when
/// nobody is at work.
async fn balances(api: &Api) -> Result<(i64, i64), Error> {
    Ok((api.balance(&api::RETAILER).await?, api.balance(&api::CUSTOMER).await?))
}

/// The sandbox, in a process of its own.
struct Process {
    child: Child,
    output: BufReader<tokio::process::ChildStdout>,
    address: SocketAddr,
}

impl Process {
    async fn start(db: Option<&PathBuf>) -> Result<Self, Error> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("sandbox-process").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        if let Some(path) = db {
            command.arg("--db").arg(path);
        }
        let mut child = command.spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or(Error::NoAddress)?);
        let mut line = String::new();
        output.read_line(&mut line).await?;
        let address = line.trim().parse().map_err(|_| Error::NoAddress)?;
        Ok(Self { child, output, address })
    }

    /// Closes its input and reads what it says of its books.
    async fn stop(&mut self) -> Result<String, Error> {
        drop(self.child.stdin.take());
        let mut line = String::new();
        self.output.read_line(&mut line).await?;
        self.child.wait().await?;
        let line = line.trim();
        match line.strip_prefix("true ") {
            Some(books) => Ok(books.replacen(' ', " postings, ", 1) + " entries"),
            None => Err(Error::Books(format!("the ledger does not sum to zero ({line})"))),
        }
    }
}

/// The customer that pays in every operation.
const CUSTOMER: seed::Customer = seed::CUSTOMER;
