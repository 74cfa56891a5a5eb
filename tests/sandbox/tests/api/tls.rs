//! TLS with an authority of its own.

use std::path::Path;

use paysera_sandbox::{Sandbox, SandboxError, TlsError, TlsOptions, fingerprint};
use reqwest::{Certificate, Client, Version};

use crate::harness::{LOOPBACK, TILL, nonce};

fn options(directory: Option<&Path>) -> TlsOptions {
    TlsOptions { directory: directory.map(Into::into), names: vec!["wallet.sandbox.example".to_owned()] }
}

fn client(ca_pem: &str) -> reqwest::ClientBuilder {
    let ca = Certificate::from_pem(ca_pem.as_bytes()).unwrap();
    Client::builder().tls_certs_only([ca])
}

#[tokio::test]
async fn who_trusts_the_authority_is_served_in_both_versions_of_http() {
    crate::harness::install_provider();
    let sandbox = Sandbox::builder().tls(options(None)).start(LOOPBACK).await.unwrap();
    assert!(sandbox.base_url().starts_with("https://127.0.0.1:"));
    let ca = sandbox.ca_pem().unwrap();
    let path = "/rest/v1/wallet/me";
    let url = format!("{}{}", sandbox.base_url(), "rest/v1/wallet/me");
    let both = client(ca).build().unwrap();
    let old = client(ca).http1_only().build().unwrap();
    for (client, version, port) in [
        (&both, Version::HTTP_2, sandbox.address().port()),
        (&old, Version::HTTP_11, sandbox.address().port()),
        // What Swift signs wherever it listens.
        (&both, Version::HTTP_2, 443),
    ] {
        let header = TILL.sign(sandbox.clock(), port, "GET", path, b"", &nonce());
        let answer = client.get(&url).header("authorization", header).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, version));
    }
    let other = Sandbox::builder().tls(options(None)).start(LOOPBACK).await.unwrap();
    let stranger = client(other.ca_pem().unwrap()).build().unwrap();
    stranger.get(&url).send().await.unwrap_err();
    // The console's control API works over HTTP/2 as well.
    let state = both.get(format!("{}sandbox/state", sandbox.base_url())).send().await.unwrap();
    assert_eq!(state.status(), 200);
    other.shutdown().await;
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_name_that_nobody_can_have_is_refused() {
    for name in ["", "a name", "https://a.example", "na\u{ef}ve.example"] {
        let options = TlsOptions { directory: None, names: vec![name.to_owned()] };
        let started = Sandbox::builder().tls(options).start(LOOPBACK).await;
        assert!(matches!(started, Err(SandboxError::Tls(TlsError::Name(_)))), "{name}");
    }
}

#[tokio::test]
async fn a_name_that_was_given_is_in_the_certificate() {
    crate::harness::install_provider();
    let sandbox = Sandbox::builder().tls(options(None)).start(LOOPBACK).await.unwrap();
    let name = |host: &str| {
        let client = client(sandbox.ca_pem().unwrap()).resolve(host, sandbox.address()).build().unwrap();
        let url = format!("https://{host}:{}/rest/v1/server", sandbox.address().port());
        async move { client.get(url).send().await }
    };
    assert_eq!(name("wallet.sandbox.example").await.unwrap().status(), 200);
    name("other.sandbox.example").await.unwrap_err();
    sandbox.shutdown().await;
}

/// Who may do what with the authority's key.
#[cfg(unix)]
fn mode(directory: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(directory.join("ca-key.pem")).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_authority_survives_a_restart() {
    crate::harness::install_provider();
    let directory = std::env::temp_dir().join(format!("sandbox-tls-{}", std::process::id()));
    let start = || Sandbox::builder().tls(options(Some(&directory))).start(LOOPBACK);
    let first = start().await.unwrap();
    let ca = first.ca_pem().unwrap().to_owned();
    first.shutdown().await;
    let second = start().await.unwrap();
    assert_eq!(second.ca_pem(), Some(ca.as_str()));
    assert_eq!(fingerprint(&ca).unwrap().split(':').count(), 32);
    assert_eq!(fingerprint("nothing"), None);
    let url = format!("{}rest/v1/server", second.base_url());
    assert_eq!(client(&ca).build().unwrap().get(url).send().await.unwrap().status(), 200);
    second.shutdown().await;
    #[cfg(unix)]
    assert_eq!(mode(&directory), 0o600);
    // Half of it is worth nothing, and what is made anew is nobody else's either.
    std::fs::remove_file(directory.join("ca.pem")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(directory.join("ca-key.pem"), open).unwrap();
    }
    let third = start().await.unwrap();
    assert_ne!(third.ca_pem(), Some(ca.as_str()));
    let url = format!("{}rest/v1/server", third.base_url());
    let trusting = client(third.ca_pem().unwrap()).build().unwrap();
    assert_eq!(trusting.get(url).send().await.unwrap().status(), 200);
    third.shutdown().await;
    #[cfg(unix)]
    assert_eq!(mode(&directory), 0o600);
    std::fs::write(directory.join("ca-key.pem"), "broken").unwrap();
    assert!(matches!(start().await, Err(SandboxError::Tls(_))));
    std::fs::remove_dir_all(&directory).unwrap();
}
