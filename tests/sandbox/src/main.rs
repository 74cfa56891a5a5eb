//! `paysera-sandbox serve`: the Wallet API server on a desk.
#![forbid(unsafe_code)]
// This program's output is for the person who started it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod introduction;
mod sign;

use std::error::Error;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use introduction::Kept;
use paysera_sandbox::seed::{SeedFile, SeedFormat};
use paysera_sandbox::{Database, Sandbox, SandboxBuilder, SandboxError, TlsError, TlsOptions};

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
        /// Keep the authority in this directory; `sandbox-tls` beside the file
        /// of --db, or here, if not given.
        #[arg(long, value_name = "DIR", requires = "tls")]
        tls_dir: Option<PathBuf>,
        /// Another name or address for the certificate, for example
        /// wallet-api.paysera.com; may be repeated.
        #[arg(long, value_name = "NAME", requires = "tls")]
        host_name: Vec<String>,
        /// Let the console be opened under this host name, too; may be repeated.
        #[arg(long, value_name = "NAME")]
        allow_host: Vec<String>,
        /// Stop when standard input ends, too: with the test that started it, however
        /// that ended.
        #[arg(long)]
        stop_with_stdin: bool,
    },
}

/// Which limits of requests.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RateLimits {
    Documented,
}

#[tokio::main]
async fn main() -> ExitCode {
    let (listen, kept, builder, stop_with_stdin) = match Arguments::parse().command {
        Command::Serve { listen, db, seed, limits, tls, tls_dir, host_name, allow_host, stop_with_stdin } => {
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
            let tls_dir = tls_dir.unwrap_or_else(|| beside(db.as_deref()).join("sandbox-tls"));
            let authority = tls.then(|| tls_dir.join("ca.pem"));
            if tls {
                builder = builder.tls(TlsOptions { directory: Some(tls_dir), names: host_name });
            }
            for name in &allow_host {
                builder = builder.allow_host(name);
            }
            (listen, Kept { db, seed, authority }, builder, stop_with_stdin)
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
    match serve(listen, &kept, builder, stop_with_stdin).await {
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

/// On a thread of its own: a read that nobody answers must not hold the runtime up.
async fn end_of_stdin() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An error is an end, too.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}

/// The directory of a file, or the present one.
fn beside(file: Option<&Path>) -> PathBuf {
    file.and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned)
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
        SandboxError::Tls(TlsError::File { .. }) => {
            Some("Name a directory that can be written with --tls-dir DIR")
        }
        SandboxError::Store(_) => Some(
            "Name a new file, or one that a sandbox made, with --db FILE; without --db the books are in memory",
        ),
        _ => None,
    }
}

async fn serve(
    listen: SocketAddr,
    kept: &Kept,
    builder: SandboxBuilder,
    stop_with_stdin: bool,
) -> Result<(), SandboxError> {
    let sandbox = builder.start(listen).await?;
    introduction::print(&sandbox, kept).await?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if let Err(error) = pressed {
            eprintln!("paysera-sandbox: no Ctrl-C here ({error}), stopping");
        },
        () = end_of_stdin(), if stop_with_stdin => {}
    }
    sandbox.shutdown().await;
    Ok(())
}
