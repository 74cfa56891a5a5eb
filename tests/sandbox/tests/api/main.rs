//! The sandbox over real HTTP, signed with its own MAC code.
// Helpers of tests are tests; clippy sees only the functions marked as such.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod acceptance;
mod allowance_charges;
mod allowances;
mod allowances_in_transactions;
mod app_tokens;
mod authentication;
mod callback_delivery;
mod callbacks;
mod changes;
mod clients;
mod control;
mod counterparts;
mod crash;
mod faults;
mod flows;
mod generators;
mod harness;
mod identification;
mod limits;
mod lists;
mod oauth;
mod oauth_page;
mod payments;
mod people;
mod places;
mod random_operations;
mod rate_limits;
mod receiver;
mod refusals;
mod registration;
mod restart;
mod seed_files;
mod serve;
mod shapes;
mod sign;
mod spots;
mod statements;
mod time;
mod tls;
mod transitions;
mod users;
mod waiting;
mod wallets;
