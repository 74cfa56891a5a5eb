//! What a test sees of a browser that dies: an error, at once.

use std::path::Path;

use paysera_console_test::{Browser, BrowserError};

use crate::harness::{FOLDER, turn};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_dies_ends_every_wait() {
    let _turn = turn().await;
    let mut browser = Browser::launch(Path::new(FOLDER)).await.unwrap();
    let page = browser.page().await.unwrap();
    let never = page.watch("false").await.unwrap();
    browser.kill().await.unwrap();
    assert!(matches!(never.met().await, Err(BrowserError::Gone { .. })));
    assert!(matches!(page.now().await, Err(BrowserError::Gone { .. })));
    browser.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_crashes_ends_every_wait() {
    let _turn = turn().await;
    let browser = Browser::launch(Path::new(FOLDER)).await.unwrap();
    let page = browser.page().await.unwrap();
    let never = page.watch("false").await.unwrap();
    assert!(matches!(page.crash().await, Err(BrowserError::Gone { .. })));
    let ended = never.met().await;
    assert!(matches!(ended, Err(BrowserError::Gone { .. })), "{ended:?}");
    browser.close().await.unwrap();
}

#[tokio::test]
async fn a_machine_without_chromium_is_told_what_to_install() {
    let folder = Path::new(FOLDER).join("no-chromium");
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("chromium.sh");
    let usual = "${CHROMIUM:-chromium chromium-browser google-chrome}";
    std::fs::write(&script, include_str!("../../chromium.sh").replace(usual, "no-such-browser")).unwrap();
    let error = Browser::launch_program(&script, &folder).await.unwrap_err();
    assert!(error.to_string().contains("apt-get install chromium"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}
