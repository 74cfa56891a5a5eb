//! `paysera-sandbox serve`: the Wallet API server on a desk.
#![forbid(unsafe_code)]
// This program's output is for the person who started it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod sign;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use paysera_sandbox::{Database, Sandbox, SandboxError, seed};

/// A local Wallet API server with a real double-entry ledger.
#[derive(Debug, Parser)]
#[command(name = "paysera-sandbox", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the Authorization header of one request.
    Sign(sign::Options),
    /// Serve until Ctrl-C.
    Serve {
        /// Address and port to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Keep the books in this file; in memory if not given.
        #[arg(long, value_name = "FILE")]
        db: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let (listen, db) = match Arguments::parse().command {
        Command::Serve { listen, db } => (listen, db),
        Command::Sign(options) => {
            return match sign::header(&options) {
                Ok(header) => {
                    println!("{header}");
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    eprintln!("paysera-sandbox: {error}");
                    ExitCode::FAILURE
                }
            };
        }
    };
    match serve(listen, db).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paysera-sandbox: {error}");
            if let Some(advice) = advice(&error) {
                eprintln!("{advice}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What to do about it.
const fn advice(error: &SandboxError) -> Option<&'static str> {
    match error {
        SandboxError::Listen { .. } => {
            Some("Stop what listens there, or choose another address with --listen 127.0.0.1:PORT")
        }
        SandboxError::Store(_) => Some(
            "Name a new file, or one that a sandbox made, with --db FILE; without --db the books are in memory",
        ),
        _ => None,
    }
}

async fn serve(listen: SocketAddr, db: Option<PathBuf>) -> Result<(), SandboxError> {
    let database = db.clone().map_or(Database::InMemory, Database::File);
    let sandbox = Sandbox::builder().database(database).start(listen).await?;
    introduce(&sandbox, db.as_ref());
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("paysera-sandbox: no Ctrl-C here ({error}), stopping");
    }
    sandbox.shutdown().await;
    Ok(())
}

/// Writing to a pipe that nobody reads any more must not stop the server.
fn introduce(sandbox: &Sandbox, db: Option<&PathBuf>) {
    if let Err(error) = introduction(sandbox, db, &mut std::io::stdout().lock()) {
        eprintln!("paysera-sandbox: nobody reads where it listens ({error})");
    }
}

fn introduction(sandbox: &Sandbox, db: Option<&PathBuf>, out: &mut impl Write) -> std::io::Result<()> {
    let base = sandbox.base_url();
    writeln!(out, "Paysera Wallet API sandbox on {base}")?;
    match db {
        Some(path) => writeln!(out, "Books in {}", path.display())?,
        None => writeln!(out, "Books in memory; --db FILE keeps them")?,
    }
    writeln!(out)?;
    writeln!(out, "Merchant    id {}  key {}", seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY)?;
    writeln!(
        out,
        "            project {}, wallet {}, locations {} (all services), {} (no cash-in), {} (payments only)",
        seed::PROJECT_ID,
        seed::RETAILER_WALLET,
        seed::LOCATION_ALL_SERVICES,
        seed::LOCATION_WITHOUT_CASH_IN,
        seed::LOCATION_PAYMENTS_ONLY
    )?;
    writeln!(out, "App         id {}  key {}", seed::APP_CLIENT_ID, seed::APP_MAC_KEY)?;
    writeln!(out, "Customers")?;
    for customer in seed::CUSTOMERS {
        writeln!(
            out,
            "            {:<22} wallet {}  token {:<17} key {}",
            customer.role, customer.wallet, customer.token, customer.mac_key
        )?;
    }
    writeln!(out)?;
    writeln!(out, "Console     {base}")?;
    writeln!(out, "Try         curl -i {base}rest/v1/server")?;
    let path = "rest/v1/wallet/me";
    writeln!(
        out,
        "            curl -i {base}{path} -H \"Authorization: $(paysera-sandbox sign GET /{path} --base {base})\""
    )
}
