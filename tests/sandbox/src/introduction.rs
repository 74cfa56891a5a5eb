//! What `serve` prints: where it listens, and who can sign.

use std::io::{self, Write};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use paysera_sandbox::{Role, Sandbox, SandboxError, Signatory, fingerprint, seed};

/// Files of a run.
pub(crate) struct Kept {
    pub(crate) db: Option<PathBuf>,
    pub(crate) seed: Option<PathBuf>,
    /// Certificate of the authority, with TLS.
    pub(crate) authority: Option<PathBuf>,
}

/// Prints it. Writing to a pipe that nobody reads any more must not stop the
/// server.
pub(crate) async fn print(sandbox: &Sandbox, kept: &Kept) -> Result<(), SandboxError> {
    let signatories = sandbox.signatories().await?;
    if let Err(error) = write(sandbox, kept, &signatories, &mut io::stdout().lock()) {
        eprintln!("paysera-sandbox: nobody reads where it listens ({error})");
    }
    Ok(())
}

fn write(sandbox: &Sandbox, kept: &Kept, signatories: &[Signatory], out: &mut impl Write) -> io::Result<()> {
    let base = sandbox.base_url();
    writeln!(out, "Paysera Wallet API sandbox on {base}")?;
    match &kept.db {
        Some(path) => writeln!(out, "Books in {}", path.display())?,
        None => writeln!(out, "Books in memory; --db FILE keeps them")?,
    }
    if let Some(path) = &kept.seed {
        let planted = if sandbox.is_planted() { "planted" } else { "not planted: the books are not empty" };
        writeln!(out, "Seed        {}, {planted}", path.display())?;
    }
    if let (Some(path), Some(pem)) = (&kept.authority, sandbox.ca_pem()) {
        writeln!(out, "Trust       {}, SHA-256", path.display())?;
        writeln!(out, "            {}", fingerprint(pem).unwrap_or_default())?;
    }
    if let Some(pin) = sandbox.public_key_pin() {
        writeln!(out, "Pin         sha256/{}", STANDARD.encode(pin))?;
    }
    writeln!(out)?;
    for one in signatories {
        let (id, key) = (&one.mac_id, &one.mac_key);
        let wallet = one.wallet.map_or(String::new(), |wallet| format!("wallet {wallet}"));
        match &one.role {
            Role::Merchant { project, locations } => {
                writeln!(out, "Merchant    id {id}  key {key}")?;
                writeln!(out, "            {}, project {project}, {wallet}", one.name)?;
                for (number, title) in locations {
                    writeln!(out, "            location {number} {title}")?;
                }
            }
            Role::App => writeln!(out, "App         id {id}  key {key}  {}", one.name)?,
            _ => writeln!(out, "Customer    {:<22} {wallet}  token {id:<17} key {key}", one.name)?,
        }
    }
    writeln!(out)?;
    writeln!(out, "Console     {base}")?;
    let trust = match &kept.authority {
        Some(path) => format!("--cacert {} ", path.display()),
        None => String::new(),
    };
    writeln!(out, "Try         curl -i {trust}{base}rest/v1/server")?;
    let with_wallet = signatories.iter().find(|one| one.wallet.is_some());
    let Some(Signatory { mac_id, mac_key, .. }) = with_wallet else { return Ok(()) };
    // `sign` knows the built-in merchant's.
    let who = match mac_id.as_str() {
        seed::RETAILER_CLIENT_ID => String::new(),
        _ => format!(" --as {mac_id} --key {mac_key}"),
    };
    let path = "rest/v1/wallet/me";
    writeln!(
        out,
        "            curl -i {trust}{base}{path} -H \"Authorization: $(paysera-sandbox sign GET /{path} --base {base}{who})\""
    )
}
