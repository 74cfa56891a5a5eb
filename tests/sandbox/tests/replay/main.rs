//! What the official clients send, byte for byte over TCP, and whether they
//! could read the answers (wallet-api sections 1.2, 1.3, 2, 4, 14 and 16). The
//! signatures are made a third time here, so that no mistake is shared.
// Helpers of tests are tests; clippy sees only the functions marked as such.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod callback;
mod errors;
mod java;
mod lists;
mod php;
mod readers;
mod samples;
mod sign_in;
mod swift;
mod wire;
