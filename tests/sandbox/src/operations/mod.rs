//! What callers do with transactions: one file an operation. Each function
//! runs inside one database transaction and either finishes or leaves nothing.

pub(crate) mod create;
pub(crate) mod end;
pub(crate) mod read;
pub(crate) mod reject;
pub(crate) mod reserve;
