//! The customer's phone.

mod client;
mod config;
mod history;
mod own_cash;
mod review;

pub use client::CustomerClient;
pub use config::{CustomerConfig, ReservationGenerator};
pub use history::{Account, Eligibility, History, HistoryLine, Obstacle};
pub use own_cash::{OwnCash, OwnCashWatch, OwnCode};
pub use review::{PayWalletRequest, Review, ReviewDetails};
