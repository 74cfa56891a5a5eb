//! Demo parts.
