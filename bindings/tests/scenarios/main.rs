//! Plays the scenarios of `tests/scenarios` through the Rust side of the bindings.
// Tests stop at the first surprise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

mod control;
mod ear;
mod shop;
mod stage;
mod story;

use std::net::{Ipv4Addr, SocketAddr};

use control::Control;
use paysera_sandbox::{Sandbox, seed};
use stage::Stage;
use story::{Cast, Story, all, folder, read};

/// One after the other: the library's runtime is the process's.
#[test]
fn every_scenario_ends_as_it_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::builder().start(listen).await.unwrap();
        let control = Control::new(sandbox.base_url());
        let cast: Cast = read(&folder().join("cast.json"));
        let only = std::env::var("SCENARIO").ok();
        let mut played = Vec::new();
        let all = all();
        for name in all.iter().filter(|name| only.as_ref().is_none_or(|only| *name == only)) {
            let story: Story = read(&folder().join(name));
            println!("{name}: {}", story.name);
            assert!(!story.steps.is_empty(), "{name} has no steps");
            let journals = tempfile::tempdir().unwrap();
            let mut stage = Stage::set(&cast, &story, &control, journals.path().to_owned()).await;
            for (number, step) in story.steps.into_iter().enumerate() {
                println!("  {number} {step:?}");
                stage.play(step).await;
            }
            stage.end().await;
            played.push(name.clone());
        }
        assert_eq!(played, only.map_or(all, |only| vec![only]), "every scenario is played");
        sandbox.shutdown().await;
    });
}

/// The cast is written down a second time, for runners in other languages.
#[test]
fn the_cast_is_the_sandboxes_seed() {
    let cast: Cast = read(&folder().join("cast.json"));
    let merchant = &cast.merchant;
    assert_eq!(
        (merchant.client_id.as_str(), merchant.mac_key.as_str()),
        (seed::RETAILER_CLIENT_ID, seed::RETAILER_MAC_KEY)
    );
    assert_eq!((merchant.project, merchant.wallet), (seed::PROJECT_ID, seed::RETAILER_WALLET));
    assert_eq!(
        (cast.app.client_id.as_str(), cast.app.mac_key.as_str()),
        (seed::APP_CLIENT_ID, seed::APP_MAC_KEY)
    );
    assert_eq!(cast.locations.len(), 3);
    assert_eq!(cast.customers.len(), seed::CUSTOMERS.len());
    for customer in cast.customers.values() {
        let seeded = seed::CUSTOMERS.iter().find(|seeded| seeded.wallet == customer.wallet).unwrap();
        let hex: String = seeded.generator_seed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (
                customer.token.as_str(),
                customer.mac_key.as_str(),
                customer.generator,
                &customer.generator_seed
            ),
            (seeded.token, seeded.mac_key, seeded.generator, &hex),
        );
        assert_eq!((customer.username.as_str(), customer.password.as_str()), (seeded.phone, seeded.password));
    }
}
