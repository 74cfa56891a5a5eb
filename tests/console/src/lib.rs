//! The sandbox's console as a person meets it: headless Chromium, asked over
//! the DevTools protocol. The tests are in `tests/`.
//!
//! The protocol runs over two pipes (`--remote-debugging-pipe`). That needs no
//! port, no HTTP and no WebSocket, a browser that died is the pipe's end, and a
//! test that died is the browser's.
#![forbid(unsafe_code)]

mod browser;
mod error;
mod page;
mod pipe;

pub use browser::Browser;
pub use error::BrowserError;
pub use page::{Key, Page, Pending};
