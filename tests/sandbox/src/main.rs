//! Sandbox server.
fn main() {}
