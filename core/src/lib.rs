//! The core that a merchant's and a customer's phone link for transactions by
//! QR code or barcode over Paysera's Wallet API.
//!
//! Two facades stand on top: [`merchant::Merchant`] (collect, cash-out,
//! cash-in) and [`customer::Customer`] (pay, show a cash-out code, show a
//! cash-in code). Everything that can move money is an [`attempt`].
//!
//! The layers, bottom up: [`money`], [`code`] and [`qr`] know nothing of I/O;
//! [`wallet_api`] is the only module that talks to the network; [`journal`]
//! remembers attempts; [`attempt`] drives them; the facades supply the steps.
//!
//! Everything that waits needs a tokio runtime with its time and I/O enabled.
//! "wallet-api section" names a section of the notes on Paysera's Wallet API that
//! this library was written from; they are not part of it.
#![forbid(unsafe_code)]

pub mod attempt;
pub mod auth;
pub mod calendar;
pub mod callback;
pub mod clock;
pub mod code;
pub mod customer;
pub mod error;
pub mod journal;
pub mod merchant;
pub mod money;
pub mod qr;
pub mod secret;
pub mod wallet_api;
