//! The sandbox's console in a real browser.
// Tests stop at the first surprise, and print what they measured.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::print_stdout)]

mod death;
mod harness;
mod looks;
mod payment;
mod switches;
