//! A short soak; the long one is `cargo run --release -p paysera-e2e -- soak`.
// Tests stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use paysera_sandbox::Sandbox;
use serde_json::{Value, json};

fn soak(flows: u64, kills: u64, faults: &str, seed: u64) -> Value {
    let (flows, kills, seed) = (flows.to_string(), kills.to_string(), seed.to_string());
    let output = Command::new(env!("CARGO_BIN_EXE_paysera-e2e"))
        .args(["soak", "--flows", &flows, "--kills", &kills, "--faults", faults, "--seed", &seed])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}\n{complaints}", output.status);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[test]
fn devices_that_are_killed_lose_no_payment_and_double_none() {
    let figures = soak(120, 8, "all", 7);
    for (name, wanted) in [
        ("flows", 120),
        ("started", 120),
        ("kills", 8),
        ("unknown_left", 0),
        ("lost", 0),
        ("doubled", 0),
        ("cash_given_without_confirm", 0),
        ("cash_given_twice", 0),
    ] {
        assert_eq!(figures[name], wanted, "{name}: {figures}");
    }
    assert_eq!(figures["ledger_balanced"], true);
    assert!(figures["settled"].as_u64().unwrap() >= 72, "{figures}");
    let ends = ["settled", "declined", "cancelled", "expired", "failed"];
    let ended: u64 = ends.iter().map(|end| figures[end].as_u64().unwrap()).sum();
    assert_eq!(ended, 120, "{figures}");
}

#[test]
fn more_deaths_than_flows_can_carry_are_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_paysera-e2e"))
        .args(["soak", "--flows", "10", "--kills", "3"])
        .output()
        .unwrap();
    assert!(!output.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_left_while_it_starts_ends_well() {
    let sandbox = Sandbox::builder().start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
    let folder = std::env::temp_dir().join(format!("paysera-soak-left-{}", std::process::id()));
    for role in ["Till", "Phone"].repeat(40) {
        // A new journal is rebuilt first: the device asks the server before it is ready.
        let setup = json!({ "role": role, "server": sandbox.base_url(), "folder": folder, "ahead": 0, "death": null });
        let output = Command::new(env!("CARGO_BIN_EXE_paysera-e2e"))
            .args(["soak-device", &setup.to_string()])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{role}: {}", String::from_utf8_lossy(&output.stderr));
    }
    std::fs::remove_dir_all(folder).unwrap();
    sandbox.shutdown().await;
}
