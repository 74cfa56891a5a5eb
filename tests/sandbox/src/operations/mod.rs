//! What callers do: one file an operation. Each function runs inside one
//! database transaction and either finishes or leaves nothing.

pub(crate) mod access;
pub(crate) mod allowances;
pub(crate) mod ask;
mod authorise;
pub(crate) mod authorize;
pub(crate) mod clients;
pub(crate) mod create;
pub(crate) mod due;
pub(crate) mod end;
pub(crate) mod generate;
pub(crate) mod identify;
pub(crate) mod inquired;
pub(crate) mod notify;
pub(crate) mod payments;
pub(crate) mod places;
pub(crate) mod read;
pub(crate) mod register;
pub(crate) mod reject;
pub(crate) mod reserve;
pub(crate) mod sign_in;
pub(crate) mod spots;
pub(crate) mod types;
