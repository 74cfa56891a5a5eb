//! What is behind a code, and alone in a photo without one.

use crate::canvas::Canvas;
use crate::chance::Chance;

/// What is behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// One grey, and nothing else.
    Plain(u8),
    /// A table with receipts and notes on it.
    Table,
    /// A room, as in a photo: detail of every size, edges, print.
    Room,
}

/// How far beyond the photo's edges there is something, in pixels: a hand trembles.
const BEYOND: f32 = 48.0;

/// The background, in pixels of the photo.
#[derive(Clone, Debug)]
pub(super) enum Wall {
    Plain(f32),
    Drawn(Canvas),
}

impl Wall {
    pub(super) fn new(background: Background, size: (usize, usize), chance: &mut Chance) -> Self {
        let unit = size.0.min(size.1) as f32 * 0.4;
        let around = 2 * BEYOND as usize;
        let canvas = || Canvas::new(size.0 + around, size.1 + around);
        match background {
            Background::Plain(grey) => Self::Plain(grey.into()),
            Background::Table => {
                let mut table = canvas();
                table.draw_wood(unit, chance);
                for _ in 0..8 {
                    table.draw_paper(unit, chance);
                }
                Self::Drawn(table)
            }
            Background::Room => {
                let mut room = canvas();
                room.draw_room(unit, chance);
                Self::Drawn(room)
            }
        }
    }

    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        match self {
            Self::Plain(light) => *light,
            Self::Drawn(canvas) => canvas.at(x + BEYOND, y + BEYOND),
        }
    }
}
