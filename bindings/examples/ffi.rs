//! What calls cost without a border: `cargo xtask bench ffi` compares it with Kotlin
//! and Swift. Writes the frame that all of them scan to the file that is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use paysera_bindings::{
    Credentials, FrameScanner, FrameShape, MerchantClient, MerchantConfig, PayseraEnvironment, ServerTrust,
    TillSettings, memory_secret_store,
};
use paysera_core::qr::{ErrorCorrection, QrSymbol};

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
const BATCHES: usize = 9;
const BATCH: Duration = Duration::from_millis(300);

fn main() {
    let frame = frame();
    std::fs::write(std::env::args().nth(1).expect("where the frame goes"), &frame).unwrap();
    let environment = PayseraEnvironment::sandbox("http://127.0.0.1:1/", ServerTrust::default()).unwrap();
    let call = measure(|| {
        black_box(environment.is_production());
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let till = runtime.block_on(MerchantClient::open(config())).unwrap();
    let journal = measure(|| {
        black_box(runtime.block_on(till.latest_attempts(1, None)).unwrap());
    });
    let scanner = FrameScanner::for_pictures();
    let shape =
        FrameShape { width: WIDTH, height: HEIGHT, row_stride: WIDTH, rotation_degrees: 0, region: None };
    let scan = measure(|| {
        assert_eq!(scanner.scan_plane(&frame, shape, None).unwrap().detections.len(), 1);
    });
    println!("{{\"call\":{call},\"async\":{journal},\"scan\":{scan}}}");
}

/// A till whose journal is empty and in memory: it needs no network.
fn config() -> MerchantConfig {
    MerchantConfig {
        environment: PayseraEnvironment::sandbox("http://127.0.0.1:1/", ServerTrust::default()).unwrap(),
        credentials: Credentials::of_client("a".to_owned(), "b".to_owned()),
        store: memory_secret_store(),
        journal_folder: None,
        project_id: 1,
        location_id: 1,
        wallet_id: 1,
        device: "till".to_owned(),
        settings: TillSettings::default(),
        request_limits: None,
    }
}

/// A wallet code in the middle of a grey that changes.
fn frame() -> Vec<u8> {
    let symbol = QrSymbol::encode("EVP000000014471", ErrorCorrection::Medium).unwrap().raster(8).unwrap();
    let (left, top) = ((WIDTH - symbol.width()) / 2, (HEIGHT - symbol.height()) / 2);
    let mut luma: Vec<u8> =
        (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| ((x / 16 + y / 9) % 128 + 64) as u8)).collect();
    for (y, row) in symbol.luma().chunks(symbol.width() as usize).enumerate() {
        let at = (top as usize + y) * WIDTH as usize + left as usize;
        luma[at..at + row.len()].copy_from_slice(row);
    }
    luma
}

/// Nanoseconds of one call: the median of several batches, after one to warm up.
fn measure(mut call: impl FnMut()) -> u64 {
    let mut batch = || {
        let (start, mut calls) = (Instant::now(), 0_u64);
        while start.elapsed() < BATCH {
            for _ in 0..10 {
                call();
            }
            calls += 10;
        }
        u64::try_from(start.elapsed().as_nanos()).unwrap() / calls
    };
    batch();
    let mut times: Vec<u64> = (0..BATCHES).map(|_| batch()).collect();
    times.sort_unstable();
    times[BATCHES / 2]
}
