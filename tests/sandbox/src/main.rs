//! `paysera-sandbox serve`: the Wallet API server on a desk.
#![forbid(unsafe_code)]
// This program's output is for the person who started it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod sign;

use std::error::Error;
use std::ffi::OsStr;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use paysera_sandbox::seed::{SeedFile, SeedFormat};
use paysera_sandbox::{Database, Sandbox, SandboxBuilder, SandboxError, TlsOptions, fingerprint, seed};

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
        /// Plant this JSON or TOML file into empty books.
        #[arg(long, value_name = "FILE")]
        seed: Option<PathBuf>,
        /// Limit requests: `documented` is 60 a minute for a token and 1000 an
        /// hour for an account.
        #[arg(long, value_name = "WHICH")]
        limits: Option<RateLimits>,
        /// Serve HTTPS with a certificate authority of its own.
        #[arg(long)]
        tls: bool,
        /// Keep the authority in this directory.
        #[arg(long, value_name = "DIR", default_value = "sandbox-tls", requires = "tls")]
        tls_dir: PathBuf,
        /// Another name or address for the certificate, for example
        /// wallet-api.paysera.com; may be repeated.
        #[arg(long, value_name = "NAME", requires = "tls")]
        host_name: Vec<String>,
        /// Let the console be opened under this host name, too; may be repeated.
        #[arg(long, value_name = "NAME")]
        allow_host: Vec<String>,
    },
}

/// Files that stay when the program ends.
struct Kept {
    db: Option<PathBuf>,
    /// Certificate of the authority, with TLS.
    authority: Option<PathBuf>,
}

/// Which limits of requests.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RateLimits {
    Documented,
}

#[tokio::main]
async fn main() -> ExitCode {
    let (listen, kept, builder) = match Arguments::parse().command {
        Command::Serve { listen, db, seed, limits, tls, tls_dir, host_name, allow_host } => {
            let database = db.clone().map_or(Database::InMemory, Database::File);
            let mut builder = Sandbox::builder().database(database);
            if let Some(path) = &seed {
                match read_seed(path) {
                    Ok(seed) => builder = builder.seed(seed),
                    Err(error) => {
                        eprintln!("paysera-sandbox: {}: {error}", path.display());
                        return ExitCode::from(2);
                    }
                }
            }
            if limits.is_some() {
                builder = builder.documented_rate_limits();
            }
            let authority = tls.then(|| tls_dir.join("ca.pem"));
            if tls {
                builder = builder.tls(TlsOptions { directory: Some(tls_dir), names: host_name });
            }
            for name in &allow_host {
                builder = builder.allow_host(name);
            }
            (listen, Kept { db, authority }, builder)
        }
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
    match serve(listen, &kept, builder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paysera-sandbox: {error}");
            if let Some(advice) = advice(&error) {
                eprintln!("{advice}");
            }
            if matches!(error, SandboxError::Seed(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn read_seed(path: &Path) -> Result<SeedFile, Box<dyn Error>> {
    let format = match path.extension().and_then(OsStr::to_str) {
        Some("json") => SeedFormat::Json,
        Some("toml") => SeedFormat::Toml,
        _ => return Err("name a file that ends with .json or .toml".into()),
    };
    Ok(SeedFile::parse(&std::fs::read_to_string(path)?, format)?)
}

/// What to do about it.
const fn advice(error: &SandboxError) -> Option<&'static str> {
    match error {
        SandboxError::Listen { .. } => {
            Some("Stop what listens there, or choose another address with --listen 127.0.0.1:PORT")
        }
        SandboxError::Seed(_) => Some("Correct the file of --seed"),
        SandboxError::Tls(_) => Some("Name a directory that can be written with --tls-dir DIR"),
        SandboxError::Store(_) => Some(
            "Name a new file, or one that a sandbox made, with --db FILE; without --db the books are in memory",
        ),
        _ => None,
    }
}

async fn serve(listen: SocketAddr, kept: &Kept, builder: SandboxBuilder) -> Result<(), SandboxError> {
    let sandbox = builder.start(listen).await?;
    introduce(&sandbox, kept);
    if let Err(error) = tokio::signal::ctrl_c().await {
        eprintln!("paysera-sandbox: no Ctrl-C here ({error}), stopping");
    }
    sandbox.shutdown().await;
    Ok(())
}

/// Writing to a pipe that nobody reads any more must not stop the server.
fn introduce(sandbox: &Sandbox, kept: &Kept) {
    if let Err(error) = introduction(sandbox, kept, &mut std::io::stdout().lock()) {
        eprintln!("paysera-sandbox: nobody reads where it listens ({error})");
    }
}

fn introduction(sandbox: &Sandbox, kept: &Kept, out: &mut impl Write) -> std::io::Result<()> {
    let base = sandbox.base_url();
    writeln!(out, "Paysera Wallet API sandbox on {base}")?;
    match &kept.db {
        Some(path) => writeln!(out, "Books in {}", path.display())?,
        None => writeln!(out, "Books in memory; --db FILE keeps them")?,
    }
    if let (Some(path), Some(pem)) = (&kept.authority, sandbox.ca_pem()) {
        writeln!(out, "Trust       {}, SHA-256", path.display())?;
        writeln!(out, "            {}", fingerprint(pem).unwrap_or_default())?;
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
    let trust = match &kept.authority {
        Some(path) => format!("--cacert {} ", path.display()),
        None => String::new(),
    };
    writeln!(out, "Try         curl -i {trust}{base}rest/v1/server")?;
    let path = "rest/v1/wallet/me";
    writeln!(
        out,
        "            curl -i {trust}{base}{path} -H \"Authorization: $(paysera-sandbox sign GET /{path} --base {base})\""
    )
}
