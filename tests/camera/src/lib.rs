//! A camera that does not exist: photographs of drawn codes, for the demo, for
//! tests and for measurements. The same seed gives the same pictures on every
//! machine.
//!
//! - [`Camera`] and [`Film`]: one phone shows a code, somebody points another at
//!   it. Everything that a photo suffers is left to chance.
//! - [`Shot`]: one photo, or a held camera's, of which everything is told.
//! - [`adversarial`]: frames that no camera takes, drawn to keep a scanner busy.
#![forbid(unsafe_code)]

pub mod adversarial;
mod canvas;
mod chance;
mod film;
mod lens;
mod photo;
mod pose;
mod shot;

pub use chance::Chance;
pub use film::{Camera, Film};
pub use photo::{Photo, PhotoSize};
pub use shot::{Background, Conditions, Glare, Held, Screen, Shot, Surroundings};
