//! `paysera-sandbox sign`, as it is typed.

use paysera_sandbox::Sandbox;
use tokio::process::Command;

use crate::harness::World;

async fn sign(arguments: &[&str]) -> Result<String, String> {
    let program = Command::new(env!("CARGO_BIN_EXE_paysera-sandbox")).arg("sign").args(arguments).output();
    let output = program.await.unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[tokio::test]
async fn what_it_prints_is_accepted() {
    let world = World::start(Sandbox::builder()).await;
    let base = world.sandbox.base_url();
    let body = r#"{"payments":[{"price":100,"currency":"GEL","description":"Tea"}]}"#;
    for (arguments, method, path, body) in [
        (vec!["GET", "/rest/v1/wallet/me"], "GET", "/rest/v1/wallet/me", ""),
        (
            vec!["GET", "/rest/v1/transactions?limit=5", "--as", "tok_customer"],
            "GET",
            "/rest/v1/transactions?limit=5",
            "",
        ),
        (
            vec!["POST", "/rest/v1/transaction", "--body", body, "--project", "1234", "--location", "9975"],
            "POST",
            "/rest/v1/transaction",
            body,
        ),
    ] {
        let header = sign(&[arguments.as_slice(), &["--base", &base]].concat()).await.unwrap();
        world.try_send(method, path, Some(header), body.into()).await.unwrap().ok();
    }
    world.done().await;
}

#[tokio::test]
async fn what_it_cannot_sign_it_says() {
    for (arguments, said) in [
        (["GET", "/rest/v1/wallet/me", "--as", "nobody"], "--key"),
        (["GET", "rest/v1/wallet/me", "--as", "sbx_retailer"], "begin with /"),
        (["GET", "/", "--base", "nonsense"], "--base"),
    ] {
        let text = sign(&arguments).await.unwrap_err();
        assert!(text.contains(said), "{text}");
    }
}
